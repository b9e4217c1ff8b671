"""Learns when to speak of a silence, from customers who come some thousand at a time."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from customers.judgement.alerts import Rule, lapse_after, learnt_from, teaching
from customers.judgement.purchases import Purchases
from customers.judgement.silences import Silences, silences
from customers.judgement.survival import one_in
from customers.timelines import Ints


def learnt(portions: Iterable[Purchases], day: int, horizon: int, fewest: int) -> Rule | None:
    """The rule from what everybody bought until a day, as `alerts.learnt` finds it from all silences together.

    `portions` are gone through twice and must be the same both times. None where fewer silences than `fewest` have a
    known outcome.
    """
    decided, teach = 0, [0, 0]
    for portion in portions:
        some = silences(portion)
        decided += int(np.sum(some.begin + lapse_after(some, horizon) <= day))
        teach = [many + int(np.sum(flags)) for many, flags in zip(teach, teaching(some, day, horizon), strict=True)]
    if decided < fewest:
        return None
    watched, reached = (_Kept(one_in(many)) for many in teach)
    for portion in portions:
        some = silences(portion)
        for kept, flags in zip((watched, reached), teaching(some, day, horizon), strict=True):
            kept.add(some, np.flatnonzero(flags))
    return learnt_from(Silences.joined(watched.parts), Silences.joined(reached.parts), day, horizon)


class _Kept:
    """One in so many of the silences that are shown."""

    def __init__(self, one_in: int) -> None:
        self.parts: list[Silences] = []
        self._one_in, self._shown = one_in, 0

    def add(self, some: Silences, places: Ints) -> None:
        first = -self._shown % self._one_in  # the next one that is kept, had all been shown at once
        self.parts.append(some.where(places[first :: self._one_in]))
        self._shown += len(places)
