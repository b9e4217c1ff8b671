"""What was learnt of a tenant: a few hundred numbers that say of each customer what is to be expected."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from customers.judgement.features import FACTS, FEATURES, NAMES, SINGLE, Tenant, seen
from customers.judgement.next_due import Due, next_due
from customers.judgement.purchase_model import PurchaseModel
from customers.judgement.spend_model import SpendModel
from customers.judgement.statistics import Statistics
from customers.timelines import Floats, Ints

VERSION = 1  # of what is stored: a judge of another version must be fitted anew

# How sure the judgement is of a customer, by the numbers that stand for it.
NONE, LITTLE, ENOUGH = range(3)
# Outcomes that must be known before anything is said, and before it is said without a caveat. With thirty the share of
# those who are lost is off by .09, with three hundred by .03 (one standard error).
SAID_FROM, SURE_FROM = 30, 300
# From so many purchases on a customer has a rhythm: two gaps.
RHYTHM_FROM = 3

# Purchases: geometric mean of the regression and the purchase model, with so much of the latter.
MODEL_SHARE = 0.2
# Nobody's loss is certain: the outermost chances that are ever said.
LEAST_CHANCE = 0.001
BLOCK = 1 << 14  # customers worked on at once, some kilobyte each
REASONS = 3


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
        blocks = [self._block(some) for some in statistics.blocks(BLOCK)]
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
        score, number, parts = _weighed(what.columns, NAMES, self.repeat)
        single = statistics.purchases == 1
        alone = [column[single] for column in what.columns[: len(SINGLE)]]
        score[single], number[single], parts[single] = _weighed(alone, SINGLE, self.single)
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


def _weighed(columns: Sequence[Floats], names: Sequence[str], by: Weights) -> tuple[Floats, Floats, Floats]:
    """The log-odds and the log number (customers,), and how much of the former each fact adds, (customers, facts).

    Added up column by column: a matrix product may add in another order when other customers stand beside, and needs
    all features side by side.
    """
    score, number = np.zeros(len(columns[0])), np.zeros(len(columns[0]))
    parts = np.zeros((len(FACTS), len(score)))
    for at, (name, column) in enumerate(zip(names, columns, strict=True)):
        score += column * by.lost[at]
        number += column * by.number[at]
        if FEATURES[name]:
            parts[FACTS.index(FEATURES[name])] += (column - by.mean[at]) * by.lost[at]
    return score, number, np.ascontiguousarray(parts.T)
