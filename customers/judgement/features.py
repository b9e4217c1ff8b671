"""What the judgement looks at: a customer's silence, rhythm, recent purchases and spend, on their own scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from customers.judgement import purchase_model
from customers.judgement.purchase_model import PurchaseModel
from customers.judgement.statistics import WINDOWS, Statistics, spans
from customers.timelines import Floats

# The features, each with the fact that it belongs to: what "why?" names.
FEATURES: dict[str, str] = {
    "one": "",
    "model": "silence_in_gaps",  # log-odds of silence by the purchase model
    "model_above_0": "silence_in_gaps",
    "expected": "silence_in_gaps",  # log of the purchases expected by the purchase model
    "silence": "silence_in_gaps",  # log of the silence in horizons
    "spend": "spend",  # log spend of a purchase, in the tenant's standard deviations from the tenant's median
    "model_above_-1.5": "silence_in_gaps",
    "silence_in_gaps_above_-1": "silence_in_gaps",  # log of the silence in own gaps
    "silence_in_gaps_above_0": "silence_in_gaps",
    "silence_in_gaps_above_1": "silence_in_gaps",
    "gap": "usual_gap",  # log of the own gap in horizons
    "number": "number_of_purchases",  # log
    "age": "known_for",  # log of the days since the first purchase in horizons
    **{f"pace_{window:g}": "recent_purchases" for window in WINDOWS},  # purchases of a window to those of an even pace
    **{f"recent_{window:g}": "recent_purchases" for window in WINDOWS},  # log of the purchases of a window
    "last_gap": "last_gap",  # log of the last gap in own gaps
    "scatter": "regularity",  # log of the spread of the gaps in own gaps
    "median": "regularity",  # log of the median gap in own gaps
    "model_x_number": "silence_in_gaps",
    "silence_x_gap": "silence_in_gaps",
    "silence_in_gaps_x_number": "silence_in_gaps",
    "pace_x_number": "recent_purchases",
    "last_gap_x_silence_in_gaps": "last_gap",
    "scatter_x_silence_in_gaps": "regularity",
    "total": "spend",  # log of all spend, in the same units as "spend"
    "recent_total": "spend",  # log of the spend of the widest window, in purchases of the tenant's median
}
NAMES = tuple(FEATURES)
FACTS = tuple(dict.fromkeys(fact for fact in FEATURES.values() if fact))
# Of a customer with a single purchase most of them say nothing: these are left.
SINGLE = NAMES[: NAMES.index("model_above_-1.5")]

# Log-odds beyond this are certainty.
_CERTAIN = 12.0
_LEAST = 1e-6
# Log of about 4.5 purchases, the middle of what shops show: products are taken around it, so that they say their own.
_USUAL_NUMBER = 1.5
# Amounts further from the median than this many standard deviations are no longer told apart.
_FARTHEST_SPEND, _FARTHEST_TOTAL = 3.0, 5.0


class Tenant(NamedTuple):
    """What holds for all customers together on a day; features are relative to it."""

    model: PurchaseModel
    gap: float  # mean days between purchases
    spend: float  # median over customers of the log of the mean amount
    spend_spread: float  # its standard deviation


def tenant(statistics: Statistics) -> Tenant:
    """Fit the purchase model, and take the averages."""
    again = statistics.purchases > 1
    gaps = int((statistics.purchases - 1).sum())
    span = int((statistics.last - statistics.first).sum())
    spend, spread = 0.0, 1.0
    if statistics.spend is not None:
        amounts = np.log((statistics.spend / statistics.purchases)[statistics.spend > 0])
        if len(amounts):
            # Where all spend about the same, differences of less than a tenth mean nothing.
            spend, spread = float(np.median(amounts)), max(float(amounts.std()), 0.1)
    model = purchase_model.fitted(
        statistics.purchases - 1, statistics.last - statistics.first, statistics.day - statistics.first
    )
    return Tenant(model, span / gaps if again.any() else float(statistics.horizon), spend, spread)


class Seen(NamedTuple):
    """The features, a column (customers,) for each of NAMES, and what the purchase model says by itself."""

    columns: Sequence[Floats]
    silent: Floats  # chance of no purchase within the horizon
    expected: Floats  # purchases within the horizon

    @property
    def features(self) -> Floats:
        """The features side by side, (customers, len(NAMES))."""
        return np.column_stack(self.columns)


def seen(statistics: Statistics, of: Tenant) -> Seen:
    """Work the features out; all are finite whatever the customer."""
    horizon, number = float(statistics.horizon), statistics.purchases.astype(np.float64)
    silence = (statistics.day - statistics.last).astype(np.float64)
    span = (statistics.last - statistics.first).astype(np.float64)
    age = silence + span
    repeats, recency = statistics.purchases - 1, statistics.last - statistics.first
    chance = of.model.silent(repeats, recency, statistics.day - statistics.first, horizon)
    expected = np.maximum(of.model.expected(repeats, recency, statistics.day - statistics.first, horizon), _LEAST)
    model = np.clip(np.log(np.maximum(chance, _LEAST) / np.maximum(1 - chance, _LEAST)), -_CERTAIN, _CERTAIN)
    gap = (span + of.gap) / number  # the tenant's gap counts like one of the customer's own
    log_silence, log_gap = np.log((silence + 1) / horizon), np.log((gap + 1) / horizon)
    in_gaps = np.log((silence + 1) / (gap + 1))
    log_number = np.log(number)
    about = (log_number - _USUAL_NUMBER) / 2
    again = number > 1
    last_gap = np.where(again, np.log((statistics.last_gap + 1) / (gap + 1)), 0.0)
    squares = np.maximum(statistics.squares - span**2 / np.maximum(number - 1, 1), 0.0)
    # As if one more gap had been off by nine tenths of itself: what shops usually show.
    scatter = np.log((np.sqrt((squares + 0.8 * gap**2) / (np.maximum(number - 2, 0) + 1)) + 1) / (gap + 1))
    median = np.where(again, np.log((statistics.median_gap + 1) / (gap + 1)), 0.0)
    paces, recents = [], []
    for column, days in enumerate(spans(statistics.horizon)):
        within = statistics.recent[:, column]
        paces.append(np.log((within + 0.5) / (number * np.minimum(1.0, days / (age + 1)) + 0.5)))
        recents.append(np.log1p(within))
    spend = total = recent_total = np.zeros(len(number))
    if statistics.spend is not None and statistics.recent_spend is not None:
        usual = np.exp(of.spend)
        spend = (np.log(np.maximum(statistics.spend / number, _LEAST)) - of.spend) / of.spend_spread
        spend = np.clip(spend, -_FARTHEST_SPEND, _FARTHEST_SPEND)
        total = (np.log(np.maximum(statistics.spend, _LEAST)) - of.spend) / of.spend_spread
        total = np.clip(total, -_FARTHEST_SPEND, _FARTHEST_TOTAL)
        recent_total = np.minimum(np.log1p(np.maximum(statistics.recent_spend, 0.0) / usual), _CERTAIN)
    columns: list[Floats] = [
        np.ones(len(number)),
        model,
        np.maximum(model, 0.0),
        np.log(expected),
        log_silence,
        spend,
        np.maximum(model + 1.5, 0.0),
        np.maximum(in_gaps + 1, 0.0),
        np.maximum(in_gaps, 0.0),
        np.maximum(in_gaps - 1, 0.0),
        log_gap,
        log_number,
        np.log((age + 1) / horizon),
        *paces,
        *recents,
        last_gap,
        scatter,
        median,
        model * about,
        log_silence * log_gap / 2,
        in_gaps * about,
        paces[1] * about,
        last_gap * in_gaps / 2,
        scatter * in_gaps / 2,
        total,
        recent_total,
    ]
    return Seen(columns, chance, expected)
