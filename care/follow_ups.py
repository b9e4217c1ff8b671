"""A rep's dated promises to customers: how they are made, by people and by rules, and which of them wait."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, case, func, insert, select

from customers import cards
from customers.card_rows import WAITING
from customers.computed_tables import customer_facts
from customers.holding import hold, hold_all, refuse_erased
from customers.reps import Person
from customers.segments import AT_STAKE
from customers.tables import customers, reps
from customers.work_tables import follow_up_steps, follow_ups
from words.errors import BadInput, NotAllowed

# What can make a follow-up by itself.
RULES = ("visit", "complaint", "alert")
# Characters of what was promised; more is a note, not a promise.
LONGEST = 300
# Lines of one page: each takes two blocks of a message, which has fifty, and more are not read in one go.
PAGE = 8


@dataclass(frozen=True)
class Line:
    """One follow-up as it is listed, with what must be known of the customer to show it.

    `promised` is the day first agreed, `due` the day on which it comes up; `at_stake` (in HOME_CURRENCY) is what a year
    of the customer's own rhythm brings.
    """

    id: int
    customer_id: int
    customer_key: str | None
    customer_name: str
    owner_id: int | None
    rep_id: int
    rep_name: str
    promised: date
    due: date
    state: str
    what: str
    rule: str | None
    outcome: str | None
    at_stake: Decimal
    loyalty: str


@dataclass(frozen=True)
class Listing:
    """One page of follow-ups; `total` counts all of them, `due` those of them that are due; `page` begins with 0."""

    lines: tuple[Line, ...]
    total: int
    due: int
    page: int
    size: int


@dataclass(frozen=True)
class Step:
    """What was done with a follow-up: the step's id, by which it can be undone, and the follow-up afterwards."""

    id: int
    line: Line


def make(
    db: Connection,
    *,
    customer_id: int,
    rep_id: int,
    day: date,
    today: date,
    what: str,
    by: int | None,
    now: datetime,
    rule: str | None = None,
) -> Step:
    """Write down what a rep promised for a day, and bring the card up to date.

    `today` is the rep's. Raises `BadInput` for a day before it, and where the same promise waits already: a button that
    was pressed twice makes one.
    """
    if day < today:
        raise BadInput("{day} is over. A follow-up is for a day that is still to come.", day=day)
    hold(db, customer_id)
    refuse_erased(db, [customer_id])
    words = " ".join(what.split())[:LONGEST]
    same = {"customer_id": customer_id, "rep_id": rep_id, "due": day, "what": words, "rule": rule}
    there = [follow_ups.c[name] == value for name, value in same.items()]
    if db.execute(select(follow_ups.c.id).where(*there, follow_ups.c.state.in_(WAITING)).limit(1)).first():
        raise BadInput("This follow-up has been made already.")
    values = same | {"promised": day, "state": "open", "made_by": by, "made_at": now}
    made = int(db.execute(insert(follow_ups).values(values).returning(follow_ups.c.id)).scalar_one())
    step = {"follow_up_id": made, "rep_id": by, "at": now, "what": "made", "before": {}, "after": {"state": "open"}}
    step_id = int(db.execute(insert(follow_up_steps).values(step).returning(follow_up_steps.c.id)).scalar_one())
    cards.refresh(db, [customer_id])
    return Step(step_id, line(db, made))


def by_rule(
    db: Connection, *, rule: str, customer_id: int, rep_id: int, day: date, today: date, now: datetime, what: str = ""
) -> int | None:
    """Make a follow-up by a rule of RULES; returns its id, None where one by the same rule waits for this customer."""
    if rule not in RULES:
        raise ValueError(f"{rule} is no rule that makes follow-ups")
    hold(db, customer_id)
    same = select(follow_ups.c.id).where(follow_ups.c.customer_id == customer_id, follow_ups.c.rule == rule)
    if db.execute(same.where(follow_ups.c.state.in_(WAITING)).limit(1)).first():
        return None
    made = make(
        db, customer_id=customer_id, rep_id=rep_id, day=day, today=today, what=what, by=None, now=now, rule=rule
    )
    return made.line.id


