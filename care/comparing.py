"""Compares customers who were to get a message with those who by lot got none: how many bought, and what they spent.

Pure statistics over campaigns, each of which is a pair of groups; amounts are floats in HOME_CURRENCY. Everybody counts
in the group of the lot, whatever became of the message (intention to treat). Nothing is claimed without an interval,
and no interval is given where one would be wrong too often (`ENOUGH`). `tests/care/test_comparing.py` counts how often
the intervals miss: of all reports on a message without effect at most 1 in 20 calls it effective.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from scipy.special import stdtrit

CONFIDENCE = 0.95
# Of either group so many customers must have bought, and so many not: with fewer, the intervals miss too often.
ENOUGH = 10
# The least customers of a campaign, in both groups together, from which their spread can be told.
FEWEST = 3
_Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


@dataclass(frozen=True)
class Group:
    """Customers of one campaign whom the lot put together: how many bought, what they spent, and its squares."""

    customers: int = 0
    back: int = 0
    spend: float = 0.0
    squares: float = 0.0

    def __add__(self, other: Group) -> Group:
        """Both together."""
        return Group(
            self.customers + other.customers,
            self.back + other.back,
            self.spend + other.spend,
            self.squares + other.squares,
        )

    @property
    def mean(self) -> float:
        """What a customer spent on average."""
        return self.spend / self.customers

    @property
    def deviations(self) -> float:
        """The squared deviations from the mean, added up."""
        return max(self.squares - self.spend * self.mean, 0.0)

    @property
    def is_enough(self) -> bool:
        """Whether there are enough customers who bought, and enough who did not."""
        return self.back >= ENOUGH and self.customers - self.back >= ENOUGH


@dataclass(frozen=True)
class Pair:
    """One campaign: those who were to get the message, and the control group."""

    treated: Group
    control: Group

    @property
    def can_be_compared(self) -> bool:
        """Whether there is anybody to compare with."""
        number = self.treated.customers + self.control.customers
        return min(self.treated.customers, self.control.customers) > 0 and number >= FEWEST


@dataclass(frozen=True)
class Estimate:
    """What a difference probably is, and the ends of its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def shows_effect(self) -> bool:
        """Whether the interval leaves no room for "no difference"."""
        return self.low > 0 or self.high < 0

    def times(self, factor: float) -> Estimate:
        """The same for so many."""
        return Estimate(self.value * factor, self.low * factor, self.high * factor)


@dataclass(frozen=True)
class Comparison:
    """Some campaigns, compared within each: shares 0 to 1; an estimate of None means that there is too little to say.

    `rate` and `control_rate` are weighted as the uplift is, so that they differ by just that; of a single campaign they
    are its own. `difference` is what each who was to get the message spent more, `earned` the sum over all of them.
    """

    treated: Group
    control: Group
    rate: float
    control_rate: float
    uplift: Estimate | None
    mean: float
    control_mean: float
    difference: Estimate | None
    earned: Estimate | None


def compare(pairs: Iterable[Pair]) -> Comparison | None:
    """Compare within each campaign, so that campaigns of different shares and customers cannot lie by being mixed.

    A campaign without anybody on one side says nothing, and is left out; None where none is left.
    """
    some = [pair for pair in pairs if pair.can_be_compared]
    if not some:
        return None
    treated = sum((pair.treated for pair in some), Group())
    control = sum((pair.control for pair in some), Group())
    enough = treated.is_enough and control.is_enough
    weights = [_weight(pair) for pair in some]
    total, number = sum(weights), treated.customers
    earned = _earned(some) if enough else None
    return Comparison(
        treated,
        control,
        sum(w * pair.treated.back / pair.treated.customers for w, pair in zip(weights, some, strict=True)) / total,
        sum(w * pair.control.back / pair.control.customers for w, pair in zip(weights, some, strict=True)) / total,
        _uplift(some) if enough else None,
        treated.mean,
        sum(pair.treated.customers * pair.control.mean for pair in some) / number,
        None if earned is None else earned.times(1 / number),
        earned,
    )


def _weight(pair: Pair) -> float:
    """The weight of Mantel and Haenszel: that of a campaign with two groups of its size."""
    return pair.treated.customers * pair.control.customers / (pair.treated.customers + pair.control.customers)


def _uplift(pairs: Sequence[Pair]) -> Estimate:
    """How much greater the share of those who bought is: the risk difference of Mantel and Haenszel.

    Its variance is T. Sato's, "On the variance estimator for the Mantel-Haenszel risk difference", Biometrics 45
    (1989), 1323-1324, which holds for few large campaigns and for many small ones. Of a single campaign the interval is
    the plain one, p1 - p0 +- z sqrt(p1 (1 - p1) / n1 + p0 (1 - p0) / n0): R. G. Newcombe, Statistics in Medicine 17
    (1998), 873-890, method 1.
    """
    weight = value = p = q = 0.0
    for pair in pairs:
        n, m = pair.treated.customers, pair.control.customers
        a, b = pair.treated.back, pair.control.back
        both = n + m
        weight += n * m / both
        value += (a * m - b * n) / both
        p += (n * n * b - m * m * a + n * m * (m - n) / 2) / both**2
        q += (a * (m - b) + b * (n - a)) / (2 * both)
    value /= weight
    half = _Z * math.sqrt(max(value * p + q, 0.0)) / weight
    return Estimate(value, max(value - half, -1.0), min(value + half, 1.0))


def _earned(pairs: Sequence[Pair]) -> Estimate | None:
    """What all who were to get the message spent more than they would have: campaign by campaign n1 (mean1 - mean0).

    The interval is that of B. L. Welch, Biometrika 34 (1947), 28-35, with the degrees of freedom of F. E.
    Satterthwaite, Biometrics Bulletin 2 (1946), 110-114, and one change: no group counts as steadier than both groups
    together. What customers spend is heavy-tailed; a small control group without a large order looks steady and poor at
    once, and Welch's own interval then calls one in ten messages that do nothing profitable.
    None where everybody spent the same.
    """
    value = variance = freedom = 0.0
    for pair in pairs:
        n, m = pair.treated.customers, pair.control.customers
        value += n * (pair.treated.mean - pair.control.mean)
        together = (pair.treated.deviations + pair.control.deviations) / (n + m - 2)
        for group in (pair.treated, pair.control):
            own = group.deviations / (group.customers - 1) if group.customers > 1 else 0.0
            part = n * n * max(own, together) / group.customers
            variance += part
            freedom += part**2 / (group.customers - 1 if own >= together and own > 0 else n + m - 2)
    if variance == 0:
        return None
    half = _student(variance**2 / freedom) * math.sqrt(variance)
    return Estimate(value, value - half, value + half)


def _student(freedom: float) -> float:
    """How many standard errors the interval reaches to either side, by Student's distribution."""
    return float(stdtrit(freedom, (1 + CONFIDENCE) / 2))
