"""Who is being lost, what they are worth, when they are due: learnt from what customers did, told of each now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from customers.judgement import spend_model, weights
from customers.judgement.features import NAMES, SINGLE, Seen, Tenant, seen, tenant
from customers.judgement.judge import Judge, Weights
from customers.judgement.next_due import usual_gap
from customers.judgement.regression import Prior, logistic, poisson
from customers.judgement.statistics import Outcome, Statistics
from customers.timelines import Floats, Ints

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
    now: Statistics, windows: Sequence[Window], shipped: tuple[weights.Table, weights.Table] | None = None
) -> Judge:
    """Learn the tenant from what is known now and from closed windows (the newest first; none is allowed).

    Of the windows a sample of customers is enough. `shipped` are the weights to start from, for repeat and for single
    buyers; those of `weights` if None. Every window must have the horizon of `now` and have closed by its day.
    """
    for window in windows:
        if window.statistics.horizon != now.horizon or window.statistics.day + now.horizon > now.day:
            raise ValueError("a window has another horizon, or had not closed")
    of = tenant(now)
    repeats, singles = shipped or (weights.REPEAT, weights.SINGLE)
    lessons = []
    for number, (known, outcome) in enumerate(windows):
        if len(known.purchases):
            chosen = evenly(len(known.purchases), TRAINING_ROWS // len(windows))
            then, bought = known.of(chosen), outcome.purchases[chosen]
            weight = OVERLAPPING * (YEAR_COUNTS if now.day - known.day == YEAR else OLDER**number)
            what = seen(then, tenant(then)).features
            lessons.append(
                _Lesson(
                    then.purchases, what, (bought == 0).astype(np.float64), bought.astype(np.float64), weight, weight
                )
            )
    length = 1 + (len(lessons) - 1) * STEP if lessons else 0.0
    outcomes = max((len(lesson.known) for lesson in lessons), default=0)
    present = now.of(evenly(len(now.purchases), TRAINING_ROWS // WINDOWS))
    today = _Today(present.purchases, seen(present, of))
    lessons += _gone(now.of(evenly(len(now.purchases), GONE)), of)
    return Judge(
        day=now.day,
        horizon=now.horizon,
        tenant=of,
        spending=None if now.spend is None else spend_model.fitted(now.purchases, now.spend),
        usual_gap=usual_gap(now),
        repeat=_learnt(NAMES, repeats, today, lessons, length, single=False),
        single=_learnt(SINGLE, singles, today, lessons, length, single=True),
        outcomes=outcomes,
    )


class _Today(NamedTuple):
    known: Ints  # purchases
    seen: Seen


class _Lesson(NamedTuple):
    known: Ints  # purchases by then
    features: Floats
    lost: Floats  # whether, or with which chance, there was no purchase within the horizon
    number: Floats  # purchases within the horizon
    weight: float  # of a customer, for the chance to be lost
    number_weight: float  # and for the number of purchases


def _gone(known: Statistics, of: Tenant) -> list[_Lesson]:
    """The customers as they would be if they never came back; the horizons are so long that no window reaches back."""
    lessons = []
    for horizons in GONE_FOR:
        later = known._replace(
            day=known.day + horizons * known.horizon,
            recent=np.zeros_like(known.recent),
            recent_spend=None if known.recent_spend is None else np.zeros_like(known.recent_spend),
        )
        what = seen(later, of)
        each = 1 / (len(GONE_FOR) * max(1, len(known.purchases)))
        lessons.append(
            _Lesson(
                later.purchases,
                what.features,
                what.silent,
                what.expected,
                GONE_COUNT * each,
                GONE_COUNT_FOR_NUMBER * each,
            )
        )
    return lessons


def _learnt(
    names: Sequence[str],
    shipped: weights.Table,
    today: _Today,
    lessons: Sequence[_Lesson],
    length: float,
    *,
    single: bool,
) -> Weights:
    """Learn the weights of repeat or of single buyers; `length` is how many horizons the closed windows cover."""
    lost, number, spread = np.array([shipped[name] for name in names]).T
    chosen = [(lesson.known == 1) == single for lesson in lessons]
    parts = list(zip(lessons, chosen, strict=True))
    matrix = np.concatenate([lesson.features[rows, : len(names)] for lesson, rows in parts])
    firmness = FIRMNESS * np.maximum(spread, LEAST_SPREAD) ** 2
    firmness[0] = LEVEL_FIRMNESS
    lost = logistic(
        matrix,
        np.concatenate([lesson.lost[rows] for lesson, rows in parts]),
        Prior(lost, firmness),
        weight=np.concatenate([np.full(int(rows.sum()), lesson.weight) for lesson, rows in parts]),
    )
    number = poisson(
        matrix,
        np.concatenate([lesson.number[rows] for lesson, rows in parts]),
        Prior(number, firmness),
        weight=np.concatenate([np.full(int(rows.sum()), lesson.number_weight) for lesson, rows in parts]),
    )
    here = (today.known == 1) == single
    present = today.seen.features[here, : len(names)]
    if not len(present):
        return Weights(lost, number, np.zeros(len(names)))
    share = MODEL_LEVEL / (MODEL_LEVEL + length)
    lost[0] += share * _shift(present @ lost, float(today.seen.silent[here].mean()))
    if not length:
        number[0] += np.log(today.seen.expected[here].sum() / np.exp(present @ number).sum())
    return Weights(lost, number, present.mean(axis=0))


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
