"""Who is being lost, what they are worth, when they are due: learnt from what customers did, told of each now."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from customers.judgement import spend_model, weights
from customers.judgement.features import FACTS, FEATURES, NAMES, SINGLE, Seen, Tenant, seen, tenant
from customers.judgement.next_due import Due, next_due, usual_gap
from customers.judgement.purchase_model import PurchaseModel
from customers.judgement.regression import Prior, logistic, poisson
from customers.judgement.spend_model import SpendModel
from customers.judgement.statistics import Outcome, Statistics
from customers.timelines import Flags, Floats, Ints

VERSION = 1  # of what is stored: a judge of another version must be fitted anew

# How sure the judgement is of a customer, by the numbers that stand for it.
NONE, LITTLE, ENOUGH = range(3)
# Outcomes that must be known before anything is said, and before it is said without a caveat. With thirty the share of
# those who are lost is off by .09, with three hundred by .03 (one standard error).
SAID_FROM, SURE_FROM = 30, 300
# From so many purchases on a customer has a rhythm: two gaps.
RHYTHM_FROM = 3

# Closed windows begin half a horizon apart, at most so many; each counts less than the newer one, and all of them half
# because they overlap and hold the same customers.
WINDOWS, STEP, OLDER, OVERLAPPING = 6, 0.5, 0.8, 0.5
# A window needs a past to look at: half a horizon, and a week.
LEAST_PAST, LEAST_DAYS = 0.5, 7
# How firmly a weight stays at what other shops taught, in outcomes, for a feature with a spread of 1; and the level.
FIRMNESS, LEVEL_FIRMNESS, LEAST_SPREAD = 30.0, 3.0, 0.05
# The level changes with the seasons: what the closed windows say of it is worth so many horizons more than what the
# purchase model says from all purchases until today. With little history that halves the calibration error.
MODEL_LEVEL = 0.5
# Purchases: geometric mean of the regression and the purchase model, with so much of the latter.
MODEL_SHARE = 0.3
# Nobody's loss is certain: the outermost chances that are ever said.
LEAST_CHANCE = 0.001
TRAINING_ROWS = 160_000  # more do not change the weights
BLOCK = 1 << 16  # customers worked on at once, which bounds the memory
REASONS = 3


class Window(NamedTuple):
    """A day that lies a horizon back or more: what was known then, and what the same customers then did."""

    statistics: Statistics
    outcome: Outcome


class Weights(NamedTuple):
    """Of the features, in their order: for the log-odds of being lost, and for the log of the number of purchases."""

    lost: Floats
    number: Floats
    mean: Floats  # of the features, from which "why?" tells how far a customer is


class Scores(NamedTuple):
    """What is said of each customer; each array is (customers,)."""

    p_lost: Floats  # chance of no purchase within the horizon, calibrated
    purchases: Floats  # expected within the horizon
    spend: Floats | None  # expected within the horizon; None without amounts
    due: Due
    confidence: npt.NDArray[np.int8]  # NONE, LITTLE or ENOUGH
    reasons: npt.NDArray[np.int8]  # (customers, REASONS): numbers of FACTS, the heaviest first
    weighed: npt.NDArray[np.float32]  # (customers, REASONS): log-odds that each adds; above 0 towards being lost


class Judge(NamedTuple):
    """What was learnt of a tenant: few hundred numbers that can be stored, and applied to any customer at once."""

    day: int
    horizon: int
    tenant: Tenant
    spending: SpendModel | None
    usual_gap: float
    repeat: Weights
    single: Weights
    outcomes: int  # known ones that it was learnt from

    def predict(self, statistics: Statistics) -> Scores:
        """Say what is to be expected of each of these customers; raises ValueError for another horizon."""
        if statistics.horizon != self.horizon:
            raise ValueError(f"learnt for {self.horizon} days, asked about {statistics.horizon}")
        many = len(statistics.purchases)
        blocks = [self._block(statistics.of(slice(at, at + BLOCK))) for at in range(0, max(many, 1), BLOCK)]
        if len(blocks) == 1:
            return blocks[0]
        joined: list[Any] = []
        for parts in zip(*blocks, strict=True):
            if parts[0] is None:
                joined.append(None)
            elif isinstance(parts[0], Due):
                joined.append(Due(*(np.concatenate(days) for days in zip(*parts, strict=True))))
            else:
                joined.append(np.concatenate(parts))
        return Scores(*joined)

    def _block(self, statistics: Statistics) -> Scores:
        what = seen(statistics, self.tenant)
        single = statistics.purchases == 1
        score = what.features @ self.repeat.lost
        number = what.features @ self.repeat.number
        parts = (what.features - self.repeat.mean) @ _by_fact(self.repeat.lost, NAMES)
        alone = what.features[single, : len(SINGLE)]
        score[single], number[single] = alone @ self.single.lost, alone @ self.single.number
        parts[single] = (alone - self.single.mean) @ _by_fact(self.single.lost, SINGLE)
        chance = np.clip(expit(score), LEAST_CHANCE, 1 - LEAST_CHANCE)
        heaviest = np.argsort(-np.abs(parts), axis=1, kind="stable")[:, :REASONS]
        # Nobody buys more often than daily; and whoever buys at all buys at least once.
        mixed = np.exp(
            (1 - MODEL_SHARE) * np.minimum(number, np.log(self.horizon)) + MODEL_SHARE * np.log(what.expected)
        )
        purchases = np.clip(mixed, 1 - chance, self.horizon)
        spend = None
        if self.spending is not None and statistics.spend is not None:
            spend = purchases * self.spending.expected(statistics.purchases, statistics.spend)
        return Scores(
            p_lost=chance,
            purchases=purchases,
            spend=spend,
            due=next_due(statistics, self.usual_gap),
            confidence=self._confidence(statistics.purchases),
            reasons=heaviest.astype(np.int8),
            weighed=np.take_along_axis(parts, heaviest, axis=1).astype(np.float32),
        )

    def _confidence(self, purchases: Ints) -> npt.NDArray[np.int8]:
        if self.outcomes < SAID_FROM:
            return np.full(len(purchases), NONE, dtype=np.int8)
        sure = (purchases >= RHYTHM_FROM) & (self.outcomes >= SURE_FROM)
        return np.where(sure, ENOUGH, LITTLE).astype(np.int8)

    def to_json(self) -> str:
        """All of it as text, to be stored."""
        stored = {
            "version": VERSION,
            **self._asdict(),
            "tenant": self.tenant._asdict() | {"model": self.tenant.model._asdict()},
            "spending": self.spending._asdict() if self.spending else None,
            "repeat": {name: values.tolist() for name, values in self.repeat._asdict().items()},
            "single": {name: values.tolist() for name, values in self.single._asdict().items()},
        }
        return json.dumps(stored)

    @classmethod
    def from_json(cls, text: str) -> Judge:
        """The judge as it was stored; raises ValueError if another version stored it."""
        stored = json.loads(text)
        if stored.pop("version", None) != VERSION:
            raise ValueError("stored by another version of the judgement")
        of = stored["tenant"]
        return cls(
            **stored
            | {
                "tenant": Tenant(**of | {"model": PurchaseModel(**of["model"])}),
                "spending": SpendModel(**stored["spending"]) if stored["spending"] else None,
                "repeat": Weights(*(np.array(stored["repeat"][name]) for name in Weights._fields)),
                "single": Weights(*(np.array(stored["single"][name]) for name in Weights._fields)),
            }
        )


def cutoffs(first: int, day: int, horizon: int) -> list[int]:
    """Days of closed windows, the newest first, of a tenant who sold first on day `first` and is judged on `day`."""
    step = max(1, round(STEP * horizon))
    least = first + max(LEAST_PAST * horizon, LEAST_DAYS)
    return [at for at in range(day - horizon, day - horizon - WINDOWS * step, -step) if at >= least]


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
    present = now.of(evenly(len(now.purchases), TRAINING_ROWS // WINDOWS))
    today = _Past(present.purchases, seen(present, of), present.purchases, 1.0)
    past = []
    for number, (known, outcome) in enumerate(windows):
        if len(known.purchases):
            chosen = evenly(len(known.purchases), TRAINING_ROWS // len(windows))
            then = known.of(chosen)
            weight = OVERLAPPING * OLDER**number
            past.append(_Past(then.purchases, seen(then, tenant(then)), outcome.purchases[chosen], weight))
    length = 1 + (len(past) - 1) * STEP if past else 0.0
    return Judge(
        day=now.day,
        horizon=now.horizon,
        tenant=of,
        spending=None if now.spend is None else spend_model.fitted(now.purchases, now.spend),
        usual_gap=usual_gap(now),
        repeat=_learnt(NAMES, repeats, today, past, length, single=False),
        single=_learnt(SINGLE, singles, today, past, length, single=True),
        outcomes=max((len(window.known) for window in past), default=0),
    )


class _Past(NamedTuple):
    known: Ints  # purchases by then
    seen: Seen
    then: Ints  # purchases within the horizon
    weight: float


def _learnt(
    names: Sequence[str], shipped: weights.Table, today: _Past, past: Sequence[_Past], length: float, *, single: bool
) -> Weights:
    """Learn the weights of repeat or of single buyers; `length` is how many horizons the windows cover."""
    lost, number, spread = np.array([shipped[name] for name in names]).T

    def chosen(window: _Past) -> Flags:
        return np.asarray((window.known == 1) == single)

    def features(window: _Past) -> Floats:
        return window.seen.features[chosen(window), : len(names)]

    if past:
        matrix = np.concatenate([features(window) for window in past])
        then = np.concatenate([window.then[chosen(window)] for window in past])
        weight = np.concatenate([np.full(int(chosen(window).sum()), window.weight) for window in past])
        firmness = FIRMNESS * np.maximum(spread, LEAST_SPREAD) ** 2
        firmness[0] = LEVEL_FIRMNESS
        lost = logistic(matrix, (then == 0).astype(np.float64), Prior(lost, firmness), weight=weight)
        number = poisson(matrix, then.astype(np.float64), Prior(number, firmness), weight=weight)
    present, here = features(today), chosen(today)
    mean = present.mean(axis=0) if len(present) else np.zeros(len(names))
    if len(present):
        share = MODEL_LEVEL / (MODEL_LEVEL + length)
        lost[0] += share * _shift(present @ lost, float(today.seen.silent[here].mean()))
        if not past:
            number[0] += np.log(today.seen.expected[here].sum() / np.exp(present @ number).sum())
    return Weights(lost, number, mean)


def _shift(score: Floats, share: float) -> float:
    """What must be added to the log-odds for their chances to be `share` on average; at most 8 either way."""
    low, high = -8.0, 8.0
    for _ in range(40):  # halved so often it is exact to a billionth
        middle = (low + high) / 2
        low, high = (middle, high) if float(expit(score + middle).mean()) < share else (low, middle)
    return (low + high) / 2


def _by_fact(lost: Floats, names: Sequence[str]) -> Floats:
    """The weights, (features, facts), each in the column of its fact."""
    table = np.zeros((len(names), len(FACTS)))
    for row, name in enumerate(names):
        if FEATURES[name]:
            table[row, FACTS.index(FEATURES[name])] = lost[row]
    return table


def evenly(many: int, most: int) -> Ints | slice:
    """At most so many of the customers, evenly chosen by their place."""
    return slice(None) if many <= most else np.linspace(0, many - 1, most).astype(np.int64)
