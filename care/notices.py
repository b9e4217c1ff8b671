"""Falling orders and complaints that nobody answered: whom they concern, said once each, judged by readers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Double,
    and_,
    cast,
    exists,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from customers.computed_tables import customer_facts
from customers.notice_tables import notices
from customers.reps import Person
from customers.tables import customers, interactions, reps
from words.errors import BadInput

DECLINE, COMPLAINT, COMPLAINT_MANAGER = "decline", "complaint", "complaint_manager"
# Rules whose readers say whether it was worth reading. Occasions are kept beside them: each is told of once.
VOTED = (DECLINE, COMPLAINT, COMPLAINT_MANAGER)
# Notices that are written by one statement.
AT_ONCE = 100
# Half years with fewer purchases than this in both together show no trend.
FEWEST_PURCHASES = 4
# So many owners are looked up one by one; of more, everybody's facts are read.
FEW_OWNERS = 500


@dataclass(frozen=True)
class Decline:
    """A customer who buys as often as ever, but for less: spend of the last half year and of the one before it."""

    customer_id: int
    owner_id: int | None
    spend: Decimal
    spend_before: Decimal


@dataclass(frozen=True)
class Complaint:
    """An open complaint after which its customer's owner has not been in touch."""

    id: int
    customer_id: int
    customer_key: str | None
    customer_name: str
    owner_id: int | None
    owner_name: str | None
    manager_id: int | None
    at: datetime
    text: str


def declines(
    db: Connection, today: date, *, share: float, again_after: int, owners: Collection[int | None] | None = None
) -> list[Decline]:
    """Loyal customers whose spend fell below a share of what it was, who were not told of lately; the most lost first.

    Whoever is silent for too long has an alert instead. A group is left out: its members stand for themselves. What was
    told is told again after so many days at the earliest: by then both half years are new.
    """
    f = customer_facts.c
    now, before = (cast(type_coerce(column, BigInteger), Double) for column in (f.spend_half, f.spend_half_before))
    told = exists().where(
        notices.c.customer_id == f.customer_id,
        notices.c.rule == DECLINE,
        notices.c.told_on > today - timedelta(days=again_after),
    )
    found = (
        select(f.customer_id, customers.c.owner_id, f.spend_half, f.spend_half_before)
        .join(customers, customers.c.id == f.customer_id)
        .where(f.loyalty == "loyal", f.group_customers <= 1, f.purchases >= FEWEST_PURCHASES)
        .where(before > 0, now < share * before, ~told)
        .order_by((before - now).desc(), f.customer_id)
    )
    if owners is not None and len(owners) <= FEW_OWNERS:
        ids = sorted(owner for owner in owners if owner is not None)
        some: Any = customers.c.owner_id.in_(ids)
        found = found.where(or_(some, customers.c.owner_id.is_(None)) if None in owners else some)
    return [Decline(*row) for row in db.execute(found)]


def complaints(db: Connection, before: date) -> list[Complaint]:
    """Open complaints from before a day without a later word of the owner, those that wait longest first."""
    c, answer = interactions.c, interactions.alias("answer")
    latest = datetime.combine(before, time(), UTC)
    answered = exists().where(
        answer.c.customer_id == c.customer_id,
        answer.c.at > c.at,
        answer.c.kind != "complaint",
        answer.c.rep_id == customers.c.owner_id,
    )
    found = (
        select(
            c.id, c.customer_id, customers.c.key, customers.c.name, customers.c.owner_id, reps.c.name,
            reps.c.manager_id, c.at, c.text,
        )
        .select_from(customer_facts)  # which knows who has a complaint, so that not all interactions are read
        .join(customers, customers.c.id == customer_facts.c.customer_id)
        .join(interactions, and_(c.customer_id == customers.c.id, c.kind == "complaint", c.closed_at.is_(None)))
        .outerjoin(reps, reps.c.id == customers.c.owner_id)
        .where(customer_facts.c.open_complaint.is_not(None), c.at < latest, ~answered)
        .order_by(c.at, c.id)
    )  # fmt: skip
    return [Complaint(*row) for row in db.execute(found)]


def told(db: Connection, rule: str) -> set[str]:
    """The subjects of which a rule has spoken, at any time."""
    return set(db.scalars(select(notices.c.subject).where(notices.c.rule == rule)))


def tell(
    db: Connection, rule: str, subjects: Collection[tuple[int, str]], *, rep_id: int, day: date, now: datetime
) -> dict[int, int]:
    """Write down that somebody is told of some (customer, subject); the notices' ids by customer.

    What was told already, by another process, is left out.
    """
    told = tell_each(db, rule, subjects, rep_id=rep_id, day=day, now=now)
    return {customer_id: id for (customer_id, _), id in told.items()}


def tell_each(
    db: Connection, rule: str, subjects: Collection[tuple[int, str]], *, rep_id: int, day: date, now: datetime
) -> dict[tuple[int, str], int]:
    """The same where a customer may have several subjects: the notices' ids by (customer, subject)."""
    dialect = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    said = {"rule": rule, "rep_id": rep_id, "told_on": day, "at": now}
    ids: dict[tuple[int, str], int] = {}
    # In one order, so that two processes that want to tell the same wait for each other instead of for ever.
    ordered = sorted(set(subjects))
    for start in range(0, len(ordered), AT_ONCE):
        some = ordered[start : start + AT_ONCE]
        rows = [said | {"customer_id": customer_id, "subject": subject} for customer_id, subject in some]
        made = dialect(notices).values(rows).on_conflict_do_nothing()
        for id, customer_id, subject in db.execute(
            made.returning(notices.c.id, notices.c.customer_id, notices.c.subject)
        ):
            ids[customer_id, subject] = int(id)
    return ids


def vote(db: Connection, person: Person, notice_id: int, *, useful: bool) -> None:
    """Keep whether a notice was useful; the newest vote counts. Raises `BadInput` where it was told to others."""
    which = (notices.c.id == notice_id) & notices.c.rep_id.in_(sorted(person.duties | person.exports.owners))
    if db.execute(update(notices).where(which).values(useful=useful)).rowcount == 0:
        raise BadInput("This message is not here any more, or it was for somebody else.")


def voted(db: Connection, notice_ids: Collection[int]) -> dict[int, bool | None]:
    """How some notices were judged."""
    rows = db.execute(select(notices.c.id, notices.c.useful).where(notices.c.id.in_(sorted(notice_ids))))
    return {row.id: row.useful for row in rows}
