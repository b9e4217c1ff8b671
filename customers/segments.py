"""Counts customers by value, loyalty and lifecycle, lists those of a filter, and keeps filters under a name."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    case,
    delete,
    false,
    func,
    insert,
    literal,
    not_,
    select,
    true,
)

from customers.computed_tables import customer_facts
from customers.fields import LOYALTY, STAGE, VALUE, built_in
from customers.filter_language import parse
from customers.filter_sql import compile
from customers.filter_tree import Filter
from customers.folding import fold
from customers.reps import Person
from customers.sight import Sight
from customers.storable import storable
from customers.tables import customers, reps, saved_segments
from database.types import Money
from words.errors import BadInput, NotAllowed

ZERO = Decimal(0)
# With more owners in sight than this, more than a team, it is likely most of the company.
MANY_OWNERS = 50
# A name must fit on a button.
LONGEST_NAME = 60


@dataclass(frozen=True)
class Row:
    """One built-in segment: amounts in HOME_CURRENCY of the last 365 days, `share` of all spend 0 to 1.

    `change` is `came` minus `left` since the same day last month.
    """

    dimension: str  # value, loyalty, stage
    name: str
    customers: int
    spend: Decimal
    share: float
    change: int
    came: int
    left: int


@dataclass(frozen=True)
class Overview:
    """Every built-in segment, and how many customers there are and what they spent in the last 365 days."""

    rows: tuple[Row, ...]
    customers: int
    spend: Decimal


@dataclass(frozen=True)
class Member:
    """A customer in a list; amounts in HOME_CURRENCY, `silent_days` since the last purchase, None without one.

    `spend_year` is the customer's own. `at_stake` of a parent account is at most its own spend of the year: its
    children stand in lists for themselves, and some of them may be hidden from the reader.
    """

    id: int
    key: str | None
    name: str
    city: str | None
    owner_name: str | None
    value: str
    loyalty: str
    stage: str
    last_day: date | None
    silent_days: int | None
    spend_year: Decimal
    at_stake: Decimal


@dataclass(frozen=True)
class Page:
    """Some members of a segment, and of the whole segment the number and the spend of the last 365 days."""

    members: tuple[Member, ...]
    total: int
    spend: Decimal
    page: int
    size: int


def overview(db: Connection, person: Person) -> Overview:
    """All built-in segments of the customers whom this person sees in full.

    Value, loyalty and stage are compared with what they were a month ago.
    """
    f = customer_facts.c
    # In the order of their index, from which alone all this is read.
    dimensions = (f.value, f.value_before, f.loyalty, f.loyalty_before, f.stage, f.stage_before)
    counts = select(*dimensions, func.count().label("customers"), func.sum(f.own_spend_year).label("spend"))
    groups = db.execute(counts.where(_in_sight(person.sight)).group_by(*dimensions)).all()
    spend = sum((group.spend for group in groups), ZERO)
    rows = []
    for dimension, choices in (("value", VALUE), ("loyalty", LOYALTY), ("stage", STAGE)):
        for code in (choice.code for choice in choices):
            inside = [group for group in groups if getattr(group, dimension) == code]
            own = sum((group.spend for group in inside), ZERO)
            before = [group for group in groups if getattr(group, f"{dimension}_before") == code]
            count, had = (sum(group.customers for group in some) for some in (inside, before))
            stayed = sum(group.customers for group in before if getattr(group, dimension) == code)
            rows.append(Row(dimension, code, count, own, _share(own, spend), count - had, count - stayed, had - stayed))
    return Overview(tuple(rows), sum(group.customers for group in groups), spend)


def _share(part: Decimal, whole: Decimal) -> float:
    return float(part / whole) if whole else 0.0


def _in_sight(sight: Sight) -> ColumnElement[bool]:
    """The customers in full sight, for counting: who sees most customers is quicker told what is hidden."""
    seen = sight.clause()
    if _is_wide(sight):
        hidden = select(customers.c.id).where(not_(func.coalesce(seen, false())))
        return customer_facts.c.customer_id.not_in(hidden)
    return customer_facts.c.customer_id.in_(select(customers.c.id).where(seen))


def members(db: Connection, person: Person, filter_: Filter, today: date, page: int = 0, size: int = 10) -> Page:
    """One page (the first is 0) of the customers in a filter whom this person sees in full, most at stake first.

    The filter asks the facts of a parent, which are those of its group; the amounts in the list are its own.
    """
    f = customer_facts.c
    matching = compile(filter_, today=today, person_id=person.id)
    chosen = _chosen(select(f.customer_id, AT_STAKE, f.own_spend_year), person.sight).where(matching)
    # All that match are found once; their number, their sum and the page come from that.
    found = chosen.cte("found")
    sums = select(func.count().label("total"), func.sum(found.c.own_spend_year).label("spend")).select_from(found)
    first = max(0, page) * size
    listed = select(found.c.customer_id).order_by(found.c.at_stake.desc(), found.c.customer_id)
    sums_, on_page = sums.subquery("sums"), listed.limit(size).offset(first).subquery("on_page")
    query = (
        select(sums_.c.total, sums_.c.spend, *_MEMBER)
        .select_from(sums_)
        .outerjoin(on_page, true())
        .outerjoin(customer_facts, f.customer_id == on_page.c.customer_id)
        .outerjoin(customers, customers.c.id == f.customer_id)
        .outerjoin(reps, reps.c.id == customers.c.owner_id)
        .order_by(AT_STAKE.desc(), f.customer_id)
    )
    rows = db.execute(query).all()
    total, spend = rows[0].total, rows[0].spend or ZERO
    if total and first >= total:  # the list became shorter since the button was drawn
        return members(db, person, filter_, today, (total - 1) // size, size)
    return Page(tuple(_member(row, today) for row in rows if row.id is not None), total, spend, first // size, size)


def some(db: Connection, ids: Collection[int], today: date) -> dict[int, Member]:
    """Some customers as lists show them, by id; whoever asks has seen to it that the reader may see them in full."""
    if not ids:
        return {}
    listed = _joined(select(*_MEMBER), with_owner=True).where(customers.c.id.in_(sorted(ids)))
    return {row.id: _member(row, today) for row in db.execute(listed)}


# What is at stake with a customer; with a parent at most what it spent itself, since its group may hide somebody.
AT_STAKE = case(
    (customer_facts.c.group_customers <= 1, customer_facts.c.at_stake),
    (customer_facts.c.own_spend_year >= customer_facts.c.at_stake, customer_facts.c.at_stake),
    (customer_facts.c.own_spend_year > 0, customer_facts.c.own_spend_year),
    else_=literal(ZERO, Money),
).label("at_stake")
_MEMBER = (
    customers.c.id,
    customers.c.key,
    customers.c.name,
    customers.c.city,
    reps.c.name.label("owner_name"),
    customer_facts.c.value,
    customer_facts.c.loyalty,
    customer_facts.c.stage,
    customer_facts.c.last_day,
    customer_facts.c.own_spend_year.label("spend_year"),
    AT_STAKE,
)
HEADER = (
    "id", "name", "city", "owner", "value", "loyalty", "stage", "last_purchase", "silent_days", "spend_365_days",
    "at_stake",
)  # fmt: skip


def _chosen(query: Any, sight: Sight, *, with_owner: bool = False) -> Select[Any]:
    joined = _joined(query, with_owner=with_owner)
    return joined.where(func.coalesce(sight.clause(), false()) if _is_wide(sight) else sight.clause())


def _joined(query: Any, *, with_owner: bool) -> Select[Any]:
    joined: Select[Any] = query.select_from(customer_facts).join(
        customers, customers.c.id == customer_facts.c.customer_id
    )
    return joined.outerjoin(reps, reps.c.id == customers.c.owner_id) if with_owner else joined


def _is_wide(sight: Sight) -> bool:
    """Whether it is quicker to read everybody's facts in order than to look them up owner by owner.

    A function around the condition then keeps SQLite from walking the index of owners.
    """
    return len(sight.owners) > MANY_OWNERS


def _member(row: Any, today: date) -> Member:
    silent = None if row.last_day is None else (today - row.last_day).days
    return Member(
        row.id, row.key, row.name, row.city, row.owner_name, row.value, row.loyalty, row.stage, row.last_day, silent,
        row.spend_year, row.at_stake,
    )  # fmt: skip


def export(db: Connection, person: Person, filter_: Filter, today: date) -> Iterator[tuple[Any, ...]]:
    """The list as rows for `exporting.write_csv`, the header first; whoever asks for it logs it.

    It holds only whom the person may export: a rep the own customers, not those of the team.
    """
    yield HEADER
    listed = _chosen(select(*_MEMBER), person.exports, with_owner=True)
    listed = listed.where(compile(filter_, today=today, person_id=person.id))
    listed = listed.order_by(AT_STAKE.desc(), customer_facts.c.customer_id)
    with db.execution_options(yield_per=1_000).execute(listed) as rows:  # never all of 100,000 at once
        for row in rows:
            one = _member(row, today)
            yield (
                one.key or one.id, one.name, one.city, one.owner_name, one.value, one.loyalty, one.stage, one.last_day,
                one.silent_days, one.spend_year, one.at_stake,
            )  # fmt: skip


def exportable(db: Connection, person: Person, filter_: Filter, today: date, most: int) -> list[int]:
    """The ids of those in a filter whom the person may export, most at stake first; at most one more than `most`."""
    chosen = _chosen(select(customer_facts.c.customer_id), person.exports)
    chosen = chosen.where(compile(filter_, today=today, person_id=person.id))
    return list(db.scalars(chosen.order_by(AT_STAKE.desc(), customer_facts.c.customer_id).limit(most + 1)))


def save(db: Connection, person: Person, name: str, text: str) -> Filter:
    """Keep a filter under a name for everybody; `owner:me` in it means whoever asks.

    Raises `BadInput` for a name that is built in or somebody else's, and for a filter that cannot be understood.
    """
    name, filter_ = storable(name).strip(), parse(text)
    if not fold(name) or len(name) > LONGEST_NAME or ":" in name:
        raise BadInput("A segment needs a name of at most {most} characters without a colon.", most=LONGEST_NAME)
    if fold(name) in built_in():
        raise BadInput("“{name}” is a built-in segment. Choose another name.", name=name)
    before = _saved(db, name)
    if before is not None and before.rep_id != person.id:
        raise BadInput("Somebody else saved a segment called “{name}”. Choose another name.", name=name)
    if before is not None:
        db.execute(delete(saved_segments).where(saved_segments.c.id == before.id))
    db.execute(insert(saved_segments).values(name=name, folded_name=fold(name), filter=str(filter_), rep_id=person.id))
    return filter_


def saved(db: Connection, name: str) -> str | None:
    """The filter that was saved under this name (in any case), or None."""
    row = _saved(db, name)
    return None if row is None else str(row.filter)


def saved_names(db: Connection) -> list[str]:
    """The names of all saved segments, in order."""
    return list(db.scalars(select(saved_segments.c.name).order_by(saved_segments.c.folded_name)))


def forget(db: Connection, person: Person, name: str) -> bool:
    """Delete a saved segment: one's own, or any for a manager or an operator. Returns whether there was one."""
    row = _saved(db, name)
    if row is None:
        return False
    if row.rep_id != person.id and not person.roles & {"manager", "operator"}:
        raise NotAllowed("“{name}” was saved by somebody else: ask that person, or a manager.", name=row.name)
    db.execute(delete(saved_segments).where(saved_segments.c.id == row.id))
    return True


def _saved(db: Connection, name: str) -> Any:
    return db.execute(select(saved_segments).where(saved_segments.c.folded_name == fold(storable(name)))).first()
