"""Turns one customer's history into the numbers of the card: spend, rhythm, loyalty, stage, what is at stake."""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from customers import lifecycle
from customers.history import History
from customers.lifecycle import Span
from customers.rhythm import FOREVER, Rhythm, loyalty_spans, rhythm
from customers.rules import Rules

# Spans that ended longer ago than this are not kept: a year for "the same month last year", and a month to spare.
KEPT_DAYS = 400
YEAR = 365

# What `Measured.row` holds, in this order; the names are columns of customer_facts.
COLUMNS = (
    "customer_id", "computed_on", "orders", "purchases", "first_day", "last_day", "spend", "spend_year", "profit_year",
    "profit_year_before", "spend_half", "spend_half_before", "own_spend", "own_spend_year", "average_order", "at_stake",
    "gap_mean", "gap_spread", "gap_last", "rfm", "value", "value_before", "loyalty", "loyalty_since", "stage",
    "stage_since", "changes_on", "price_only", "main_channel", "group_customers", "unpriced_orders",
    "unpriced_currencies",
)  # fmt: skip


class Day(NamedTuple):
    """The day for which facts are computed, with the days that follow from it; ordinals, but `iso`."""

    iso: str
    today: int
    month_ago: int


class Own(NamedTuple):
    """What a customer spent without its children, in whole ten-thousandths."""

    spend: int
    spend_year: int


class Measured(NamedTuple):
    """The facts of one customer: `row` in the order of COLUMNS, as stored; all spans, past and to come."""

    row: tuple[Any, ...]
    spans: list[Span]


@cache
def iso(ordinal: int) -> str:
    """The day of an ordinal as ISO text; a day beyond the calendar is its last one."""
    return date.fromordinal(min(ordinal, FOREVER)).isoformat()


def month_before(day: date) -> date:
    """The same day of the month before, or that month's last day."""
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def day_of(today: date) -> Day:
    """The days that facts of `today` are compared with."""
    return Day(today.isoformat(), today.toordinal(), month_before(today).toordinal())


def own_sums(history: History, day: Day, rules: Rules) -> Own:
    """What the orders of a history add up to, in all and within the year."""
    since = day.today - rules.value_days
    return Own(sum(history.nets.values()), sum(net for at, net in history.nets.items() if at > since))


def measure(
    customer: int, history: History, created: int, day: Day, rules: Rules, *, own: Own | None = None, group: int = 1
) -> Measured:
    """Compute one customer's facts from its history up to the day, which must hold no later orders.

    `created` is the ordinal of the day on which the customer became known. `own` and `group` (its number of customers)
    are given for a parent, whose history is that of its group. Value and RFM come later, from comparing all customers
    (`cut_points.place`): here `value` is `mid` for whoever is compared, else `none`.
    """
    today = day.today
    nets, profits = history.nets, history.profits
    spend = sum(nets.values())
    spend_year = half = half_before = profit_year = profit_year_before = 0
    year, half_days = rules.value_days, rules.trend_days
    before_until, before_after = day.month_ago, day.month_ago - year
    oldest = min(before_after, today - 2 * half_days, today - year)
    for at, net in reversed(nets.items()):  # the newest first: most of a long history lies before all windows
        if at <= oldest:
            break
        age = today - at
        if age < year:
            spend_year += net
            profit_year += profits[at]
        if age < half_days:
            half += net
        elif age < 2 * half_days:
            half_before += net
        if before_after < at <= before_until:
            profit_year_before += profits[at]
    bought = history.purchases()
    count = len(bought)
    gaps = rhythm(bought)
    loyalties = loyalty_spans(bought, rules)
    spans = lifecycle.spans(min(created, today), bought, nets, loyalties, rules)
    loyalty_since = next((start for start, _ in reversed(loyalties) if start <= today), None)
    compared = count > 0 and today - bought[-1] < year
    stage_since, until, loyalty, stage = _current(spans, today)
    changes = [until] if until < FOREVER else []
    if compared:
        changes.append(bought[-1] + year)
    row = (
        customer,
        day.iso,
        history.orders,
        count,
        iso(bought[0]) if bought else None,
        iso(bought[-1]) if bought else None,
        spend,
        spend_year,
        profit_year,
        profit_year_before,
        half,
        half_before,
        spend if own is None else own.spend,
        spend_year if own is None else own.spend_year,
        round(spend / history.priced_orders) if history.priced_orders else None,
        _at_stake(spend, bought, nets, gaps),
        gaps.mean,
        gaps.spread,
        gaps.last,
        None,
        "mid" if compared else "none",
        "mid" if _bought_between(bought, before_after, before_until) else "none",
        loyalty,
        None if loyalty_since is None else iso(loyalty_since),
        stage,
        iso(stage_since),
        iso(min(changes)) if changes else None,
        price_only(history, spend, count, rules),
        min(history.channels, key=lambda name: (-history.channels[name], name)) if history.channels else None,
        group,
        history.unpriced_orders,
        ", ".join(history.currencies()) or None,
    )
    return Measured(row, spans)


def price_only(history: History, spend: int, purchases: int, rules: Rules) -> bool:
    """Whether a customer buys only when the price is down; orders without lines show no discount."""
    enough = purchases >= rules.price_only_purchases and spend > 0
    return enough and history.discounted >= rules.price_only_share * spend


def _at_stake(spend: int, bought: list[int], nets: dict[int, int], gaps: Rhythm) -> int:
    """What a year of the customer's own rhythm brings, never below 0.

    The average purchase, as often as the usual gap fits into a year, but never more often than the customer has
    bought so far: two purchases on two days in a row do not promise 365 a year. A single purchase is at stake once.
    """
    priced = len([day for day in bought if nets.get(day, 0) > 0])
    if not priced or spend <= 0:
        return 0
    times = min(YEAR / gaps.mean, len(bought)) if gaps.mean else 1
    return round(spend / priced * times)


def _current(spans: list[Span], today: int) -> Span:
    """The span of today; its first day is put back to where its stage began, should the loyalty have changed since."""
    at = len(spans) - 1
    while spans[at][0] > today:
        at -= 1
    since, until, loyalty, stage = spans[at]
    while at > 0 and spans[at - 1][3] == stage:
        at -= 1
        since = spans[at][0]
    return since, until, loyalty, stage


def _bought_between(bought: list[int], after: int, until: int) -> bool:
    """Whether there was a purchase after one day and not after another."""
    return bisect_right(bought, until) > bisect_right(bought, after)
