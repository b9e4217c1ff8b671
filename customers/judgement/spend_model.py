"""What a customer spends at a purchase: their own average, drawn towards everybody's while purchases are few.

The Gamma-Gamma model (Fader and Hardie 2013, "The Gamma-Gamma model of monetary value"): amounts vary around each
customer's own mean as Gamma(p, rate), and the rate varies over customers as Gamma(q, gamma).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import gammaln

from customers.judgement.minimising import smallest
from customers.timelines import Floats, Ints

# Three parameters need no more customers than this.
FITTED_ON = 20_000
# As good as a few customers: p, q and the typical amount in units of the average one, within e to the power of 1.5.
CENTRE = np.log([2.0, 3.0, 1.5])
SPREAD = np.array([1.5, 1.0, 1.5])
# With q at 1 or below the mean over all customers would be infinite.
LEAST_Q = 1.2
# A customer whose refunds eat everything up still spends something next time: this share of the usual amount.
LEAST_SHARE = 0.01


class SpendModel(NamedTuple):
    """The parameters; `usual` is the average amount of a purchase, in the currency of the amounts."""

    p: float
    q: float
    gamma: float  # in units of `usual`
    usual: float

    def expected(self, purchases: Ints, spend: Floats) -> Floats:
        """The expected amount of the next purchase of each customer, from the number of purchases and their net sum."""
        mean = np.maximum(spend / purchases, LEAST_SHARE * self.usual)
        certain = self.p * purchases
        return np.asarray(self.p * (self.gamma * self.usual + purchases * mean) / (certain + self.q - 1))


def fitted(purchases: Ints, spend: Floats) -> SpendModel:
    """The most likely parameters under a weak prior, from at most FITTED_ON customers who have spent something."""
    usable = np.flatnonzero((spend > 0) & np.isfinite(spend))
    if not len(usable):
        p, q, gamma = np.exp(CENTRE)
        return SpendModel(float(p), float(q), float(gamma), usual=0.0)
    chosen = usable[np.unique(np.linspace(0, len(usable) - 1, min(len(usable), FITTED_ON)).astype(np.int64))]
    times, mean = purchases[chosen].astype(np.float64), spend[chosen] / purchases[chosen]
    usual = float(np.exp(np.log(mean).mean()))
    ratio = mean / usual

    def loss(theta: Floats) -> float:
        p, q, gamma = np.exp(theta)
        shape = p * times
        likelihood = (
            gammaln(shape + q)
            - gammaln(shape)
            - gammaln(q)
            + q * np.log(gamma)
            + (shape - 1) * np.log(ratio)
            + shape * np.log(times)
            - (shape + q) * np.log(gamma + times * ratio)
        )
        return -float(likelihood.sum()) + 0.5 * float(np.sum(((theta - CENTRE) / SPREAD) ** 2))

    bounds = [(-4.0, 6.0), (float(np.log(LEAST_Q)), 6.0), (-6.0, 6.0)]
    p, q, gamma = np.exp(smallest(loss, CENTRE, bounds))
    return SpendModel(float(p), float(q), float(gamma), usual)
