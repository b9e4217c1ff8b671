"""Who was lost when, by month, class and owner, who of them came back, and why they left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, extract, false, func, select

from customers.alert_tables import alerts
from customers.computed_tables import customer_facts, stage_spans
from customers.sight import Sight
from customers.tables import customers, reps

# A year shows each season once, and is as far back as people remember why somebody left.
MONTHS = 12
TIERS = ("high", "mid", "low")
# The answer to an alert that is no cause.
NOT_LOST = "not_lost"
# Words of reps that are shown: a glance at the newest.
QUOTES = 5
# The class of what a customer has spent in all, in place of the value that nobody has who bought nothing for a year.
_BY_SPEND = {"5": "high", "1": "low"}


@dataclass(frozen=True)
class Count:
    """How many customers were lost, and how many of them have bought again since then."""

    lost: int
    back: int

    @property
    def gone(self) -> int:
        """Those who are lost to this day."""
        return self.lost - self.back


@dataclass(frozen=True)
class Owner:
    """Whose customers were lost; without an owner id and name None."""

    id: int | None
    name: str | None
    email: str | None
    count: Count


@dataclass(frozen=True)
class Losses:
    """The losses from `first` to `today`: months ascending (all of them), classes in order, owners most losses first.

    A customer who was lost twice was lost twice.
    """

    first: date
    today: date
    months: tuple[tuple[date, Count], ...]
    tiers: tuple[tuple[str, Count], ...]
    owners: tuple[Owner, ...]
    total: Count


def losses(db: Connection, sight: Sight, today: date, months: int = MONTHS) -> Losses:
    """Everybody in sight who became lost within the last months, this one included."""
    begins = list(_months(today, months))
    rows = _counted(db, sight, begins[0], today)
    by_month: Counter[tuple[date, bool]] = Counter()
    by_tier: Counter[tuple[str, bool]] = Counter()
    by_owner: Counter[tuple[int | None, bool]] = Counter()
    for row in rows:
        back = bool(row.back)
        by_month[date(int(row.year), int(row.month), 1), back] += row.number
        by_tier[tier(row.value, row.monetary), back] += row.number
        by_owner[row.owner_id, back] += row.number
    ids = {owner for owner, _ in by_owner if owner is not None}
    people = {row.id: row for row in db.execute(select(reps.c.id, reps.c.name, reps.c.email).where(reps.c.id.in_(ids)))}
    owners = [_owner(id, people.get(id), _count(by_owner, id)) for id in {owner for owner, _ in by_owner}]
    return Losses(
        begins[0],
        today,
        tuple((first, _count(by_month, first)) for first in begins),
        tuple((name, _count(by_tier, name)) for name in TIERS),
        tuple(sorted(owners, key=lambda each: (-each.count.lost, each.name or "", each.id or 0))),
        Count(sum(by_month.values()), sum(number for (_, back), number in by_month.items() if back)),
    )


@dataclass(frozen=True)
class Cause:
    """Why customers left, as reps said it: how many, and how many of them in each class."""

    cause: str
    number: int
    tiers: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Quote:
    """What a rep wrote about a customer who left."""

    customer_id: int
    key: str | None
    name: str
    cause: str
    words: str


@dataclass(frozen=True)
class Causes:
    """The causes that reps gave since `first`, the most frequent first; how many alerts were called wrong or wait.

    `quotes` are the newest words that reps added.
    """

    first: date
    causes: tuple[Cause, ...]
    not_lost: int
    unanswered: int
    quotes: tuple[Quote, ...]


def causes(db: Connection, sight: Sight, today: date, zone: tzinfo, months: int = MONTHS) -> Causes:
    """Why those in sight left, by what reps answered to alerts within the last months; `zone` is the tenant's."""
    first = next(_months(today, months))
    begin = datetime.combine(first, time(), zone)
    a, seen = alerts.c, func.coalesce(sight.clause(), false())
    kept = (a.cause, customer_facts.c.value, func.substr(customer_facts.c.rfm, 3, 1))
    answered = select(*kept, func.count()).join_from(alerts, customers, customers.c.id == a.customer_id)
    answered = answered.outerjoin(customer_facts, customer_facts.c.customer_id == customers.c.id)
    answered = answered.where(seen, a.state == "dismissed", a.settled_at >= begin, a.cause.is_not(None))
    by_cause: dict[str, Counter[str]] = {}
    for cause, value, monetary, number in db.execute(answered.group_by(*kept)):
        by_cause.setdefault(cause, Counter())[tier(value or "none", monetary)] += number
    not_lost = sum(by_cause.pop(NOT_LOST, Counter()).values())
    waiting = select(func.count()).join_from(alerts, customers, customers.c.id == a.customer_id)
    waiting = waiting.where(seen, a.state.in_(("open", "snoozed")), a.told_at >= begin)
    found = [
        Cause(cause, counted.total(), tuple((name, counted[name]) for name in TIERS if counted[name]))
        for cause, counted in by_cause.items()
    ]
    return Causes(
        first,
        tuple(sorted(found, key=lambda each: (-each.number, each.cause))),
        not_lost,
        db.scalar(waiting) or 0,
        _quotes(db, seen, begin),
    )


def _quotes(db: Connection, seen: ColumnElement[bool], begin: datetime) -> tuple[Quote, ...]:
    a = alerts.c
    written = (
        select(a.customer_id, customers.c.key, customers.c.name, a.cause, a.words)
        .join(customers, customers.c.id == a.customer_id)
        .where(seen, a.state == "dismissed", a.settled_at >= begin, a.words.is_not(None), a.cause != NOT_LOST)
        .order_by(a.settled_at.desc(), a.id.desc())
        .limit(QUOTES)
    )
    return tuple(Quote(*row) for row in db.execute(written))


def tier(value: str, monetary: str | None) -> str:
    """The class of a customer: the value, or where a year without a purchase took it, that of all spend.

    `monetary` is the last digit of RFM, 1 to 5: a fifth of all customers each, as the value is high for a fifth.
    """
    return value if value in TIERS else _BY_SPEND.get(monetary or "", "mid")


def _counted(db: Connection, sight: Sight, first: date, today: date) -> list[Any]:
    """Losses by month, owner, value, class of spend and whether the customer is back."""
    spans, facts = stage_spans.c, customer_facts.c
    groups = (
        extract("year", spans.from_day).label("year"),
        extract("month", spans.from_day).label("month"),
        customers.c.owner_id,
        facts.value,
        func.substr(facts.rfm, 3, 1).label("monetary"),
        case((spans.until_day <= today, 1), else_=0).label("back"),
    )
    found = (
        select(*groups, func.count().label("number"))
        .select_from(customers)
        .join(customer_facts, facts.customer_id == customers.c.id)
        .join(stage_spans, spans.customer_id == customers.c.id)
        .where(func.coalesce(sight.clause(), false()))
        .where(spans.loyalty == "lost", spans.from_day >= first, spans.from_day <= today)
        .group_by(*groups)
    )
    return list(db.execute(found).all())


def _months(today: date, many: int) -> Iterator[date]:
    """The first days of the last months, ascending, this month the last of them."""
    newest = today.year * 12 + today.month - 1
    for number in range(newest - many + 1, newest + 1):
        yield date(number // 12, number % 12 + 1, 1)


def _count(counted: Counter[Any], key: Any) -> Count:
    return Count(counted[key, True] + counted[key, False], counted[key, True])


def _owner(id: int | None, person: Any, count: Count) -> Owner:
    if person is None:
        return Owner(id, None, None, count)
    return Owner(id, person.name, person.email, count)
