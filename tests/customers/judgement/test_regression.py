"""Weights are learnt from rows, and held by what was believed before."""

import numpy as np
import pytest

from customers.judgement.regression import NotLearnt, Prior, logistic, poisson

TRUE = np.array([-0.5, 1.0, -0.7])


def drawn(many: int = 20_000):
    chance = np.random.default_rng(5)
    features = np.column_stack([np.ones(many), chance.normal(size=(many, 2))])
    return chance, features


def loose(width: int = 3) -> Prior:
    return Prior(np.zeros(width), np.full(width, 1e-6))


def test_the_weights_of_a_chance_are_found():
    chance, features = drawn()
    outcome = (chance.random(len(features)) < 1 / (1 + np.exp(-features @ TRUE))).astype(float)
    assert logistic(features, outcome, loose()) == pytest.approx(TRUE, abs=0.06)


def test_the_weights_of_a_rate_are_found_whatever_the_time_watched():
    chance, features = drawn()
    exposure = chance.uniform(0.1, 3, len(features))
    outcome = chance.poisson(exposure * np.exp(features @ TRUE)).astype(float)
    assert poisson(features, outcome, loose(), exposure=exposure) == pytest.approx(TRUE, abs=0.04)


@pytest.mark.parametrize("learn", [logistic, poisson])
def test_without_rows_the_prior_is_the_answer(learn):
    prior = Prior(TRUE, np.ones(3))
    assert learn(np.zeros((0, 3)), np.zeros(0), prior).tolist() == TRUE.tolist()


@pytest.mark.parametrize("learn", [logistic, poisson])
def test_a_firm_prior_yields_less_than_a_loose_one(learn):
    _, features = drawn(200)
    outcome = (features[:, 1] > 0).astype(float)
    held = learn(features, outcome, Prior(np.zeros(3), np.full(3, 1000.0)))
    free = learn(features, outcome, Prior(np.zeros(3), np.full(3, 1.0)))
    assert 0 < held[1] < free[1]


@pytest.mark.parametrize("learn", [logistic, poisson])
def test_outcomes_that_are_all_the_same_give_finite_weights(learn):
    _, features = drawn(500)
    for outcome in (np.zeros(500), np.ones(500)):
        assert np.isfinite(learn(features, outcome, Prior(np.zeros(3), np.ones(3)))).all()


@pytest.mark.parametrize("learn", [logistic, poisson])
def test_a_row_that_counts_twice_is_two_rows(learn):
    _, features = drawn(300)
    outcome = (features[:, 1] + features[:, 2] > 0).astype(float)
    twice = learn(np.vstack([features, features]), np.tile(outcome, 2), Prior(np.zeros(3), np.ones(3)))
    weighted = learn(features, outcome, Prior(np.zeros(3), np.ones(3)), weight=np.full(300, 2.0))
    assert weighted == pytest.approx(twice, rel=1e-6)


@pytest.mark.parametrize("learn", [logistic, poisson])
def test_what_is_no_number_is_refused(learn):
    _, features = drawn(50)
    features[3, 1] = np.nan
    with pytest.raises(NotLearnt, match="no number"):
        learn(features, np.ones(50), Prior(np.zeros(3), np.ones(3)))


@pytest.mark.parametrize("learn", [logistic, poisson])
def test_rows_that_come_some_after_others_teach_what_all_at_once_do(learn):
    _, features = drawn(300)
    outcome = (features[:, 1] + features[:, 2] > 0).astype(float)
    weight = np.linspace(0.5, 2, 300)
    prior = Prior(np.zeros(3), np.ones(3))
    whole = learn(features, outcome, prior, weight=weight)
    assert learn(np.split(features, [1, 40, 250]), outcome, prior, weight=weight) == pytest.approx(whole, rel=1e-9)
