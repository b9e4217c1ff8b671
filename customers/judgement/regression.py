"""Learns how a chance or a rate hangs on what is known of a customer, starting from what other tenants taught."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from customers.timelines import Floats

# Newton's steps: five to ten do; as many as this are needed only where outcomes are separated and the prior is weak.
_STEPS = 60
_HALVINGS = 30
_ENOUGH = 1e-9  # what the objective may still gain for each row's weight, below which a step is not worth taking
# exp() of more than this is no rate of anything bought, and would overflow a square.
_HIGHEST = 30.0


# The features of all rows (n, k), or of some rows after others: so many rows need not lie side by side.
Features = Floats | Sequence[Floats]


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

    def likelihood(score: Floats) -> tuple[float, Floats, Floats]:
        chance = 1 / (1 + np.exp(-np.clip(score, -_HIGHEST, _HIGHEST)))
        said = float(np.sum(counted * (outcome * score - np.logaddexp(0, score))))
        return said, counted * (outcome - chance), counted * chance * (1 - chance)

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

    def likelihood(score: Floats) -> tuple[float, Floats, Floats]:
        score = np.minimum(score, _HIGHEST)
        expected = counted * watched * np.exp(score)
        return float(np.sum(counted * outcome * score) - expected.sum()), counted * outcome - expected, expected

    return _likeliest(features, likelihood, prior)


def _likeliest(
    features: Features, likelihood: Callable[[Floats], tuple[float, Floats, Floats]], prior: Prior
) -> Floats:
    """Newton's method with halved steps; the likelihood gives its log, and its slope and curvature for each score."""
    blocks = [features] if isinstance(features, np.ndarray) else features
    ends = np.cumsum([0, *(len(block) for block in blocks)]).tolist()
    pieces = [(block, slice(begin, end)) for block, (begin, end) in zip(blocks, pairwise(ends), strict=True)]
    if not all(np.isfinite(block).all() for block in blocks):
        raise NotLearnt("the features hold something that is no number")
    weights = prior.centre.astype(float)
    ridge = np.diag(prior.precision)

    def objective(at: Floats) -> tuple[float, Floats, Floats]:
        said, slope, curvature = likelihood(np.concatenate([block @ at for block in blocks]))
        away = at - prior.centre
        return said - float(away @ (prior.precision * away)) / 2, slope, curvature

    now, slope, curvature = objective(weights)
    for _ in range(_STEPS):
        uphill = sum(block.T @ slope[rows] for block, rows in pieces) - prior.precision * (weights - prior.centre)
        bent = sum((block.T * curvature[rows]) @ block for block, rows in pieces)
        step = np.linalg.solve(bent + ridge, uphill)
        promised = float(uphill @ step)
        if not np.isfinite(promised):
            raise NotLearnt("the outcomes hold something that is no number")
        if promised <= _ENOUGH * (1 + abs(now)):
            return weights
        for _ in range(_HALVINGS):
            then, slope, curvature = objective(weights + step)
            if then > now:
                break
            step = step / 2
        else:
            return weights  # no better point along the way: as good as the arithmetic allows
        weights, now = weights + step, then
    raise NotLearnt(f"the weights did not settle in {_STEPS} steps")