def by_rule_for_many(db: Connection, *, rule: str, wanted: Collection[tuple[int, int, date]], now: datetime) -> int:
    """Make follow-ups by a rule for several (customer, rep, day) at once; returns how many.

    Whoever has any follow-up that waits by now is left out.
    """
    ids = sorted({customer_id for customer_id, _, _ in wanted})
    c = follow_ups.c
    hold_all(db, ids)
    waiting = set(db.scalars(select(c.customer_id).where(c.customer_id.in_(ids), c.state.in_(WAITING))))
    rows: list[dict[str, Any]] = [
        {"customer_id": customer_id, "rep_id": rep_id, "promised": day, "due": day, "state": "open", "what": "",
         "rule": rule, "made_by": None, "made_at": now}
        for customer_id, rep_id, day in wanted
        if customer_id not in waiting
    ]  # fmt: skip
    if not rows:
        return 0
    made = db.scalars(insert(follow_ups).returning(c.id), rows).all()
    step = {"rep_id": None, "at": now, "what": "made", "before": {}, "after": {"state": "open"}}
    db.execute(insert(follow_up_steps), [step | {"follow_up_id": id} for id in made])
    cards.refresh(db, set(ids) - waiting)
    return len(made)


def line(db: Connection, follow_up_id: int) -> Line:
    """One follow-up, in whatever state; raises `BadInput` where there is none."""
    row = db.execute(_lines().where(follow_ups.c.id == follow_up_id)).first()
    if row is None:
        raise BadInput("This follow-up is not here any more.")
    return _line(row)


def theirs(db: Connection, person: Person, follow_up_id: int) -> Line:
    """A follow-up that a person may act on: the own, those of whom they stand in for, and a manager's reps'.

    Raises `NotAllowed` for any other.
    """
    found = line(db, follow_up_id)
    if found.rep_id not in person.duties | person.exports.owners:
        raise NotAllowed(
            "This is a follow-up of {name}. Only they and their manager can change it.", name=found.rep_name
        )
    return found


def waiting(
    db: Connection, rep_ids: Collection[int], today: date, *, until: date | None = None, page: int = 0, size: int = PAGE
) -> Listing:
    """One page of what these reps still owe: what is due first, of that the most at stake, then the coming by day.

    `until` leaves out what comes up after that day: with today it is what is due, with yesterday what is overdue.
    """
    c = follow_ups.c
    which: list[ColumnElement[bool]] = [c.rep_id.in_(sorted(rep_ids)), c.state.in_(WAITING)]
    if until is not None:
        which.append(c.due <= until)
    total, due = db.execute(select(func.count(), func.count().filter(c.due <= today)).where(*which)).one()
    shown = min(page, max(0, total - 1) // size)
    rows = db.execute(_ordered(today).where(*which).offset(shown * size).limit(size))
    return Listing(tuple(_line(row) for row in rows), total, due, shown, size)


def due_of_all(db: Connection, days: Mapping[int, date]) -> dict[int, list[Line]]:
    """What is due of many reps at once, each by the local day given for that rep; most at stake first.

    Reps with nothing due are left out. For the reminders of a morning: one read, whatever the number of reps.
    """
    if not days:
        return {}
    latest = max(days.values())
    found: dict[int, list[Line]] = {}
    for row in db.execute(_ordered(latest).where(follow_ups.c.state.in_(WAITING), follow_ups.c.due <= latest)):
        if row.rep_id in days and row.due <= days[row.rep_id]:
            found.setdefault(row.rep_id, []).append(_line(row))
    return found


def _lines() -> Select[Any]:
    c = follow_ups.c
    return (
        select(
            c.id,
            c.customer_id,
            customers.c.key.label("customer_key"),
            customers.c.name.label("customer_name"),
            customers.c.owner_id,
            c.rep_id,
            reps.c.name.label("rep_name"),
            c.promised,
            c.due,
            c.state,
            c.what,
            c.rule,
            c.outcome,
            AT_STAKE,
            customer_facts.c.loyalty,
        )
        .join(customers, customers.c.id == c.customer_id)
        .join(reps, reps.c.id == c.rep_id)
        .outerjoin(customer_facts, customer_facts.c.customer_id == c.customer_id)
    )


def _ordered(today: date) -> Select[Any]:
    is_due, stake = follow_ups.c.due <= today, func.coalesce(AT_STAKE, 0)
    urgency = (case((is_due, 0), else_=1), case((is_due, stake), else_=0).desc())
    return _lines().order_by(*urgency, follow_ups.c.due, stake.desc(), follow_ups.c.id)


def _line(row: Row[Any]) -> Line:
    values = dict(row._mapping)
    return Line(**values | {"at_stake": row.at_stake or Decimal(0), "loyalty": row.loyalty or "none"})
