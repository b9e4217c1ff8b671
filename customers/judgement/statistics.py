"""What is known of each customer at the end of a day: how many purchases, since when, how far apart, how many lately.

Everything the judgement knows comes from here. Each customer is counted apart, so it does not matter how many at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from customers.judgement.purchases import Purchases
from customers.timelines import Flags, Floats, Ints

# The windows before the day in which purchases are counted, in horizons: the recent past on the scale of the question.
WINDOWS = (0.5, 1.0, 2.0, 4.0)
# Customers counted at once: what is worked out on the way takes a hundred bytes for each of their purchases.
BLOCK = 20_000


class Statistics(NamedTuple):
    """Customers at the end of a day, all with at least one purchase by then; each array is (customers,)."""

    day: int  # the ordinal of the day whose end it is
    horizon: int  # days
    purchases: Ints
    first: Ints  # ordinals
    last: Ints
    squares: Floats  # the squared gaps between purchases, added up, in days squared
    last_gap: Floats  # days between the last two purchases; 0 with a single one
    median_gap: Floats  # days; 0 with a single purchase
    recent: Ints  # (customers, windows): purchases in the last WINDOWS horizons
    spend: Floats | None  # net spend; None where there are no amounts
    recent_spend: Floats | None  # net spend of the widest window

    def of(self, chosen: Ints | Flags | slice) -> Statistics:
        """Some of the customers."""
        columns: list[Any] = [None if column is None else column[chosen] for column in self[2:]]
        return Statistics(self.day, self.horizon, *columns)

    def blocks(self, most: int) -> Iterator[Statistics]:
        """The same customers in order, at most so many at a time; there is always one block."""
        for first in range(0, max(len(self.purchases), 1), most):
            yield self.of(slice(first, first + most))

    @classmethod
    def joined(cls, parts: Sequence[Statistics]) -> Statistics:
        """Customers of one day and horizon beside others, in this order; there must be at least one part."""
        if len(parts) == 1:
            return parts[0]
        columns: list[Any] = [
            None if any(column is None for column in several) else np.concatenate(several)
            for several in zip(*(part[2:] for part in parts), strict=True)
        ]
        return cls(parts[0].day, parts[0].horizon, *columns)


class Outcome(NamedTuple):
    """What the customers of some statistics then did within the horizon."""

    purchases: Ints
    spend: Floats | None


def spans(horizon: int) -> list[int]:
    """The windows in whole days, each at least one day."""
    return [max(1, round(window * horizon)) for window in WINDOWS]


def statistics(purchases: Purchases, day: int, horizon: int) -> tuple[Ints, Statistics]:
    """Which customers had bought by the day, and what was known of them; later purchases are ignored."""
    found = [_statistics(some, day, horizon) for some in purchases.blocks(BLOCK)]
    who = np.concatenate([some + nr * BLOCK for nr, (some, _) in enumerate(found)])
    return who, Statistics.joined([known for _, known in found])


def _statistics(purchases: Purchases, day: int, horizon: int) -> tuple[Ints, Statistics]:
    known = purchases.until(day)
    who = np.flatnonzero(known.counts)
    starts = known.starts[np.append(who, known.many)]
    opens, closes = starts[:-1], starts[1:]
    count = closes - opens
    first, last = known.day[opens], known.day[closes - 1]
    gap = np.diff(known.day, prepend=0)
    gap[opens] = 0  # the first purchase follows none of its own
    recent = np.empty((len(who), len(WINDOWS)), dtype=np.int64)
    for column, span in enumerate(spans(horizon)):
        recent[:, column] = _sums(known.day > day - span, opens)
    amount = known.amount
    return who, Statistics(
        day=day,
        horizon=horizon,
        purchases=count,
        first=first,
        last=last,
        squares=_sums(gap * gap, opens).astype(np.float64),
        last_gap=gap[closes - 1].astype(np.float64),
        median_gap=_medians(gap, opens, closes),
        recent=recent,
        spend=None if amount is None else _sums(amount, opens),
        recent_spend=None
        if amount is None
        else _sums(np.where(known.day > day - spans(horizon)[-1], amount, 0.0), opens),
    )


def outcome(purchases: Purchases, who: Ints, day: int, horizon: int) -> Outcome:
    """What these customers did in the days after `day` up to `day + horizon`."""
    within = (purchases.day > day) & (purchases.day <= day + horizon)
    count = np.concatenate(([0], np.cumsum(within)))[purchases.starts]
    spend = None
    if purchases.amount is not None:
        running = np.concatenate(([0.0], np.cumsum(np.where(within, purchases.amount, 0.0))))[purchases.starts]
        spend = np.diff(running)[who]
    return Outcome(np.diff(count)[who].astype(np.int64), spend)


def _sums(values: npt.NDArray[Any], opens: Ints) -> npt.NDArray[Any]:
    """The values of each customer's purchases, added up; every customer has at least one."""
    if not len(opens):
        return values[:0]
    return np.add.reduceat(values, opens, dtype=np.int64 if values.dtype == bool else None)


def _medians(gap: Ints, opens: Ints, closes: Ints) -> Floats:
    """The median gap of each customer; 0 with a single purchase."""
    if not len(opens):
        return np.zeros(0)
    width = int(gap.max()) + 1
    who = np.repeat(np.arange(len(opens)), closes - opens)
    ranked = np.sort(who * width + gap) % width  # a customer's first entry is no gap but 0, which stays in front
    gaps = closes - opens - 1
    low, high = opens + 1 + (gaps - 1) // 2, opens + 1 + gaps // 2
    several = gaps > 0
    medians = np.zeros(len(opens))
    medians[several] = (ranked[low[several]] + ranked[high[several]]) / 2
    return medians
