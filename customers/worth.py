"""Says what a customer is worth: the profit of a year, and what is to be expected of it soon."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Double, FromClause, and_, case, cast, func, type_coerce

from customers.computed_tables import customer_facts as facts
from customers.outlook_tables import outlooks

# Nobody earns more than was paid; a year of refunds must not multiply what is lost on a customer either.
MOST_SHARE = 1


def expected_profit(spend_year: Decimal, profit_year: Decimal, expected_spend: Decimal) -> Decimal:
    """The expected spend times the share of the year's spend that was profit; all of it where nothing was spent.

    Amounts are in HOME_CURRENCY. Without known costs profit is the spend itself, and so is the expected one.
    """
    share = profit_year / spend_year if spend_year > 0 else Decimal(MOST_SHARE)
    return round(expected_spend * min(max(share, Decimal(-MOST_SHARE)), Decimal(MOST_SHARE)), 4)


def counts(outlook: Any | None) -> bool:
    """Whether an outlook (a row of the table, or None) rests on enough history to be told, and to count for value."""
    return outlook is not None and outlook.confidence != "none"


def with_outlooks() -> FromClause:
    """The facts of customers with their outlooks, as far as these count."""
    known = and_(outlooks.c.customer_id == facts.c.customer_id, outlooks.c.confidence != "none")
    return facts.outerjoin(outlooks, known)


def worth(profit: ColumnElement[Any], expected: ColumnElement[Any]) -> ColumnElement[int]:
    """Profit plus expected profit over `with_outlooks`, in whole ten-thousandths.

    `profit` is the profit of a year, `expected` an expected spend; the share of profit is always that of the last year.
    """
    spent = cast(type_coerce(facts.c.spend_year, BigInteger), Double)
    earned = cast(type_coerce(facts.c.profit_year, BigInteger), Double)
    share = case(
        (spent <= 0, float(MOST_SHARE)),
        (earned >= spent, float(MOST_SHARE)),
        (earned <= -spent, -float(MOST_SHARE)),
        else_=earned / spent,
    )
    more = func.round(func.coalesce(cast(type_coerce(expected, BigInteger), Double), 0.0) * share)
    return type_coerce(profit, BigInteger) + cast(more, BigInteger)
