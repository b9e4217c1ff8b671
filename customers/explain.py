"""Says why a customer is judged as it is: the one judgement of the card, and everything behind "why?"."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from customers import weighing, worth
from customers.judgement.bands import Bands
from customers.rhythm import silences, single_lost_after
from customers.rules import Rules
from words.reasons import Number, Reason

# A change of the half year's sales below this is called steady: less than a tenth is a single order more or less.
STEADY = Decimal("0.1")
# More likely than not.
LIKELY = 0.5


def judgement(facts: Any, today: date) -> Reason:
    """The sentence on the card: the rhythm of a customer and the silence against it.

    `facts` is a row of customer_facts (amounts Decimal in HOME_CURRENCY).
    """
    if not facts.purchases:
        return Reason("rhythm.none")
    silence = (today - facts.last_day).days
    numbers: dict[str, Number] = {"silence_days": silence}
    if facts.purchases == 1:
        numbers["day"] = facts.last_day
        if facts.loyalty == "lost":
            return Reason("rhythm.single_lost", numbers)
        return Reason("rhythm.single" if silence else "rhythm.single_today", numbers)
    numbers["times"] = silence / facts.gap_mean
    if facts.loyalty == "lost":
        numbers["since"] = facts.loyalty_since
    if facts.purchases == 2:
        numbers["gap_days"] = round(facts.gap_mean)
        return Reason(f"rhythm.two{_manner(facts, silence)}", numbers)
    numbers |= {"gap": facts.gap_mean, "spread": facts.gap_spread}
    return Reason(f"rhythm.usual{_manner(facts, silence)}", numbers)


def _manner(facts: Any, silence: int) -> str:
    if facts.loyalty == "lost":
        return "_lost"
    if not silence:
        return "_today"
    return "_silent" if silence >= weighing.NOTABLE * facts.gap_mean else ""


def expectation(facts: Any, outlook: Any | None, today: date) -> Reason | None:
    """How many of the customers like this one bought again: what stands beside the rhythm on the card.

    `outlook` is a row of outlooks. None before the first purchase and before anybody was judged; an outlook of another
    day is told with that day.
    """
    if outlook is None or not facts.purchases:
        return None
    if outlook.confidence == "none":
        return Reason("outlook.none")
    numbers: dict[str, Number] = {"again_share": 1 - outlook.chance_lost, "horizon_days": outlook.horizon}
    caveat = "_little" if outlook.confidence == "little" else ""
    if outlook.judged_on != today:
        return Reason(f"outlook.past{caveat}", {**numbers, "day": outlook.judged_on})
    return Reason(f"outlook.chance{caveat}", numbers)


def believed(facts: Any, outlook: Any | None) -> Any | None:
    """The outlook, if it may stand beside the judgement on the card.

    While too little is known, the first rules call a customer lost; an outlook from little history by which most like
    this one come back would gainsay them in the same sentence. "Why?" names both.
    """
    if outlook is None or facts is None or outlook.confidence != "little" or facts.loyalty != "lost":
        return outlook
    return outlook if outlook.chance_lost >= LIKELY else None


def why(
    facts: Any,
    limits: Mapping[str, float],
    today: date,
    rules: Rules,
    *,
    outlook: Any | None = None,
    lines: Bands | None = None,
    recent: int = 0,
) -> list[Reason]:
    """Every judgement about a customer with its numbers, in the order in which one asks for them.

    `facts` is a row of customer_facts, `limits` are the stored ones (`cut_points.load`), `outlook` is a row of
    outlooks, `lines` are those that were learnt between loyal, swing and lost (None: the first rules hold), and
    `recent` are the purchases within the outlook's horizon (`weighing.recent_purchases`).
    """
    reasons = [_value(facts, limits, rules, outlook)]
    if facts.value == "high" and "value.high_brings" in limits:
        reasons.append(Reason("value.brings", {"brings_share": limits["value.high_brings"]}))
    reasons += [_loyalty(facts, today, rules, lines), _stage(facts, rules)]
    expected = expectation(facts, outlook, today)
    if expected is not None:
        reasons.append(expected)
        if worth.counts(outlook):
            reasons += weighing.weighed(facts, outlook, recent)
    if facts.rfm:
        recency, frequency, monetary = (int(digit) for digit in facts.rfm)
        reasons.append(Reason("rfm", {"recency": recency, "frequency": frequency, "monetary": monetary}))
    if facts.price_only:
        shares = {"spend_share": rules.price_only_share, "discount_share": rules.price_only_discount}
        reasons.append(Reason("price_only", {**shares, "purchases": facts.purchases}))
    # Growth says it already, and without their rates the newest orders would make it look like a fall.
    said = facts.stage == "growing" or facts.unpriced_orders
    if not said and (facts.spend_half > 0 or facts.spend_half_before > 0):
        reasons.append(_trend(facts, rules))
    if facts.unpriced_orders:
        waiting: dict[str, Number] = {"orders": facts.unpriced_orders, "currencies": facts.unpriced_currencies}
        reasons.append(Reason("money.unpriced", waiting))
    return reasons


def _value(facts: Any, limits: Mapping[str, float], rules: Rules, outlook: Any | None) -> Reason:
    numbers: dict[str, Number] = {"profit": facts.profit_year, "window_days": rules.value_days}
    if facts.value == "none":
        return Reason("value.none", {"window_days": rules.value_days})
    for tier in ("high", "low"):
        if f"value.{tier}" in limits:
            numbers[tier] = Decimal(str(limits[f"value.{tier}"]))
    alone = facts.value == "mid" and not {"high", "low"} <= numbers.keys()
    code = "value.mid_alone" if alone else f"value.{facts.value}"
    if outlook is None or not worth.counts(outlook):
        return Reason(code, numbers)
    numbers["expected"] = worth.expected_profit(facts.spend_year, facts.profit_year, outlook.expected_spend)
    return Reason(f"{code}_expected", {**numbers, "horizon_days": outlook.horizon, "day": outlook.judged_on})


def _loyalty(facts: Any, today: date, rules: Rules, lines: Bands | None) -> Reason:
    if not facts.purchases:
        return Reason("loyalty.none")
    numbers: dict[str, Number] = {"silence_days": (today - facts.last_day).days, "since": facts.loyalty_since}
    if facts.purchases == 1:
        numbers["lost_days"] = single_lost_after(rules, lines)
        return Reason(f"loyalty.single_{facts.loyalty}", numbers)
    span = (facts.last_day - facts.first_day).days
    swing, lost = silences(np.array([facts.purchases]), np.array([span]), rules, lines)
    numbers |= {"swing_days": int(swing[0]), "lost_days": int(lost[0])}
    if lines is None:
        return Reason(f"loyalty.{facts.loyalty}", numbers)
    numbers |= {"swing_share": rules.swing_chance, "lost_share": rules.lost_chance, "horizon_days": lines.horizon}
    return Reason(f"loyalty.learnt_{facts.loyalty}", numbers)


def _stage(facts: Any, rules: Rules) -> Reason:
    code = f"stage.{facts.stage}"
    numbers: dict[str, Number] = {"since": facts.stage_since, "purchases": facts.purchases}
    match facts.stage:
        case "new":
            numbers |= {"first": facts.first_day, "enough": rules.new_purchases, "window_days": rules.new_days}
        case "won_back":
            numbers["enough"] = rules.won_back_purchases
        case "growing":
            numbers |= {"half": facts.spend_half, "half_before": facts.spend_half_before}
            numbers["window_days"] = rules.trend_days
        case "loyal":
            numbers |= {"first": facts.first_day, "enough": rules.loyal_purchases}
    return Reason(code, numbers)


def _trend(facts: Any, rules: Rules) -> Reason:
    numbers: dict[str, Number] = {"half": facts.spend_half, "half_before": facts.spend_half_before}
    numbers["window_days"] = rules.trend_days
    if facts.spend_half_before <= 0:
        return Reason("trend.begun", numbers)
    change = facts.spend_half / facts.spend_half_before - 1
    numbers["change_share"] = float(abs(change))
    if abs(change) < STEADY:
        return Reason("trend.steady", numbers)
    return Reason("trend.up" if change > 0 else "trend.down", numbers)
