"""In which stage of its life with us a customer is: prospect, new, growing, mature, loyal, at risk, lost, won back."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from customers.rhythm import LOST, NONE, SWING, Loyalties
from customers.rules import Rules
from customers.timelines import FOREVER, Flags, Ints, Timeline, apart, at, begins, keys

# The stages, by the numbers that stand for them here; the first that fits is a customer's.
STAGES = ("prospect", "lost", "at_risk", "won_back", "new", "growing", "loyal", "mature")
# The stages that are nothing but a loyalty.
BY_LOYALTY = {"lost": "lost", "swing": "at_risk"}


class Spans(NamedTuple):
    """Times in one loyalty and one stage (numbers of LOYALTIES and STAGES): first day, and the day after the last.

    They follow each other without gaps; the last one of each customer ends on FOREVER; neighbours differ.
    """

    days: Timeline
    until: Ints
    loyalty: Ints
    stage: Ints


class Growth(NamedTuple):
    """On which days customers began or ceased to grow; before the first one they did not."""

    days: Timeline
    growing: Flags


def spans(created: Ints, purchases: Timeline, sales: Timeline, nets: Ints, found: Loyalties, rules: Rules) -> Spans:
    """All stages of each customer, past and to come if no further order comes, as if the rule had run every day.

    `created` are the days on which customers became known, `nets` the net sales of the days of `sales`, `found` what
    `rhythm.loyalties` says. Everything changes on few days: the rule is run on those alone.
    """
    trend = growth(sales, nets, rules)
    bought = purchases.counts > 0
    new_until = np.minimum(purchases.nth(0) + rules.new_days, purchases.nth(rules.new_purchases - 1))
    loyal_from = np.maximum(purchases.nth(0) + rules.loyal_days, purchases.nth(rules.loyal_purchases - 1))
    losses = found.days.where(found.loyalty == LOST)
    back = _won_back_until(losses, purchases, rules)
    everybody = np.arange(len(created))
    events = np.concatenate(
        (
            keys(everybody, np.where(bought, np.minimum(created, purchases.nth(0)), created)),
            keys(found.days.who, found.days.day),
            keys(trend.days.who, trend.days.day),
            keys(everybody, np.minimum(new_until, FOREVER)),
            keys(everybody, np.minimum(loyal_from, FOREVER)),
            keys(losses.who, back),
        )
    )
    who, day = apart(np.unique(events))
    who, day = who[day < FOREVER], day[day < FOREVER]
    loyalty = at(found.loyalty, found.days.newest(who, day), NONE)
    growing = at(trend.growing.astype(np.int64), trend.days.newest(who, day), 0) > 0
    stage = np.select(
        [
            loyalty == NONE,
            loyalty == LOST,
            loyalty == SWING,
            day < at(back, losses.newest(who, day), 0),
            day < new_until[who],
            growing,
            day >= loyal_from[who],
        ],
        range(len(STAGES) - 1),
        len(STAGES) - 1,
    )
    first = begins(who, loyalty, stage)
    who, day = who[first], day[first]
    until = np.append(day[1:], FOREVER)
    until[:-1][who[1:] != who[:-1]] = FOREVER
    return Spans(Timeline.of(who, day, len(created)), until, loyalty[first], stage[first])


def growth(sales: Timeline, nets: Ints, rules: Rules) -> Growth:
    """On which days customers began or ceased to grow.

    Growing is: sales of the last half year above 0 and enough above those of the half year before it.
    """
    window, nothing = rules.trend_days, np.zeros(len(nets), dtype=np.int64)
    # What enters the last half year leaves it for the half year before, and later that one too. So a customer's changes
    # add up to 0, and one running sum serves all customers.
    days = [np.minimum(sales.day + window * times, FOREVER) for times in range(3)]
    moments = np.concatenate([keys(sales.who, day) for day in days])
    order = np.argsort(moments, kind="stable")  # of three runs that are in order already
    now = np.cumsum(np.concatenate((nets, -nets, nothing))[order])
    before = np.cumsum(np.concatenate((nothing, nets, -nets))[order])
    moments = moments[order]
    last = np.append(begins(moments)[1:], True)[: len(moments)]  # of all that happens on the same day
    who, day = apart(moments[last])
    growing = (now[last] > 0) & (now[last] >= rules.growing_ratio * before[last])
    earlier = np.zeros(len(growing), dtype=bool)
    earlier[1:] = growing[:-1] & (who[1:] == who[:-1])
    changed = growing != earlier
    return Growth(Timeline.of(who[changed], day[changed], len(sales.starts) - 1), growing[changed])


def _won_back_until(losses: Timeline, purchases: Timeline, rules: Rules) -> Ints:
    """For each time that a customer was lost, the day on which a later purchase ends its being won back."""
    last_before = purchases.newest(losses.who, losses.day)
    enough = last_before + rules.won_back_purchases
    return at(purchases.day, np.where(enough < purchases.starts[losses.who + 1], enough, -1), FOREVER)
