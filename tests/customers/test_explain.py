"""Each judgement is explained with the numbers that led to it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from customers import cut_points, explain
from database.engine import Database
from tests.ledger import RULES, TODAY, Ledger, ago
from words.sentences import SENTENCES, sentence
from words.speech import Speech


@pytest.fixture
def ledger(sqlite: Database) -> Ledger:
    return Ledger(sqlite)


def said(ledger: Ledger, *days_ago: int, today: date = TODAY) -> str:
    acme = ledger.customer("Acme")
    ledger.bought(acme, *days_ago)
    ledger.refresh(today)
    return sentence(Speech("en"), explain.judgement(ledger.facts(acme), today), "USD")


@pytest.mark.parametrize(
    ("loyalty", "confidence", "chance_lost", "stands"),
    [
        ("lost", "little", 0.13, False),
        ("lost", "little", 0.8, True),
        ("lost", "enough", 0.13, True),
        ("swing", "little", 0.13, True),
    ],
)
def test_little_history_does_not_gainsay_that_a_customer_is_lost_on_the_same_card(
    loyalty: str, confidence: str, chance_lost: float, stands: bool
) -> None:
    outlook = SimpleNamespace(confidence=confidence, chance_lost=chance_lost)
    assert explain.believed(SimpleNamespace(loyalty=loyalty), outlook) == (outlook if stands else None)


def why(ledger: Ledger, customer: int) -> dict[str, dict[str, Any]]:
    with ledger.database.reading() as db:
        limits = cut_points.load(db)
    return {reason.code: reason.numbers for reason in explain.why(ledger.facts(customer), limits, TODAY, RULES)}


@pytest.mark.parametrize(
    ("days_ago", "words"),
    [
        ((), "No purchase yet."),
        ((0,), "The first purchase was today."),
        ((40,), "One purchase so far, 40 days ago."),
        ((400,), "One purchase on May 11, 2025, and none in the 400 days since."),
        ((30, 9), "Two purchases so far, 21 days apart; the second was 9 days ago."),
        ((21, 0), "Two purchases so far, 21 days apart; the second was today."),
        ((61, 40), "Two purchases so far, 21 days apart; silent for 40 days, 1.9 times that gap."),
        (
            (121, 100),
            "Two purchases, 21 days apart; silent for 100 days, 4.8 times that gap; lost since May 31, 2026.",
        ),
        ((70, 49, 28, 7), "Buys every 21 ± 0 days; last bought 7 days ago."),
        ((42, 21, 0), "Buys every 21 ± 0 days; bought today."),
        ((111, 95, 69, 48), "Buys every 21 ± 5 days; silent for 48 days, 2.3 times the usual."),
        (
            (163, 147, 121, 100),
            "Bought every 21 ± 5 days; silent for 100 days, 4.8 times the usual; lost since May 31, 2026.",
        ),
    ],
)
def test_the_card_says_rhythm_and_silence(ledger: Ledger, days_ago: tuple[int, ...], words: str) -> None:
    assert said(ledger, *days_ago) == words


def test_why_names_each_judgement_with_its_numbers(ledger: Ledger) -> None:
    for nr in range(9):
        ledger.bought(ledger.customer(f"Customer {nr}"), 100, 79, 58, amount=10 + nr)
    assert ledger.customer("Acme") == 10
    tea = ledger.product("Tea")
    for days in (111, 95, 69, 48):
        ledger.line(ledger.order(10, ago(days), 200), tea, price=100, discount="0.2")
    ledger.order(10, ago(69), 5, currency="JPY")
    ledger.refresh()
    reasons = why(ledger, 10)
    assert list(reasons) == [
        "value.high",
        "value.brings",
        "loyalty.swing",
        "stage.at_risk",
        "rfm",
        "price_only",
        "money.unpriced",
    ]
    assert reasons["value.high"]["profit"] == Decimal(800)
    assert reasons["loyalty.swing"]["silence_days"] == 48
    assert reasons["rfm"] == {"recency": 5, "frequency": 5, "monetary": 5}
    assert reasons["money.unpriced"] == {"orders": 1, "currencies": "JPY"}


@pytest.mark.parametrize(
    ("days_ago", "codes"),
    [
        ((), ["value.none", "loyalty.none", "stage.prospect"]),
        ((20,), ["value.mid_alone", "loyalty.single_loyal", "stage.new", "rfm", "trend.begun"]),
        ((400,), ["value.none", "loyalty.single_lost", "stage.lost", "rfm"]),
        ((300, 240, 170, 120, 60, 0), ["value.mid_alone", "loyalty.loyal", "stage.growing", "rfm"]),
        ((340, 280, 220, 150, 80), ["value.mid_alone", "loyalty.loyal", "stage.mature", "rfm", "trend.down"]),
        ((320, 200, 80), ["value.mid_alone", "loyalty.loyal", "stage.mature", "rfm", "trend.down"]),
        ((300, 200, 100, 50), ["value.mid_alone", "loyalty.loyal", "stage.mature", "rfm", "trend.steady"]),
        ((900, 890, 400, 10), ["value.mid_alone", "loyalty.loyal", "stage.won_back", "rfm", "trend.begun"]),
        (tuple(range(10, 900, 90)), ["value.mid_alone", "loyalty.loyal", "stage.loyal", "rfm", "trend.steady"]),
    ],
)
def test_why_fits_every_kind_of_history(ledger: Ledger, days_ago: tuple[int, ...], codes: list[str]) -> None:
    acme = ledger.customer("Acme")
    ledger.bought(acme, *days_ago)
    ledger.refresh()
    reasons = why(ledger, acme)
    assert list(reasons) == codes
    assert set(codes) <= SENTENCES.keys()


def test_the_limit_of_loyalty_that_is_named_is_the_one_that_is_used(ledger: Ledger) -> None:
    acme = ledger.customer("Acme")
    ledger.bought(acme, 92, 81, 50)
    ledger.refresh()
    swing_days = why(ledger, acme)["loyalty.swing"]["swing_days"]
    assert swing_days == 42
    assert ledger.facts(acme).loyalty_since == ago(50 - swing_days - 1)
