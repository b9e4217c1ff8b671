"""On which day a customer's next purchase is due, and between which days it is likely to come."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

from customers.judgement.statistics import Statistics
from customers.timelines import Floats, Ints

# The tenant's usual gap counts like so many gaps of the customer's own, and in the spread like three that scatter as
# much as they are long: what predicted best on public histories, and about as well from one to four.
OTHERS = 2.0
OTHERS_IN_SPREAD = 3.0
# The range holds the middle half: between its days the purchase comes as often as not.
LOW, HIGH = 0.25, 0.75
# A customer is expected within the horizon, or within twice the usual gap where that is longer.
PATIENCE = 2.0


class Due(NamedTuple):
    """Ordinals, each after the day of the statistics."""

    day: Ints
    low: Ints
    high: Ints


def usual_gap(statistics: Statistics) -> float:
    """The middle of the customers' median gaps, in days; the horizon where nobody has bought twice."""
    gaps = statistics.median_gap[statistics.purchases > 1]
    return float(np.median(gaps)) if len(gaps) else float(statistics.horizon)


def next_due(statistics: Statistics, usual: float) -> Due:
    """When the next purchase is due, given that the customer has been silent until now and does come back.

    Gaps are taken as log-normal around the customer's median gap, which is drawn towards the tenant's `usual` one; the
    days are quantiles of what is left of the gap. So who is overdue is expected soon, yet on no day that has passed.
    """
    gaps = np.maximum(statistics.purchases - 1, 0)
    silent = (statistics.day - statistics.last).astype(np.float64)
    span = (statistics.last - statistics.first).astype(np.float64)
    centre = np.maximum((statistics.median_gap * gaps + usual * OTHERS) / (gaps + OTHERS), 0.5)
    mean = np.maximum(span / np.maximum(gaps, 1), 1.0)
    scatter = np.maximum(statistics.squares - span**2 / np.maximum(gaps, 1), 0.0) / mean**2
    freedom = np.maximum(gaps - 1, 0)
    spread = np.sqrt(np.log1p((scatter + OTHERS_IN_SPREAD) / (freedom + OTHERS_IN_SPREAD)))
    within = np.maximum(float(statistics.horizon), PATIENCE * centre)
    # A gap ends somewhere in its day: half a day more is the middle of it.
    passed = _chance(silent + 0.5, centre, spread)
    latest = _chance(silent + within + 0.5, centre, spread)
    left = np.maximum(latest - passed, 0.0)

    def at(share: float) -> Ints:
        chance = np.clip(passed + share * left, 1e-12, 1 - 1e-12)
        wait = centre * np.exp(spread * ndtri(chance)) - silent
        # Beyond all gaps ever seen the shares are no longer told apart: then any day within is as good as another.
        wait = np.where(left < 1e-9, share * within, wait)
        days: Ints = statistics.day + np.rint(np.clip(wait, 1.0, within)).astype(np.int64)
        return days

    return Due(at(0.5), at(LOW), at(HIGH))


def _chance(gap: Floats, centre: Floats, spread: Floats) -> Floats:
    return np.asarray(ndtr(np.log(gap / centre) / spread))
