"""What is expected of each customer, learnt from the orders of all, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from customers import alerting, judging, numbers, sales_file
from customers.computed_tables import customer_facts
from customers.groups import Scope
from customers.money import price_orders
from customers.outlook_tables import outlooks
from customers.remembering import JUDGEMENT, recall_one
from customers.tables import customers, orders
from database.engine import Database
from tests.ledger import LONG_AGO, RULES, TODAY, Ledger, ago, noon

MANY = 420


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


def shop(ledger: Ledger, many: int = MANY) -> None:
    """Customers with rhythms of 9 to 60 days; every third one left some time ago, the others still come."""
    names = [
        {"name": f"C{nr}", "folded_name": f"c{nr}", "key": f"K{nr}", "kind": "company", "created_at": noon(LONG_AGO)}
        for nr in range(many)
    ]
    bought: list[dict[str, Any]] = []
    with ledger.database.transaction() as db:
        db.execute(insert(customers), names)
        ids = list(db.scalars(select(customers.c.id).order_by(customers.c.id)))
        for nr, customer in enumerate(ids):
            gap = 9 + nr % 52
            left = 40 + nr % 300 if nr % 3 == 0 else nr % gap
            for day in range(left, 720 - nr % 200, gap + (nr % 5) - 2):
                order = {"key": f"S{len(bought)}", "customer_id": customer, "day": ago(day), "currency": "USD"}
                bought.append(order | {"amount": Decimal(50 + nr % 90)})
        db.execute(insert(orders), bought)
        price_orders(db, "USD")


def kept(ledger: Ledger) -> dict[int, Any]:
    with ledger.database.reading() as db:
        return {row.customer_id: row for row in db.execute(select(outlooks))}


def learnt_text(ledger: Ledger) -> str | None:
    with ledger.database.reading() as db:
        return recall_one(db, JUDGEMENT)


def test_everybody_who_has_bought_has_an_outlook_and_nobody_else(ledger: Ledger) -> None:
    acme, late, never = ledger.customer("Acme"), ledger.customer("Late"), ledger.customer("Never")
    ledger.bought(acme, 90, 60, 30, 2)
    ledger.order(late, TODAY + timedelta(days=5))
    ledger.refresh()
    found = kept(ledger)
    assert set(found) == {acme}
    row = found[acme]
    assert (row.judged_on, row.confidence) == (TODAY, "none")  # nothing is known of what customers here do
    assert 0 < row.chance_lost < 1
    assert TODAY < row.due_from <= row.due_on <= row.due_until
    assert never not in found


def test_who_stays_away_is_likelier_lost_than_who_just_bought(ledger: Ledger) -> None:
    shop(ledger)
    ledger.refresh()
    found = kept(ledger)
    with ledger.database.reading() as db:
        facts = {row.customer_id: row for row in db.execute(select(customer_facts))}
    silent = [found[id].chance_lost for id, row in facts.items() if (TODAY - row.last_day).days > 6 * row.gap_mean]
    fresh = [found[id].chance_lost for id, row in facts.items() if (TODAY - row.last_day).days < row.gap_mean]
    assert len(silent) > 30
    assert len(fresh) > 30
    assert min(silent) > max(fresh)
    assert {row.confidence for row in found.values()} == {"enough"}
    assert all(row.expected_spend > 0 for row in found.values())


def test_loyalty_follows_the_lines_that_were_learnt(ledger: Ledger) -> None:
    shop(ledger)
    ledger.refresh()
    with ledger.database.reading() as db:
        learnt = judging.recall_learnt(db)
        assert learnt is not None
        assert learnt.bands is not None
        facts = db.execute(select(customer_facts)).all()
    chances = {id: row.chance_lost for id, row in kept(ledger).items()}
    mean = {
        loyalty: sum(chances[row.customer_id] for row in facts if row.loyalty == loyalty)
        / sum(row.loyalty == loyalty for row in facts)
        for loyalty in ("loyal", "lost")
    }
    assert mean["loyal"] < RULES.swing_chance < RULES.lost_chance < mean["lost"]


def test_judging_some_gives_what_judging_everybody_gives(ledger: Ledger) -> None:
    shop(ledger, 60)
    parent = ledger.customer("Parent")
    child = ledger.customer("Child", parent=parent)
    ledger.bought(child, 80, 55, 30, 3)
    ledger.bought(parent, 70)
    ledger.refresh()
    whole = kept(ledger)
    with ledger.database.transaction() as db:
        learnt = judging.recall_learnt(db)
        judging.judge_some(db, sorted(whole), TODAY, learnt)
    assert kept(ledger) == whole
    assert whole[parent] != whole[child]  # the parent is judged by what its group bought


def test_what_comes_after_the_day_changes_nothing(ledger: Ledger) -> None:
    shop(ledger, 80)
    ledger.refresh(today=ago(100))
    before = kept(ledger)
    with ledger.database.transaction() as db:
        db.execute(
            update(orders)
            .where(orders.c.day > ago(100))
            .values(amount=Decimal(9_999_999), home_amount=Decimal(9_999_999), day=TODAY)
        )
    ledger.refresh(today=ago(100))
    assert kept(ledger) == before


def test_a_new_day_judges_everybody_anew_without_learning_anew(ledger: Ledger) -> None:
    shop(ledger, 60)
    ledger.refresh()
    with ledger.database.reading() as db:
        learnt = judging.recall_learnt(db)
    before = kept(ledger)
    tomorrow = TODAY + timedelta(days=1)
    ledger.catch_up(tomorrow)
    after = kept(ledger)
    assert {row.judged_on for row in after.values()} == {tomorrow}
    assert sum(after[id].chance_lost > before[id].chance_lost for id in after) > len(after) / 2
    with ledger.database.reading() as db:
        again = judging.recall_learnt(db)
    assert learnt is not None
    assert again is not None
    assert again.judge.day == learnt.judge.day == TODAY.toordinal()


def test_after_a_month_it_is_learnt_anew(ledger: Ledger) -> None:
    shop(ledger, 60)
    ledger.refresh()
    later = TODAY + timedelta(days=judging.LEARN_EVERY)
    ledger.catch_up(later)
    with ledger.database.reading() as db:
        learnt = judging.recall_learnt(db)
    assert learnt is not None
    assert learnt.judge.day == later.toordinal()


@pytest.mark.parametrize("at_once", [40, 300, 1_000_000])
def test_however_few_orders_are_in_memory_at_once_the_same_is_learnt_and_said(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    shop(ledger)
    ledger.refresh()
    whole, learnt = kept(ledger), learnt_text(ledger)
    monkeypatch.setattr(sales_file, "AT_ONCE", at_once)
    monkeypatch.setattr(numbers, "TEXT_ROWS", at_once)
    monkeypatch.setattr(judging, "BLOCK", 7)
    ledger.refresh()
    assert learnt_text(ledger) == learnt
    assert kept(ledger) == whole


def test_of_many_customers_some_teach_and_all_are_judged(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    shop(ledger)
    monkeypatch.setattr(judging, "LEARNT_FROM", MANY // 3)
    monkeypatch.setattr(sales_file, "AT_ONCE", 500)
    ledger.refresh()
    with ledger.database.reading() as db:
        learnt = judging.recall_learnt(db)
    assert learnt is not None
    assert 0 < learnt.judge.outcomes <= MANY // 3
    assert len(kept(ledger)) == MANY


def test_alerts_are_found_alike_however_few_orders_are_in_memory_at_once(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop(ledger)
    ledger.refresh()
    with ledger.database.reading() as db:
        whole = alerting.watch(db, TODAY, RULES)
    monkeypatch.setattr(sales_file, "AT_ONCE", 100)
    monkeypatch.setattr(numbers, "TEXT_ROWS", 70)
    with ledger.database.reading() as db:
        assert alerting.watch(db, TODAY, RULES) == whole
    assert whole is not None
    found, rule = whole
    assert rule is not None
    assert len(found) > 50


@pytest.mark.parametrize("horizon", [30, 180])
def test_the_horizon_can_be_set(ledger: Ledger, horizon: int) -> None:
    shop(ledger, 40)
    ledger.refresh(rules=replace(RULES, horizon_days=horizon))
    assert {row.horizon for row in kept(ledger).values()} == {horizon}


def test_without_orders_nothing_is_learnt(ledger: Ledger) -> None:
    ledger.customer("Acme")
    ledger.refresh()
    with ledger.database.reading() as db:
        assert judging.recall_learnt(db) is None
    assert kept(ledger) == {}


def test_a_refund_of_everything_leaves_no_purchase_to_judge(ledger: Ledger) -> None:
    acme = ledger.customer("Acme")
    ledger.bought(acme, 20)
    ledger.order(acme, ago(20), -100)
    ledger.refresh()
    assert kept(ledger) == {}


def test_dates_do_not_depend_on_the_database(ledger: Ledger) -> None:
    old = ledger.customer("Old")
    ledger.order(old, date(1999, 12, 31))
    ledger.order(old, date(2000, 2, 29))
    with ledger.database.reading() as db:
        rows = numbers.sales_of(db, Scope([old]), TODAY)
    assert sorted(rows[:, 1].tolist()) == [date(1999, 12, 31).toordinal(), date(2000, 2, 29).toordinal()]
