"""Decides on which day of a customer's silence it is time to say "this customer is slipping away".

A silence is looked at on a few days, in the customer's own gaps: shortly before the deadline (three own gaps, at least
14 days, at most a horizon), at the deadline, and some times later. An alert is precise if the silence is a true lapse
(at least a horizon and three own gaps long) and the customer buys nothing for a horizon after the alert.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np

from customers.judgement.regression import Prior, logistic
from customers.judgement.silences import Silences
from customers.judgement.survival import enough, lasting, learn, worth_watching
from customers.timelines import FOREVER, Flags, Floats, Ints

# A lapse is as long as this many own gaps; it is also how soon an alert should come.
LAPSE_GAPS = 3.0
# Days: nobody is called lost sooner, however often they buy.
_SOONEST = 14
# When a silence is looked at, in deadlines. Earlier than the first nothing can be told apart.
_LOOKS = (0.75, 1.0, 1.5, 2.0, 3.0)
# An alert after the deadline comes when others would have come long ago: it must be this much surer than their average.
_SURER_WHEN_LATE = 0.05
# Silences that came to their deadline within a year: one of each season.
_LOOKED_BACK = 365
# Without any silence to learn from: alerts as on the tenants that the weights come from.
_USUAL_BAR, _USUAL_WORTH = 0.45, 0.3
# The chances are set right by what became of earlier silences; as much is held against that as so many of them teach.
_HELD_BY = 10
# Whatever those few say: who seemed surer stays surer.
_LEAST_SLOPE = 0.25
_CERTAIN = 0.002  # no chance is taken to be nearer to 0 or 1: its log-odds would outweigh all others
# How much being in time for a lapse may be worth, beside being sure: tried in this order.
_WORTHS = tuple(step / 10 for step in range(21))
_MODEL = "alerts-1"


class Verdict(NamedTuple):
    """What is thought of silences on a day, each array (silences,)."""

    speak: Flags
    p_lapse: Floats  # the chance that an alert on this day is precise
    look: Ints  # the ordinal of the first day on which to look again; FOREVER where never


@dataclass(frozen=True, slots=True)
class Rule:
    """Speaks at the deadline where p_lapse + worth x (chance of a lapse) reaches the bar.

    Being in time for a lapse makes up for being less sure. Before and after the deadline p_lapse alone counts.
    """

    day: int  # the ordinal of the day whose end it knew
    horizon: int  # days
    precision: float | None  # what the manager asked for
    weights: tuple[float, ...]
    shift: float  # of the log-odds of p_lapse, and how they are stretched: what closed silences set right
    slope: float
    bar: float
    worth: float
    early: float  # what p_lapse must reach before the deadline
    late: float  # and long after it
    model: str = _MODEL

    def judge(self, silences: Silences, day: Ints | int) -> Verdict:
        """Whether to speak of silences on a day (or each on its own day) after their begin, before they ended.

        It never looks at `ended`. On a day between two looks it says what it would have said at the earlier one's
        place, so that a look that was missed is made up for; before the first look it does not speak.
        """
        silent = np.asarray(day - silences.begin)
        ages = looks(silences, self.horizon)
        place = np.sum(ages <= silent, axis=0) - 1
        p_lapse, lapse = self._chances(silences, silent)
        deadline = _LOOKS.index(1.0)
        speak = np.where(
            place == deadline,
            p_lapse + self.worth * lapse >= self.bar,
            p_lapse >= np.where(place < deadline, self.early, self.late),
        )
        again = np.where(ages > silent, ages + silences.begin, FOREVER).min(axis=0, initial=FOREVER)
        return Verdict(speak & (place >= 0), p_lapse, again)

    def as_json(self) -> str:
        """The rule as text that `from_json` reads."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Rule:
        """A rule that was kept. Raises ValueError if it is none of this version's."""
        kept: dict[str, Any] = json.loads(text)
        if kept.get("model") != _MODEL:
            raise ValueError(f"a rule of {kept.get('model')} is none of {_MODEL}: learn it anew")
        return cls(**{**kept, "weights": tuple(kept["weights"])})

    def _chances(self, silences: Silences, silent: Ints) -> tuple[Floats, Floats]:
        p_lapse, lapse = chances(silences, silent, self.horizon, np.asarray(self.weights))
        return _set_right(p_lapse, self.shift, self.slope), lapse


def learnt(
    silences: Silences, day: int, horizon: int, precision: float | None = None, shipped: Floats | None = None
) -> Rule:
    """The rule from what was known at the end of a day; what lies after it in `silences` is not looked at.

    `precision` is what share of the alerts shall be precise on average; without it, the bar is set so that the F1 of
    precision and of the share of lapses caught in time, both as the chances expect them, is highest. `shipped` are
    other weights to start from than those of `alert_weights`, for measuring.
    """
    watched, reached = (silences.where(enough(some)) for some in teaching(silences, day, horizon))
    return learnt_from(watched, reached, day, horizon, precision, shipped)


def teaching(silences: Silences, day: int, horizon: int) -> tuple[Flags, Flags]:
    """Which silences teach, by the end of a day, how soon customers buy, and which ones how right the chances are.

    The latter are those that came to their deadline. Of many `enough` are as good as all.
    """
    deadline = silences.begin + looks(silences, horizon)[_LOOKS.index(1.0)]
    return worth_watching(silences, day), (deadline <= day) & (silences.ended > deadline)


