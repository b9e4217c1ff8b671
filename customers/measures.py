"""Turns the histories of customers into the numbers of their cards: spend, rhythm, loyalty, stage, what is at stake."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from customers import lifecycle
from customers.history import Histories
from customers.judgement.bands import Bands
from customers.lifecycle import STAGES, Spans
from customers.rhythm import LOYALTIES, Rhythms, loyalties, rhythms
from customers.rules import Rules
from customers.timelines import FOREVER, Flags, Ints, at, begins, iso, isos

# Spans that ended longer ago than this are not kept: a year for "the same month last year", and a month to spare.
KEPT_DAYS = 400
YEAR = 365

# What a row of facts holds, in this order; the names are columns of customer_facts.
COLUMNS = (
    "customer_id", "computed_on", "orders", "purchases", "first_day", "last_day", "spend", "spend_year", "profit_year",
    "profit_year_before", "spend_half", "spend_half_before", "own_spend", "own_spend_year", "average_order", "at_stake",
    "gap_mean", "gap_spread", "gap_last", "rfm", "value", "value_before", "loyalty", "loyalty_before",
    "loyalty_since", "stage", "stage_before", "stage_since", "changes_on", "price_only", "main_channel",
    "group_customers", "unpriced_orders", "unpriced_currencies",
)  # fmt: skip


class Own(NamedTuple):
    """What a customer spent without its children, in whole ten-thousandths."""

    spend: int
    spend_year: int


class Measured(NamedTuple):
    """The facts of some customers: `rows` in the order of COLUMNS, as stored; all spans, past and to come."""

    rows: Iterator[tuple[Any, ...]]
    spans: Spans


class Current(NamedTuple):
    """Loyalty and stage of each customer today: since when, and until when if no further order comes; and before."""

    loyalty: Ints
    stage: Ints
    stage_since: Ints
    until: Ints
    loyalty_before: list[str | None]
    stage_before: list[str | None]


def month_before(day: date) -> date:
    """The same day of the month before, or that month's last day."""
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def own_sums(found: Histories, today: date, rules: Rules) -> dict[int, Own]:
    """What the orders of each customer add up to, in all and within the year."""
    spend = found.sales.sums(found.nets).tolist()
    year = _within(found, found.nets, today.toordinal() - rules.value_days, today.toordinal()).tolist()
    return {customer: Own(*own) for customer, *own in zip(found.customers, spend, year, strict=True)}


def measure(
    found: Histories,
    created: Ints,
    today: date,
    rules: Rules,
    lines: Bands | None,
    *,
    own: Mapping[int, Own] | None = None,
    sizes: Mapping[int, int] | None = None,
) -> Measured:
    """Compute the facts of customers from their histories up to today, which must hold no later orders.

    `created` has the ordinals of the days on which they became known, `lines` part loyal, swing and lost. `own` and
    `sizes` (the number of customers) are given for parents, whose histories are those of their groups. Value and RFM
    come later, from comparing all customers (`cut_points.place`): here `value` is `mid` for whoever is compared, else
    `none`.
    """
    day, year, half = today.toordinal(), rules.value_days, rules.trend_days
    before = month_before(today).toordinal()
    purchases, nets = found.purchases, found.nets
    spend, spend_year = found.sales.sums(nets), _within(found, nets, day - year, day)
    gaps = rhythms(purchases)
    said = loyalties(purchases, rules, lines)
    spans = lifecycle.spans(np.minimum(created, day), purchases, found.sales, nets, said, rules)
    now = _current(spans, day, before)
    everybody = np.arange(len(found.customers))
    last_day = at(purchases.day, purchases.newest(everybody, day), 0)
    compared = last_day > day - year
    changes = np.minimum(now.until, np.where(compared, last_day + year, FOREVER))
    bought_before = purchases.newest(everybody, before) > purchases.newest(everybody, before - year)
    whole = found.customers
    columns = (
        whole,
        [today.isoformat()] * len(whole),
        found.orders.tolist(),
        purchases.counts.tolist(),
        isos(purchases.nth(0)),
        isos(last_day),
        spend.tolist(),
        spend_year.tolist(),
        _within(found, found.profits, day - year, day).tolist(),
        _within(found, found.profits, before - year, before).tolist(),
        _within(found, nets, day - half, day).tolist(),
        _within(found, nets, day - 2 * half, day - half).tolist(),
        spend.tolist() if own is None else [own[customer].spend for customer in whole],
        spend_year.tolist() if own is None else [own[customer].spend_year for customer in whole],
        _whole(spend / np.maximum(found.priced_orders, 1), found.priced_orders > 0),
        _at_stake(spend, found, gaps).tolist(),
        _known(gaps.mean, ~np.isnan(gaps.mean)),
        _known(gaps.spread, ~np.isnan(gaps.spread)),
        _known(gaps.last, gaps.last > 0),
        [None] * len(whole),
        np.where(compared, "mid", "none").tolist(),
        np.where(bought_before, "mid", "none").tolist(),
        [LOYALTIES[number] for number in now.loyalty.tolist()],
        now.loyalty_before,
        isos(at(said.days.day, said.days.newest(everybody, day), 0)),
        [STAGES[number] for number in now.stage.tolist()],
        now.stage_before,
        isos(now.stage_since),
        isos(changes),
        price_only(found, spend, rules).tolist(),
        found.main_channel,
        [1] * len(whole) if sizes is None else [sizes.get(customer, 1) for customer in whole],
        found.unpriced_orders.tolist(),
        found.currencies,
    )
    return Measured(zip(*columns, strict=True), spans)


