"""Who may send a message now: one process holds it until its lease ends, on the clock of the database."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, exists, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from delivery.channel import Row
from delivery.clock import Clock
from delivery.planning import SLACK
from delivery.tables import outbox, places

# Slack takes about one message a second in one channel; no other way to reach people has such a rule.
PER_PLACE = timedelta(seconds=1)
PACED = (SLACK,)
# When to look again at a message whose earlier message is not there yet.
AFTER_EARLIER = timedelta(seconds=2)
# Rows looked at for each one wanted: some are held back, because their recipient got a message within this second.
LOOKED_AT = 3

_earlier = outbox.alias("earlier")
_SHOWN = (
    outbox,
    places.c.place,
    _earlier.c.state.label("earlier_state"),
    _earlier.c.reference.label("earlier_reference"),
)
_JOINED = outbox.outerjoin(
    places, (places.c.kind == outbox.c.kind) & (places.c.recipient == outbox.c.recipient)
).outerjoin(_earlier, _earlier.c.id == outbox.c.earlier_id)
# Statements that are made once: making them anew for each message would cost more than running them.
_CHANGE = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"))
    .values(
        {
            name: bindparam(name)
            for name in (
                "state",
                "ready_at",
                "reason",
                "finished_at",
                "lease_token",
                "lease_until",
                "first_attempt_at",
            )
        }
    )
)
_DUE = select(outbox.c.id).where(outbox.c.ready_at <= bindparam("now")).order_by(outbox.c.ready_at).limit(1)
_DUE_OF_KIND = _DUE.where(outbox.c.kind == bindparam("kind"))
_SHOW = (
    select(*_SHOWN)
    .select_from(_JOINED)
    .where(outbox.c.id.in_(bindparam("chosen", expanding=True)))
    .order_by(outbox.c.ready_at, outbox.c.id)
)
# PostgreSQL does not know yet of the thousands of messages that a morning has just brought, and would sort all of them
# each time; for this transaction it walks along the index instead.
_BY_INDEX = text("SELECT set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true)")
_HELD = select(outbox.c.id).where(outbox.c.id == bindparam("row_id"), outbox.c.lease_token == bindparam("token"))


@dataclass(frozen=True)
class Leasing:
    """The numbers of a lease. `seconds` is much longer than `timeout`, what one call to a channel may take."""

    seconds: float = 120.0
    timeout: float = 10.0
    lookups: int = 12

    @property
    def begin_within(self) -> float:
        """Seconds from the lease to the last moment at which a message may leave: a quarter of it.

        Half of the lease is kept free because the database's clock may jump by so much; then a quarter is left for
        Slack to show the message to whoever looks for it after the lease.
        """
        return self.seconds / 4


def kinds_due(db: Connection, clock: Clock, kinds: Sequence[str]) -> list[str]:
    """Those of these channel kinds of which there is something to lease; cheap, and never waits for writers."""
    now = clock.now(db)
    if db.execute(_DUE, {"now": now}).first() is None:
        return []
    return [kind for kind in kinds if db.execute(_DUE_OF_KIND, {"now": now, "kind": kind}).first() is not None]


def lease(
    db: Connection, clock: Clock, kinds: Collection[str], blind: Collection[str], most: int, numbers: Leasing
) -> list[Row]:
    """Take at most `most` messages of these channel kinds, in one transaction; nobody else gets them until it ends.

    What is past its time, superfluous, or can neither be sent again nor looked up (kinds in `blind`) is settled here.
    """
    steadily = clock.steady()
    now = clock.now(db)
    if db.dialect.name == "postgresql":
        db.execute(_BY_INDEX)
    due = (outbox.c.ready_at <= now) & outbox.c.kind.in_(kinds)
    soonest = select(outbox.c.id).where(due).order_by(outbox.c.ready_at).limit(most * LOOKED_AT)
    chosen = db.scalars(soonest.with_for_update(skip_locked=True)).all()
    found = db.execute(_SHOW, {"chosen": chosen}).all() if chosen else []
    changes: list[dict[str, Any]] = []
    able = []
    for row in found:
        change = _held_back(db, row, now, blind, numbers)
        if change is None:
            able.append(row)
        else:
            changes.append(_full(row, change))
    first: dict[tuple[str, str], int] = {}
    at_once: set[int] = set()
    for row in able:
        if len(first) + len(at_once) >= most:
            break
        if row.kind in PACED:
            first.setdefault((row.kind, row.recipient), row.id)
        else:
            at_once.add(row.id)
    free = _free(db, list(first), now)
    leased = []
    for row in able:
        who = (row.kind, row.recipient)
        if row.id in at_once or (who in free and first[who] == row.id):
            leased.append(_leased(row, now, steadily, numbers))
        elif who in first:
            changes.append(_full(row, {"state": _resting(row), "ready_at": now + PER_PLACE}))
    changes += [
        {
            "row_id": row.id,
            "state": "leased",
            "ready_at": row.lease_until,
            "reason": None,
            "finished_at": None,
            "lease_token": row.token,
            "lease_until": row.lease_until,
            "first_attempt_at": row.first_attempt_at,
        }
        for row in leased
    ]
    if changes:
        db.execute(_CHANGE, changes)
    return leased


def still_held(db: Connection, clock: Clock, row: Row) -> datetime | None:
    """The database's time, if a message is still leased to its holder; None if it is not."""
    held = db.execute(_HELD, {"row_id": row.id, "token": row.token}).first()
    return None if held is None else clock.now(db)


