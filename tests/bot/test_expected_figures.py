"""The figures of a card: when the next order is due, and what is to be expected."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from bot.blocks import FIELDS, fields
from bot.cards import backtest, details
from customers.shadowing import Backtest, Span
from tests.ledger import TODAY
from words.speech import CHINESE, Speech

SAY = Speech()


def facts(**told: Any) -> Any:
    usual = {
        "value": "high", "rfm": "555", "price_only": False, "stage_since": TODAY, "purchases": 9,
        "average_order": Decimal(100), "spend_year": Decimal(500), "spend": Decimal(900), "last_day": TODAY,
        "gap_mean": 21.0, "gap_spread": 5.0, "main_channel": "online", "group_customers": 3, "own_spend": Decimal(5),
        "loyalty": "loyal",
    }  # fmt: skip
    return SimpleNamespace(**usual | told)


def outlook(**told: Any) -> Any:
    usual = {
        "judged_on": TODAY, "confidence": "little", "horizon": 90, "expected_orders": 2.13,
        "expected_spend": Decimal(431), "due_on": TODAY + timedelta(days=12), "due_from": TODAY + timedelta(days=7),
        "due_until": TODAY + timedelta(days=18),
    }  # fmt: skip
    return SimpleNamespace(**usual | told)


def figures(row: Any, told: Any | None, say: Speech = SAY, today: date = TODAY) -> dict[str, str]:
    return dict(details.figures(row, "Loyal", say, today, "USD", told))


def test_the_next_order_and_what_is_expected_stand_on_the_card_in_both_languages() -> None:
    said = figures(facts(), outlook())
    assert said["Next order due"] == "Jun 27, 2026 (Jun 22 to Jul 3)"
    assert said["Expected within 90 days"] == "2.1 orders, $431"
    chinese = figures(facts(), outlook(), Speech(CHINESE))
    assert chinese["下次订单预计"] == "2026年6月27日（6月22日至 7月3日）"
    assert chinese["90 天内预计"] == "2.1 单，US$431"


def test_one_order_is_one_order() -> None:
    assert figures(facts(), outlook(expected_orders=0.98))["Expected within 90 days"] == "1 order, $431"


@pytest.mark.parametrize("told", [None, outlook(confidence="none"), outlook(judged_on=TODAY - timedelta(days=1))])
def test_nothing_is_expected_where_too_little_is_known_or_only_of_a_past_day(told: Any) -> None:
    assert not {label for label in figures(facts(), told) if label.startswith(("Next", "Expected"))}


def test_of_whom_is_lost_no_order_is_due() -> None:
    said = figures(facts(loyalty="lost"), outlook())
    assert "Next order due" not in said
    assert "Expected within 90 days" in said


def test_where_a_card_is_full_only_the_rhythm_gives_way() -> None:
    pairs = details.figures(facts(), "Loyal", SAY, TODAY, "USD", outlook())
    assert len(pairs) == FIELDS + 1
    shown = str(fields(pairs))
    assert [label for label, _ in pairs if label not in shown] == ["Rhythm"]


def told(**more: Any) -> Backtest:
    spans = tuple(Span(date(2026, 3, 1) + timedelta(days=15 * nr), nr, 1) for nr in range(6))
    usual: dict[str, Any] = {
        "first": date(2026, 3, 1), "last": date(2026, 5, 29), "horizon": 60, "alerts": 37, "lapsed": 26, "waiting": 0,
        "by_owner": (("Li", 29), (None, 8)), "lapses": 30, "unseen": 11, "recall_two": 0.1, "recall_three": 0.63,
        "stated": 0.66, "reached": 26 / 37, "customers": 200, "sampled": 1, "spans": spans,
    }  # fmt: skip
    return Backtest(**usual | more)


def test_a_backtest_is_told_in_a_sentence_with_figures_beside_it() -> None:
    assert backtest.lines(told(), SAY, names=True) == [
        "Would have posted 37 alerts in the newest 90 days whose outcome is known (Mar 1, 2026 to May 29, 2026), 29 of "
        "them to Li; 26 of those customers really lapsed; 11 lapses went unseen.",
        "Precision: 70% reached, 66% stated.",
        "Of 30 lapses that began in these days, 10% were named within two own gaps, 63% within three.",
        "0.75 alerts per customer and year, of 200 customers with a rhythm.",
        "By owner: Li 29, no owner 8.",
    ]


def test_a_backtest_says_what_it_could_not_count() -> None:
    lines = backtest.lines(told(waiting=1, sampled=12), SAY, names=False)
    assert lines[-2:] == [
        "1 alert of these days: outcome not known yet.",
        "Counted on a sample: one in 12 customers.",
    ]
    assert "Li" not in " ".join(lines)


def test_lapses_without_any_alert_are_told_all_the_same() -> None:
    nobody = told(alerts=0, lapsed=0, by_owner=(), stated=None, reached=None)
    lines = backtest.lines(nobody, SAY, names=True)
    assert lines[0].startswith("Would have posted 0 alerts")
    assert "11 lapses went unseen" in lines[0]
    assert not [line for line in lines if line.startswith("Precision")]


def test_of_several_years_the_parts_of_the_picture_have_names_of_their_own() -> None:
    first = date(2022, 1, 1)
    spans = tuple(Span(first + timedelta(days=365 * nr), 1, 1) for nr in range(6))
    card = backtest.card(told(first=first, last=first + timedelta(days=6 * 365), spans=spans), SAY, names=True)
    chart = next(block["chart"] for block in card.blocks if block["type"] == "data_visualization")
    assert chart["axis_config"]["categories"] == [
        "Jan 2022",
        "Jan 2023",
        "Jan 2024",
        "Dec 2024",
        "Dec 2025",
        "Dec 2026",
    ]
