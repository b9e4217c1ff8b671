"""The life of a message to a customer: which step may follow which, and who took it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from customers.groups import chunks
from customers.outreach_tables import batches, draft_steps, drafts

PROPOSED, APPROVED, HELD, SENT = "proposed", "approved", "held", "sent"
REJECTED, EXPIRED, FAILED, WITHHELD = "rejected", "expired", "failed", "withheld"
STATES = (PROPOSED, APPROVED, HELD, SENT, REJECTED, EXPIRED, FAILED, WITHHELD)
ENDED = (SENT, REJECTED, EXPIRED, FAILED, WITHHELD)

# What can be done with a draft: from which states, and to which one. `held` waits until it can no longer be undone and
# then leaves; `withheld` are those whom the lot put into a campaign's control group.
STEPS: dict[str, tuple[frozenset[str], str]] = {
    "edited": (frozenset({PROPOSED}), PROPOSED),
    "asked": (frozenset({PROPOSED}), PROPOSED),
    "unasked": (frozenset({PROPOSED}), PROPOSED),
    "approved": (frozenset({PROPOSED}), APPROVED),
    "held": (frozenset({APPROVED}), HELD),
    "withheld": (frozenset({APPROVED}), WITHHELD),
    "undone": (frozenset({APPROVED, HELD}), PROPOSED),
    "sent": (frozenset({HELD}), SENT),
    "failed": (frozenset({PROPOSED, APPROVED, HELD}), FAILED),
    "rejected": (frozenset({PROPOSED}), REJECTED),
    "expired": (frozenset({PROPOSED}), EXPIRED),
}


class IllegalStep(Exception):
    """A step that the state of a draft does not allow: a fault of the program, never of a person."""


@dataclass(frozen=True)
class Step:
    """What was done with a draft, by whom (None: by itself), and why as a code or in the person's words."""

    at: datetime
    rep_id: int | None
    what: str
    reason: str | None


def move(
    db: Connection, draft_ids: Collection[int], what: str, *, by: int | None, at: datetime, reason: str | None = None
) -> None:
    """Take one step with some drafts, and write it down. Raises `IllegalStep`, and changes nothing, if one forbids it.

    Give it a transaction that is undone where this raises.
    """
    if what not in STEPS:
        raise IllegalStep(f"nobody knows the step {what!r}")
    before, after = STEPS[what]
    for some in chunks(draft_ids):
        values = {"state": after, "reason": reason}
        changed = update(drafts).where(drafts.c.id.in_(some), drafts.c.state.in_(before)).values(values)
        done = db.execute(changed).rowcount
        if done != len(some):
            raise IllegalStep(f"{what}: {len(some) - done} of {len(some)} drafts are in a state that forbids it")
        rows = [{"draft_id": id, "rep_id": by, "at": at, "what": what, "reason": reason} for id in some]
        db.execute(insert(draft_steps), rows)


def hold(db: Connection, batch_ids: Iterable[int]) -> None:
    """Wait until nobody else changes these batches and their drafts, and keep them until the transaction ends.

    Whoever changes drafts begins with this, after holding customers: so nobody decides by what was true a moment ago,
    and no two wait for each other for ever. SQLite's transactions wait for each other anyway.
    """
    for some in chunks(set(batch_ids)):
        db.execute(select(batches.c.id).where(batches.c.id.in_(some)).order_by(batches.c.id).with_for_update())


def begin(db: Connection, draft_ids: Sequence[int], *, by: int | None, at: datetime) -> None:
    """Write down that drafts were proposed: the first step of each."""
    rows = [{"draft_id": id, "rep_id": by, "at": at, "what": PROPOSED, "reason": None} for id in draft_ids]
    if rows:
        db.execute(insert(draft_steps), rows)


def steps(db: Connection, draft_id: int) -> list[Step]:
    """All steps of a draft, the first one first."""
    found = select(draft_steps).where(draft_steps.c.draft_id == draft_id).order_by(draft_steps.c.id)
    return [Step(row.at, row.rep_id, row.what, row.reason) for row in db.execute(found)]


def editors(db: Connection, draft_id: int) -> list[int]:
    """Who has changed the words of a draft."""
    return list(dict.fromkeys(step.rep_id for step in steps(db, draft_id) if step.what == "edited" and step.rep_id))
