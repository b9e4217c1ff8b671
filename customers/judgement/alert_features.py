"""What the chance that a silence goes on is judged by: how long it is in own gaps, and how the customer used to buy."""

from __future__ import annotations

import numpy as np

from customers.judgement.silences import Silences
from customers.timelines import Floats

# Where the chance to buy bends, in own gaps of silence: half as long again as usual, and when it becomes conspicuous.
_BENDS = (1.5, 3.0, 6.0)
# Customers who buy at least this often within a horizon (a log of own gap over horizon) are another kind of customer.
_OFTEN = -1.5
# A silence of half a horizon (its log): from there on the calendar counts, not only the own rhythm.
_HALF = -0.7
_USUAL_COUNT = 5.0  # gaps: the centre of the scale of how much is known
_LEAST_SPREAD = 0.05  # of the squared own gap: days are whole, so no rhythm is known better than that

NAMES = (
    "one",
    "silence",
    *(f"silence beyond {bend:g} gaps" for bend in _BENDS),
    "gap in horizons",
    "gap well within a horizon",
    "gaps known",
    "spread of gaps",
    "last gap",
    "silence beyond half a horizon",
    "silence x gaps known",
    "silence x spread",
)


def features(silences: Silences, silent: Floats, horizon: int) -> Floats:
    """What a rate of buying at a moment of a silence is explained by, (silences, features); see NAMES.

    `silent` (silences,) is how long the silence has lasted at that moment, in days above 0. Nothing but logs of ratios:
    no unit of time is left in them, neither the tenant's nor the customer's.
    """
    usual = silences.usual
    gaps = silences.gaps.astype(np.float64)
    length = np.log(silent / usual)
    in_horizons = np.log(usual / horizon)
    known = np.log(gaps / _USUAL_COUNT)
    # The own spread, with two gaps' worth of the spread that chance alone gives (that of the mean itself).
    square = (silences.squares + 2 * usual * usual) / (gaps + 1) - usual * usual * gaps / (gaps + 1)
    spread = np.log(np.sqrt(np.maximum(square / (usual * usual), _LEAST_SPREAD)))
    return np.column_stack(
        [
            np.ones(len(silent)),
            length,
            *(np.maximum(length - np.log(bend), 0) for bend in _BENDS),
            in_horizons,
            np.minimum(in_horizons - _OFTEN, 0),
            known,
            spread,
            np.log((silences.last_gap + usual) / (2 * usual)),
            np.maximum(np.log(silent / horizon) - _HALF, 0),
            known * length,
            spread * length,
        ]
    )


def score(rows: Floats, weights: Floats) -> Floats:
    """The weighted sum of each row, (rows,), added up column by column.

    A matrix product may add in another order when other customers stand beside; this never does, so that what comes
    later cannot change the last digit of what was said before.
    """
    total: Floats = rows[:, 0] * weights[0]
    for column in range(1, rows.shape[1]):
        total = total + rows[:, column] * weights[column]
    return total
