"""How customers buy and when they stop: a rate for each, and after every purchase a chance that it was the last.

The modified beta-geometric model with condensed Poisson counts, MBG/CNBD-k (Batislam, Denizel and Filiztekin 2007;
Platzer and Reutterer 2016): gaps are Erlang-k with a rate that varies over customers as Gamma(r, alpha), and a customer
stops after any purchase, the first too, with a chance that varies as Beta(a, b). With k = 1 it is MBG/NBD. The model
BG/NBD (Fader, Hardie and Lee 2005), where nobody stops after the first, is there to be checked against print.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import betaincinv, betaln, gammaln

from customers.judgement.minimising import smallest
from customers.timelines import Floats, Ints

# Four parameters need no more customers than this, however many there are.
FITTED_ON = 10_000
# The prior is as good as some thirty customers: it only decides where the data say nothing (nobody stops, nobody comes
# back), and keeps r, a and b within e to the power of about 1.5 of what shops usually show.
CENTRE = np.log([0.8, 1.0, 0.8, 3.0])  # r, alpha over the tenant's usual gap, a, b
SPREAD = np.array([1.0, 1.5, 1.0, 1.0])
# Points at which the chance to stop is evaluated for a mean; 16 are exact to a thousandth.
POINTS = 16


Days = Ints | Floats


class PurchaseModel(NamedTuple):
    """The parameters; alpha in days."""

    r: float
    alpha: float
    a: float
    b: float
    k: int = 1
    stops_at_first: bool = True  # False is BG/NBD

    def log_likelihood(self, x: Ints, recency: Days, age: Days) -> Floats:
        """Of each customer, up to what does not depend on the parameters.

        x: purchases after the first; recency and age: days from the first purchase to the last, and to today.
        """
        shape = self.r + self.k * x
        dies = self.stops_at_first + 0.0
        stopped, goes_on = self._odds(x, recency, age, 0.0)
        return np.asarray(
            betaln(self.a, self.b + x + dies)
            - betaln(self.a, self.b)
            + gammaln(shape)
            - gammaln(self.r)
            + self.r * np.log(self.alpha)
            - shape * np.log(self.alpha + age)
            + np.log(stopped + goes_on)
        )

    def alive(self, x: Ints, recency: Days, age: Days) -> Floats:
        """The chance that each customer has not stopped for good."""
        stopped, goes_on = self._odds(x, recency, age, 0.0)
        return np.asarray(goes_on / (stopped + goes_on))

    def silent(self, x: Ints, recency: Days, age: Days, horizon: Floats | float) -> Floats:
        """The chance that each customer buys nothing in the next `horizon` days: stopped, or only slow."""
        stopped, goes_on = self._odds(x, recency, age, 0.0)
        _, waits = self._odds(x, recency, age, horizon)
        return np.asarray((stopped + waits) / (stopped + goes_on))

    def expected(self, x: Ints, recency: Days, age: Days, horizon: float) -> Floats:
        """How many purchases each customer is expected to make in the next `horizon` days.

        Given the rate and the chance p to stop, whoever is alive makes (1 - exp(-rate p horizon)) / p purchases; that
        is averaged over the Gamma of the rate in closed form, and over the Beta of p at its quantiles. For k above 1
        the rate is the one at which purchases come in the long run.
        """
        various, which = np.unique(x, return_inverse=True)
        levels = (np.arange(POINTS) + 0.5) / POINTS
        dies = self.stops_at_first + 0.0
        stop = np.maximum(betaincinv(self.a, self.b + various[:, None] + dies, levels), 1e-9)
        shape, scale = self.r + self.k * x, self.k * (self.alpha + age)
        total = np.zeros(len(x))
        for point in range(POINTS):
            p = stop[:, point][which]
            total -= np.expm1(-shape * np.log1p(p * (horizon / scale))) / p
        return np.asarray(self.alive(x, recency, age) * total / POINTS)

    def _odds(self, x: Ints, recency: Days, age: Days, later: Floats | float) -> tuple[Floats, Floats]:
        """How likely are "stopped at the last purchase" and "goes on but silent until `later` days from today".

        Both in units of the chance to go on and be silent until today of somebody with Poisson purchases.
        """
        shape = self.r + self.k * x
        dies = self.stops_at_first + 0.0
        can_stop = np.where(x > 0, 1.0, dies)
        stopped = can_stop * self.a / np.maximum(self.b + x - 1 + dies, 1e-9)
        stopped = stopped * np.exp(np.minimum(shape * np.log((self.alpha + age) / (self.alpha + recency)), 600.0))
        until = self.alpha + age + later
        share = (age + later - recency) / until
        terms = term = np.ones(len(x))
        for step in range(1, self.k):  # an Erlang-k gap is longer than t if fewer than k of its parts have passed
            term = term * (shape + step - 1) * share / step
            terms = terms + term
        return stopped, np.exp(-shape * np.log(until / (self.alpha + age))) * terms


def fitted(
    x: Ints, recency: Ints, age: Ints, k: int = 1, stops_at_first: bool = True, weight: float = 1.0
) -> PurchaseModel:
    """The most likely parameters under a weak prior, of at most FITTED_ON customers, evenly chosen.

    `weight` 0 leaves the prior away.
    """
    chosen = np.unique(np.linspace(0, len(x) - 1, min(len(x), FITTED_ON)).astype(np.int64)) if len(x) else slice(0)
    x, recency, age = x[chosen], recency[chosen], age[chosen]
    # Equal customers are looked at once.
    rows, times = np.unique(np.column_stack((x, recency, age)), axis=0, return_counts=True)
    x, recency, age = rows[:, 0], rows[:, 1], rows[:, 2]
    again = x > 0
    gaps = float((times * x)[again].sum())
    usual = float((times * recency)[again].sum()) / gaps if gaps else float((times * age).sum() / max(times.sum(), 1))
    scale = np.array([0.0, np.log(max(usual, 1.0) * k), 0.0, 0.0])

    def loss(theta: Floats) -> float:
        r, alpha, a, b = np.exp(theta + scale)
        model = PurchaseModel(r, alpha, a, b, k, stops_at_first)
        likelihood = float(times @ model.log_likelihood(x, recency, age))
        return -likelihood + weight * 0.5 * float(np.sum(((theta - CENTRE) / SPREAD) ** 2))

    r, alpha, a, b = np.exp(smallest(loss, CENTRE, [(-6.0, 6.0)] * 4) + scale)
    return PurchaseModel(float(r), float(alpha), float(a), float(b), k, stops_at_first)
