"""What is said about the effect of messages is right as often as it says, and never said where it would not be."""

import math
from statistics import variance

import numpy as np
import pytest
from scipy.stats import binom, ttest_ind

from care.comparing import ENOUGH, Estimate, Group, Pair, compare


def pair(treated, back, control, control_back):
    return Pair(Group(treated, back), Group(control, control_back))


def spent(*amounts, nothing=0):
    """A group of customers of whom these spent something, and so many nothing."""
    return Group(
        len(amounts) + nothing,
        sum(amount > 0 for amount in amounts),
        float(sum(amounts)),
        float(sum(amount**2 for amount in amounts)),
    )


def rounded(estimate):
    return tuple(round(100 * value, 1) for value in (estimate.value, estimate.low, estimate.high))


def test_a_year_that_shows_an_effect():
    found = compare([pair(1900, 277, 211, 21)])
    assert (round(found.rate, 3), round(found.control_rate, 4)) == (0.146, 0.0995)
    assert rounded(found.uplift) == (4.6, 0.3, 9.0)
    assert found.uplift.shows_effect


def test_a_single_campaign_that_is_too_small():
    found = compare([pair(212, 31, 24, 2)])
    assert (round(found.rate, 3), round(found.control_rate, 3)) == (0.146, 0.083)
    assert (found.uplift, found.difference, found.earned) == (None, None, None)


def test_an_interval_around_zero_shows_no_effect():
    assert not compare([pair(900, 130, 100, 13)]).uplift.shows_effect
    assert compare([pair(900, 60, 100, 20)]).uplift.shows_effect  # fewer came back: that is one too
    assert compare([pair(900, 60, 100, 20)]).uplift.high < 0


def test_of_one_campaign_the_interval_is_the_plain_one():
    for n, a, m, b in ((1900, 278, 211, 21), (60, 20, 50, 30), (30, 10, 900, 500)):
        p1, p0 = a / n, b / m
        half = 1.959964 * math.sqrt(p1 * (1 - p1) / n + p0 * (1 - p0) / m)
        found = compare([pair(n, a, m, b)]).uplift
        assert (found.value, found.low, found.high) == pytest.approx((p1 - p0, p1 - p0 - half, p1 - p0 + half))


def test_a_published_example():
    # Rothman, Greenland, Lash: Modern Epidemiology (2008), table 15-1: 0.0349, 90 % interval -0.0176 to 0.0874.
    found = compare([pair(106, 8, 120, 5), pair(98, 22, 85, 16)]).uplift
    half = (found.high - found.value) / 1.959964 * 1.644854
    assert (round(found.value, 4), round(found.value - half, 4), round(found.value + half, 4)) == (
        0.0349,
        -0.0176,
        0.0874,
    )


def test_campaigns_of_other_shares_do_not_lie_by_being_mixed():
    # Many of the regulars come back whatever one does, and few of them are in the control group.
    regulars, sleepers = pair(900, 450, 100, 50), pair(500, 50, 500, 50)
    mixed = compare([pair(1400, 500, 600, 100)])
    assert rounded(mixed.uplift) == (19.0, 15.1, 22.9)
    honest = compare([regulars, sleepers])
    assert honest.uplift.value == pytest.approx(0)
    assert honest.rate == pytest.approx(honest.control_rate)
    assert (honest.treated.customers, honest.treated.back) == (1400, 500)


def test_the_rates_that_are_told_differ_by_the_uplift():
    found = compare([pair(900, 450, 100, 40), pair(300, 50, 200, 30), pair(40, 4, 3, 0)])
    assert found.rate - found.control_rate == pytest.approx(found.uplift.value)


def test_a_campaign_without_one_of_the_groups_says_nothing():
    assert compare([]) is None
    assert compare([pair(20, 5, 0, 0), pair(0, 0, 20, 5), pair(1, 1, 1, 0)]) is None
    alone = compare([pair(100, 30, 100, 20), pair(500, 400, 0, 0)])
    assert alone == compare([pair(100, 30, 100, 20)])


@pytest.mark.parametrize("few", [(300, 9, 300, 30), (300, 30, 300, 9), (300, 291, 300, 200), (39, 30, 300, 200)])
def test_fewer_than_ten_who_came_back_or_did_not_are_too_few(few):
    n, a, m, b = few
    assert compare([pair(*few)]).uplift is None
    enough = compare([pair(n, min(max(a, ENOUGH), n - ENOUGH), m, min(max(b, ENOUGH), m - ENOUGH))])
    assert enough.uplift is not None


