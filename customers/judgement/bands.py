"""From which silence on a customer swings, and from which one is lost: where the chance of a loss crosses a line."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from customers.judgement.judge import SURE_FROM, Judge
from customers.judgement.purchases import Purchases
from customers.judgement.score import evenly_of
from customers.judgement.statistics import statistics
from customers.timelines import Flags, Floats, Ints

# Silences that are tried, in own gaps and, for a single purchase, in horizons.
GAPS = (0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0)
HORIZONS = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
# Nobody swings before an own gap has passed.
LEAST_GAPS = 1.0
# And nobody stays loyal for longer than so many own gaps and horizons, nor unlost: beyond that few were ever seen.
SWING_LATEST, LOST_LATEST = (4.0, 1.0), (8.0, 2.0)
# Customers who are tried; four numbers for each line need no more.
TRIED = 4_000
# Fewer of a kind show no line.
LEAST_TRIED = 30


class Bands(NamedTuple):
    """The lines as silences: log of own gaps = weights x (1, log purchases, log gap in horizons, their product)."""

    horizon: int  # days
    swing: tuple[float, ...]
    lost: tuple[float, ...]
    single_lost: float  # days of silence after a single purchase

    def silences(self, purchases: Ints, gap: Floats) -> tuple[Floats, Floats]:
        """After how many days of silence customers with so many purchases (2 or more) swing, and are lost.

        `gap` is the own mean gap in days.
        """
        features = _features(purchases, gap, self.horizon)
        swing, lost = (
            np.clip(
                gap * np.exp(np.clip(features @ np.array(line), 0.0, np.log(GAPS[-1]))),
                LEAST_GAPS * gap,
                np.maximum(latest * gap, self.horizon * horizons),
            )
            for line, (latest, horizons) in ((self.swing, SWING_LATEST), (self.lost, LOST_LATEST))
        )
        return swing, np.maximum(swing, lost)


def tried(purchases: Ints) -> tuple[Flags, Flags]:
    """Of customers with so many purchases: which repeat buyers and which single ones `bands` should be shown."""
    return evenly_of(purchases > 1, TRIED), evenly_of(purchases == 1, TRIED)


def bands(judge: Judge, repeat: Purchases, single: Purchases, swing: float, lost: float) -> Bands | None:
    """Find the silences at which the chance to be lost reaches `swing` and `lost` (0 to 1).

    Of some repeat and single buyers (`tried`) each silence is tried: as if the last purchase had been so long ago. None
    where too little is known to say anything for sure.
    """
    if judge.outcomes < SURE_FROM or repeat.many < LEAST_TRIED:
        return None
    gap = np.maximum((repeat.last - repeat.first) / (repeat.counts - 1), 1.0)
    chances = _chances(judge, repeat, [np.rint(times * gap).astype(np.int64) for times in GAPS])
    features = _features(repeat.counts, gap, judge.horizon)
    lines = [
        tuple(np.linalg.lstsq(features, _crossed(chances, np.log(GAPS), line), rcond=None)[0].tolist())
        for line in (swing, lost)
    ]
    return Bands(judge.horizon, lines[0], lines[1], _single(judge, single, lost))


def _single(judge: Judge, singles: Purchases, lost: float) -> float:
    days = np.array(HORIZONS) * judge.horizon
    if singles.many < LEAST_TRIED:
        return float(days[-1])
    silences = [np.full(singles.many, round(day), dtype=np.int64) for day in days]
    return float(np.median(_crossed(_chances(judge, singles, silences), days, lost)))


def _chances(judge: Judge, purchases: Purchases, silences: list[Ints]) -> Floats:
    """The chance of each customer to be lost after each silence, (customers, silences); it never falls."""
    day = int(purchases.day.max())
    columns = []
    for silence in silences:
        moved = np.repeat(day - silence - purchases.last, purchases.counts)
        _, then = statistics(purchases._replace(day=purchases.day + moved), day, judge.horizon)
        columns.append(judge.predict(then).p_lost)
    return np.maximum.accumulate(np.column_stack(columns), axis=1)


def _crossed(chances: Floats, scale: Floats | list[float], line: float) -> Floats:
    """Where on the scale each customer's chance reaches the line; the end of the scale where it does not."""
    scale = np.asarray(scale, dtype=np.float64)
    above = chances >= line
    after = np.where(above.any(axis=1), above.argmax(axis=1), len(scale) - 1)
    before = np.maximum(after - 1, 0)
    rows = np.arange(len(chances))
    low, high = chances[rows, before], chances[rows, after]
    share = np.where(high > low, (line - low) / np.where(high > low, high - low, 1.0), 1.0)
    return np.asarray(scale[before] + np.clip(share, 0.0, 1.0) * (scale[after] - scale[before]))


def _features(purchases: Ints, gap: Floats, horizon: int) -> Floats:
    number, length = np.log(purchases), np.log(np.maximum(gap, 1.0) / horizon)
    return np.column_stack((np.ones(len(number)), number, length, number * length))
