"""What is expected of a customer is told with its day, its doubt, and the facts that weighed most."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from customers import cut_points, explain, weighing
from customers.judgement.bands import Bands
from customers.judgement.features import FACTS
from customers.outlook_tables import outlooks
from database.engine import Database
from tests.ledger import RULES, TODAY, Ledger, ago
from tests.outlooks import foresee
from words.reasons import Reason
from words.sentences import joined, sentence
from words.speech import Speech

SAY = Speech()
# Everybody swings after two own gaps, and is lost after four; single buyers are lost after 200 days.
LINES = Bands(90, (0.6932, 0.0, 0.0, 0.0), (1.3863, 0.0, 0.0, 0.0), 200.0)


@pytest.fixture
def ledger(sqlite: Database) -> Ledger:
    return Ledger(sqlite)


def outlook(ledger: Ledger, customer: int, **told: Any) -> Any:
    with ledger.database.transaction() as db:
        foresee(db, customer, **told)
        return db.execute(select(outlooks).where(outlooks.c.customer_id == customer)).one()


def acme(ledger: Ledger, *days_ago: int) -> int:
    customer = ledger.customer("Acme")
    ledger.bought(customer, *days_ago)
    ledger.refresh()
    return customer


def card(ledger: Ledger, customer: int, row: Any) -> str:
    facts = ledger.facts(customer)
    expected = explain.expectation(facts, row, TODAY)
    return joined(SAY, [explain.judgement(facts, TODAY), *([expected] if expected else [])], "USD")


@pytest.mark.parametrize(
    ("days_ago", "told", "words"),
    [
        (
            (111, 95, 69, 48),
            {},
            "Buys every 21 ± 5 days; silent for 48 days, 2.3 times the usual; "
            "18% of customers like this bought again within 90 days.",
        ),
        (
            (42, 21, 0),
            {"chance_lost": 0.1},
            "Buys every 21 ± 0 days; bought today; 90% of customers like this bought again within 90 days.",
        ),
        (
            (40,),
            {"confidence": "little"},
            "One purchase so far, 40 days ago; "
            "18% of customers like this bought again within 90 days (a rough figure: little is known yet).",
        ),
        (
            (400,),
            {"chance_lost": 0.999, "horizon": 180},
            "One purchase on May 11, 2025, and none in the 400 days since; "
            "<1% of customers like this bought again within 180 days.",
        ),
        ((40,), {"confidence": "none"}, "One purchase so far, 40 days ago; too little history to say who buys again."),
        (
            (42, 21, 0),
            {"judged_on": ago(3)},
            "Buys every 21 ± 0 days; bought today; as of Jun 12, 2026, "
            "18% of customers like this bought again within 90 days.",
        ),
        (
            (42, 21, 0),
            {"judged_on": ago(3), "confidence": "little"},
            "Buys every 21 ± 0 days; bought today; as of Jun 12, 2026, "
            "18% of customers like this bought again within 90 days (a rough figure: little is known yet).",
        ),
    ],
)
def test_the_card_says_how_many_like_this_came_back(
    ledger: Ledger, days_ago: tuple[int, ...], told: dict[str, Any], words: str
) -> None:
    customer = acme(ledger, *days_ago)
    assert card(ledger, customer, outlook(ledger, customer, **told)) == words


def test_without_an_outlook_the_card_says_what_it_knows(ledger: Ledger) -> None:
    assert card(ledger, acme(ledger, 40), None) == "One purchase so far, 40 days ago."


def weighed(ledger: Ledger, customer: int, row: Any, recent: int = 2) -> list[str]:
    found = weighing.weighed(ledger.facts(customer), row, recent)
    return [sentence(SAY, reason, "USD") for reason in found]


def test_every_fact_that_weighs_is_said_with_its_numbers(ledger: Ledger) -> None:
    customer = acme(ledger, 111, 95, 69, 48)
    row = outlook(ledger, customer, weighed=" ".join(f"+{fact}" for fact in sorted(FACTS)))
    assert weighed(ledger, customer, row) == [
        "First bought 111 days ago: speaks for a loss.",
        "The last gap was 21 days, usual are 21 days: speaks for a loss.",
        "4 purchases so far: speaks for a loss.",
        "Purchases in the last 90 days: 2, where an even pace would have brought 3.2: speaks for a loss.",
        "Gaps vary by 5 days around 21 days: speaks for a loss.",
        "Silent for 48 days, 2.3 times the usual: speaks for a loss.",
        "Spends $100 an order, $400 in all: speaks for a loss.",
        "Buys every 21 days on average: speaks for a loss.",
    ]


def test_what_speaks_against_a_loss_says_so(ledger: Ledger) -> None:
    customer = acme(ledger, 42, 21, 0)
    row = outlook(ledger, customer, weighed="-silence_in_gaps")
    assert weighed(ledger, customer, row) == ["Silent for 0 days, usual are 21 days: speaks against a loss."]


def test_of_a_single_purchase_only_what_was_looked_at_is_named(ledger: Ledger) -> None:
    customer = acme(ledger, 40)
    row = outlook(ledger, customer, weighed="+silence_in_gaps -spend -usual_gap")
    assert weighed(ledger, customer, row) == [
        "Silent for 40 days after a single purchase: speaks for a loss.",
        "Spends $100 an order, $100 in all: speaks against a loss.",
    ]


def test_a_silence_is_told_as_it_was_when_it_was_judged(ledger: Ledger) -> None:
    customer = acme(ledger, 111, 95, 69, 48)
    row = outlook(ledger, customer, judged_on=ago(8), weighed="+silence_in_gaps")
    assert weighed(ledger, customer, row) == ["Silent for 40 days, 1.9 times the usual: speaks for a loss."]


def test_recent_purchases_are_days_on_which_more_was_bought_than_given_back(database: Database) -> None:
    ledger = Ledger(database)
    parent = ledger.customer("Parent")
    child = ledger.customer("Child", parent=parent)
    ledger.bought(child, 100, 50, 50, 20)
    ledger.order(child, ago(10), -30)
    ledger.bought(parent, 5)
    ledger.refresh()
    with database.reading() as db:
        counts = [weighing.recent_purchases(db, ledger.facts(one), TODAY, 90) for one in (child, parent)]
        earlier = weighing.recent_purchases(db, ledger.facts(child), ago(30), 90)
    assert (counts, earlier) == ([2, 3], 2)


def why(ledger: Ledger, customer: int, **given: Any) -> dict[str, Reason]:
    with ledger.database.reading() as db:
        limits = cut_points.load(db)
    return {reason.code: reason for reason in explain.why(ledger.facts(customer), limits, TODAY, RULES, **given)}


def test_why_shows_the_chance_and_the_three_facts_that_weighed_most(ledger: Ledger) -> None:
    customer = acme(ledger, 111, 95, 69, 48)
    found = why(ledger, customer, outlook=outlook(ledger, customer), recent=2)
    at = list(found).index("outlook.chance")
    assert list(found)[at + 1 : at + 4] == ["weighed.silence_in_gaps", "weighed.recent_purchases", "weighed.spend"]


def test_where_too_little_is_known_nothing_weighs(ledger: Ledger) -> None:
    customer = acme(ledger, 111, 95, 69, 48)
    found = why(ledger, customer, outlook=outlook(ledger, customer, confidence="none"))
    assert "outlook.none" in found
    assert not [code for code in found if code.startswith("weighed") or code.endswith("expected")]


def test_value_names_the_profit_that_was_and_that_is_expected(ledger: Ledger) -> None:
    customer = acme(ledger, 111, 95, 69, 48)
    row = outlook(ledger, customer, expected_spend=Decimal(150), judged_on=ago(1))
    found = why(ledger, customer, outlook=row)["value.mid_alone_expected"]
    assert sentence(SAY, found, "USD") == (
        "Mid value: $400 of profit in the last 365 days, and $150 to be expected in the 90 days from Jun 14, 2026 on; "
        "too few customers differ to tell high from low."
    )


@pytest.mark.parametrize(
    ("days_ago", "code", "words"),
    [
        (
            (51, 30, 9),
            "loyalty.learnt_loyal",
            "Loyal: silent for 9 days; after more than 42 days about 50% of customers like this stay away for "
            "90 days more (swing), after more than 84 days about 80% (lost).",
        ),
        (
            (92, 71, 50),
            "loyalty.learnt_swing",
            "Swing since Jun 8, 2026: silent for 50 days, more than the 42 days after which about 50% of customers "
            "like this stay away for 90 days more; beyond 84 days, with about 80%, lost.",
        ),
        (
            (142, 121, 100),
            "loyalty.learnt_lost",
            "Lost since May 31, 2026: silent for 100 days, more than the 84 days after which about 80% of customers "
            "like this stay away for 90 days more.",
        ),
        (
            (9,),
            "loyalty.single_loyal",
            "Loyal so far: one purchase has no rhythm yet; 200 days after it without a second one, the customer is "
            "lost.",
        ),
    ],
)
def test_loyalty_names_the_lines_that_were_learnt(
    ledger: Ledger, days_ago: tuple[int, ...], code: str, words: str
) -> None:
    found = why(ledger, acme(ledger, *days_ago), lines=LINES)
    assert sentence(SAY, found[code], "USD") == words


def test_the_chances_of_the_lines_are_those_of_the_settings(ledger: Ledger) -> None:
    customer = acme(ledger, 51, 30, 9)
    rules = replace(RULES, swing_chance=0.4, lost_chance=0.9)
    reasons = explain.why(ledger.facts(customer), {}, TODAY, rules, lines=LINES)
    numbers = next(reason.numbers for reason in reasons if reason.code == "loyalty.learnt_loyal")
    assert (numbers["swing_share"], numbers["lost_share"]) == (0.4, 0.9)


def test_the_day_of_an_outlook_from_tomorrow_is_named_too(ledger: Ledger) -> None:
    customer = acme(ledger, 40)
    row = outlook(ledger, customer, judged_on=TODAY + timedelta(days=1))
    assert "as of Jun 16, 2026" in card(ledger, customer, row)
