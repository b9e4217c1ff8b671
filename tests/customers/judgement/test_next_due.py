"""The next due day lies ahead, near the customer's own rhythm, and within a range."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from customers.judgement.next_due import next_due, usual_gap
from customers.judgement.spend_model import fitted
from customers.judgement.statistics import statistics
from tests.customers.judgement.shops import TODAY, of, shop

HORIZON = 90


def due(*histories, usual=30.0):
    return next_due(statistics(of(*histories), TODAY, HORIZON)[1], usual)


def regular(gap, silent, times=12):
    return [(silent + gap * number, 1.0) for number in range(times)]


def test_a_regular_customer_is_due_after_the_own_gap():
    days = due(regular(20, 0), regular(20, 10))
    assert days.day.tolist() == pytest.approx([TODAY + 20, TODAY + 10], abs=4)


def test_an_overdue_customer_is_due_soon_and_not_in_the_past():
    days = due(regular(20, 35))
    assert TODAY < days.day[0] < TODAY + 20


@given(some.lists(some.lists(some.integers(0, 4000), min_size=1, max_size=8), min_size=1, max_size=5))
def test_every_day_lies_ahead_and_within_its_range(histories):
    days = due(*([(ago, 1.0) for ago in history] for history in histories))
    assert (days.low > TODAY).all()
    assert ((days.low <= days.day) & (days.day <= days.high)).all()
    assert (days.high <= TODAY + 2 * 4000 + HORIZON).all()


def test_the_range_holds_about_half_of_what_comes():
    purchases = shop(1500)
    at = TODAY - 200
    who, known = statistics(purchases, at, HORIZON)
    days = next_due(known, usual_gap(known))
    later = np.where(purchases.day > at, purchases.day, 10**9)
    came = np.minimum.reduceat(later, purchases.starts[who])
    back = (came <= at + HORIZON) & (known.purchases >= 3)
    inside = (came >= days.low) & (came <= days.high)
    assert back.sum() > 100
    assert inside[back].mean() == pytest.approx(0.5, abs=0.12)


def test_it_is_nearer_than_the_last_purchase_and_the_own_mean_gap():
    purchases = shop(1500)
    at = TODAY - 200
    who, known = statistics(purchases, at, HORIZON)
    came = np.minimum.reduceat(np.where(purchases.day > at, purchases.day, 10**9), purchases.starts[who])
    back = (came <= at + HORIZON) & (known.purchases >= 3)
    mean = known.last + (known.last - known.first) / np.maximum(known.purchases - 1, 1)
    ours = np.abs(next_due(known, usual_gap(known)).day - came)[back].mean()
    assert ours < 0.85 * np.abs(mean - came)[back].mean()


def test_spend_is_drawn_towards_the_usual_while_purchases_are_few():
    purchases = shop()
    _, known = statistics(purchases, TODAY, HORIZON)
    model = fitted(known.purchases, known.spend)
    once, often = model.expected(np.array([1, 50]), np.array([1.0, 50.0]) * model.usual * 10)
    assert model.usual < once < often < model.usual * 10
    assert often == pytest.approx(model.usual * 10, rel=0.1)


@pytest.mark.parametrize("spend", [[0.0, 0.0], [-5.0, -9.0], [1e12, 3e12], [7.0, 7.0]])
def test_spend_is_a_finite_amount_whatever_was_spent(spend):
    purchases, spent = np.array([1, 4]), np.array(spend)
    said = fitted(purchases, spent).expected(purchases, spent)
    assert np.isfinite(said).all()
    assert (said >= 0).all()
