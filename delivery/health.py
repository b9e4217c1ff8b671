"""How delivery is doing: what waits, what failed and why, for the people who run it; nothing personal is in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, case, func, select, union_all, update

from delivery.planning import SLACK
from delivery.tables import outbox, runs, troubles

# Rows that are named one by one: more would not be read, and their number stands in `states`.
NAMED = 20
FINAL = ("sent", "dead", "skipped")


@dataclass(frozen=True)
class Held:
    """A message that a person must decide about (`waiting`), or that was refused (`dead`)."""

    id: int
    job: str
    kind: str
    action: str
    state: str
    reason: str | None
    due: datetime
    first_attempt_at: datetime | None


@dataclass(frozen=True)
class Health:
    """How delivery is doing. `dead` and `skipped` are counted by reason since the moment that was asked for."""

    states: Mapping[str, int]
    oldest: timedelta | None  # how long the message has been due that is due longest and not final
    waiting: tuple[Held, ...]
    refused: tuple[Held, ...]
    dead: Mapping[str, int]
    skipped: Mapping[str, int]
    troubles: Mapping[
        str, tuple[str, datetime]
    ]  # what keeps all messages back: name to (reason, when it was last seen)


def health(db: Connection, now: datetime, since: datetime) -> Health:
    """Look at the outbox as it is `now`; what is final counts since `since`."""
    ended = outbox.c.finished_at >= since
    count: Select[Any] = select(outbox.c.state, func.count()).group_by(outbox.c.state)
    open_states = outbox.c.state.not_in(FINAL)
    states = {row[0]: row[1] for row in db.execute(count.where(open_states))}
    states |= {row[0]: row[1] for row in db.execute(count.where(~open_states, ended))}
    overdue = outbox.c.state.in_(("pending", "leased", "unknown")) & (outbox.c.due <= now)
    oldest = db.scalar(select(func.min(outbox.c.due)).where(overdue))
    passed_over = union_all(
        select(outbox.c.reason).where(outbox.c.state == "skipped", ended),
        select(runs.c.reason).where(runs.c.state == "skipped", runs.c.at >= since),
    ).subquery()
    return Health(
        states=states,
        oldest=None if oldest is None else now - oldest,
        waiting=_held(db, outbox.c.state == "waiting"),
        refused=_held(db, (outbox.c.state == "dead") & ended),
        dead=_by_reason(db, select(outbox.c.reason).where(outbox.c.state == "dead", ended).subquery()),
        skipped=_by_reason(db, passed_over),
        troubles={
            row.name: (row.reason, row.at)
            for row in db.execute(select(troubles).where(troubles.c.at >= since).order_by(troubles.c.name))
        },
    )


def decidable(row: Held) -> bool:
    """Whether a person can decide about a message: what a customer's channel refused is over, and is written anew."""
    return row.state == "waiting" or row.kind == SLACK


def decide(db: Connection, row_id: int, decision: str, now: datetime, until: datetime) -> bool:
    """Do what a person decided about a message that waits or was refused: "resend" it (until then), or it "was_sent".

    False where it is not there to be decided about (see `decidable`): somebody else has done so.
    Raises ValueError for any other decision.
    """
    values: dict[str, Any]
    if decision == "resend":
        values = {"state": "pending", "reason": None, "ready_at": now, "latest": until, "lookups": 0}
        values |= {"first_attempt_at": None, "finished_at": None}
    elif decision == "was_sent":
        values = {"state": "sent", "reason": "was_sent", "ready_at": None, "finished_at": now}
    else:
        raise ValueError(f"a person decides “resend” or “was_sent”, not {decision!r}")
    open_to_people = (outbox.c.state == "waiting") | ((outbox.c.state == "dead") & (outbox.c.kind == SLACK))
    undecided = (outbox.c.id == row_id) & open_to_people & outbox.c.payload.is_not(None)
    return db.execute(update(outbox).where(undecided).values(values)).rowcount == 1


def forget_payloads(db: Connection, before: datetime, *, dry_run: bool = False) -> int:
    """Drop what was said in messages that became final before a moment; their hashes and fates stay. Returns how many.

    Of messages to customers the address is dropped too; a Slack id names one of our own people. With `dry_run` they
    are only counted.
    """
    old = outbox.c.state.in_(FINAL) & (outbox.c.finished_at < before) & outbox.c.payload.is_not(None)
    if dry_run:
        return db.scalar(select(func.count()).select_from(outbox).where(old)) or 0
    return db.execute(update(outbox).where(old).values(payload=None, recipient=_OURS)).rowcount


_OURS = case((outbox.c.kind == SLACK, outbox.c.recipient), else_="")


def _held(db: Connection, which: Any) -> tuple[Held, ...]:
    names = [outbox.c[name] for name in Held.__dataclass_fields__]
    found = db.execute(select(*names).where(which).order_by(outbox.c.due, outbox.c.id).limit(NAMED))
    return tuple(Held(*row) for row in found)


def _by_reason(db: Connection, found: Any) -> dict[str, int]:
    counted = db.execute(select(found.c.reason, func.count()).group_by(found.c.reason))
    return {reason or "": number for reason, number in counted}
