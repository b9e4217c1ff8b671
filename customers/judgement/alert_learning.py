"""Learns when to speak of a silence, from customers who come some thousand at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from customers.judgement.alerts import Rule, lapse_after, learnt_from, teaching
from customers.judgement.purchases import Purchases
from customers.judgement.silences import Silences, silences
from customers.judgement.survival import one_in
from customers.timelines import Flags, Floats, Ints


def learnt(portions: Iterable[Purchases], day: int, horizon: int, fewest: int) -> Rule | None:
    """The rule from what everybody bought until a day, as `alerts.learnt` finds it from all silences together.

    `portions` are gone through twice and must be the same both times. None where fewer silences than `fewest` have a
    known outcome.
    """
    decided, teachers = 0, Teachers(day, horizon)
    for portion in portions:
        some = silences(portion)
        decided += int(np.sum(some.begin + lapse_after(some, horizon) <= day))
        teachers.count(some)
    if decided < fewest:
        return None
    for portion in portions:
        teachers.listen(silences(portion))
    return teachers.rule()


class Teachers:
    """The silences that teach the rule of a day: counted first, then enough of them kept, evenly chosen among all."""

    def __init__(self, day: int, horizon: int) -> None:
        self._day, self._horizon = day, horizon
        self._watched, self._reached = _Kept(), _Kept()

    def count(self, some: Silences) -> None:
        """Look at some silences the first time; all must be counted before any is listened to."""
        for kept, flags in self._flags(some):
            kept.many += int(np.sum(flags))

    def listen(self, some: Silences) -> None:
        """Look at them once more, in the same order."""
        for kept, flags in self._flags(some):
            kept.add(some, np.flatnonzero(flags))

    def rule(self, precision: float | None = None, shipped: Floats | None = None) -> Rule:
        """What they teach (see `alerts.learnt`); then they are let go."""
        watched, reached = self._watched.taken(), self._reached.taken()
        return learnt_from(watched, reached, self._day, self._horizon, precision, shipped)

    def _flags(self, some: Silences) -> Iterator[tuple[_Kept, Flags]]:
        return zip((self._watched, self._reached), teaching(some, self._day, self._horizon), strict=True)


class _Kept:
    """Enough of many silences."""

    def __init__(self) -> None:
        self.many = self._shown = 0
        self._parts: list[Silences] = []

    def add(self, some: Silences, places: Ints) -> None:
        every = one_in(self.many)
        first = -self._shown % every  # the next one that is kept, had all been shown at once
        self._parts.append(some.where(places[first::every]))
        self._shown += len(places)

    def taken(self) -> Silences:
        whole = Silences.joined(self._parts)
        self._parts.clear()
        return whole
