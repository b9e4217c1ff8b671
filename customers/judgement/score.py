"""Who is being lost, what they are worth, when they are due: learnt from what customers did, told of each now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from customers.judgement import spend_model, weights
from customers.judgement.features import NAMES, SINGLE, Tenant, seen, tenant
from customers.judgement.judge import Judge, Weights
from customers.judgement.next_due import usual_gap
from customers.judgement.regression import Prior, logistic, poisson
from customers.judgement.statistics import Outcome, Statistics
from customers.timelines import Flags, Floats, Ints

# Closed windows begin half a horizon apart, at most so many; each counts less than the newer one, and all of them half
# because they overlap and hold the same customers.
WINDOWS, STEP, OLDER, OVERLAPPING = 6, 0.5, 0.8, 0.5
# The same season of the year before, where there was one: whole weeks back, and counted like the fourth of the others.
YEAR, YEAR_COUNTS = 364, 0.5
# A window needs a past to look at: half a horizon, and a week.
LEAST_PAST, LEAST_DAYS = 0.5, 7
# How firmly a weight stays at what other shops taught, in outcomes, for a feature with a spread of 1; and the level.
FIRMNESS, LEVEL_FIRMNESS, LEAST_SPREAD = 30.0, 3.0, 0.05
# The level changes with the seasons: what the closed windows say of it is worth so many horizons more than what the
# purchase model says from all purchases until today. With little history that halves the calibration error.
MODEL_LEVEL = 0.5
# A regression knows nothing of silences longer than any it has seen, and would say anything. So it is also shown
# customers as they would be if they never came back, so many horizons later, with what the purchase model says of them:
# together as good as so many outcomes. Fewer of them for the number of purchases, whose level they would lower.
GONE_FOR, GONE_COUNT, GONE_COUNT_FOR_NUMBER, GONE = (4, 16, 64), 60.0, 20.0, 2_000
TRAINING_ROWS = 160_000  # more do not change the weights
BLOCK = 8_000  # customers whose features are in memory at once


class Window(NamedTuple):
    """A day that lies a horizon back or more: what was known then, and what the same customers then did."""

    statistics: Statistics
    outcome: Outcome


def cutoffs(first: int, day: int, horizon: int) -> list[int]:
    """Days of closed windows, the newest first, of a tenant who sold first on day `first` and is judged on `day`."""
    step = max(1, round(STEP * horizon))
    least = first + max(LEAST_PAST * horizon, LEAST_DAYS)
    newest = range(day - horizon, day - horizon - WINDOWS * step, -step)
    return [at for at in (*newest, *((day - YEAR,) if day - YEAR < newest[-1] else ())) if at >= least]


def default_horizon(statistics: Statistics) -> int:
    """The horizon that suits the tenant's rhythm: the first usual one that is three usual gaps or more."""
    gap = usual_gap(statistics) if (statistics.purchases > 1).any() else 30.0
    return next((days for days in (14, 28, 60, 90, 180) if days >= 3 * gap), 365)


def fit(
    now: Statistics, windows: Iterable[Window], shipped: tuple[weights.Table, weights.Table] | None = None
) -> Judge:
    """Learn the tenant from what is known now and from closed windows (the newest first; none is allowed).

    Of the windows a sample of customers is enough (`rows_of_each`). `shipped` are the weights to start from, for repeat
    and for single buyers; those of `weights` if None. Every window must have the horizon of `now` and have closed by
    its day.
    """
    of = tenant(now)
    lessons = _Lessons([], [])
    outcomes = known_windows = 0
    for number, (then, outcome) in enumerate(windows):
        if then.horizon != now.horizon or then.day + now.horizon > now.day:
            raise ValueError("a window has another horizon, or had not closed")
        if len(then.purchases):
            weight = OVERLAPPING * (YEAR_COUNTS if now.day - then.day == YEAR else OLDER**number)
            lost, bought = (outcome.purchases == 0).astype(np.float64), outcome.purchases.astype(np.float64)
            lessons.add(_Lesson(then, tenant(then), lost, bought, weight, weight))
            outcomes, known_windows = max(outcomes, len(bought)), known_windows + 1
    length = 1 + (known_windows - 1) * STEP if known_windows else 0.0
    _add_gone(lessons, now.of(evenly(len(now.purchases), GONE)), of)
    present = now.of(evenly(len(now.purchases), rows_of_each(WINDOWS)))
    repeats, singles = shipped or (weights.REPEAT, weights.SINGLE)
    return Judge(
        day=now.day,
        horizon=now.horizon,
        tenant=of,
        spending=None if now.spend is None else spend_model.fitted(now.purchases, now.spend),
        usual_gap=usual_gap(now),
        repeat=_learnt(NAMES, repeats, present.of(present.purchases > 1), of, lessons.repeat, length),
        single=_learnt(SINGLE, singles, present.of(present.purchases == 1), of, lessons.single, length),
        outcomes=outcomes,
    )


