"""Alerts run over the past as if they had run every day, each day knowing only what came before."""

import numpy as np
import pytest

from customers.judgement.alerts import lapse_after, learnt, looks
from customers.judgement.purchases import Purchases
from customers.judgement.shadow import EVERY, shadow
from customers.judgement.silences import silences
from customers.timelines import FOREVER
from tests.customers.judgement.rhythms import FIRST, of, tenant

SINCE, HORIZON = FIRST + 200, 60


@pytest.fixture(scope="module")
def found():
    return shadow(tenant(), SINCE, HORIZON)


def test_there_is_one_alert_for_a_silence_and_it_falls_within_it(found):
    assert len(found.day) > 50
    pairs = list(zip(found.silences.who.tolist(), found.silences.begin.tolist(), strict=True))
    assert len(set(pairs)) == len(pairs)
    assert (found.day > found.silences.begin).all()
    assert (found.day < found.silences.ended).all()
    assert ((found.day >= SINCE) & (found.day <= found.until)).all()


def test_alerts_stand_by_day_and_then_by_customer(found):
    order = list(zip(found.day.tolist(), found.silences.who.tolist(), strict=True))
    assert order == sorted(order)


def test_what_is_stated_is_what_is_reached(found):
    assert found.closed.sum() > 50
    assert found.stated == pytest.approx(found.reached, abs=0.1)


def test_an_alert_was_right_if_the_silence_was_a_lapse_and_lasted_a_horizon_more(found):
    needed = np.maximum(found.silences.begin + lapse_after(found.silences, HORIZON), found.day + HORIZON)
    assert (found.closed == (needed <= found.until)).all()
    assert (found.lapsed == found.closed & (found.bought > needed)).all()
    assert found.lapsed.any()
    assert (found.closed & ~found.lapsed).any()


def test_every_lapse_is_either_alerted_or_unseen():
    found = shadow(tenant(), SINCE, HORIZON, precision=0.8)
    assert 0 < found.unseen < len(found.alerted)
    assert found.unseen + np.sum(found.alerted < FOREVER) == len(found.lapses.who)
    assert 0 <= found.recall(2) <= found.recall(3) <= 1 - found.unseen / len(found.alerted)


@pytest.mark.parametrize("day", [FIRST + 230, FIRST + 261, FIRST + 330])
def test_nonsense_after_a_day_changes_no_alert_up_to_it(found, day):
    everything = tenant()
    kept = everything.day <= day
    chance = np.random.default_rng(9)
    # Others come between those who were there, so that everybody's place changes as well as what comes later.
    who = np.concatenate([everything.who[kept] * 2 + 1, chance.integers(0, 900, 5000)])
    when = np.concatenate([everything.day[kept], day + 1 + chance.integers(0, 150, 5000)])
    other = shadow(Purchases.of(who, when, None, 900), SINCE, HORIZON)
    early, same = found.day <= day, other.day <= day
    assert early.any()
    assert found.day[early].tolist() == other.day[same].tolist()
    assert (found.silences.who[early] * 2 + 1).tolist() == other.silences.who[same].tolist()
    assert found.p_lapse[early].tolist() == other.p_lapse[same].tolist()


def test_the_same_history_gives_the_same_alerts(found):
    again = shadow(tenant(), SINCE, HORIZON)
    assert again.day.tolist() == found.day.tolist()
    assert again.p_lapse.tolist() == found.p_lapse.tolist()


def test_asked_day_by_day_the_rule_says_what_the_shadow_said(found):
    everything = silences(tenant())
    when = everything.begin + looks(everything, HORIZON)
    spoken = set()
    for today in range(SINCE, SINCE + EVERY):
        rule = learnt(everything, SINCE - 1, HORIZON)
        seen = everything.known(today)
        places = np.flatnonzero(np.any(when[:, everything.begin <= today] == today, axis=0) & (seen.ended > today))
        said = rule.judge(seen.where(places), today)
        told = seen.where(places[said.speak])
        spoken |= set(zip(told.who.tolist(), told.begin.tolist(), strict=True))
    shown = found.within(SINCE, SINCE + EVERY - 1).silences
    assert set(zip(shown.who.tolist(), shown.begin.tolist(), strict=True)) == spoken


def test_some_days_can_be_told_of_alone(found):
    some = found.within(SINCE + 50, SINCE + 99)
    assert ((some.day >= SINCE + 50) & (some.day <= SINCE + 99)).all()
    assert 0 < len(some.day) < len(found.day)
    assert (some.lapses.begin >= SINCE + 50).all()


def test_a_precision_that_is_asked_for_is_stated(found):
    sure = shadow(tenant(), SINCE, HORIZON, precision=0.8)
    assert 0 < len(sure.day) < len(found.day)
    assert sure.stated > 0.75
    assert sure.unseen > found.unseen


def test_a_precision_that_nothing_reaches_gives_no_alerts():
    assert len(shadow(tenant(50), SINCE, HORIZON, precision=1.0).day) == 0


@pytest.mark.parametrize(
    "purchases",
    [
        of([]),
        of([0]),
        of([0], [5], [9]),
        of([3], [3], [3]),
        of(list(range(300))),
        of([0, 1, 2]),
        of([0, 1, 2, 4000]),
        of([0, 1, 2], [100_000]),
    ],
    ids=["nobody", "one purchase", "all once", "all on one day", "daily", "one lost", "ten years", "far future"],
)
def test_degenerate_histories_are_run_without_ado(purchases):
    for since in (FIRST - 5, FIRST, FIRST + 20, FIRST + 100_000):
        found = shadow(purchases, since, 30)
        assert ((found.p_lapse >= 0) & (found.p_lapse <= 1)).all()
        assert len(found.day) <= max(0, len(purchases.day) - 2)
        assert found.recall() is None or 0 <= found.recall() <= 1


def test_where_nobody_is_ever_lost_few_are_alerted():
    regular = of(*(list(range(start, 600, 10 + start % 3)) for start in range(60)))
    assert len(shadow(regular, SINCE, HORIZON, until=FIRST + 560).day) == 0
