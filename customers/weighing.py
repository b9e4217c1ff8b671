"""Says which facts weighed most in the chance that a customer is lost, each with its numbers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Connection

from customers import numbers
from customers.groups import Scope
from words.reasons import Number, Reason
from words.speech import message

FOR, AGAINST = message("speaks for a loss"), message("speaks against a loss")
# Below this many usual gaps a silence is nothing to speak of: "1.1 times the usual" would only alarm.
NOTABLE = 1.5
# Of a customer with a single purchase nothing else is looked at.
OF_SINGLE = ("silence_in_gaps", "spend")


def recent_purchases(db: Connection, facts: Any, day: date, window_days: int) -> int:
    """The purchases of a customer, or of its group, in so many days up to a day; `facts` is a row of customer_facts."""
    scope = Scope([facts.customer_id], grouped=facts.group_customers > 1)
    rows = numbers.sales_of(db, scope, day)
    rows = rows[rows[:, 1] > (day - timedelta(days=window_days)).toordinal()]
    days, which = np.unique(rows[:, 1], return_inverse=True)
    net = np.zeros(len(days), dtype=np.int64)
    np.add.at(net, which, rows[:, 2])
    return int(np.sum(net > 0))


def weighed(facts: Any, outlook: Any, recent: int) -> list[Reason]:
    """The facts that weighed most, the heaviest first, as they were on the day of the judgement.

    `facts` and `outlook` are rows of customer_facts and outlooks; `recent` are the purchases within the horizon up to
    that day.
    """
    reasons = []
    for signed in outlook.weighed.split():
        name = signed[1:]
        if facts.purchases > 1 or name in OF_SINGLE:
            found = _fact(name, facts, outlook, recent)
            if found is not None:
                code, said = found
                reasons.append(Reason(code, {**said, "speaks": FOR if signed[0] == "+" else AGAINST}))
    return reasons


def _fact(name: str, facts: Any, outlook: Any, recent: int) -> tuple[str, dict[str, Number]] | None:
    """The code and the numbers of one fact; None where the facts no longer know it."""
    silence = max((outlook.judged_on - facts.last_day).days, 0)
    known = max((outlook.judged_on - facts.first_day).days, 0)
    code = f"weighed.{name}"
    match name:
        case "silence_in_gaps" if facts.purchases == 1:
            return f"{code}_single", {"silence_days": silence}
        case "silence_in_gaps" if silence < NOTABLE * facts.gap_mean:
            return f"{code}_usual", {"silence_days": silence, "gap_days": facts.gap_mean}
        case "silence_in_gaps":
            return code, {"silence_days": silence, "times": silence / facts.gap_mean}
        case "spend" if facts.average_order is None:
            return None
        case "spend":
            return code, {"average": facts.average_order, "spend": facts.spend}
        case "usual_gap":
            return code, {"gap_days": facts.gap_mean}
        case "number_of_purchases":
            return code, {"purchases": facts.purchases}
        case "known_for":
            return code, {"known_days": known}
        case "recent_purchases":
            even = facts.purchases * min(1.0, outlook.horizon / (known + 1))
            return code, {"recent": recent, "window_days": outlook.horizon, "even": even}
        case "last_gap":
            return code, {"last_days": facts.gap_last, "gap_days": facts.gap_mean}
        case "regularity" if facts.gap_spread is None:
            return f"{code}_unknown", {"gap_days": facts.gap_mean}
        case "regularity":
            return code, {"gap_days": facts.gap_mean, "spread_days": facts.gap_spread}
    raise ValueError(f"no sentence for what weighed: {name}")
