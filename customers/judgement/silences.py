"""The silences of customers: each begins with a third or later purchase and lasts until they buy again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from customers.judgement.purchases import Purchases
from customers.timelines import FOREVER, Flags, Floats, Ints

# Two gaps are the fewest that show a rhythm.
FEWEST_GAPS = 2


class Silences(NamedTuple):
    """Silences side by side, by customer and then by day; each array is (silences,).

    All but `ended` is what was known on the day a silence began: of one customer a grouped SQL query returns it.
    """

    who: Ints
    begin: Ints  # ordinals: the day of the purchase after which nothing was bought
    gaps: Ints  # between the purchases up to then
    tenure: Floats  # days from the first purchase to the begin
    squares: Floats  # the squared gaps, added up, in days squared
    last_gap: Floats  # days
    longest_gap: Floats  # days
    ended: Ints  # the ordinal of the next purchase, FOREVER where there is none

    @property
    def usual(self) -> Floats:
        """The customer's mean gap in days, the gap that led to the begin included."""
        return self.tenure / self.gaps

    def where(self, chosen: Flags | Ints | slice) -> Silences:
        """Some of the silences, in the order in which they are asked for."""
        columns: list[Any] = [column[chosen] for column in self]
        return Silences(*columns)

    @classmethod
    def joined(cls, parts: Sequence[Silences]) -> Silences:
        """Several after others, the customers numbered as they were; there must be at least one part."""
        columns: list[Any] = [np.concatenate(several) for several in zip(*parts, strict=True)]
        return cls(*columns)

    def known(self, day: int) -> Silences:
        """What could be known of them at the end of a day: those begun by then, ended only where it was by then."""
        begun = self.where(self.begin <= day)
        return begun._replace(ended=np.where(begun.ended <= day, begun.ended, FOREVER))


def silences(purchases: Purchases) -> Silences:
    """Every silence after a third or later purchase."""
    day, opens = purchases.day, purchases.starts[:-1]
    who = purchases.who
    first = purchases.first[who]
    place = np.arange(len(day)) - opens[who]  # also the number of gaps so far
    gap = np.diff(day, prepend=0)
    gap[place == 0] = 0  # the first purchase follows none of its own
    ended = np.append(day[1:], FOREVER)
    ended[purchases.starts[1:][purchases.counts > 0] - 1] = FOREVER
    # Sums within a customer as differences of integers: exact, so what others bought cannot move a last digit.
    running = np.cumsum(gap * gap)
    before = np.concatenate((np.zeros(1, dtype=np.int64), running))[opens[who]]
    columns: list[Any] = [
        who,
        day,
        place,
        (day - first).astype(np.float64),
        (running - before).astype(np.float64),
        gap.astype(np.float64),
        _longest(gap, who).astype(np.float64),
        ended,
    ]
    chosen = place >= FEWEST_GAPS
    return Silences(*(column[chosen] for column in columns))


def _longest(gap: Ints, who: Ints) -> Ints:
    """The longest gap of each customer up to and with each purchase."""
    wider = int(gap.max(initial=0)) + 1
    # Each customer's gaps are lifted above those of the one before, so that one running maximum serves all of them.
    longest: Ints = np.maximum.accumulate(gap + who * wider) - who * wider
    return longest
