"""Loyalty and lifecycle, held against a slow rule that really runs every day and sees nothing of the future."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from customers import lifecycle
from customers.rhythm import FOREVER, loyalty_spans, rhythm
from customers.rules import Rules

START = date(2020, 1, 1).toordinal()


def slow_loyalty(purchases: list[int], today: int, rules: Rules) -> str:
    so_far = [day for day in purchases if day <= today]
    if not so_far:
        return "none"
    silence = today - so_far[-1]
    if len(so_far) == 1:
        return "lost" if silence >= rules.single_lost_days else "loyal"
    gap = (so_far[-1] - so_far[0]) / (len(so_far) - 1)
    if silence > rules.lost_gaps * gap and silence > rules.lost_days:
        return "lost"
    return "swing" if silence > rules.swing_gaps * gap and silence > rules.swing_days else "loyal"


def slow_stages(nets: dict[int, int], first: int, last: int, rules: Rules) -> list[tuple[str, str]]:
    """Loyalty and stage of each day, by running the rule every day."""
    found = []
    last_lost = None
    purchases = sorted(day for day, net in nets.items() if net > 0)
    for today in range(first, last):
        so_far = [day for day in purchases if day <= today]
        loyalty = slow_loyalty(purchases, today, rules)
        if loyalty == "lost":
            last_lost = today
        now = sum(net for day, net in nets.items() if today - rules.trend_days < day <= today)
        before = sum(net for day, net in nets.items() if today - 2 * rules.trend_days < day <= today - rules.trend_days)
        if not so_far:
            stage = "prospect"
        elif loyalty == "lost":
            stage = "lost"
        elif loyalty == "swing":
            stage = "at_risk"
        elif last_lost is not None and len([d for d in so_far if d > last_lost]) < rules.won_back_purchases:
            stage = "won_back"
        elif len(so_far) < rules.new_purchases and today - so_far[0] < rules.new_days:
            stage = "new"
        elif now > 0 and now >= rules.growing_ratio * before:
            stage = "growing"
        elif today - so_far[0] >= rules.loyal_days and len(so_far) >= rules.loyal_purchases:
            stage = "loyal"
        else:
            stage = "mature"
        found.append((loyalty, stage))
    return found


def spread(nets: dict[int, int], rules: Rules, created: int) -> list[lifecycle.Span]:
    purchases = sorted(day for day, net in nets.items() if net > 0)
    return lifecycle.spans(created, purchases, dict(sorted(nets.items())), loyalty_spans(purchases, rules), rules)


# Days in clusters of habits and silences, with refunds between them: the gaps decide, so gaps are drawn.
GAPS = st.lists(
    st.tuples(st.sampled_from([1, 2, 5, 13, 14, 15, 21, 30, 60, 90, 200, 400]), st.integers(-2, 6)), max_size=25
)


@settings(max_examples=120, deadline=None)
@given(GAPS)
def test_stages_are_those_of_the_rule_run_every_day(gaps: list[tuple[int, int]]) -> None:
    rules = Rules()
    nets: dict[int, int] = {}
    day = START
    for gap, amount in gaps:
        day += gap
        nets[day] = amount * 100
    last = day + 1_300
    found = spread(nets, rules, START)
    daily = [(span[2], span[3]) for span in found for _ in range(min(span[1], last) - min(span[0], last))]
    assert daily == slow_stages(nets, START, last, rules)


@settings(max_examples=40, deadline=None)
@given(GAPS, st.integers(0, 900))
def test_nothing_after_a_day_is_known_on_that_day(gaps: list[tuple[int, int]], cut: int) -> None:
    rules = Rules()
    nets: dict[int, int] = {}
    day = START
    for gap, amount in gaps:
        day += gap
        nets[day] = amount * 100
    known = {at: net for at, net in nets.items() if at <= START + cut}

    def on_the_day(spans: list[lifecycle.Span]) -> tuple[str, str]:
        return next((span[2], span[3]) for span in spans if span[0] <= START + cut < span[1])

    assert on_the_day(spread(nets, rules, START)) == on_the_day(spread(known, rules, START))


@given(GAPS)
def test_spans_join_without_gaps_and_end_never(gaps: list[tuple[int, int]]) -> None:
    nets: dict[int, int] = {}
    day = START
    for gap, amount in gaps:
        day += gap
        nets[day] = amount
    found = spread(nets, Rules(), START)
    assert found[-1][1] == FOREVER
    assert all(one[1] == other[0] for one, other in pairwise(found))
    assert all(one[2:] != other[2:] for one, other in pairwise(found))


def test_more_than_twice_the_usual_gap_is_swing_and_more_than_four_times_is_lost() -> None:
    assert loyalty_spans([START, START + 21, START + 42], Rules()) == [
        (START, "loyal"),
        (START + 42 + 43, "swing"),
        (START + 42 + 85, "lost"),
    ]


def test_a_daily_buyer_may_go_on_holiday_for_a_fortnight() -> None:
    days = [START + day for day in range(10)]
    assert loyalty_spans(days, Rules())[1:] == [(START + 9 + 15, "swing"), (START + 9 + 29, "lost")]


def test_a_single_purchase_is_lost_after_a_year_and_never_swing() -> None:
    assert loyalty_spans([START], Rules()) == [(START, "loyal"), (START + 365, "lost")]


def test_a_lost_customer_who_returns_is_won_back_until_the_third_purchase() -> None:
    nets = dict.fromkeys([START, START + 10, START + 20, START + 300, START + 310, START + 320], 100)
    stages = [(span[0] - START, span[3]) for span in spread(nets, Rules(), START)]
    assert (300, "won_back") in stages
    assert (320, "mature") in stages


def test_a_rule_that_never_calls_anybody_swing_goes_straight_to_lost() -> None:
    rules = Rules(swing_gaps=9.0, lost_gaps=3.0)
    assert [loyalty for _, loyalty in loyalty_spans([START, START + 30], rules)] == ["loyal", "lost"]


def test_a_prospect_is_one_from_the_day_it_became_known() -> None:
    assert lifecycle.spans(START, [], {}, [], Rules()) == [(START, FOREVER, "none", "prospect")]


def test_the_rhythm_is_mean_spread_and_last_gap() -> None:
    found = rhythm([0, 20, 46, 63])
    assert (found.mean, round(found.spread or 0, 3), found.last) == (21.0, 4.583, 17)


def test_too_few_purchases_have_no_rhythm() -> None:
    assert rhythm([5]) == (None, None, None)
    assert rhythm([5, 15]) == (10.0, None, 10)
