"""Everybody's orders are laid aside in a file and come back customer by customer, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from customers import numbers, sales_file
from customers.history import CANCELLED
from customers.money import price_orders
from customers.sales_file import Sample, laid_aside
from database.engine import Database
from tests.ledger import TODAY, Ledger, ago


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


def read(db: Connection) -> dict[int, list[tuple[int, float]]]:
    """The days before today and the amounts of everybody who has bought."""
    found: dict[int, list[tuple[int, float]]] = {}
    with laid_aside(db, TODAY) as sales:
        for ids, bought in sales.parts():
            assert bought.amount is not None
            days = (TODAY.toordinal() - bought.day).tolist()
            for who, day, amount in zip(bought.who.tolist(), days, bought.amount.tolist(), strict=True):
                found.setdefault(int(ids[who]), []).append((day, amount / 10_000))
    return found


@pytest.mark.parametrize("at_once", [1, 3, 100])
def test_each_customer_comes_with_the_days_on_which_more_was_bought_than_given_back(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(sales_file, "AT_ONCE", at_once)
    monkeypatch.setattr(numbers, "TEXT_ROWS", at_once)
    acme, never, late = ledger.customer("Acme"), ledger.customer("Never"), ledger.customer("Late")
    ledger.bought(late, 3)
    ledger.bought(acme, 40, 90, amount=70)
    ledger.order(acme, ago(40), 30)  # of one day: added up
    ledger.order(acme, ago(90), -70)  # all of it given back
    ledger.order(acme, ago(10), 500, status=CANCELLED)
    ledger.order(late, TODAY + timedelta(days=1))  # not known yet
    ledger.bought(acme, 0)
    with ledger.database.transaction() as db:
        price_orders(db, "USD")
        found = read(db)
    assert found == {acme: [(40, 100.0), (0, 100.0)], late: [(3, 100.0)]}
    assert never not in found


def test_without_a_customer_there_is_one_part_and_nobody_in_it(ledger: Ledger) -> None:
    with ledger.database.reading() as db, laid_aside(db, TODAY) as sales:
        [part] = sales.parts()
    assert (len(part.ids), part.purchases.many) == (0, 0)


def test_the_file_can_be_gone_through_again_whatever_was_bought_meanwhile(ledger: Ledger) -> None:
    acme = ledger.customer("Acme")
    ledger.bought(acme, 5)
    with ledger.database.reading() as db, laid_aside(db, TODAY) as sales:
        before = [part.purchases.day.tolist() for part in sales.parts()]
        ledger.bought(acme, 1)
        ledger.bought(ledger.customer("Other"), 1)
        assert [part.purchases.day.tolist() for part in sales.parts()] == before
    assert before == [[ago(5).toordinal()]]


@pytest.mark.parametrize("at_once", [2, 100])
def test_a_sample_is_one_in_so_many_and_whoever_is_named(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(sales_file, "AT_ONCE", at_once)
    ids = [ledger.customer(f"C{nr}") for nr in range(12)]
    for nr, customer in enumerate(ids):
        ledger.bought(customer, nr)
    with ledger.database.reading() as db, laid_aside(db, TODAY) as sales:
        some = [id for part in Sample(db, sales, 4).parts() for id in part.ids.tolist()]
        more = [id for part in Sample(db, sales, 4, [ids[0]]).parts() for id in part.ids.tolist()]
        assert sum(bought.many for bought in Sample(db, sales, 4)) == len(some)
    assert some == [id for id in ids if id % 3 == 0]
    assert more == sorted({ids[0], *some})
