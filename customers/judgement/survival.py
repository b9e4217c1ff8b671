"""How likely it is that a silence goes on: learnt from all silences so far, those that still last included.

A model of survival: while a customer is silent, the next purchase comes at a rate (per own gap) that hangs on how long
the silence is and on how the customer used to buy. The rate is constant within short stretches of a silence, so its
weights are those of a Poisson regression on the stretches that were watched (Holford 1980; Laird and Olivier 1981).
A silence that still lasts counts with the time for which it was watched: nothing waits until outcomes are known, and
those whose outcome is known early are not preferred.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from customers.judgement.alert_features import features, score
from customers.judgement.alert_weights import WEIGHTS
from customers.judgement.regression import Prior, poisson
from customers.judgement.silences import Silences
from customers.timelines import Flags, Floats, Ints

# Stretches of a silence, in own gaps: shorter ones change nothing that is measured. No alert looks before the first.
_EDGES = 0.75 * 1.35 ** np.arange(24)
# Nothing beyond this is asked for: days in own gaps, or in horizons, whichever is longer.
_WATCHED_GAPS, _WATCHED_HORIZONS = 4.0, 2.5
# As many silences teach all that some fifteen weights can learn; about three stretches of each are watched.
_TAUGHT_BY = 40_000
# The rate's level is the tenant's own (season, trade): held loosely. The rest has proven itself elsewhere.
_FIRM_LEVEL, _FIRM = 1.0, 1.0
_STEPS = 8  # of the integral over a silence, each longer than the one before by the same factor
_LOWEST, _HIGHEST = -15.0, 5.0  # log rates per own gap: never and at once


def learn(silences: Silences, day: int, horizon: int, shipped: Floats | None = None) -> Floats:
    """The weights of the rate of buying, from what was known at the end of a day; without silences those that shipped.

    `silences` may begin and end later than that day: what lies after it is not looked at. `shipped` are other weights
    to start from, for measuring.
    """
    centre = np.asarray(WEIGHTS) if shipped is None else shipped
    rows, watched, bought = stretches(silences, day, horizon)
    firm = np.full(len(centre), _FIRM)
    firm[0] = _FIRM_LEVEL
    return poisson(rows, bought, Prior(centre, firm), exposure=watched)


def stretches(silences: Silences, day: int, horizon: int) -> tuple[Floats, Floats, Floats]:
    """What was watched by the end of a day: features (n, k), own gaps watched (n,), and whether that ended it (n,)."""
    known = silences.known(day)
    known = known.where(enough(worth_watching(known, day)))
    lasted = np.minimum(known.ended, day) - known.begin
    usual = known.usual
    bought = known.ended <= day
    furthest = np.maximum(_WATCHED_GAPS * usual, _WATCHED_HORIZONS * horizon)
    rows: list[Floats] = []
    watched: list[Floats] = []
    events: list[Flags] = []
    for low, high in pairwise(_EDGES):
        to = np.minimum(high * usual, furthest)
        there = (lasted > low * usual) & (to > low * usual)
        some, gap = known.where(there), usual[there]
        rows.append(features(some, np.sqrt(low * high) * gap, horizon))
        watched.append(np.minimum(lasted[there], to[there]) / gap - low)
        events.append((bought & (lasted <= to))[there])
    return np.concatenate(rows), np.concatenate(watched), np.concatenate(events).astype(np.float64)


def worth_watching(silences: Silences, day: int) -> Flags:
    """Which silences had lasted so long by the end of a day that there is something to learn from them."""
    worth: Flags = np.minimum(silences.ended, day) - silences.begin > _EDGES[0] * silences.usual
    return worth


def enough(chosen: Flags) -> Ints:
    """The places of what was chosen; of more than can teach anything new, evenly spread ones."""
    places = np.flatnonzero(chosen)
    return places[:: one_in(len(places))]


def one_in(many: int) -> int:
    """Of so many silences one in how many is enough to learn from."""
    return max(1, -(-many // _TAUGHT_BY))


def lasting(silences: Silences, since: Ints | Floats, until: Ints | Floats, horizon: int, weights: Floats) -> Floats:
    """The chance (silences,) that a silence of `since` days lasts `until` days; 1 where that is not longer."""
    at = np.maximum(np.asarray(since, dtype=np.float64), 0.5)  # on the day of the purchase: half a day has passed
    factor = (np.maximum(until, at) / at) ** (1 / _STEPS)
    usual = silences.usual
    purchases = np.zeros(len(at))
    for _ in range(_STEPS):
        then = at * factor
        rate = np.exp(np.clip(score(features(silences, np.sqrt(at * then), horizon), weights), _LOWEST, _HIGHEST))
        purchases = purchases + rate * (then - at) / usual
        at = then
    chance: Floats = np.exp(-purchases)
    return chance
