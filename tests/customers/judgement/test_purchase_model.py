"""The purchase model's formulas are what its story says, and its fit finds what is there."""

import numpy as np
import pytest
from scipy.special import gammaln
from scipy.stats import beta, gamma

from customers.judgement.purchase_model import PurchaseModel, fitted

MODEL = PurchaseModel(r=1.4, alpha=30.0, a=0.8, b=2.5)


def survives(rate, days, k):
    """The chance that an Erlang-k gap is longer than so many days."""
    return sum((rate * days) ** j * np.exp(-rate * days - gammaln(j + 1)) for j in range(k))


def integrated(model, x, recency, age, later):
    """The chance of silence until `later` days from now, by integrating over all rates and chances to stop."""

    rate, stop = np.meshgrid(np.linspace(1e-5, 1.5, 4000), (np.arange(1000) + 0.5) / 1000)
    # Of k-th arrivals the likelihood of x gaps is the same for all ways to divide the time.
    gaps = rate ** (model.k * x) * np.exp(-rate * recency) * (1 - stop) ** x
    mixed = gaps * gamma.pdf(rate, model.r, scale=1 / model.alpha) * beta.pdf(stop, model.a, model.b)

    def total(silent):
        return np.sum(mixed * (stop + (1 - stop) * survives(rate, age - recency + silent, model.k)))

    return total(later) / total(0.0)


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize(("x", "recency", "age"), [(0, 0, 20), (3, 40, 55), (6, 90, 200)])
def test_the_chance_of_silence_is_the_integral_over_all_customers(k, x, recency, age):
    model = MODEL._replace(k=k)
    said = model.silent(np.array([x]), np.array([recency]), np.array([age]), 30.0)[0]
    assert said == pytest.approx(integrated(model, x, recency, age, 30.0), rel=5e-3)


def test_expected_purchases_and_silence_are_those_of_simulated_customers():
    chance = np.random.default_rng(5)
    many, age, horizon = 400_000, 60, 40.0
    rate, stop = chance.gamma(MODEL.r, 1 / MODEL.alpha, many), chance.beta(MODEL.a, MODEL.b, many)
    at, alive = np.zeros(many), chance.random(many) >= stop
    x, recency, later = np.zeros(many, dtype=int), np.zeros(many), np.zeros(many)
    while alive.any():
        at = np.where(alive, at + chance.exponential(1 / rate), at)
        alive &= at <= age + horizon
        known = alive & (at <= age)
        x, recency = x + known, np.where(known, at, recency)
        later += alive & (at > age)
        alive &= chance.random(many) >= stop
    for purchases in (0, 1, 3):
        group = x == purchases
        arguments = x[group], recency[group], np.full(int(group.sum()), age)
        assert MODEL.expected(*arguments, horizon).mean() == pytest.approx(later[group].mean(), rel=0.03)
        assert MODEL.silent(*arguments, horizon).mean() == pytest.approx((later[group] == 0).mean(), rel=0.02)
    found = fitted(x, recency, np.full(many, age), weight=0.0)
    assert np.allclose(found[:2], MODEL[:2], rtol=0.2)
    assert found.a / (found.a + found.b) == pytest.approx(MODEL.a / (MODEL.a + MODEL.b), rel=0.1)


def test_longer_silence_never_makes_a_purchase_likelier():
    silence = np.arange(0, 4000, 50)
    for k in (1, 2, 3):
        said = MODEL._replace(k=k).silent(np.full(len(silence), 5), np.full(len(silence), 100), 100 + silence, 60.0)
        assert (np.diff(said) >= -1e-12).all()
        assert said[-1] > 0.95


@pytest.mark.parametrize(
    ("x", "recency", "age"),
    [
        ([0], [0], [0]),
        ([0] * 50, [0] * 50, [400] * 50),  # one-time buyers alone
        ([20] * 50, [400] * 50, [400] * 50),  # nobody ever stops
        ([1] * 9, [1] * 9, [1] * 9),
        ([300] * 9, [300] * 9, [4000] * 9),  # daily, then silent for ten years
        ([], [], []),
    ],
)
def test_the_fit_stays_sane_where_the_data_say_nothing(x, recency, age):
    x, recency, age = (np.array(column, dtype=np.int64) for column in (x, recency, age))
    model = fitted(x, recency, age)
    assert all(1e-4 < value < 1e5 for value in model[:4])
    for said in (model.silent(x, recency, age, 60.0), model.alive(x, recency, age)):
        assert ((said >= 0) & (said <= 1)).all()
    assert np.isfinite(model.expected(x, recency, age, 60.0)).all()