def release(db: Connection, rows: Sequence[Row], now: datetime) -> None:
    """Give messages back of which nothing was tried."""
    for row in rows:
        held = (outbox.c.id == row.id) & (outbox.c.lease_token == row.token)
        back = {"state": "unknown" if row.uncertain else "pending", "ready_at": now, "lease_token": None}
        db.execute(update(outbox).where(held).values(back | {"lease_until": None}))


def _held_back(
    db: Connection, row: Any, now: datetime, blind: Collection[str], numbers: Leasing
) -> dict[str, Any] | None:
    """What becomes of a message that cannot be handled now; None if it can."""
    uncertain = row.state != "pending"
    if uncertain and row.kind in blind:
        return {"state": "waiting", "ready_at": None, "reason": "cannot_look_up"}
    if uncertain and row.lookups >= numbers.lookups:
        return {"state": "waiting", "ready_at": None, "reason": "looked_up_in_vain"}
    if not uncertain and row.latest < now:
        return _skipped("too_late", now)
    if row.action == "post":
        return None
    if row.earlier_state in (None, "dead", "skipped") or (row.earlier_state == "sent" and not row.earlier_reference):
        return _skipped("nothing_to_change", now)
    if row.earlier_state != "sent":
        return {"state": _resting(row), "ready_at": now + AFTER_EARLIER}
    if row.action == "update":
        same = (outbox.c.earlier_id == row.earlier_id) & (outbox.c.action == "update")
        if db.scalar(select(exists().where(same, outbox.c.id > row.id))):
            return _skipped("superseded", now)
        if db.scalar(select(exists().where(same, outbox.c.id < row.id, outbox.c.state == "leased"))):
            return {"state": _resting(row), "ready_at": now + AFTER_EARLIER}
    return None


def _skipped(reason: str, now: datetime) -> dict[str, Any]:
    return {"state": "skipped", "ready_at": None, "reason": reason, "finished_at": now}


def _resting(row: Any) -> str:
    """The state of a message that nobody holds: one whose lease ran out may have been sent."""
    return "pending" if row.state == "pending" else "unknown"


def _full(row: Any, change: dict[str, Any]) -> dict[str, Any]:
    """A change with every column that `lease` writes; a message that is not leased has neither token nor lease."""
    kept = {"reason": row.reason, "finished_at": None, "first_attempt_at": row.first_attempt_at}
    return {"row_id": row.id, "lease_token": None, "lease_until": None} | kept | change


def _free(db: Connection, wanted: Sequence[tuple[str, str]], now: datetime) -> set[tuple[str, str]]:
    """Take this second of each recipient, by kind and name; returns those who may get a message now.

    All processes take them from one table; PostgreSQL decides anew where another one has just taken the same.
    """
    if not wanted:
        return set()
    dialect = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    # In one order, so that two processes which want the same recipients cannot wait for each other for ever.
    values = [{"kind": kind, "recipient": who, "free_at": now + PER_PLACE} for kind, who in sorted(wanted)]
    insertion = dialect(places).values(values)
    taking = insertion.on_conflict_do_update(
        index_elements=["kind", "recipient"],
        set_={"free_at": insertion.excluded.free_at},
        # A moment further ahead than the pause can only come from a clock that has jumped back since.
        where=(places.c.free_at <= now) | (places.c.free_at > now + PER_PLACE),
    ).returning(places.c.kind, places.c.recipient)
    return {(kind, who) for kind, who in db.execute(taking)}


def _leased(row: Any, now: datetime, steadily: float, numbers: Leasing) -> Row:
    return Row(
        id=row.id,
        key=row.key,
        job=row.job,
        kind=row.kind,
        recipient=row.recipient,
        action=row.action,
        earlier_reference=row.earlier_reference,
        stored=row.payload or "",
        due=row.due,
        latest=row.latest,
        attempts=row.attempts,
        lookups=row.lookups,
        first_attempt_at=row.first_attempt_at or now,
        place=row.place,
        uncertain=row.state != "pending",
        token=secrets.token_hex(8),
        leased_at=now,
        lease_until=now + timedelta(seconds=numbers.seconds),
        leased_steadily=steadily,
    )
