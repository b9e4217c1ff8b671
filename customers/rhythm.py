"""Who is being lost: the silence of a customer against the rhythm in which that customer used to buy."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from customers.judgement.bands import Bands
from customers.rules import Rules
from customers.timelines import FOREVER, Floats, Ints, Timeline

# The loyalties, by the numbers that stand for them here.
LOYALTIES = ("none", "loyal", "swing", "lost")
NONE, LOYAL, SWING, LOST = range(4)


class Rhythms(NamedTuple):
    """The gaps between purchases of each customer, in days; not-a-number or 0 where there are too few to tell."""

    mean: Floats
    spread: Floats  # standard deviation of a sample, from two gaps on
    last: Ints  # 0 where there is none


class Loyalties(NamedTuple):
    """From which days on each customer was loyal, swing or lost (a number of LOYALTIES); neighbours differ."""

    days: Timeline
    loyalty: Ints


def rhythms(purchases: Timeline) -> Rhythms:
    """The rhythm of each customer; the days of purchase of one customer are distinct."""
    many = len(purchases.starts) - 1
    gap = np.diff(purchases.day, prepend=0)
    gap[purchases.starts[:-1][purchases.counts > 0]] = 0  # the first purchase follows none of its own
    gaps = np.maximum(purchases.counts - 1, 0)
    squares, span = purchases.sums(gap * gap), purchases.sums(gap)
    mean, spread, last = np.full(many, np.nan), np.full(many, np.nan), np.zeros(many, dtype=np.int64)
    some, several = gaps > 0, gaps > 1
    mean[some] = span[some] / gaps[some]
    last[some] = gap[purchases.starts[1:][some] - 1]
    # In whole numbers until the division, so that nothing is lost.
    number, squared = gaps[several], span[several] ** 2
    spread[several] = np.sqrt((number * squares[several] - squared) / (number * (number - 1)))
    return Rhythms(mean, spread, last)


def silences(purchases: Ints, span: Ints, rules: Rules, lines: Bands | None) -> tuple[Ints, Ints]:
    """The longest silences, in days, in which customers are still loyal, and still not lost.

    They have bought so often (2 times or more) within `span` days from the first to the last purchase.
    """
    # Divided by the number of gaps the span is the usual gap; multiplied first, so that 2 x 10.5 is exactly 21.
    gaps = np.maximum(purchases - 1, 1)
    swing, lost = rules.swing_gaps * span / gaps, rules.lost_gaps * span / gaps
    if lines is not None:
        swing, lost = lines.silences(np.maximum(purchases, 2), np.maximum(span / gaps, 1.0))
    return (
        np.maximum(swing.astype(np.int64), rules.swing_days),
        np.maximum(lost.astype(np.int64), rules.lost_days),
    )


def single_lost_after(rules: Rules, lines: Bands | None) -> int:
    """The silence after a single purchase, in days, with which a customer is lost: not before it ceases to be new."""
    if lines is None:
        return rules.single_lost_days
    return min(max(round(lines.single_lost), rules.new_days), rules.single_lost_days)


def loyalties(purchases: Timeline, rules: Rules, lines: Bands | None = None) -> Loyalties:
    """From which day on customers were loyal, swing or lost, and will be if no further order comes.

    The day before its first entry nothing is known of a customer, and whoever never bought has none. Each silence is
    measured against the rhythm up to its beginning: by the `lines` that the judgement has learnt, or, where too little
    was known to learn any, by so many usual gaps.
    """
    who, day = purchases.who, purchases.day
    first = purchases.starts[who]
    number = np.arange(len(day)) - first  # which purchase of its customer each is
    span = day - day[first]
    until = np.append(day[1:], FOREVER)
    until[purchases.starts[1:][purchases.counts > 0] - 1] = FOREVER
    single = number == 0
    swings_after, lost_after = silences(number + 1, span, rules, lines)
    swing, lost = day + 1 + swings_after, day + 1 + lost_after
    swing[single] = lost[single] = day[single] + single_lost_after(rules, lines)
    swings, losses = (swing < lost) & (swing < until), lost < until
    returns = np.ones(len(day), dtype=bool)
    returns[1:] = single[1:] | (swings | losses)[:-1]
    # Each purchase brings up to three entries, in this order of days: none of them reaches the next purchase.
    chosen = np.column_stack((returns, swings, losses)).ravel()
    days = np.column_stack((day, swing, lost)).ravel()[chosen]
    loyalty = np.tile(np.array([LOYAL, SWING, LOST]), len(day))[chosen]
    return Loyalties(Timeline.of(np.repeat(who, 3)[chosen], days, len(purchases.starts) - 1), loyalty)
