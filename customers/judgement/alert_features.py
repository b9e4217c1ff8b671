"""What the chance that a silence goes on is judged by: how long it is in own gaps, and how the customer used to buy."""

from __future__ import annotations

import numpy as np

from customers.judgement.silences import Silences
from customers.timelines import Floats

# Where the chance to buy bends, in own gaps of silence: half as long again as usual, and when it becomes conspicuous.
_BENDS = (1.5, 3.0, 6.0)
# Customers who buy at least this often within a horizon (a log of own gap over horizon) are another kind of customer.
_OFTEN = -1.5
# From half a horizon of silence on, and from a whole one, the calendar counts beside the own rhythm.
_CALENDAR = (0.5, 1.0)
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
    *(f"silence beyond {bend:g} horizons" for bend in _CALENDAR),
    "silence in longest gaps",
    "silence beyond the longest gap",
)


def features(silences: Silences, silent: Floats, horizon: int) -> Floats:
    """What explains the rate of buying at a moment of a silence, (silences, features); see NAMES.

    `silent` (silences,) is how long the silence has lasted at that moment, in days above 0. Nothing but logs of ratios:
    no unit of time is left in them, neither the tenant's nor the customer's.
    """
    usual = silences.usual
    gaps = silences.gaps.astype(np.float64)
    length = np.log(silent / usual)
    in_horizons = np.log(usual / horizon)
    # The own spread, with two gaps' worth of the spread that chance alone gives (that of the mean itself).
    square = (silences.squares + 2 * usual * usual) / (gaps + 1) - usual * usual * gaps / (gaps + 1)
    spread = np.log(np.sqrt(np.maximum(square / (usual * usual), _LEAST_SPREAD)))
    # Half a day for the hours that days do not show.
    in_longest = np.log((silent + 0.5) / (silences.longest_gap + 0.5))
    return np.column_stack(
        [
            np.ones(len(silent)),
            length,
            *(np.maximum(length - np.log(bend), 0) for bend in _BENDS),
            in_horizons,
            np.minimum(in_horizons - _OFTEN, 0),
            np.log(gaps / _USUAL_COUNT),
            spread,
            np.log((silences.last_gap + usual) / (2 * usual)),
            *(np.maximum(np.log(silent / horizon / bend), 0) for bend in _CALENDAR),
            in_longest,
            np.maximum(in_longest, 0),
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