def test_many_small_campaigns_are_enough_together():
    found = compare([pair(9, 3, 1, int(nr % 4 == 0)) for nr in range(60)])
    assert found.uplift is not None
    assert rounded(found.uplift)[0] == pytest.approx(100 * (3 / 9 - 15 / 60), abs=0.05)


# How often an interval misses, exactly: every outcome of both groups with its probability.


def said(n, p1, m, p0):
    """The chance that an interval is given; that it is, and lies above the truth; that it is, and lies below."""
    given = above = below = 0.0
    # Outcomes that are rarer than once in ten million cannot change what is compared here.
    treated = np.flatnonzero(binom.pmf(np.arange(n + 1), n, p1) > 1e-7)
    control = np.flatnonzero(binom.pmf(np.arange(m + 1), m, p0) > 1e-7)
    for a, wa in zip(treated.tolist(), binom.pmf(treated, n, p1), strict=True):
        for b, wb in zip(control.tolist(), binom.pmf(control, m, p0), strict=True):
            uplift = compare([pair(n, a, m, b)]).uplift
            if uplift is not None:
                given += wa * wb
                above += wa * wb * (uplift.low > p1 - p0)
                below += wa * wb * (uplift.high < p1 - p0)
    return given, above, below


SIZES = [(90, 10), (180, 20), (450, 50), (900, 100), (100, 100)]


@pytest.mark.parametrize(("n", "m"), SIZES)
@pytest.mark.parametrize("rate", [0.02, 0.1, 0.3, 0.6, 0.95])
@pytest.mark.parametrize("uplift", [0.0, 0.04])
def test_of_all_reports_at_most_six_in_a_hundred_are_wrong(n, m, rate, uplift):
    given, above, below = said(n, rate + uplift, m, rate)
    assert above + below <= 0.06
    assert above <= 0.05  # a message that does nothing is called effective
    if given > 0.5:  # where an interval is the rule, it covers the truth
        assert 1 - (above + below) / given >= 0.935


def test_without_the_least_numbers_a_third_of_the_reports_on_nothing_would_call_it_effective(monkeypatch):
    assert said(90, 0.05, 10, 0.05)[1] == 0
    monkeypatch.setattr("care.comparing.ENOUGH", 0)
    assert said(90, 0.05, 10, 0.05)[1] > 0.33


# The same for a year of campaigns of other shares and other customers, and for money: by drawing many of them.


def test_a_year_of_worthless_campaigns_is_called_effective_in_at_most_one_of_twenty_reports():
    random, reports, wrong, effective = np.random.default_rng(3), 2_000, 0, 0
    for _ in range(reports):
        year = []
        for n, share, rate in ((400, 0.1, 0.3), (1500, 0.05, 0.05), (60, 0.3, 0.6), (20, 0.1, 0.1), (300, 0.5, 0.15)):
            m = round(n * share)
            year.append(pair(n - m, int(random.binomial(n - m, rate)), m, int(random.binomial(m, rate))))
        uplift = compare(year).uplift
        wrong += uplift.shows_effect
        effective += uplift.low > 0
    assert effective / reports <= 0.04
    assert 0.03 <= wrong / reports <= 0.065


@pytest.mark.parametrize("effects", [(0.05, 0.05), (0.1, 0.0)])
def test_the_interval_of_a_year_covers_what_the_campaigns_did(effects):
    random, reports, covered = np.random.default_rng(4), 2_000, 0
    sizes = ((450, 50, 0.3, effects[0]), (900, 100, 0.1, effects[1]))
    weights = [n * m / (n + m) for n, m, _, _ in sizes]
    truth = sum(w * effect for w, (*_, effect) in zip(weights, sizes, strict=True)) / sum(weights)
    for _ in range(reports):
        uplift = compare(
            pair(n, int(random.binomial(n, rate + effect)), m, int(random.binomial(m, rate)))
            for n, m, rate, effect in sizes
        ).uplift
        covered += uplift.low <= truth <= uplift.high
    assert 0.935 <= covered / reports <= 0.975


def draw(random, customers, rate, sigma):
    """A group whose customers buy with this chance, for amounts that are log-normal: many small and a few huge ones."""
    amounts = np.exp(random.normal(4, sigma, random.binomial(customers, rate)))
    return Group(customers, len(amounts), float(amounts.sum()), float((amounts**2).sum()))


