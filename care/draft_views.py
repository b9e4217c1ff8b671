"""Reads a batch of drafts as people look at it: one draft with its checks, how all stand, and every exception."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from care import approving, draft_life, examining
from care.checks import Check, blocking
from care.drafting import UNWRITTEN
from care.outreach_policy import Policy
from care.sending import AMBIGUOUS
from customers.outreach_tables import batches, campaigns, draft_cards, drafts
from customers.reps import Person
from customers.tables import customers, reps
from delivery.tables import outbox
from words.errors import BadInput, NotAllowed


@dataclass(frozen=True)
class Outcome:
    """What came of the messages of a batch, in numbers of messages; `spend` is in HOME_CURRENCY."""

    sent: int
    delivered: int
    bounced: int
    unsubscribed: int
    replied: int
    ordered: int
    spend: Decimal


@dataclass(frozen=True)
class View:
    """A batch as people look at it.

    `batch` and `draft` are rows of their tables, `draft` the one that is shown, at `place` of `total`; `checks` are its
    checks while it is proposed. `going` counts those of the total that no check stops, while they are proposed.
    `states` counts drafts by state; those of which nobody can say whether they were sent are `ambiguous`, not `held`.
    `exceptions` names, by the check or reason, the customers of the drafts that cannot go or did not. `campaign` is its
    name, where it is one, `control_share` (0 to 1) the part of its customers who get nothing, by lot. `leaves_at` is
    when the first of those that are held leaves: after the hold window, and after the night where the customer is.
    `seal` is that of what would go (see `examining.seal`).
    """

    batch: Any
    draft: Any
    customer: str
    owner_id: int | None
    place: int
    total: int
    going: int
    checks: tuple[Check, ...]
    states: Mapping[str, int]
    exceptions: Mapping[str, tuple[str, ...]]
    outcome: Outcome
    author: str | None
    asked_of: str | None
    decided_by: str | None
    campaign: str | None
    control_share: float
    leaves_at: datetime | None
    seal: str


def view(db: Connection, policy: Policy, batch_id: int, *, now: datetime, zone: tzinfo, place: int = 0) -> View:
    """Read a batch; raises `BadInput` where it is gone."""
    batch = approving.one(db, batch_id)
    rows = db.execute(
        select(drafts, customers.c.name, customers.c.owner_id)
        .join(customers, customers.c.id == drafts.c.customer_id)
        .where(drafts.c.batch_id == batch_id)
        .order_by(drafts.c.id)
    ).all()
    if not rows:
        raise BadInput(approving.GONE)
    written = [row for row in rows if not (row.reason or "").startswith(UNWRITTEN)]
    place = min(max(place, 0), len(written) - 1)
    open_ones = [row for row in rows if row.state == "proposed"]
    made = dict(
        zip((row.id for row in open_ones), examining.checked(db, policy, open_ones, now=now, zone=zone), strict=True)
    )
    people = {batch.made_by, batch.asked_of, batch.decided_by} - {None}
    named = {row.id: row.name for row in db.execute(select(reps.c.id, reps.c.name).where(reps.c.id.in_(people)))}
    shown = written[place]
    campaign = db.execute(select(campaigns).where(campaigns.c.id == batch.campaign_id)).first()
    return View(
        batch=batch,
        draft=shown,
        customer=shown.name,
        owner_id=shown.owner_id,
        place=place,
        total=len(written),
        going=sum(not blocking(found) for found in made.values()),
        checks=made.get(shown.id, ()),
        states=Counter(row.reason if is_doubtful(row) else row.state for row in written),
        exceptions=_exceptions(rows, made),
        outcome=_outcome(rows),
        author=named.get(batch.made_by),
        asked_of=named.get(batch.asked_of),
        decided_by=named.get(batch.decided_by),
        campaign=None if campaign is None else campaign.name,
        control_share=0.0 if campaign is None else campaign.control_share,
        leaves_at=_leaves_at(db, batch_id),
        seal=examining.seal(open_ones),
    )


def batch_of(db: Connection, draft_id: int) -> int:
    """The batch of a draft; raises `BadInput` where it is gone."""
    found = db.scalar(select(drafts.c.batch_id).where(drafts.c.id == draft_id))
    if found is None:
        raise BadInput(approving.GONE)
    return int(found)


def may_see(db: Connection, batch: Any, person: Person) -> None:
    """Raise `NotAllowed` unless a person wrote a batch, was asked about it, or sees all its customers in full."""
    if person.id in (batch.made_by, batch.asked_of, batch.decided_by):
        return
    carded = (draft_cards.c.batch_id == batch.id) & (draft_cards.c.rep_id == person.id)
    if db.execute(select(draft_cards.c.id).where(carded)).first() is not None:
        return
    if not sees_all(db, batch.id, person):
        raise NotAllowed("This customer belongs to another team: you see name, owner and stage only.")


def sees_all(db: Connection, batch_id: int, person: Person) -> bool:
    """Whether a person sees all customers of a batch in full."""
    owned = select(customers.c.owner_id).join(drafts, drafts.c.customer_id == customers.c.id)
    return all(person.sight.full(owner) for owner in db.scalars(owned.where(drafts.c.batch_id == batch_id).distinct()))


def as_seen_by(db: Connection, view: View, person: Person) -> View:
    """The same without what customers spent, for whoever decides about it and does not see all of them in full."""
    if sees_all(db, view.batch.id, person):
        return view
    return replace(view, outcome=replace(view.outcome, ordered=0, spend=Decimal(0)))


def waiting(db: Connection, rep_id: int) -> list[Any]:
    """What waits for a person's decision, the oldest first.

    Rows have id, template, asked_at, first customer, number of drafts, and the names of author and asked.
    """
    return _asked(db, batches.c.asked_of == rep_id)


def asked_for(db: Connection, rep_id: int) -> list[Any]:
    """The same of what a person wrote and others are to decide."""
    return _asked(db, (batches.c.made_by == rep_id) & (batches.c.asked_of != rep_id))


def _asked(db: Connection, whose: ColumnElement[bool]) -> list[Any]:
    first = func.min(customers.c.name).label("customer")
    author, asked = reps.alias(), reps.alias()
    names = (author.c.name.label("author"), asked.c.name.label("asked"))
    shown = (batches.c.id, batches.c.template, batches.c.asked_at, *names)
    rows = (
        select(*shown, first, func.count(drafts.c.id).label("drafts"))
        .join(drafts, drafts.c.batch_id == batches.c.id)
        .join(customers, customers.c.id == drafts.c.customer_id)
        .outerjoin(author, author.c.id == batches.c.made_by)
        .outerjoin(asked, asked.c.id == batches.c.asked_of)
        .where(batches.c.state == "asked", whose, func.coalesce(drafts.c.reason, "").not_like(f"{UNWRITTEN}%"))
        .group_by(*shown)
        .order_by(batches.c.asked_at, batches.c.id)
    )
    return list(db.execute(rows))


def _leaves_at(db: Connection, batch_id: int) -> datetime | None:
    held = select(func.min(outbox.c.ready_at)).join(drafts, drafts.c.outbox_id == outbox.c.id)
    moment: datetime | None = db.scalar(held.where(drafts.c.batch_id == batch_id, drafts.c.state == "held"))
    return moment


def is_doubtful(row: Any) -> bool:
    """Whether nobody can say of a message whether it was sent."""
    return bool(row.state == draft_life.HELD and row.reason == AMBIGUOUS)


def _exceptions(rows: Sequence[Any], made: Mapping[int, tuple[Check, ...]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        stopped = blocking(made.get(row.id, ()))
        why = f"check_{stopped[0].name}" if stopped else row.reason if row.state == "failed" else None
        if why:
            found.setdefault(why, []).append(row.name)
    return {why: tuple(names) for why, names in sorted(found.items())}


def _outcome(rows: Sequence[Any]) -> Outcome:
    def told(column: str) -> int:
        return sum(getattr(row, column) is not None for row in rows)

    spend = sum((row.ordered for row in rows if row.ordered is not None), Decimal(0))
    return Outcome(
        told("sent_at"), told("delivered_at"), told("bounced_at"), told("unsubscribed_at"), told("replied_at"),
        told("ordered_on"), spend,
    )  # fmt: skip
