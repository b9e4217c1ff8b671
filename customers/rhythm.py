"""Who is being lost: the silence of a customer against the rhythm in which that customer used to buy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from math import sqrt
from typing import NamedTuple

from customers.rules import Rules

# Every day after the last change: no calendar reaches further.
FOREVER = date.max.toordinal()


class Rhythm(NamedTuple):
    """The gaps between purchases, in days; None where there are too few purchases to tell."""

    mean: float | None
    spread: float | None  # standard deviation of a sample, from two gaps on
    last: int | None


def rhythm(purchases: Sequence[int]) -> Rhythm:
    """The rhythm of a customer; `purchases` are the ordinals of the days of purchase, ascending and distinct."""
    if len(purchases) < 2:
        return Rhythm(None, None, None)
    gaps = [later - earlier for earlier, later in pairwise(purchases)]
    count, span = len(gaps), purchases[-1] - purchases[0]
    spread = None
    if count > 1:  # in whole numbers until the division, so that nothing is lost
        squares = sum([gap * gap for gap in gaps])
        spread = sqrt((count * squares - span * span) / (count * (count - 1)))
    return Rhythm(span / count, spread, gaps[-1])


def loyalty_spans(purchases: Sequence[int], rules: Rules) -> list[tuple[int, str]]:
    """From which day on a customer was loyal, swing or lost, and will be if no further order comes.

    `purchases` as in `rhythm`. Returns (ordinal of the first day, loyalty), ascending, neighbours differ; the day
    before the first span nothing is known (`none`). Empty without purchases. A better judgement replaces this one
    function: it must only look at purchases up to the day that it judges.
    """
    spans: list[tuple[int, str]] = []
    loyalty = ""
    first = purchases[0] if purchases else 0
    swing_gaps, swing_days, lost_gaps, lost_days = rules.swing_gaps, rules.swing_days, rules.lost_gaps, rules.lost_days
    for nr, (day, until) in enumerate(pairwise([*purchases, FOREVER])):
        if loyalty != "loyal":
            spans.append((day, loyalty := "loyal"))
        if nr == 0:
            swing = lost = day + rules.single_lost_days
        else:
            span = day - first  # divided by `nr` it is the usual gap; multiplied first, so that 2 x 10.5 is exactly 21
            swing = day + 1 + max(int(swing_gaps * span / nr), swing_days)
            if swing >= until:  # most purchases come in time, and nothing else needs working out
                continue
            lost = day + 1 + max(int(lost_gaps * span / nr), lost_days)
        if swing < lost and swing < until:
            spans.append((swing, loyalty := "swing"))
        if lost < until:
            spans.append((lost, loyalty := "lost"))
    return spans