@pytest.mark.parametrize(("n", "m"), [(900, 100), (1900, 211), (9000, 1000), (250, 250)])
@pytest.mark.parametrize("sigma", [0.7, 1.5])
def test_a_worthless_message_is_called_profitable_in_at_most_one_of_twenty_reports(n, m, sigma):
    random, reports = np.random.default_rng(5), 1_000
    found = [compare([Pair(draw(random, n, 0.15, sigma), draw(random, m, 0.15, sigma))]) for _ in range(reports)]
    earned = [each.earned for each in found if each.earned is not None]
    assert sum(each.low > 0 for each in earned) / reports <= 0.05
    assert sum(each.high < 0 for each in earned) / reports <= 0.05


def test_the_money_of_several_campaigns_is_covered_by_its_interval():
    random, reports, covered = np.random.default_rng(6), 1_000, 0
    mean = math.exp(4 + 1 / 2)
    truth = 900 * 0.05 * mean + 300 * 0.1 * mean
    for _ in range(reports):
        large = Pair(draw(random, 900, 0.2, 1.0), draw(random, 100, 0.15, 1.0))
        small = Pair(draw(random, 300, 0.4, 1.0), draw(random, 300, 0.3, 1.0))
        earned = compare([large, small]).earned
        covered += earned.low <= truth <= earned.high
    assert covered / reports >= 0.94


def test_where_the_control_group_is_the_more_unsteady_the_interval_is_hardly_wider_than_welchs():
    treated = [100.0] * 20 + [0.0] * 180
    control = [10.0] * 10 + [150.0] * 10 + [0.0] * 30
    assert variance(control) > variance(treated)
    found = compare([Pair(spent(*treated[:20], nothing=180), spent(*control[:20], nothing=30))]).difference
    welch = ttest_ind(treated, control, equal_var=False).confidence_interval(0.95)
    assert 1 <= (found.high - found.low) / (welch.high - welch.low) < 1.05


def test_a_control_group_that_looks_steady_by_chance_is_not_believed():
    treated = [20.0] * 80 + [2000.0] * 10 + [0.0] * 810
    control = [20.0] * 10 + [0.0] * 90
    assert ttest_ind(treated, control, equal_var=False).confidence_interval(0.95).low > 0
    found = compare([Pair(spent(*treated[:90], nothing=810), spent(*control[:10], nothing=90))]).difference
    assert found.value == pytest.approx(24 - 2)
    assert not found.shows_effect


def test_of_groups_alike_in_spread_the_money_is_welchs_to_the_digit():
    random = np.random.default_rng(9)
    amounts = [float(x) for x in random.permutation([20.0] * 15 + [80.0] * 15 + [0.0] * 70)]
    found = compare(
        [Pair(spent(*[x for x in amounts if x], nothing=70), spent(*[x for x in amounts if x], nothing=70))]
    )
    welch = ttest_ind(amounts, amounts, equal_var=False).confidence_interval(0.95)
    assert (found.difference.low, found.difference.high) == pytest.approx((welch.low, welch.high))
    assert (found.mean, found.control_mean) == pytest.approx((15.0, 15.0))


def test_what_was_earned_is_the_sum_of_what_each_campaign_earned():
    large = Pair(spent(*[100.0] * 200, nothing=800), spent(*[100.0] * 10, nothing=90))
    small = Pair(spent(*[50.0] * 60, nothing=40), spent(*[50.0] * 20, nothing=30))
    found = compare([large, small])
    assert found.earned.value == pytest.approx(1000 * (20 - 10) + 100 * (30 - 20))
    assert found.difference.value == pytest.approx(11_000 / 1_100)
    assert found.mean - found.control_mean == pytest.approx(found.difference.value)
    assert found.difference.times(1_100) == Estimate(
        *map(pytest.approx, (found.earned.value, found.earned.low, found.earned.high))
    )


def test_money_where_all_spent_the_same_is_not_told():
    all_the_same = Pair(spent(*[0.0] * 30), spent(*[0.0] * 30))
    free = Group(30, 15, 0.0, 0.0)
    assert compare([all_the_same]).earned is None
    assert compare([Pair(free, free)]).earned is None
    assert compare([Pair(free, free)]).uplift is not None
