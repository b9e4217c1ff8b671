"""What customers allowed us to send them: given, withdrawn, and what is stopped by a withdrawal."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, insert, select

from care import draft_life
from customers import cards, groups
from customers.holding import erased_of, hold
from customers.outreach_tables import drafts
from customers.tables import consents, reps
from customers.writing import take_turns
from delivery import planning

CHANNELS = ("email", "sms")
PURPOSES = ("service", "marketing")
WITHDRAWN = "consent_withdrawn"
"""The reason of a draft that was stopped because the customer does not allow it any more."""
# States of a draft that has been decided and is not on its way yet.
_STOPPABLE = ("approved", "held")


@dataclass(frozen=True)
class ConsentState:
    """The newest entry of the ledger for a channel and a purpose: since when, how, and who entered it."""

    given: bool
    at: datetime
    how: str  # import, phone, writing, in_person, form, link, link_undone ...
    rep_id: int | None
    rep: str | None  # the name of whoever entered it


@dataclass(frozen=True)
class Change:
    """What an entry led to: the purposes for which something else holds now, and the drafts that were stopped."""

    purposes: tuple[str, ...]
    stopped: tuple[int, ...] = ()


Standing = Mapping[tuple[str, str], ConsentState]
"""What holds for one customer, by channel and purpose; what is missing was never asked for, which is no consent."""


def current(db: Connection, customer_ids: Collection[int]) -> dict[int, Standing]:
    """What holds now for each of these customers; one of whom the ledger says nothing has an empty standing."""
    found: dict[int, dict[tuple[str, str], ConsentState]] = {id: {} for id in customer_ids}
    for some in groups.chunks(found):
        for customer_id, channel, purpose, *state in db.execute(_NEWEST, {"some": some}):
            found[customer_id][channel, purpose] = ConsentState(*state)
    return dict(found)


def alone(db: Connection, customer_id: int) -> None:
    """Wait until nobody else is changing what is known of this customer, and keep it until the transaction ends.

    In the order in which an import takes the same locks, since the cards at the end take turns with it.
    """
    take_turns(db)
    hold(db, customer_id)


def newest(db: Connection, customer_id: int) -> dict[tuple[str, str], int]:
    """The ids of the entries that count, by channel and purpose."""
    c = consents.c
    entries = select(c.id, c.channel, c.purpose).where(c.customer_id == customer_id).order_by(c.at, c.id)
    return {(channel, purpose): id for id, channel, purpose in db.execute(entries)}


def allows(standing: Standing, channel: str, purpose: str) -> bool:
    """Whether a customer may be written to by this channel for this purpose."""
    state = standing.get((channel, purpose))
    return state is not None and state.given


def give(
    db: Connection,
    customer_id: int,
    channel: str,
    purposes: Collection[str],
    *,
    how: str,
    by: int | None,
    at: datetime,
) -> Change:
    """Write down that the customer allowed it; `by` is the rep who enters it."""
    return Change(_enter(db, customer_id, channel, purposes, given=True, how=how, by=by, at=at))


def withdraw(
    db: Connection,
    customer_id: int,
    channel: str,
    purposes: Collection[str],
    *,
    how: str,
    by: int | None,
    at: datetime,
) -> Change:
    """Write down that the customer allows it no more, and stop what waits to be sent for it.

    A message that a worker holds already is checked again before it leaves.
    """
    changed = _enter(db, customer_id, channel, purposes, given=False, how=how, by=by, at=at)
    return Change(changed, stop_unwanted(db, by=by, at=at, customer_id=customer_id))


def restorable(db: Connection, customer_id: int, channel: str, *, how: str, since: datetime) -> tuple[str, ...]:
    """The purposes that were given until the customer withdrew them in this way, no longer ago than `since`.

    Whoever was erased meanwhile gives nothing any more.
    """
    c, found = consents.c, list[str]()
    if erased_of(db, [customer_id]):
        return ()
    for purpose in PURPOSES:
        which = (c.customer_id == customer_id) & (c.channel == channel) & (c.purpose == purpose)
        entries = select(c.given, c.how, c.at).where(which).order_by(c.at.desc(), c.id.desc()).limit(2)
        last, before = [*db.execute(entries), None, None][:2]
        if last and before and before.given and not last.given and last.how == how and last.at >= since:
            found.append(purpose)
    return tuple(found)


def unwanted(db: Connection, customer_id: int | None = None, *, to_stop: bool = False) -> list[Any]:
    """The decided drafts, of one customer or of all, that the ledger does not allow: rows with id and outbox_id.

    `to_stop` keeps others from changing them until the transaction ends.
    """
    d = drafts.c
    decided = select(d.id, d.batch_id, d.customer_id, d.channel, d.purpose, d.outbox_id)
    decided = decided.where(d.state.in_(_STOPPABLE))
    decided = decided.order_by(d.id)
    if customer_id is not None:
        decided = decided.where(d.customer_id == customer_id)
    if to_stop:
        draft_life.hold(db, {row.batch_id for row in db.execute(decided)})
    waiting = db.execute(decided.with_for_update() if to_stop else decided).all()
    standing = current(db, {row.customer_id for row in waiting})
    return [row for row in waiting if not allows(standing[row.customer_id], row.channel, row.purpose)]


def stop_unwanted(db: Connection, *, by: int | None, at: datetime, customer_id: int | None = None) -> tuple[int, ...]:
    """Stop every decided draft, of one customer or of all, that the ledger does not allow (any more).

    Returns the ids of those that were stopped. One whose message a worker holds stays as it is.
    """
    found = unwanted(db, customer_id, to_stop=True)
    taken_back = planning.withdraw(db, [row.outbox_id for row in found if row.outbox_id is not None], WITHDRAWN, at)
    stopped = tuple(row.id for row in found if row.outbox_id is None or row.outbox_id in taken_back)
    draft_life.move(db, stopped, "failed", by=by, at=at, reason=WITHDRAWN)
    return stopped


def _enter(
    db: Connection,
    customer_id: int,
    channel: str,
    purposes: Collection[str],
    *,
    given: bool,
    how: str,
    by: int | None,
    at: datetime,
) -> tuple[str, ...]:
    if channel not in CHANNELS or not set(purposes) <= set(PURPOSES):
        raise ValueError(f"the ledger knows no {channel!r} for {sorted(purposes)}")
    alone(db, customer_id)
    standing = current(db, [customer_id])[customer_id]
    changed = [purpose for purpose in PURPOSES if purpose in purposes and not _holds(standing, channel, purpose, given)]
    if not changed:
        return ()
    entries = []
    for purpose in changed:
        before = standing.get((channel, purpose))
        # What is entered now counts from now on, even after an import that dated its word in the future.
        moment = at if before is None else max(at, before.at)
        entry = {"customer_id": customer_id, "channel": channel, "purpose": purpose, "given": given}
        entries.append(entry | {"at": moment, "how": how, "rep_id": by})
    db.execute(insert(consents), entries)
    cards.refresh(db, [customer_id])
    return tuple(changed)


def _newest() -> Select[Any]:
    """The newest entries of `some` customers, by channel and purpose."""
    c = consents.c
    newest = func.row_number().over(
        partition_by=(c.customer_id, c.channel, c.purpose), order_by=(c.at.desc(), c.id.desc())
    )
    some = c.customer_id.in_(bindparam("some", expanding=True))
    ranked = select(c.id, newest.label("nth")).where(some).subquery()
    return (
        select(c.customer_id, c.channel, c.purpose, c.given, c.at, c.how, c.rep_id, reps.c.name)
        .join(ranked, ranked.c.id == c.id)
        .outerjoin(reps, reps.c.id == c.rep_id)
        .where(ranked.c.nth == 1)
    )


# Made once, as it is asked before each message leaves: making it anew would cost more than running it.
_NEWEST = _newest()


def _holds(standing: Standing, channel: str, purpose: str, given: bool) -> bool:
    """Whether the newest entry says so already; where there is none, a refusal is worth writing down too."""
    state = standing.get((channel, purpose))
    return state is not None and state.given == given
