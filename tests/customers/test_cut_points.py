"""Comparing all customers with each other: value tiers and RFM."""

from __future__ import annotations

import pytest

from customers import cut_points
from database.engine import Database
from tests.ledger import TODAY, Ledger, ago


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


def values(ledger: Ledger, amounts: list[int]) -> str:
    """The value tiers of customers who spent these amounts, by their first letters."""
    everybody = [ledger.customer(f"Customer {nr}") for nr in range(len(amounts))]
    for customer, amount in zip(everybody, amounts, strict=True):
        ledger.bought(customer, 10, amount=amount)
    ledger.refresh()
    return "".join(ledger.facts(customer).value[0] for customer in everybody)


@pytest.mark.parametrize(
    ("amounts", "tiers"),
    [
        ([10, 20, 30, 40, 50, 60, 70, 80, 90, 100], "llmmmmmmhh"),
        ([5, 4, 3, 2, 1], "hmmml"),
        ([3, 2, 1], "hml"),
        ([2, 1], "mm"),
        ([1], "m"),
        ([7] * 10, "m" * 10),
        ([100, 100, 50, 40, 30, 20, 20, 20, 10, 10], "hhmmmmmmll"),
    ],
)
def test_a_fifth_is_high_a_fifth_is_low_and_equals_stand_together(
    ledger: Ledger, amounts: list[int], tiers: str
) -> None:
    assert values(ledger, amounts) == tiers


def test_only_those_who_bought_within_the_year_are_compared(ledger: Ledger) -> None:
    ledger.bought(ledger.customer("Long ago"), 365, amount=1_000_000)
    ledger.bought(ledger.customer("Just so"), 364, amount=1)
    ledger.refresh()
    assert (ledger.facts(1).value, ledger.facts(2).value) == ("none", "mid")


def test_touched_customers_are_placed_by_the_stored_limits(ledger: Ledger) -> None:
    values(ledger, [10, 20, 30, 40, 50, 60, 70, 80, 90, 100])
    ledger.bought(1, 3, amount=500)
    ledger.refresh(only=[1])
    assert (ledger.facts(1).value, ledger.facts(9).value) == ("high", "high")
    with ledger.database.reading() as db:
        assert cut_points.load(db)["value.high"] == 90


def test_what_was_a_month_ago_is_remembered(ledger: Ledger) -> None:
    everybody = [ledger.customer(f"Customer {nr}") for nr in range(5)]
    for nr, customer in enumerate(everybody):
        ledger.bought(customer, 60, amount=100 + nr)
    ledger.bought(everybody[0], 5, amount=1_000)
    newcomer = ledger.customer("Newcomer")
    ledger.bought(newcomer, 3)
    ledger.refresh()
    first = ledger.facts(everybody[0])
    assert (first.value, first.value_before, first.profit_year_before) == ("high", "low", 100)
    assert ledger.facts(newcomer).value_before == "none"


def test_rfm_is_five_for_the_best_fifth_of_all_who_ever_bought(ledger: Ledger) -> None:
    everybody = [ledger.customer(f"Customer {nr}") for nr in range(5)]
    for nr, customer in enumerate(everybody):
        ledger.bought(customer, *range(10 + nr * 5, 200, 50 - nr * 8), amount=100 - nr)
    ledger.refresh()
    assert [ledger.facts(customer).rfm[0] for customer in everybody] == ["5", "4", "3", "2", "1"]
    assert ledger.facts(everybody[4]).rfm[1] == "5"


def test_many_single_buyers_share_one_frequency(ledger: Ledger) -> None:
    for nr in range(10):
        ledger.bought(ledger.customer(f"Customer {nr}"), *([5, 10] if nr > 7 else [5 + nr]))
    ledger.refresh()
    assert {ledger.facts(nr + 1).rfm[1] for nr in range(8)} == {"3"}
    assert ledger.facts(10).rfm[1] == "5"


def test_the_share_that_high_value_brings_is_stored(ledger: Ledger) -> None:
    values(ledger, [10, 10, 20, 20, 340])
    with ledger.database.reading() as db:
        assert cut_points.load(db)["value.high_brings"] == 0.85


def test_limits_move_when_many_customers_change(ledger: Ledger) -> None:
    values(ledger, [10, 20, 30, 40, 50])
    for customer in (1, 2):
        ledger.order(customer, ago(1), 900)
    ledger.refresh(TODAY, only=[1, 2])
    assert [ledger.facts(nr).value for nr in range(1, 6)] == ["mid", "high", "low", "mid", "mid"]