def learnt_from(
    watched: Silences,
    reached: Silences,
    day: int,
    horizon: int,
    precision: float | None = None,
    shipped: Floats | None = None,
) -> Rule:
    """The same from enough of those silences that teach the one (`watched`) and the other."""
    weights = learn(watched, day, horizon, shipped)
    known = reached.known(day)
    silent = looks(known, horizon)[_LOOKS.index(1.0)]
    at = known.begin + silent
    p_lapse, lapse = chances(known, silent, horizon, weights)
    needed = np.maximum(known.begin + lapse_after(known, horizon), at + horizon)
    closed = needed <= day
    shift, slope = _surprise(p_lapse[closed], known.ended[closed] > needed[closed])
    recent = at > day - _LOOKED_BACK
    p_lapse, lapse = _set_right(p_lapse[recent], shift, slope), lapse[recent]
    if precision is not None:
        bar, worth, early, late = _at_least(p_lapse, precision), 0.0, precision, precision
    else:
        bar, worth = _best(p_lapse, lapse)
        early, late = bar, bar + _SURER_WHEN_LATE
    return Rule(day, horizon, precision, tuple(weights.tolist()), shift, slope, bar, worth, early, late)


def deadlines(usual: Floats, horizon: int, gaps: float = LAPSE_GAPS) -> Floats:
    """After how many days of silence an alert is due: so many own gaps, at least 14 days, at most a horizon."""
    return np.minimum(np.maximum(gaps * usual, _SOONEST), horizon)


def looks(silences: Silences, horizon: int) -> Ints:
    """After how many days each silence is looked at, (looks, silences), ascending."""
    due = np.floor(deadlines(silences.usual, horizon))
    # Rounded away from the deadline, so that no two looks beyond it fall on its day.
    ages = [np.ceil(due * share) if share > 1 else np.maximum(np.floor(due * share), 1) for share in _LOOKS]
    return np.array(ages, dtype=np.int64)


def due(silences: Silences, after: int, day: int, horizon: int) -> Flags:
    """Whose silence is to be judged on a day: those of whom a look falls on it, or was missed after an earlier day.

    `after` is the day that was judged last. Whoever begins gives the day before: no old silence is dug up.
    """
    when = silences.begin + looks(silences, horizon)
    found: Flags = np.any((when > after) & (when <= day), axis=0)
    return found


def lapse_after(silences: Silences, horizon: int) -> Floats:
    """How many days a silence must last to be a true lapse."""
    return np.maximum(LAPSE_GAPS * silences.usual, horizon)


def chances(silences: Silences, silent: Ints, horizon: int, weights: Floats) -> tuple[Floats, Floats]:
    """For silences of so many days: the chance that an alert now is precise, and that the silence becomes a lapse."""
    lapse = lapse_after(silences, horizon)
    precise = np.maximum(lapse, silent + horizon)
    return (
        lasting(silences, silent, precise, horizon, weights),
        lasting(silences, silent, lapse, horizon, weights),
    )


def _surprise(p_lapse: Floats, lapsed: Flags) -> tuple[float, float]:
    """By how much the log-odds of chances must be shifted and stretched to fit what happened (Platt 1999).

    All silences that came to their deadline and would be decided by now count, whether they ended or still last: those
    that ended early are known earlier, and alone would make alerts look worse than they are.
    """
    rows = np.column_stack([np.ones(len(p_lapse)), _log_odds(p_lapse)])
    held = np.full(2, _HELD_BY / 4)  # 1/4 is what one outcome teaches about even odds
    shift, slope = logistic(rows, lapsed.astype(np.float64), Prior(np.array([0.0, 1.0]), held)).tolist()
    return shift, max(slope, _LEAST_SLOPE)


def _set_right(p_lapse: Floats, shift: float, slope: float) -> Floats:
    right: Floats = 1 / (1 + np.exp(-(shift + slope * _log_odds(p_lapse))))
    return right


def _log_odds(chance: Floats) -> Floats:
    some = np.clip(chance, _CERTAIN, 1 - _CERTAIN)
    odds: Floats = np.log(some / (1 - some))
    return odds


def _at_least(p_lapse: Floats, precision: float) -> float:
    """The lowest bar above which the alerts are precise in that share on average; never above the share itself."""
    falling = np.sort(p_lapse)[::-1]
    enough = np.flatnonzero(np.cumsum(falling) / np.arange(1, len(falling) + 1) >= precision)
    return float(min(falling[enough[-1]], precision)) if len(enough) else precision


def _best(p_lapse: Floats, lapse: Floats) -> tuple[float, float]:
    """The bar and the worth of being in time with which the expected F1 is highest.

    With n alerts of precision P and recall R, of L lapses in all, one more alert raises F1 = 2PR / (P + R) if
    R^2 (p - P) / n + P^2 l / L > 0 (its derivative), that is p + l n / L (P / R)^2 > P. The best set of alerts is
    looked for by trying, for several worths, all alerts in the order of the left side; its P, R and n make the rule.
    """
    total = lapse.sum()
    if total <= 0:
        return _USUAL_BAR, _USUAL_WORTH
    count = np.arange(1, len(lapse) + 1)
    best, bar, worth = -1.0, _USUAL_BAR, _USUAL_WORTH
    for tried in _WORTHS:
        order = np.argsort(-(p_lapse + tried * lapse), kind="stable")
        precision = np.cumsum(p_lapse[order]) / count
        recall = np.cumsum(lapse[order]) / total
        f1 = 2 * precision * recall / (precision + recall)
        place = int(np.argmax(f1))
        if f1[place] > best:
            best, bar = float(f1[place]), float(precision[place])
            worth = float(count[place] / total * (precision[place] / recall[place]) ** 2)
    return bar, worth
