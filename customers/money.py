"""Turns the amounts of orders into the home currency, with the rate of the order's day."""

from __future__ import annotations

from datetime import date
from typing import Any

from babel.numbers import get_currency_precision
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Numeric,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
    update,
)

from customers.remembering import CURRENCY, forget_day, recall, remember
from customers.tables import orders, rates
from database.types import MONEY_SCALE


def price_orders(db: Connection, home_currency: str) -> set[int]:
    """Set `home_amount` of every order; touches only rows that differ. Returns the ids of the customers concerned.

    An order in the home currency keeps its amount. Another one takes the newest rate on or before its day, rounded to
    the digits of the home currency, halves away from zero; without such a rate it stays empty. Where the amounts
    were in another home currency before, all follow the new one, and all facts will be computed anew; rates are taken
    as they are stored, in HOME_CURRENCY.
    Give it a transaction.
    """
    value = home_value(home_currency, orders.c.amount, orders.c.currency, orders.c.day)
    differs = type_coerce(orders.c.home_amount, BigInteger).is_distinct_from(value)
    # Adding nothing keeps SQLite from walking the customers' index, which reads the orders in their most costly order.
    found = set(db.scalars(select(orders.c.customer_id + 0).where(differs).distinct()))
    if found:
        db.execute(update(orders).where(differs).values(home_amount=type_coerce(value, orders.c.home_amount.type)))
    known = recall(db).get(CURRENCY)
    if known != home_currency:
        remember(db, {CURRENCY: home_currency})
        if known is not None:
            forget_day(db)
    return found


def is_priced(db: Connection, home_currency: str) -> bool:
    """Whether all orders were priced in this currency; what writes orders or rates afterwards has to price them."""
    return recall(db).get(CURRENCY) == home_currency


def home_value(
    home_currency: str, amount: ColumnElement[Any], currency: ColumnElement[str], day: ColumnElement[date]
) -> ColumnElement[int]:
    """An order's amount in the home currency, as stored, by the rules of `price_orders`."""
    own = type_coerce(amount, BigInteger)
    rate = (
        select(rates.c.micros)
        .where(rates.c.currency == currency, rates.c.day <= day)
        .order_by(rates.c.day.desc())
        .limit(1)
        .correlate_except(rates)
        .scalar_subquery()
    )
    # One smallest unit of the home currency in ten-thousandths: 100 for a cent, 10000 for a yen.
    unit = max(1, MONEY_SCALE // 10 ** get_currency_precision(home_currency))
    # NUMERIC is exact on PostgreSQL; SQLite counts in 64 bits as long as they suffice and in doubles beyond. The
    # point makes the division one of fractions on both.
    exact = cast(own, Numeric) * rate
    units = func.round(exact / literal_column(f"{1_000_000 * unit}.0"))
    return case((currency == home_currency, own), else_=cast(units * unit, BigInteger))


def unpriced(db: Connection) -> dict[str, int]:
    """How many orders wait for a rate, by currency."""
    counts = or_(orders.c.status.is_(None), orders.c.status != "cancelled")
    counted = (
        select(orders.c.currency, func.count().label("waiting"))
        .where(orders.c.home_amount.is_(None), counts)
        .group_by(orders.c.currency)
        .order_by(orders.c.currency)
    )
    return {row.currency: row.waiting for row in db.execute(counted)}
