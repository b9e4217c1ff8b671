"""When to say that a customer is slipping away: at the deadline in own gaps, if it is likely enough to be right."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.judgement.alert_features import NAMES
from customers.judgement.alerts import Rule, deadlines, due, lapse_after, learnt, looks
from customers.judgement.silences import Silences, silences
from customers.timelines import FOREVER
from tests.customers.judgement.rhythms import FIRST, of, tenant

DAY, HORIZON = FIRST + 300, 60


@pytest.fixture(scope="module")
def past():
    return silences(tenant())


@pytest.fixture(scope="module")
def rule(past):
    return learnt(past, DAY, HORIZON)


def monthly() -> Silences:
    """One silence of somebody who bought every 10 days."""
    return silences(of(list(range(0, 101, 10)))).where(slice(-1, None))


def test_the_deadline_is_three_own_gaps_but_a_fortnight_at_least_and_a_horizon_at_most():
    assert deadlines(np.array([2.0, 10.0, 50.0]), 60).tolist() == [14.0, 30.0, 60.0]
    assert deadlines(np.array([2.0]), 7).tolist() == [7.0]


@pytest.mark.parametrize("horizon", [1, 2, 7, 28, 90, 365])
def test_a_silence_is_looked_at_before_at_and_after_its_deadline(past, horizon):
    ages = looks(past, horizon)
    deadline = np.floor(deadlines(past.usual, horizon))
    assert (ages[0] >= 1).all()
    assert (ages[0] <= ages[1]).all()
    assert (ages[1] == deadline).all()
    assert (ages[2:] > ages[1]).all()


def test_the_longer_a_silence_the_surer_the_alert(rule):
    one = monthly()
    said = [float(rule.judge(one, int(one.begin[0]) + days).p_lapse[0]) for days in (5, 15, 30, 60, 120, 3650)]
    assert said == sorted(said)
    assert 0 <= said[0] < 0.5 < said[-1] <= 1


def test_nothing_is_said_before_the_first_look_and_the_next_look_is_named(rule):
    one = monthly()
    begin, (early, deadline, *_) = int(one.begin[0]), looks(one, HORIZON)[:, 0].tolist()
    said = rule.judge(one, begin + early - 1)
    assert not said.speak[0]
    assert said.look[0] == begin + early
    assert rule.judge(one, begin + early).look[0] == begin + deadline


def test_after_the_last_look_there_is_none(rule):
    one = monthly()
    assert rule.judge(one, int(one.begin[0]) + int(looks(one, HORIZON)[-1, 0])).look.tolist() == [FOREVER]


def test_a_customer_of_regular_habit_is_alerted_once_it_is_clear_that_they_stay_away(rule):
    one = monthly()
    assert any(rule.judge(one, int(one.begin[0] + age)).speak[0] for age in looks(one, HORIZON)[:, 0])


def test_how_a_silence_ended_is_not_looked_at(past, rule):
    day = past.begin + looks(past, HORIZON)[1]
    said, other = rule.judge(past, day), rule.judge(past._replace(ended=past.begin + 1), day)
    for column, same in zip(said, other, strict=True):
        assert np.array_equal(column, same)


def test_each_silence_is_judged_as_if_it_stood_alone(past, rule):
    day = past.begin + looks(past, HORIZON)[1]
    together = rule.judge(past, day).p_lapse
    alone = [rule.judge(past.where(slice(n, n + 1)), day[n : n + 1]).p_lapse[0] for n in range(0, len(day), 97)]
    assert together[::97].tolist() == alone


def test_what_happens_after_the_day_teaches_nothing(rule):
    assert learnt(silences(tenant().until(DAY)), DAY, HORIZON) == rule


def test_a_manager_who_asks_for_more_precision_gets_fewer_and_surer_alerts(past):
    day = past.begin + looks(past, HORIZON)[1]
    reached = past.where(past.ended > day)
    spoken = []
    for precision in (0.3, 0.5, 0.6, 0.7):
        said = learnt(past, DAY, HORIZON, precision).judge(reached, day[past.ended > day])
        spoken.append(int(said.speak.sum()))
        assert said.p_lapse[said.speak].mean() > precision - 0.05
    assert spoken == sorted(spoken, reverse=True)
    assert spoken[0] > spoken[-1]


def test_chances_that_proved_too_low_are_raised_by_what_became_of_earlier_silences(past):
    # Weights that expect everybody back at once, held against a history in which many stay away.
    credulous = np.zeros(len(NAMES))
    credulous[0] = 3.0
    said = learnt(past, FIRST + 400, HORIZON, shipped=credulous)
    assert said.slope > 0
    at = past.begin + looks(past, HORIZON)[1]
    closed = (past.ended > at) & (np.maximum(past.begin + lapse_after(past, HORIZON), at + HORIZON) <= FIRST + 400)
    stated = said.judge(past.where(closed), at[closed]).p_lapse
    assert stated.mean() == pytest.approx((past.ended > at + HORIZON)[closed].mean(), abs=0.05)


def test_a_look_that_was_missed_is_made_up_for_and_old_silences_are_left_alone():
    one = monthly()
    begin, ages = int(one.begin[0]), looks(one, HORIZON)[:, 0].tolist()
    assert due(one, begin + ages[1] - 1, begin + ages[1], HORIZON).tolist() == [True]
    assert due(one, begin + ages[1] - 2, begin + ages[1] + 1, HORIZON).tolist() == [True]
    assert due(one, begin + ages[1], begin + ages[1] + 1, HORIZON).tolist() == [False]
    assert due(one, begin + 4000, begin + 4001, HORIZON).tolist() == [False]


def test_a_rule_is_kept_as_text(past, rule):
    again = Rule.from_json(rule.as_json())
    assert again == rule
    day = past.begin + 20
    assert np.array_equal(again.judge(past, day).p_lapse, rule.judge(past, day).p_lapse)


def test_a_rule_of_another_version_is_refused(rule):
    other = json.dumps({**json.loads(rule.as_json()), "model": "alerts-0"})
    with pytest.raises(ValueError, match="learn it anew"):
        Rule.from_json(other)


def test_without_any_history_there_is_a_rule_that_can_be_asked():
    said = learnt(silences(of([])), DAY, HORIZON).judge(monthly(), FIRST + 140)
    assert 0 < said.p_lapse[0] < 1


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.sets(st.integers(0, 400), max_size=12), min_size=1, max_size=6),
    st.integers(1, 400),
    st.sampled_from([None, 0.0, 0.5, 1.0]),
)
def test_whatever_was_bought_the_chances_are_chances(histories, horizon, precision):
    some = silences(of(*(sorted(days) for days in histories)))
    rule = learnt(some, FIRST + 200, horizon, precision)
    said = rule.judge(some, some.begin + 30)
    assert ((said.p_lapse >= 0) & (said.p_lapse <= 1)).all()
    assert (said.look > some.begin + 30).all()
