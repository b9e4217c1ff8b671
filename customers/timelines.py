"""Lays the days of many customers side by side, so that what holds for all of them is worked out at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# Every day after the last change: no calendar reaches further.
FOREVER = date.max.toordinal()
# A customer and a day make one number: the days of any calendar fit into so many bits.
_DAY_BITS = FOREVER.bit_length()


@dataclass(frozen=True, slots=True)
class Timeline:
    """Days of some customers: `who` (0 to `many` - 1) ascends, and `day` (ordinals) within each of them.

    The days of customer `n` stand from `starts[n]` to before `starts[n + 1]`.
    """

    who: Ints
    day: Ints
    starts: Ints

    @classmethod
    def of(cls, who: Ints, day: Ints, many: int) -> Timeline:
        """The timeline of days that are in order already."""
        return cls(who, day, np.searchsorted(who, np.arange(many + 1)))

    @property
    def counts(self) -> Ints:
        """How many days each customer has."""
        return np.diff(self.starts)

    def where(self, chosen: Flags) -> Timeline:
        """Only some of the days."""
        return Timeline.of(self.who[chosen], self.day[chosen], len(self.starts) - 1)

    def sums(self, values: Ints) -> Ints:
        """The values of the days, added up for each customer."""
        running = np.concatenate(([0], np.cumsum(values)))
        return running[self.starts[1:]] - running[self.starts[:-1]]

    def newest(self, who: Ints, day: Ints | int) -> Ints:
        """Where the last day of each of these customers on or before a day stands; -1 for none."""
        found = np.searchsorted(keys(self.who, self.day), keys(who, day), side="right") - 1
        return np.where(found >= self.starts[who], found, -1)

    def nth(self, number: int) -> Ints:
        """Each customer's day number `number` (the first is 0), FOREVER for those who have fewer."""
        return at(self.day, np.where(self.counts > number, self.starts[:-1] + number, -1), FOREVER)


def keys(who: Ints, day: Ints | int) -> Ints:
    """One number for each customer and day, ascending by customer and then by day."""
    return (who << _DAY_BITS) | day


def apart(found: Ints) -> tuple[Ints, Ints]:
    """The customers and the days of such numbers."""
    return found >> _DAY_BITS, found & ((1 << _DAY_BITS) - 1)


def begins(*columns: npt.NDArray[Any]) -> Flags:
    """Which entries differ in any of the columns from the one before; the first one does."""
    flags = np.ones(len(columns[0]), dtype=bool)
    flags[1:] = False
    for column in columns:
        flags[1:] |= column[1:] != column[:-1]
    return flags


def at(values: Ints, places: Ints, missing: int) -> Ints:
    """The values at some places; `missing` where the place is -1."""
    if not len(values):
        return np.full(len(places), missing, dtype=np.int64)
    return np.where(places >= 0, values[places], missing)


@cache
def iso(ordinal: int) -> str:
    """The day of an ordinal as ISO text; a day beyond the calendar is its last one."""
    return date.fromordinal(min(ordinal, FOREVER)).isoformat()


def isos(days: Ints) -> list[str | None]:
    """Days as ISO text, None for those that are FOREVER or below 1."""
    return [iso(day) if 0 < day < FOREVER else None for day in days.tolist()]