def span_rows(customers: Sequence[int], spans: Spans, today: date) -> Iterator[tuple[int, str, str, str, str]]:
    """The spans worth keeping: (customer, first day, day after the last, loyalty, stage)."""
    kept = spans.until > today.toordinal() - KEPT_DAYS
    columns = (spans.days.who, spans.days.day, spans.until, spans.loyalty, spans.stage)
    for who, start, end, loyalty, stage in zip(*(column[kept].tolist() for column in columns), strict=True):
        yield customers[who], iso(start), iso(end), LOYALTIES[loyalty], STAGES[stage]


def price_only(found: Histories, spend: Ints, rules: Rules) -> Flags:
    """Who buys only when the price is down; orders without lines show no discount."""
    enough = (found.purchases.counts >= rules.price_only_purchases) & (spend > 0)
    return enough & (found.discounted >= rules.price_only_share * spend)


def _within(found: Histories, values: Ints, after: int, until: int) -> Ints:
    """The values of the days of sales after one day and not after another, added up for each customer."""
    day = found.sales.day
    return found.sales.sums(np.where((day > after) & (day <= until), values, 0))


def _at_stake(spend: Ints, found: Histories, gaps: Rhythms) -> Ints:
    """What a year of each customer's own rhythm brings, never below 0.

    The average purchase, as often as the usual gap fits into a year, but never more often than the customer has
    bought so far: two purchases on two days in a row do not promise 365 a year. A single purchase is at stake once.
    """
    priced = found.sales.sums((found.nets > 0).astype(np.int64))
    times = np.fmin(YEAR / gaps.mean, found.purchases.counts)
    stake = np.rint(spend / np.maximum(priced, 1) * np.where(np.isnan(gaps.mean), 1, times))
    return np.where((priced > 0) & (spend > 0), stake, 0).astype(np.int64)


def _current(spans: Spans, today: int, before: int) -> Current:
    """The spans of today; the first day is put back to where the stage began, should the loyalty have changed since."""
    everybody = np.arange(len(spans.days.starts) - 1)
    place, then = spans.days.newest(everybody, today), spans.days.newest(everybody, before)
    began = begins(spans.days.who, spans.stage)
    since = np.maximum.accumulate(np.where(began, np.arange(len(began)), 0))
    loyalty_before = [*LOYALTIES, None]  # the last one for who was not yet known
    stage_before = [*STAGES, None]
    return Current(
        spans.loyalty[place],
        spans.stage[place],
        spans.days.day[since[place]],
        spans.until[place],
        [loyalty_before[number] for number in at(spans.loyalty, then, -1).tolist()],
        [stage_before[number] for number in at(spans.stage, then, -1).tolist()],
    )


def _known(values: npt.NDArray[Any], known: Flags) -> list[Any]:
    """The values as Python's own numbers, None where they are not known."""
    return [value if there else None for value, there in zip(values.tolist(), known.tolist(), strict=True)]


def _whole(values: npt.NDArray[np.float64], known: Flags) -> list[int | None]:
    return _known(np.rint(values).astype(np.int64), known)
