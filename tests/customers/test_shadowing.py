"""The alerts run over the tenant's own past, and what they would have been worth is counted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from customers import sales_file, shadowing
from customers.judgement import shadow
from customers.shadowing import Backtest, backtest
from customers.sight import Sight
from customers.tables import customers, orders
from database.engine import Database
from tests.ledger import RULES, TODAY, Ledger, ago


@pytest.fixture
def ledger(sqlite: Database) -> Ledger:
    return Ledger(sqlite)


def shop(ledger: Ledger, many: int = 60) -> None:
    """Customers who buy every 10 days or so, by turns Li's and Rita's; every third one stopped within half a year."""
    owners = [ledger.rep("Li"), ledger.rep("Rita")]
    bought: list[dict[str, Any]] = []
    for nr in range(many):
        customer = ledger.customer(f"C{nr}")
        ledger.change(update(customers).where(customers.c.id == customer).values(owner_id=owners[nr % 2]))
        left = 60 + nr * 2 if nr % 3 == 0 else nr % 10
        for place, day in enumerate(range(left, 600, 10)):
            key = f"S{nr}-{place}"
            order = {"key": key, "customer_id": customer, "day": ago(day + (nr * place) % 3), "currency": "USD"}
            bought.append(order | {"amount": 100, "home_amount": 100})
    ledger.change(insert(orders).values(bought))
    ledger.refresh()


def run(ledger: Ledger, days: int = 90, sight: Sight | None = None) -> Backtest:
    with ledger.database.reading() as db:
        return backtest(db, TODAY, days, RULES, sight=sight)


def test_who_stopped_is_named_and_counted(ledger: Ledger) -> None:
    shop(ledger)
    found = run(ledger)
    assert (found.last - found.first).days == 89
    assert found.last + timedelta(days=found.horizon) == TODAY - timedelta(days=1)
    assert found.alerts > 5
    assert found.lapsed > found.alerts / 2
    assert found.lapses > 5
    assert found.recall_two is not None
    assert found.recall_three is not None
    assert 0 <= found.recall_two <= found.recall_three <= 1
    assert found.reached == found.lapsed / found.alerts
    assert found.customers == 60
    assert found.yearly == pytest.approx(found.alerts / 60 * 365 / 90)


def test_the_parts_of_the_picture_add_up(ledger: Ledger) -> None:
    shop(ledger)
    found = run(ledger)
    assert sum(span.lapsed for span in found.spans) == found.lapsed
    assert sum(span.lapsed + span.returned for span in found.spans) == found.alerts
    assert [span.first for span in found.spans] == sorted({span.first for span in found.spans})
    assert found.spans[0].first == found.first
    assert dict(found.by_owner)["Li"] + dict(found.by_owner).get("Rita", 0) == found.alerts


def test_a_manager_is_told_of_the_customers_in_sight_only(ledger: Ledger) -> None:
    shop(ledger)
    whole = run(ledger)
    halves = [run(ledger, sight=Sight(frozenset({owner}))) for owner in (1, 2)]
    assert [half.alerts for half in halves] == [dict(whole.by_owner).get(name, 0) for name in ("Li", "Rita")]
    assert sum(half.lapses for half in halves) == whole.lapses
    assert {name for half in halves for name, _ in half.by_owner} <= {"Li", "Rita"}
    assert run(ledger, sight=Sight()).is_empty


def test_however_few_orders_are_in_memory_at_once_the_same_is_told(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop(ledger)
    whole = run(ledger)
    monkeypatch.setattr(sales_file, "AT_ONCE", 200)
    monkeypatch.setattr(shadow, "AT_ONCE", 2)
    assert run(ledger) == whole
    assert whole.alerts > 5


def test_of_very_many_customers_a_sample_is_taken_and_named(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    shop(ledger)
    monkeypatch.setattr(shadowing, "MOST_CUSTOMERS", 20)
    found = run(ledger)
    assert found.sampled == 3
    assert found.customers == 20


def test_without_orders_or_without_a_rhythm_there_is_nothing_to_count(ledger: Ledger) -> None:
    assert run(ledger).is_empty
    ledger.bought(ledger.customer("Once"), 200)
    ledger.refresh()
    assert run(ledger).is_empty


def test_what_happens_today_changes_nothing(ledger: Ledger) -> None:
    shop(ledger)
    before = run(ledger)
    for nr in range(1, 60):
        ledger.bought(nr, 0)
    assert run(ledger) == before
