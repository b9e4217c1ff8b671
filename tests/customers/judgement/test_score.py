"""What is said of customers is sane, calibrated, deterministic, and learnt only from what had happened."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from customers.judgement import judge as judging
from customers.judgement import score
from customers.judgement.features import FACTS
from customers.judgement.judge import ENOUGH, LITTLE, NONE, Judge
from customers.judgement.on_files import judged
from customers.judgement.purchases import Purchases
from customers.judgement.statistics import outcome, statistics
from tests.customers.judgement.shops import TODAY, of, shop

HORIZON = 60
AT = TODAY - HORIZON


@pytest.fixture(scope="module")
def found():
    return judged(shop(), AT, HORIZON)


def sane(said, day, horizon):
    assert ((said.p_lost >= 0) & (said.p_lost <= 1)).all()
    assert ((said.purchases >= 0) & (said.purchases <= horizon)).all()
    assert (said.purchases >= 1 - said.p_lost - 1e-9).all()
    if said.spend is not None:
        assert (np.isfinite(said.spend) & (said.spend >= 0)).all()
    assert (said.due.day > day).all()
    assert np.isfinite(said.weighed).all()


def test_the_chance_to_be_lost_is_the_share_that_is_lost(found):
    who, _, said = found
    then = outcome(shop(), who, AT, HORIZON)
    lost = then.purchases == 0
    sane(said, AT, HORIZON)
    assert said.p_lost.mean() == pytest.approx(lost.mean(), abs=0.04)
    order = np.argsort(said.p_lost)
    for group in np.array_split(order, 5):
        assert said.p_lost[group].mean() == pytest.approx(lost[group].mean(), abs=0.12)
    assert said.p_lost[lost].mean() > said.p_lost[~lost].mean() + 0.3
    assert said.purchases.sum() == pytest.approx(then.purchases.sum(), rel=0.15)
    assert said.spend.sum() == pytest.approx(then.spend.sum(), rel=0.25)


def test_what_comes_after_the_day_of_judgement_changes_nothing(found):
    who, judge, said = found
    everything = shop()
    kept = everything.day <= AT
    chance = np.random.default_rng(2)
    later = np.concatenate((everything.who[kept], chance.integers(0, 600, 3000)))
    days = np.concatenate((everything.day[kept], AT + 1 + chance.integers(0, 9000, 3000)))
    amounts = np.concatenate((everything.amount[kept], chance.normal(0, 1e9, 3000)))
    again = judged(Purchases.of(later, days, amounts, 600), AT, HORIZON)
    assert again[0].tolist() == who.tolist()
    assert again[1].to_json() == judge.to_json()
    assert again[2].p_lost.tolist() == said.p_lost.tolist()


def test_a_stored_judge_says_the_same_of_touched_customers(found):
    _, judge, said = found
    _, now = statistics(shop(), AT, HORIZON)
    touched = np.array([3, 40, 41, 99])
    again = Judge.from_json(judge.to_json()).predict(now.of(touched))
    assert again.p_lost.tolist() == said.p_lost[touched].tolist()
    assert again.due.day.tolist() == said.due.day[touched].tolist()
    assert again.reasons.tolist() == said.reasons[touched].tolist()


def test_many_customers_are_judged_in_blocks_and_alike(found, monkeypatch):
    _, judge, said = found
    _, now = statistics(shop(), AT, HORIZON)
    monkeypatch.setattr(judging, "BLOCK", 64)
    again = judge.predict(now)
    assert again.p_lost.tolist() == said.p_lost.tolist()
    assert again.spend.tolist() == said.spend.tolist()
    assert again.weighed.tolist() == said.weighed.tolist()
    assert again.due.high.tolist() == said.due.high.tolist()


def test_a_judge_answers_only_for_its_horizon_and_its_version(found):
    _, judge, _ = found
    with pytest.raises(ValueError, match="60 days"):
        judge.predict(statistics(shop(), AT, HORIZON + 1)[1])
    with pytest.raises(ValueError, match="version"):
        Judge.from_json(judge.to_json().replace('"version": 1', '"version": 0'))


def test_a_window_that_had_not_closed_is_refused():
    purchases = shop(50)
    who, known = statistics(purchases, AT + 1, HORIZON)
    window = score.Window(known, outcome(purchases, who, AT + 1, HORIZON))
    with pytest.raises(ValueError, match="closed"):
        score.fit(statistics(purchases, AT + HORIZON, HORIZON)[1], [window])


def test_windows_have_closed_have_a_past_and_reach_the_year_before():
    days = score.cutoffs(AT - 500, AT, HORIZON)
    assert days[:2] == [AT - 60, AT - 90]
    assert days[-1] == AT - 364
    assert all(day + HORIZON <= AT and day >= AT - 500 + HORIZON / 2 for day in days)
    assert score.cutoffs(AT - 70, AT, HORIZON) == []


def test_the_facts_that_weigh_most_are_named_with_their_sign(found):
    who, _, said = found
    purchases = shop()
    _, now = statistics(purchases, AT, HORIZON)
    assert said.reasons.shape == said.weighed.shape == (len(who), 3)
    assert (np.diff(np.abs(said.weighed), axis=1) <= 1e-6).all()
    repeat = now.purchases > 2
    long_silent = repeat & (AT - now.last > 200)
    lately = repeat & (AT - now.last < 10)
    heaviest = np.array(FACTS)[said.reasons[:, 0]]
    assert (heaviest[long_silent] == "silence_in_gaps").mean() > 0.8
    assert said.weighed[long_silent, 0].mean() > 0 > said.weighed[lately, 0].mean()


def test_confidence_needs_a_rhythm_and_known_outcomes(found):
    _, _, said = found
    _, now = statistics(shop(), AT, HORIZON)
    assert (said.confidence[now.purchases >= 3] == ENOUGH).all()
    assert (said.confidence[now.purchases < 3] == LITTLE).all()
    young = judged(shop(60, days=50), TODAY, HORIZON)[2]
    assert (young.confidence == NONE).all()


def test_the_horizon_suits_the_rhythm():
    _, weekly = statistics(of([(7 * n, 1) for n in range(9)]), TODAY, HORIZON)
    _, yearly = statistics(of([(365 * n, 1) for n in range(3)]), TODAY, HORIZON)
    _, nothing = statistics(of([(3, 1)]), TODAY, HORIZON)
    assert [score.default_horizon(one) for one in (weekly, yearly, nothing)] == [28, 365, 90]


@pytest.mark.parametrize(
    "histories",
    [
        [[(0, 5.0)]],
        [[(4000, 5.0)]],
        [[(9, 5.0)]] * 40,  # all on one day, and once
        [[(n, 5.0)] for n in range(200)],  # one-time buyers alone
        [[(day, 5.0) for day in range(0, 400)]] * 30,  # daily, nobody is ever lost
        [[(day, 5.0) for day in range(3650, 4000, 7)]] * 30 + [[(1, 1.0)]],  # ten years of silence
        [[(30, -50.0), (20, -1e9)], [(10, 0.0)]],  # refunds
        [[(30, 1e15), (20, 1e15)], [(10, 1e-9)]],  # huge amounts and tiny ones
    ],
)
@pytest.mark.parametrize("horizon", [1, 60, 3650])
def test_degenerate_histories_give_sane_answers(histories, horizon):
    who, _, said = judged(of(*histories), TODAY, horizon)
    assert len(who) == len(histories)
    sane(said, TODAY, horizon)


@settings(max_examples=25, deadline=None)
@given(
    some.lists(
        some.lists(some.tuples(some.integers(0, 1500), some.floats(-1e6, 1e6)), min_size=1, max_size=6),
        min_size=1,
        max_size=12,
    ),
    some.integers(1, 400),
)
def test_any_history_gives_sane_answers(histories, horizon):
    _, _, said = judged(of(*histories), TODAY, horizon)
    sane(said, TODAY, horizon)


def test_who_is_silent_for_longer_is_not_held_for_less_lost(found):
    _, judge, said = found
    known = shop().until(AT)
    before = said.p_lost
    for later in (15, 30, 60, 120, 240, 480, 1000, 4000):
        now = judge.predict(statistics(known, AT + later, HORIZON)[1]).p_lost
        assert np.quantile(before - now, 0.99) < 0.05
        assert (now > before - 0.15).all()
        before = np.maximum(before, now)
    assert before.min() > 0.9


def test_without_amounts_all_but_spend_is_said():
    purchases = shop()
    _, judge, said = judged(purchases._replace(amount=None), AT, HORIZON)
    sane(said, AT, HORIZON)
    assert said.spend is None
    assert Judge.from_json(judge.to_json()).spending is None
