"""Customers are found by what is expected of them: chance, due day, orders, spend, and by the trend of their sales."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from customers.computed_tables import customer_facts
from customers.filter_language import parse
from customers.filter_sql import compile
from customers.tables import customers
from database.engine import Database
from tests.ledger import TODAY, Ledger
from tests.outlooks import foresee


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


def found(ledger: Ledger, typed: str, today: date = TODAY) -> set[str]:
    """The names of those who fulfil a filter."""
    named = select(customers.c.name).outerjoin(customer_facts, customer_facts.c.customer_id == customers.c.id)
    with ledger.database.reading() as db:
        return set(db.scalars(named.where(compile(parse(typed), today=today, person_id=None))))


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("chance:>70%", {"Going"}),
        ("chance:82%", {"Going"}),
        ("chance:0.1..0.3", {"Staying"}),
        ("-chance:>70%", {"Staying", "Unclear", "Never"}),
        ("chance:none", {"Unclear", "Never"}),
        ("due:<today", {"Going"}),
        ("due:<7d", {"Going", "Staying"}),
        ("due:>0d", {"Staying"}),
        ("due:3d", {"Staying"}),
        ("due:1d..5d", {"Staying"}),
        ("due:<2026-06-15", {"Going"}),
        ("expected_orders:>=1.5", {"Staying"}),
        ("expected_spend:<100", {"Going"}),
        ("expected_spend:none lost", set()),
    ],
)
def test_who_fulfils_what_is_expected(ledger: Ledger, typed: str, names: set[str]) -> None:
    going, staying, unclear = (ledger.customer(name) for name in ("Going", "Staying", "Unclear"))
    ledger.customer("Never")
    for customer in (going, staying, unclear):
        ledger.bought(customer, 30, 10)
    ledger.refresh()
    with ledger.database.transaction() as db:
        foresee(db, going, chance_lost=0.8188, due_on=TODAY - timedelta(days=2), expected_spend=Decimal(40))
        more = {"expected_orders": 1.5, "expected_spend": Decimal(400)}
        foresee(db, staying, chance_lost=0.2, due_on=TODAY + timedelta(days=3), **more)
        foresee(db, unclear, chance_lost=0.9, confidence="none")
    assert found(ledger, typed) == names


def test_the_trend_is_the_one_that_why_tells(ledger: Ledger) -> None:
    sales = {"Rising": (10, 20, 200), "Steady": (10, 200), "Falling": (10, 200, 210), "Begun": (10,), "Gone": (400,)}
    for name, days_ago in sales.items():
        ledger.bought(ledger.customer(name), *days_ago)
    ledger.order(ledger.customer("Waiting"), TODAY, 5, currency="JPY")
    ledger.customer("Never")
    ledger.refresh()
    assert found(ledger, "trend:up") == {"Rising", "Begun"}
    assert found(ledger, "trend:steady") == {"Steady"}
    assert found(ledger, "trend:下滑") == {"Falling"}
    assert found(ledger, "trend:none") == {"Gone", "Waiting", "Never"}
    assert found(ledger, "-trend:none") == {"Rising", "Begun", "Steady", "Falling"}
