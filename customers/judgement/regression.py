"""Learns how a chance or a rate hangs on what is known of a customer, starting from what other tenants taught."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from customers.timelines import Floats

# Newton's steps: five to ten do; as many as this are needed only where outcomes are separated and the prior is weak.
_STEPS = 60
_HALVINGS = 30
_ENOUGH = 1e-9  # what the objective may still gain for each row's weight, below which a step is not worth taking
# exp() of more than this is no rate of anything bought, and would overflow a square.
_HIGHEST = 30.0


# The features of all rows (n, k), or of some rows after others, which may be worked out each time they are asked for:
# so they need not all be in memory.
Features = Floats | Iterable[Floats]
# Log of the likelihood of some rows with these scores, and its slope and curvature for each score.
Likelihood = Callable[[Floats, slice], tuple[float, Floats, Floats]]


class Prior(NamedTuple):
    """What is believed of the weights before any row is seen: a centre, and how firmly (1 / variance) each is held."""

    centre: Floats  # (k,)
    precision: Floats  # (k,), above 0


class NotLearnt(ArithmeticError):
    """The weights did not settle: the features or the outcomes hold something that is no number."""


def logistic(features: Features, outcome: Floats, prior: Prior, weight: Floats | None = None) -> Floats:
    """Weights (k,) of the log-odds of `outcome` (n,) in 0..1 on `features` (n, k), the likeliest under the prior.

    `weight` (n,) says how much each row counts, 1 where it is None. Raises `NotLearnt`.
    """
    counted = np.ones(len(outcome)) if weight is None else weight

    def likelihood(score: Floats, rows: slice) -> tuple[float, Floats, Floats]:
        chance = 1 / (1 + np.exp(-np.clip(score, -_HIGHEST, _HIGHEST)))
        said = float(np.sum(counted[rows] * (outcome[rows] * score - np.logaddexp(0, score))))
        return said, counted[rows] * (outcome[rows] - chance), counted[rows] * chance * (1 - chance)

    return _likeliest(features, likelihood, prior)


def poisson(
    features: Features, outcome: Floats, prior: Prior, exposure: Floats | None = None, weight: Floats | None = None
) -> Floats:
    """Weights (k,) of the log rate of the counts `outcome` (n,) on `features` (n, k), the likeliest under the prior.

    `exposure` (n,) is the time over which each row was watched, `weight` (n,) how much it counts; 1 where None.
    Raises `NotLearnt`.
    """
    counted = np.ones(len(outcome)) if weight is None else weight
    watched = np.ones(len(outcome)) if exposure is None else exposure

    def likelihood(score: Floats, rows: slice) -> tuple[float, Floats, Floats]:
        score = np.minimum(score, _HIGHEST)
        expected = counted[rows] * watched[rows] * np.exp(score)
        bought = counted[rows] * outcome[rows]
        return float(np.sum(bought * score) - expected.sum()), bought - expected, expected

    return _likeliest(features, likelihood, prior)


def _likeliest(features: Features, likelihood: Likelihood, prior: Prior) -> Floats:
    """Newton's method with halved steps."""
    blocks = [features] if isinstance(features, np.ndarray) else features
    weights = prior.centre.astype(float)

    def objective(at: Floats) -> tuple[float, Floats, Floats]:
        away = at - prior.centre
        uphill, bent = -prior.precision * away, np.diag(prior.precision)
        said = float(away @ uphill) / 2
        begin = 0
        for block in blocks:
            score, rows = block @ at, slice(begin, begin + len(block))
            if not np.isfinite(score).all():
                raise NotLearnt("the features hold something that is no number")
            some, slope, curvature = likelihood(score, rows)
            said += some
            uphill += block.T @ slope
            bent += (block.T * curvature) @ block
            begin = rows.stop
        return said, uphill, bent

    now, uphill, bent = objective(weights)
    for _ in range(_STEPS):
        step = np.linalg.solve(bent, uphill)
        promised = float(uphill @ step)
        if not np.isfinite(promised):
            raise NotLearnt("the outcomes hold something that is no number")
        if promised <= _ENOUGH * (1 + abs(now)):
            return weights
        for _ in range(_HALVINGS):
            then, uphill, bent = objective(weights + step)
            if then > now:
                break
            step = step / 2
        else:
            return weights  # no better point along the way: as good as the arithmetic allows
        weights, now = weights + step, then
    raise NotLearnt(f"the weights did not settle in {_STEPS} steps")
