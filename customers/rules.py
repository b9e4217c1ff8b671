"""The numbers by which customers are judged: who is slipping away, who is worth most, who is new, who has grown."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Rules:
    """Every number of the first rules; a tenant may choose others.

    A window of N days is today and the N - 1 days before it. Days are calendar days of the tenant.
    """

    # Who is being lost: silence against the customer's own usual gap, which is the mean gap of the purchases so far.
    swing_gaps: float = 2.0  # twice the usual gap is more than most regular buyers ever let pass
    swing_days: int = 14  # a daily buyer on a fortnight's holiday is no alarm
    lost_gaps: float = 4.0  # after four missed purchases the habit is gone
    lost_days: int = 28  # nobody is given up within four weeks
    single_lost_days: int = 365  # one purchase has no gap: after a year without a second one it stays one

    # The judgement, where enough is known to learn from: the chance of no purchase within the horizon.
    horizon_days: int = 0  # 0: what suits the tenant's own rhythm, three usual gaps or more
    swing_chance: float = 0.5  # more likely to stay away than to come
    lost_chance: float = 0.8  # four in five of those do not come back

    # Value: customers who bought in this window, ordered by profit and cut at 20 / 60 / 20.
    value_days: int = 365  # a whole year, so that no season counts twice
    high_share: float = 0.2  # the few who commonly bring most of the profit
    low_share: float = 0.2

    # Who buys only when the price is down.
    price_only_purchases: int = 3  # fewer show no habit
    price_only_share: float = 0.8  # of the spend
    price_only_discount: float = 0.1  # smaller discounts are courtesy

    # Lifecycle.
    won_back_purchases: int = 3  # the third purchase after having been lost is a habit again
    new_purchases: int = 3  # the third purchase ends the acquaintance
    new_days: int = 90  # and so does a quarter
    trend_days: int = 180  # half a year against the half year before
    growing_ratio: float = 1.2  # less than a fifth more is chance
    loyal_days: int = 730  # two years
    loyal_purchases: int = 8  # in two years: one a quarter

    def fingerprint(self) -> str:
        """A short text that differs when any number differs: facts computed by other rules must be computed anew."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]
