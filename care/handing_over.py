"""Gives all customers and waiting follow-ups of one rep to another in one step, and takes that back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from customers import cards, groups
from customers.card_rows import WAITING
from customers.tables import customers, reps
from customers.work_tables import follow_ups, hand_overs
from words.errors import BadInput, NotAllowed


@dataclass(frozen=True)
class HandedOver:
    """How many customers and follow-ups changed hands, and the id by which that is undone."""

    id: int
    customers: int
    follow_ups: int


def holdings(db: Connection, rep_id: int) -> tuple[int, int]:
    """How many customers and waiting follow-ups a rep has."""
    owned = db.scalar(select(func.count()).where(customers.c.owner_id == rep_id)) or 0
    owed = db.scalar(select(func.count()).where(follow_ups.c.rep_id == rep_id, follow_ups.c.state.in_(WAITING))) or 0
    return owned, owed


def hand_over_all(db: Connection, from_id: int, to_id: int, *, by: int, now: datetime) -> HandedOver:
    """Make one rep the owner of all customers of another, and of the follow-ups that wait.

    Raises `BadInput` where the receiver has left or is the same person, and where there is nothing to hand over.
    """
    if from_id == to_id:
        raise BadInput("These customers cannot be handed over to the person who has them.")
    if not db.scalar(select(reps.c.active).where(reps.c.id == to_id)):
        raise BadInput("This person does not work here any more.")
    owned = list(db.scalars(select(customers.c.id).where(customers.c.owner_id == from_id).with_for_update()))
    waiting = (follow_ups.c.rep_id == from_id, follow_ups.c.state.in_(WAITING))
    owed = list(db.scalars(select(follow_ups.c.id).where(*waiting)))
    if not owned and not owed:
        raise BadInput("This person has no customers and no follow-ups.")
    db.execute(update(customers).where(customers.c.owner_id == from_id).values(owner_id=to_id))
    moved = _give(db, owed, from_id, to_id)
    values = {"from_id": from_id, "to_id": to_id, "rep_id": by, "at": now, "customers": owned, "follow_ups": owed}
    made = int(db.execute(insert(hand_overs).values(values).returning(hand_overs.c.id)).scalar_one())
    return HandedOver(made, len(owned), moved)


def take_back(db: Connection, hand_over_id: int, *, by: int, now: datetime) -> HandedOver:
    """Undo a hand-over; what has changed hands again since stays where it is. Returns how much came back.

    Only who handed over may take it back, and only once.
    """
    row = db.execute(select(hand_overs).where(hand_overs.c.id == hand_over_id).with_for_update()).first()
    if row is None or row.undone_at is not None:
        raise BadInput("This has been taken back already.")
    if row.rep_id != by:
        raise NotAllowed("Only the person who did this can take it back.")
    back = 0
    for chunk in groups.chunks(row.customers):
        still_there = customers.c.id.in_(chunk) & (customers.c.owner_id == row.to_id)
        back += db.execute(update(customers).where(still_there).values(owner_id=row.from_id)).rowcount
    moved = _give(db, row.follow_ups, row.to_id, row.from_id)
    db.execute(update(hand_overs).where(hand_overs.c.id == hand_over_id).values(undone_at=now))
    return HandedOver(hand_over_id, back, moved)


def _give(db: Connection, ids: Any, from_id: int, to_id: int) -> int:
    """Move follow-ups that are still one rep's to another, and bring the cards up to date, which name the rep."""
    moved: list[int] = []
    for chunk in groups.chunks(ids):
        theirs = follow_ups.c.id.in_(chunk) & (follow_ups.c.rep_id == from_id)
        given = update(follow_ups).where(theirs).values(rep_id=to_id).returning(follow_ups.c.customer_id)
        moved += db.scalars(given)
    cards.refresh(db, moved)
    return len(moved)
