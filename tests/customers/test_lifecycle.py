"""Loyalty and lifecycle, held against a slow rule that really runs every day and sees nothing of the future."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from customers import lifecycle
from customers.lifecycle import STAGES
from customers.rhythm import LOYALTIES, loyalties, rhythms
from customers.rules import Rules
from customers.timelines import FOREVER, Timeline

START = date(2020, 1, 1).toordinal()
Span = tuple[int, int, str, str]


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


def timeline(each: list[list[int]]) -> Timeline:
    who = np.array([nr for nr, days in enumerate(each) for _ in days], dtype=np.int64)
    return Timeline.of(who, np.array([day for days in each for day in days], dtype=np.int64), len(each))


def spread(several: list[dict[int, int]], rules: Rules, created: int) -> list[list[Span]]:
    """The spans of several customers, who are worked out side by side."""
    purchases = timeline([[day for day, net in sorted(nets.items()) if net > 0] for nets in several])
    sales = timeline([sorted(nets) for nets in several])
    amounts = np.array([nets[day] for nets in several for day in sorted(nets)], dtype=np.int64)
    since = np.full(len(several), created)
    found = lifecycle.spans(since, purchases, sales, amounts, loyalties(purchases, rules), rules)
    columns = (found.days.who, found.days.day, found.until, found.loyalty, found.stage)
    spans: list[list[Span]] = [[] for _ in several]
    for who, start, until, loyalty, stage in zip(*(column.tolist() for column in columns), strict=True):
        spans[who].append((start, until, LOYALTIES[loyalty], STAGES[stage]))
    return spans


def judged(days: list[int], rules: Rules) -> list[tuple[int, str]]:
    """The loyalties of a customer between two others."""
    found = loyalties(timeline([[START], days, [START]]), rules)
    mine = slice(found.days.starts[1], found.days.starts[2])
    return [(day, LOYALTIES[nr]) for day, nr in zip(found.days.day[mine].tolist(), found.loyalty[mine], strict=True)]


# Days in clusters of habits and silences, with refunds between them: the gaps decide, so gaps are drawn.
GAPS = st.lists(
    st.tuples(st.sampled_from([1, 2, 5, 13, 14, 15, 21, 30, 60, 90, 200, 400]), st.integers(-2, 6)), max_size=25
)
# Customers stand side by side, and nothing of one may reach another.
NEIGHBOURS = st.lists(GAPS, min_size=1, max_size=3)


def nets_of(gaps: list[tuple[int, int]]) -> dict[int, int]:
    nets: dict[int, int] = {}
    day = START
    for gap, amount in gaps:
        day += gap
        nets[day] = amount * 100
    return nets


@settings(max_examples=50, deadline=None)  # of one to three customers with up to 25 days each
@given(NEIGHBOURS)
def test_stages_are_those_of_the_rule_run_every_day(neighbours: list[list[tuple[int, int]]]) -> None:
    rules = Rules()
    several = [nets_of(gaps) for gaps in neighbours]
    for nets, found in zip(several, spread(several, rules, START), strict=True):
        last = max(nets, default=START) + 1_300
        daily = [(span[2], span[3]) for span in found for _ in range(min(span[1], last) - min(span[0], last))]
        assert daily == slow_stages(nets, START, last, rules)


@settings(max_examples=40, deadline=None)
@given(GAPS, st.integers(0, 900))
def test_nothing_after_a_day_is_known_on_that_day(gaps: list[tuple[int, int]], cut: int) -> None:
    rules = Rules()
    nets = nets_of(gaps)
    known = {at: net for at, net in nets.items() if at <= START + cut}

    def on_the_day(spans: list[Span]) -> tuple[str, str]:
        return next((span[2], span[3]) for span in spans if span[0] <= START + cut < span[1])

    first, second = spread([nets, known], rules, START)
    assert on_the_day(first) == on_the_day(second)


@settings(max_examples=50, deadline=None)
@given(NEIGHBOURS)
def test_spans_join_without_gaps_and_end_never(neighbours: list[list[tuple[int, int]]]) -> None:
    for found in spread([nets_of(gaps) for gaps in neighbours], Rules(), START):
        assert found[-1][1] == FOREVER
        assert all(one[1] == other[0] for one, other in pairwise(found))
        assert all(one[2:] != other[2:] for one, other in pairwise(found))


def test_more_than_twice_the_usual_gap_is_swing_and_more_than_four_times_is_lost() -> None:
    assert judged([START, START + 21, START + 42], Rules()) == [
        (START, "loyal"),
        (START + 42 + 43, "swing"),
        (START + 42 + 85, "lost"),
    ]


def test_a_daily_buyer_may_go_on_holiday_for_a_fortnight() -> None:
    days = [START + day for day in range(10)]
    assert judged(days, Rules())[1:] == [(START + 9 + 15, "swing"), (START + 9 + 29, "lost")]


def test_a_single_purchase_is_lost_after_a_year_and_never_swing() -> None:
    assert judged([START], Rules()) == [(START, "loyal"), (START + 365, "lost")]


def test_a_lost_customer_who_returns_is_won_back_until_the_third_purchase() -> None:
    nets = dict.fromkeys([START, START + 10, START + 20, START + 300, START + 310, START + 320], 100)
    stages = [(span[0] - START, span[3]) for span in spread([nets], Rules(), START)[0]]
    assert (300, "won_back") in stages
    assert (320, "mature") in stages


def test_a_rule_that_never_calls_anybody_swing_goes_straight_to_lost() -> None:
    rules = Rules(swing_gaps=9.0, lost_gaps=3.0)
    assert [loyalty for _, loyalty in judged([START, START + 30], rules)] == ["loyal", "lost"]


def test_losing_comes_before_swinging_where_the_rules_say_so() -> None:
    rules = Rules(swing_gaps=9.0, lost_gaps=3.0)
    days = [START, START + 30, START + 30 + 200]
    assert judged(days, rules)[:2] == [(START, "loyal"), (START + 30 + 91, "lost")]


def test_a_prospect_is_one_from_the_day_it_became_known() -> None:
    assert spread([{}], Rules(), START) == [[(START, FOREVER, "none", "prospect")]]


def test_the_rhythm_is_mean_spread_and_last_gap() -> None:
    found = rhythms(timeline([[7], [0, 20, 46, 63], []]))
    assert (found.mean[1], round(found.spread[1], 3), found.last[1]) == (21.0, 4.583, 17)


def test_too_few_purchases_have_no_rhythm() -> None:
    found = rhythms(timeline([[], [5], [5, 15]]))
    assert np.isnan(found.mean).tolist() == [True, True, False]
    assert np.isnan(found.spread).tolist() == [True, True, True]
    assert (found.mean[2], found.last.tolist()) == (10.0, [0, 0, 10])
