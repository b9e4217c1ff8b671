"""Orders in other currencies: the rate of the day, or none."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select, update

from customers import money
from customers.tables import orders
from database.engine import Database
from tests.ledger import Ledger, ago


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


def priced(ledger: Ledger, home: str = "USD") -> list[Decimal | None]:
    with ledger.database.transaction() as db:
        money.price_orders(db, home)
        return list(db.scalars(select(orders.c.home_amount).order_by(orders.c.id)))


def test_an_order_takes_the_newest_rate_on_or_before_its_day(ledger: Ledger) -> None:
    acme = ledger.customer("Acme")
    for day, worth in ((ago(30), "1.1"), (ago(10), "1.2"), (ago(1), "1.3")):
        ledger.rate("EUR", day, worth)
    for days in (31, 30, 11, 10, 0):
        ledger.order(acme, ago(days), 100, currency="EUR")
    ledger.order(acme, ago(5), "99.99")
    assert priced(ledger) == [None, 110, 110, 120, 130, Decimal("99.99")]


def test_amounts_are_rounded_to_what_the_home_currency_has(ledger: Ledger) -> None:
    acme = ledger.customer("Acme")
    ledger.rate("EUR", ago(30), "1.005")
    for amount in (1, -1, "0.33", "123456789.12"):
        ledger.order(acme, ago(1), amount, currency="EUR")
    assert priced(ledger) == [Decimal("1.01"), Decimal("-1.01"), Decimal("0.33"), Decimal("124074073.07")]
    assert priced(ledger, "JPY") == [1, -1, 0, 124074073]


def test_great_amounts_and_rates_do_not_overflow(ledger: Ledger) -> None:
    acme = ledger.customer("Acme")
    ledger.rate("XAU", ago(30), "2000000")
    ledger.order(acme, ago(1), 40_000, currency="XAU")
    assert priced(ledger) == [80_000_000_000]


def test_only_what_differs_is_touched_and_its_customers_are_named(ledger: Ledger) -> None:
    acme, other = ledger.customer("Acme"), ledger.customer("Other")
    ledger.order(acme, ago(1))
    ledger.order(other, ago(1), currency="EUR")
    with ledger.database.transaction() as db:
        assert money.price_orders(db, "USD") == {acme}
        assert money.price_orders(db, "USD") == set()
    ledger.rate("EUR", ago(5), "2")
    with ledger.database.transaction() as db:
        assert money.price_orders(db, "USD") == {other}
    ledger.change(update(orders).where(orders.c.customer_id == acme).values(amount=Decimal(7)))
    with ledger.database.transaction() as db:
        assert money.price_orders(db, "USD") == {acme}


def test_waiting_orders_are_counted_by_currency(ledger: Ledger) -> None:
    acme = ledger.customer("Acme")
    for currency, status in (("EUR", None), ("EUR", "cancelled"), ("JPY", "paid"), ("USD", None)):
        ledger.order(acme, ago(1), currency=currency, status=status)
    priced(ledger)
    with ledger.database.reading() as db:
        assert money.unpriced(db) == {"EUR": 1, "JPY": 1}


def test_a_rate_that_comes_later_reaches_the_facts(ledger: Ledger) -> None:
    acme = ledger.customer("Acme")
    ledger.order(acme, ago(3), 100, currency="EUR")
    ledger.refresh()
    assert (ledger.facts(acme).spend, ledger.facts(acme).unpriced_orders) == (0, 1)
    ledger.rate("EUR", ago(9), "1.5")
    ledger.catch_up(ago(-1))
    assert (ledger.facts(acme).spend, ledger.facts(acme).unpriced_orders) == (150, 0)
