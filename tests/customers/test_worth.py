"""Value looks at what a customer brought in a year and at what is to be expected of it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from customers import cut_points, worth
from customers.computed_tables import customer_facts as facts
from database.engine import Database
from tests.ledger import RULES, TODAY, Ledger
from tests.outlooks import foresee


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


def five(ledger: Ledger, *expected: int, confidence: str = "enough", before: int = 0) -> str:
    """The value tiers of five customers who all brought 100, with these expected amounts, by their first letters."""
    everybody = [ledger.customer(f"Customer {nr}") for nr in range(5)]
    for customer in everybody:
        ledger.bought(customer, 40)
    ledger.refresh()
    with ledger.database.transaction() as db:
        for customer, amount in zip(everybody, expected, strict=True):
            told = {"expected_spend": Decimal(amount), "expected_before": Decimal(before), "confidence": confidence}
            foresee(db, customer, **told)
        cut_points.compute(db, TODAY, RULES)
    return "".join(ledger.facts(customer).value[0] for customer in everybody)


def test_among_equals_those_of_whom_most_is_expected_are_worth_most(ledger: Ledger) -> None:
    assert five(ledger, 10, 50, 20, 30, 40) == "lhmmm"
    with ledger.database.reading() as db:
        assert cut_points.load(db)["value.high"] == 150


def test_what_rests_on_too_little_history_does_not_count(ledger: Ledger) -> None:
    assert five(ledger, 10, 50, 20, 30, 40, confidence="none") == "mmmmm"


def test_a_month_ago_is_compared_with_what_was_expected_then(ledger: Ledger) -> None:
    five(ledger, 10, 50, 20, 30, 40, before=7)
    with ledger.database.reading() as db:
        limits = cut_points.load(db)
    assert (limits["value_before.low"], limits["value.low"]) == (107, 120)


def test_touched_customers_are_placed_by_what_is_expected_of_them_now(ledger: Ledger) -> None:
    five(ledger, 10, 50, 20, 30, 40)
    with ledger.database.transaction() as db:
        foresee(db, 1, expected_spend=Decimal(70))
        cut_points.place(db, facts.c.customer_id.in_([1]))
    assert [ledger.facts(nr).value for nr in (1, 2)] == ["high", "high"]


def test_who_did_not_buy_within_the_year_has_no_value_whatever_is_expected(ledger: Ledger) -> None:
    acme = ledger.customer("Acme")
    ledger.bought(acme, 400)
    ledger.refresh()
    with ledger.database.transaction() as db:
        foresee(db, acme, expected_spend=Decimal(1_000_000))
        cut_points.compute(db, TODAY, RULES)
    assert ledger.facts(acme).value == "none"


def test_of_what_is_expected_only_the_customers_own_share_of_profit_counts(ledger: Ledger) -> None:
    acme, tea = ledger.customer("Acme"), ledger.product("Tea", cost=60)
    ledger.line(ledger.order(acme, TODAY, 100), tea, quantity=1, price=100)
    ledger.refresh()
    row = ledger.facts(acme)
    with ledger.database.transaction() as db:
        foresee(db, acme, expected_spend=Decimal(50))
        by_database = db.scalar(select(cut_points.WORTHS["value"]).select_from(worth.with_outlooks()))
    assert (row.spend_year, row.profit_year) == (100, 40)
    assert worth.expected_profit(row.spend_year, row.profit_year, Decimal(50)) == 20
    assert by_database == 600_000


@pytest.mark.parametrize(
    ("spend", "profit", "expected"),
    [(100, 100, 50), (100, 25, "12.5"), (0, 0, 50), (-10, -10, 50), (1, -500, -50), (1, 500, 50)],
)
def test_a_strange_year_does_not_multiply_what_is_expected(spend: int, profit: int, expected: int | str) -> None:
    assert worth.expected_profit(Decimal(spend), Decimal(profit), Decimal(50)) == Decimal(expected)
