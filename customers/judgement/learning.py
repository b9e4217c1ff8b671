"""Learns from customers who come some thousand at a time, as if all of them lay side by side."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from customers.judgement import bands, score
from customers.judgement.bands import Bands
from customers.judgement.judge import Judge
from customers.judgement.purchases import Purchases
from customers.judgement.score import Window, evenly_of
from customers.judgement.statistics import Outcome, Statistics, outcome, statistics
from customers.timelines import Flags, Ints


def learnt(
    portions: Iterable[Purchases], day: int, horizon: int | None, swing: float, lost: float
) -> tuple[Judge, Bands | None] | None:
    """The judge, and after which silences its chance to be lost reaches `swing` and `lost`; None if nobody has bought.

    `portions` are gone through twice and must be the same both times: other customers in each, with what they bought
    until the day. How they are parted changes nothing, and what is kept of them grows with the customers, not with what
    they bought, but for a few thousand on whom silences are tried. `horizon` None takes the one that suits the tenant's
    rhythm.
    """
    known = _first_look(portions, day)
    if known is None:
        return None
    horizon = horizon or known.horizon
    days = score.cutoffs(int(known.first.min()), day, horizon)
    most = score.rows_of_each(len(days))
    windows = [_Window(at, evenly_of(known.first <= at, most), [], []) for at in days]
    repeat, single = (_Tried(which, []) for which in bands.tried(known.purchases))
    now: list[Statistics] = []
    begin = 0
    for portion in portions:
        who, today = statistics(portion, day, horizon)
        now.append(today)
        here = slice(begin, begin + len(who))
        for window in windows:
            window.look(portion.some(who[window.chosen[here]]), horizon)
        for tried in (repeat, single):
            tried.parts.append(portion.some(who[tried.chosen[here]]))
        begin += len(who)
    judge = score.fit(_drained(now), (window.drained() for window in windows))
    return judge, bands.bands(judge, Purchases.joined(repeat.parts), Purchases.joined(single.parts), swing, lost)


class _Known(NamedTuple):
    """Of everybody who has bought, in order: how many purchases and since when; and the horizon that suits them."""

    purchases: Ints
    first: Ints
    horizon: int


def _first_look(portions: Iterable[Purchases], day: int) -> _Known | None:
    found = [statistics(portion, day, 1)[1] for portion in portions]
    if not any(len(some.purchases) for some in found):
        return None
    known = Statistics.joined(found)
    return _Known(known.purchases, known.first, score.default_horizon(known))


class _Window(NamedTuple):
    """A closed window: its day, who is looked at of those who have bought by now, and what was seen of them."""

    day: int
    chosen: Flags
    known: list[Statistics]
    then: list[Outcome]

    def look(self, some: Purchases, horizon: int) -> None:
        who, known = statistics(some, self.day, horizon)
        self.known.append(known)
        self.then.append(outcome(some, who, self.day, horizon))

    def drained(self) -> Window:
        then = Outcome(np.concatenate([some.purchases for some in self.then]), None)
        return Window(_drained(self.known), then)


class _Tried(NamedTuple):
    """Customers on whom silences are tried: who of those who have bought, and what they bought."""

    chosen: Flags
    parts: list[Purchases]


def _drained(parts: list[Statistics]) -> Statistics:
    """All parts as one, which are let go: memory should not hold both for long."""
    whole = Statistics.joined(parts)
    parts.clear()
    return whole
