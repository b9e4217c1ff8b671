"""Compares all customers with each other: the limits of high and low value and of the five classes of RFM."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    String,
    case,
    cast,
    delete,
    func,
    insert,
    null,
    or_,
    select,
    true,
    type_coerce,
    update,
)

from customers.computed_tables import customer_facts as facts
from customers.computed_tables import cut_points
from customers.outlook_tables import outlooks
from customers.rules import Rules
from customers.worth import with_outlooks, worth
from database.types import MONEY_SCALE

# Four limits part customers into five classes.
FIFTHS = (0.2, 0.4, 0.6, 0.8)
# What value compares: the profit of a year and what is to be expected, today and a month ago.
WORTHS = {
    "value": worth(facts.c.profit_year, outlooks.c.expected_spend),
    "value_before": worth(facts.c.profit_year_before, outlooks.c.expected_before),
}


def compute(db: Connection, today: date, rules: Rules) -> None:
    """Find the limits among all customers' facts and store them in place of the former ones.

    A customer's place is the share of customers before it, those equal to it counted half: equal customers stand
    together, and a limit is the smallest value at or above its share. So of ten different customers two are high, six
    mid and two low, and a single one is mid. Value compares the profit of a year with that expected soon added
    (`worth`), so everybody must have been judged before. Amounts are stored in units of HOME_CURRENCY, days as
    ordinals. `value.high_brings` is no limit but the share of the year's spend that high-value customers bring.
    """
    found: dict[str, float] = {}
    tiers = (rules.low_share, 1 - rules.high_share)
    for name, amount in WORTHS.items():
        compared = facts.c[name] != "none"
        for tier, limit in zip(("low", "high"), _limits(db, amount, compared, tiers, with_outlooks()), strict=True):
            if limit is not None:
                found[f"{name}.{tier}"] = limit / MONEY_SCALE
    bought = facts.c.purchases > 0
    for name, column in (("frequency", facts.c.purchases), ("monetary", facts.c.spend)):
        scale = MONEY_SCALE if name == "monetary" else 1
        for nr, limit in enumerate(_limits(db, column, bought, FIFTHS), start=2):
            if limit is not None:
                found[f"{name}.{nr}"] = limit / scale
    for nr, day in enumerate(_limits(db, facts.c.last_day, bought, FIFTHS), start=2):
        if day is not None:
            found[f"recency.{nr}"] = day.toordinal()
    db.execute(delete(cut_points))
    if found:
        db.execute(insert(cut_points), [{"name": name, "day": today, "limit": limit} for name, limit in found.items()])
    place(db)
    _store_share(db, today)


def load(db: Connection) -> dict[str, float]:
    """The stored limits by name, such as `value.high`, `recency.5` (see `compute`)."""
    return {row.name: row.limit for row in db.execute(select(cut_points.c.name, cut_points.c.limit))}


def place(db: Connection, which: ColumnElement[bool] | None = None) -> None:
    """Give customers their value tiers and RFM codes by the stored limits; writes only what differs.

    `which` is a condition on customer_facts; without one it is everybody.
    """
    limits = load(db)
    value, before = (_tier(facts.c[name], amount, name, limits).label(name) for name, amount in WORTHS.items())
    code: ColumnElement[Any] = case(
        (
            facts.c.purchases > 0,
            cast(
                _class(facts.c.last_day, _days(limits, "recency")) * 100
                + _class(facts.c.purchases, _numbers(limits, "frequency", 1)) * 10
                + _class(type_coerce(facts.c.spend, BigInteger), _numbers(limits, "monetary", MONEY_SCALE)),
                String,
            ),
        ),
        else_=null(),
    )
    moved = or_(facts.c.value != value, facts.c.value_before != before, facts.c.rfm.is_distinct_from(code))
    placed = select(facts.c.customer_id, value, before, code.label("rfm")).select_from(with_outlooks())
    # Found once and then written: an update cannot look at what may or may not stand in another table.
    found = placed.where(true() if which is None else which, moved).cte("found")
    new = {name: found.c[name] for name in ("value", "value_before", "rfm")}
    db.execute(update(facts).where(facts.c.customer_id == found.c.customer_id).values(new))


def _limits(
    db: Connection,
    column: ColumnElement[Any],
    which: ColumnElement[bool],
    shares: Sequence[float],
    source: FromClause = facts,
) -> list[Any | None]:
    """The smallest value whose place is at or above each of the ascending shares; None where there is none."""
    total = db.scalar(select(func.count()).select_from(facts).where(which)) or 0
    plain = type_coerce(column, BigInteger) if column is not facts.c.last_day else column
    found: list[Any | None] = []
    below = 0
    counted = select(plain.label("compared"), func.count()).select_from(source).where(which)
    rows: Iterable[Any] = db.execute(counted.group_by("compared").order_by("compared"))
    for value, count in rows:
        placed = (below + count / 2) / total
        below += count
        while len(found) < len(shares) and placed >= shares[len(found)]:
            found.append(value)
    return found + [None] * (len(shares) - len(found))


def _tier(
    tier: ColumnElement[str], amount: ColumnElement[int], name: str, limits: dict[str, float]
) -> ColumnElement[str]:
    whens: list[tuple[ColumnElement[bool], Any]] = [(tier == "none", "none")]
    if f"{name}.high" in limits:
        whens.append((amount >= round(limits[f"{name}.high"] * MONEY_SCALE), "high"))
    if f"{name}.low" in limits:
        whens.append((amount < round(limits[f"{name}.low"] * MONEY_SCALE), "low"))
    return case(*whens, else_="mid")


def _class(column: ColumnElement[Any], limits: list[Any]) -> ColumnElement[int]:
    """1 to 5: one more for every limit that is reached."""
    number: ColumnElement[int] = case((column.is_(None), 1), else_=1)
    for limit in limits:
        number = number + case((column >= limit, 1), else_=0)
    return number


def _numbers(limits: dict[str, float], name: str, scale: int) -> list[int]:
    return [round(limit * scale) for nr in range(2, 6) if (limit := limits.get(f"{name}.{nr}")) is not None]


def _days(limits: dict[str, float], name: str) -> list[date]:
    return [date.fromordinal(ordinal) for ordinal in _numbers(limits, name, 1)]


def _store_share(db: Connection, today: date) -> None:
    spend = type_coerce(facts.c.own_spend_year, BigInteger)
    total = db.scalar(select(func.sum(spend)).where(facts.c.value != "none"))
    if total and total > 0:
        high = db.scalar(select(func.sum(spend)).where(facts.c.value == "high")) or 0
        db.execute(insert(cut_points).values(name="value.high_brings", day=today, limit=float(high) / float(total)))