def rows_of_each(windows: int) -> int:
    """How many customers of each of so many windows are enough."""
    return TRAINING_ROWS // max(windows, 1)


class _Lesson(NamedTuple):
    """What some customers did, all of them repeat buyers or all of them single ones."""

    known: Statistics
    of: Tenant  # as it was then
    lost: Floats  # whether, or with which chance, there was no purchase within the horizon
    number: Floats  # purchases within the horizon
    weight: float  # of a customer, for the chance to be lost
    number_weight: float  # and for the number of purchases


class _Lessons(NamedTuple):
    repeat: list[_Lesson]
    single: list[_Lesson]

    def add(self, lesson: _Lesson) -> None:
        once = lesson.known.purchases == 1
        for lessons, which in ((self.repeat, ~once), (self.single, once)):
            known = lesson.known.of(which)
            lessons.append(lesson._replace(known=known, lost=lesson.lost[which], number=lesson.number[which]))


class _Features:
    """The features of all lessons, some customers' after others', worked out each time anew.

    That costs a second in all; side by side they would be the largest thing in memory.
    """

    def __init__(self, lessons: Sequence[_Lesson], names: Sequence[str]) -> None:
        self._lessons, self._width = lessons, len(names)

    def __iter__(self) -> Iterator[Floats]:
        for lesson in self._lessons:
            for some in lesson.known.blocks(BLOCK):
                yield np.column_stack(seen(some, lesson.of).columns[: self._width])


def _add_gone(lessons: _Lessons, now: Statistics, of: Tenant) -> None:
    """The customers as they would be if they never came back; the horizons are so long that no window reaches back."""
    for horizons in GONE_FOR:
        later = now._replace(
            day=now.day + horizons * now.horizon,
            recent=np.zeros_like(now.recent),
            recent_spend=None if now.recent_spend is None else np.zeros_like(now.recent_spend),
        )
        what = seen(later, of)
        each = 1 / (len(GONE_FOR) * max(1, len(now.purchases)))
        lessons.add(_Lesson(later, of, what.silent, what.expected, GONE_COUNT * each, GONE_COUNT_FOR_NUMBER * each))


def _learnt(
    names: Sequence[str],
    shipped: weights.Table,
    present: Statistics,
    of: Tenant,
    lessons: Sequence[_Lesson],
    length: float,
) -> Weights:
    """Learn the weights of repeat or of single buyers; `length` is how many horizons the closed windows cover."""
    lost, number, spread = np.array([shipped[name] for name in names]).T
    features = _Features(lessons, names)
    firmness = FIRMNESS * np.maximum(spread, LEAST_SPREAD) ** 2
    firmness[0] = LEVEL_FIRMNESS
    lost = logistic(
        features,
        np.concatenate([lesson.lost for lesson in lessons]),
        Prior(lost, firmness),
        weight=np.concatenate([np.full(len(lesson.lost), lesson.weight) for lesson in lessons]),
    )
    number = poisson(
        features,
        np.concatenate([lesson.number for lesson in lessons]),
        Prior(number, firmness),
        weight=np.concatenate([np.full(len(lesson.number), lesson.number_weight) for lesson in lessons]),
    )
    if not len(present.purchases):
        return Weights(lost, number, np.zeros(len(names)))
    silent, expected, scores, numbers, sums = [], [], [], [], np.zeros(len(names))
    for some in present.blocks(BLOCK):
        what = seen(some, of)
        matrix = np.column_stack(what.columns[: len(names)])
        silent.append(what.silent)
        expected.append(what.expected)
        scores.append(matrix @ lost)
        numbers.append(matrix @ number)
        sums += matrix.sum(axis=0)
    share = MODEL_LEVEL / (MODEL_LEVEL + length)
    lost[0] += share * _shift(np.concatenate(scores), float(np.concatenate(silent).mean()))
    if not length:
        number[0] += np.log(np.concatenate(expected).sum() / np.exp(np.concatenate(numbers)).sum())
    return Weights(lost, number, sums / len(present.purchases))


def _shift(score: Floats, share: float) -> float:
    """What must be added to the log-odds for their chances to be `share` on average; at most 8 either way."""
    low, high = -8.0, 8.0
    for _ in range(40):  # halved so often it is exact to a billionth
        middle = (low + high) / 2
        low, high = (middle, high) if float(expit(score + middle).mean()) < share else (low, middle)
    return (low + high) / 2


def evenly(many: int, most: int) -> Ints | slice:
    """At most so many of the customers, evenly chosen by their place."""
    return slice(None) if many <= most else np.linspace(0, many - 1, most).astype(np.int64)


def evenly_of(which: Flags, most: int) -> Flags:
    """At most so many of those customers, evenly chosen by their place among them."""
    places = np.flatnonzero(which)
    chosen = np.zeros(len(which), dtype=bool)
    chosen[places[evenly(len(places), most)]] = True
    return chosen
