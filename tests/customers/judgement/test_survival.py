"""How long a silence goes on is learnt from all silences so far, open ones included."""

import numpy as np
import pytest

from customers.judgement.alert_features import NAMES
from customers.judgement.alert_weights import WEIGHTS
from customers.judgement.silences import silences
from customers.judgement.survival import lasting, learn, stretches
from tests.customers.judgement.rhythms import FIRST, of, tenant


def test_every_feature_has_a_shipped_weight():
    assert len(WEIGHTS) == len(NAMES)


def test_without_any_silence_the_shipped_weights_are_the_answer():
    assert learn(silences(of([0, 5])), FIRST + 100, 60).tolist() == list(WEIGHTS)


def test_the_chances_are_those_that_other_customers_of_the_tenant_then_show():
    taught, asked = silences(tenant(1500, seed=1)), silences(tenant(1500, seed=2))
    weights = learn(taught, FIRST + 500, 60)
    silent = np.floor(2 * asked.usual)
    watched = (asked.begin + silent + 60 <= FIRST + 500) & (asked.ended > asked.begin + silent)
    some = asked.where(watched)
    stated = lasting(some, silent[watched], silent[watched] + 60, 60, weights)
    stayed = some.ended > some.begin + silent[watched] + 60
    assert len(stayed) > 300
    assert stated.mean() == pytest.approx(stayed.mean(), abs=0.07)
    assert stayed[stated > np.median(stated)].mean() > stayed[stated <= np.median(stated)].mean()


def test_a_silence_that_still_lasts_counts_with_the_time_it_was_watched():
    open_one = silences(of([0, 10, 20]))
    _, watched, bought = stretches(open_one, FIRST + 20 + 25, 60)
    assert watched.sum() == pytest.approx(2.5 - 0.75)
    assert bought.sum() == 0
    ended = silences(of([0, 10, 20, 45]))
    _, watched, bought = stretches(ended, FIRST + 45, 60)
    assert watched.sum() == pytest.approx(2.5 - 0.75)
    assert bought.sum() == 1


def test_what_happened_after_the_day_teaches_nothing():
    everything, cut = tenant(300), tenant(300).until(FIRST + 250)
    assert learn(silences(everything), FIRST + 250, 60).tolist() == learn(silences(cut), FIRST + 250, 60).tolist()


def test_a_longer_wait_is_less_likely_and_no_wait_is_certain():
    some = silences(tenant(50))
    silent = some.usual
    before = np.ones(len(silent))
    for more in (0, 1, 10, 100, 3650):
        chance = lasting(some, silent, silent + more, 60, np.asarray(WEIGHTS))
        assert ((chance >= 0) & (chance <= before)).all()
        before = chance
    assert lasting(some, silent, silent, 60, np.asarray(WEIGHTS)).tolist() == [1.0] * len(silent)


def test_a_silence_of_ten_years_goes_on():
    some = silences(of([0, 30, 60]))
    ten_years = np.array([3650])
    assert lasting(some, ten_years, ten_years + 60, 60, np.asarray(WEIGHTS))[0] > 0.9
