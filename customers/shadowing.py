"""Lets the lost-customer alerts run over the tenant's own past, and counts what they would have been worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from sqlalchemy import Connection, select

from customers import judging
from customers.judgement.score import default_horizon
from customers.judgement.shadow import Shadow, shadow_of
from customers.judgement.silences import FEWEST_GAPS, Silences, silences
from customers.judgement.statistics import Statistics, statistics
from customers.rules import Rules
from customers.sales_file import Part, Sample, laid_aside
from customers.sight import Sight
from customers.tables import customers, reps
from customers.timelines import Flags, Ints

# Alerts of so many customers take some seconds to run; of more, a sample is as good.
MOST_CUSTOMERS = 100_000
# A chart has room for so many bars.
SPANS = 6
YEAR = 365


class Span(NamedTuple):
    """Some days in a row: the alerts that would have been posted, by what became of the customers."""

    first: date
    lapsed: int
    returned: int


@dataclass(frozen=True)
class Backtest:
    """What alerts would have been worth that had been posted from `first` to `last`; shares are 0 to 1.

    Counts are of the customers that are looked at; where `sampled` is above 1, of one in so many of them.
    """

    first: date
    last: date
    horizon: int  # days
    alerts: int  # whose outcome is known
    lapsed: int  # of them: the customer really was lost
    waiting: int  # alerts of these days whose outcome is not known yet
    by_owner: tuple[tuple[str | None, int], ...]  # most alerts first; None: without an owner
    lapses: int  # silences of these days that became a lapse
    unseen: int  # and that no alert named
    recall_two: float | None  # of the lapses: named within two own gaps, and within three; None without a lapse
    recall_three: float | None
    stated: float | None  # the precision that the alerts state on average; None without alerts
    reached: float | None
    customers: int  # with a rhythm: who could get an alert at all
    sampled: int
    spans: tuple[Span, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing with a known outcome lies within these days."""
        return not self.alerts and not self.lapses

    @property
    def yearly(self) -> float:
        """Alerts per customer and year, of customers with a rhythm."""
        days = (self.last - self.first).days + 1
        return self.alerts / max(self.customers, 1) * YEAR / max(days, 1)


def backtest(
    db: Connection, today: date, days: int, rules: Rules, *, sight: Sight | None = None, precision: float | None = None
) -> Backtest:
    """Run the alerts over the newest `days` whose outcomes are known, each day knowing only what came before.

    Of the customers in `sight`, or of all where None; learnt from everybody. `precision` is what share of the alerts
    shall be right (None: the best compromise). The outcome of an alert is known a horizon later, so the newest of these
    days lies a horizon back. Only reads; takes some seconds.
    """
    mine = select(customers.c.id) if sight is None else select(customers.c.id).where(sight.clause())
    looked_at = np.array(sorted(db.scalars(mine)), dtype=np.int64)
    fits = len(looked_at) <= MOST_CUSTOMERS
    always = looked_at.tolist() if fits and sight is not None else ()
    yesterday = (today - timedelta(days=1)).toordinal()  # of today not everything is known yet
    with laid_aside(db, today - timedelta(days=1)) as sales:
        sample = Sample(db, sales, MOST_CUSTOMERS, always)
        horizon = _horizon(db, sample, yesterday, rules)
        last = yesterday - horizon
        known = [_known(part, last) for part in sample.parts()]
        first = max(last - days + 1, min((part.first for part in known), default=last))
        ran = shadow_of(_Seen(sample, yesterday), first, yesterday, horizon, precision)
    ids = np.concatenate([np.zeros(0, dtype=np.int64), *(part.ids for part in known)])
    rhythmic = np.concatenate([np.zeros(0, dtype=bool), *(part.rhythmic for part in known)])
    chosen = np.isin(ids, looked_at)
    found = _of(ran.within(first, last), chosen)
    regular = chosen & rhythmic
    share = 1 if fits else -(-len(looked_at) // max(1, int(chosen.sum())))
    told = found.silences.who[found.closed]
    return Backtest(
        first=date.fromordinal(first),
        last=date.fromordinal(last),
        horizon=horizon,
        alerts=len(told),
        lapsed=int(found.lapsed.sum()),
        waiting=int(np.sum(~found.closed)),
        by_owner=_by_owner(db, ids[told].tolist()),
        lapses=len(found.alerted),
        unseen=found.unseen,
        recall_two=found.recall(2.0),
        recall_three=found.recall(3.0),
        stated=found.stated,
        reached=found.reached,
        customers=int(regular.sum()),
        sampled=share,
        spans=_spans(found, first, last),
    )


class _Known(NamedTuple):
    """Some customers: who has a rhythm by a day, and the day of the first purchase of all."""

    ids: Ints
    rhythmic: Flags
    first: int


def _known(part: Part, day: int) -> _Known:
    counts = part.purchases.until(day).counts
    return _Known(part.ids, counts > FEWEST_GAPS, int(part.purchases.day.min(initial=day)))


class _Seen:
    """The silences of a sample as they are known on a day, part by part; each time they are worked out anew."""

    def __init__(self, sample: Sample, day: int) -> None:
        self._sample, self._day = sample, day

    def __iter__(self) -> Iterator[Silences]:
        before = 0
        for purchases in self._sample:
            found = silences(purchases).known(self._day)
            yield found._replace(who=found.who + before)
            before += purchases.many


def _horizon(db: Connection, sample: Sample, day: int, rules: Rules) -> int:
    learnt = judging.recall_learnt(db)
    if learnt is not None:
        return learnt.judge.horizon
    known = [statistics(purchases, day, 1)[1] for purchases in sample]
    return rules.horizon_days or default_horizon(Statistics.joined(known))


def _of(ran: Shadow, chosen: Flags) -> Shadow:
    """Only the alerts and lapses of some customers."""
    kept, began = chosen[ran.silences.who], chosen[ran.lapses.who]
    return ran._replace(
        silences=ran.silences.where(kept),
        day=ran.day[kept],
        p_lapse=ran.p_lapse[kept],
        closed=ran.closed[kept],
        lapsed=ran.lapsed[kept],
        lapses=ran.lapses.where(began),
        alerted=ran.alerted[began],
    )


def _by_owner(db: Connection, customer_ids: list[int]) -> tuple[tuple[str | None, int], ...]:
    """How many of the alerts each owner would have got."""
    counted: dict[str | None, int] = {}
    for start in range(0, len(customer_ids), 500):  # as many as one statement can carry
        some = customer_ids[start : start + 500]
        owned = select(customers.c.id, reps.c.name).outerjoin(reps, reps.c.id == customers.c.owner_id)
        names: dict[int, str | None] = {
            row.id: row.name for row in db.execute(owned.where(customers.c.id.in_(set(some))))
        }
        for customer in some:
            counted[names.get(customer)] = counted.get(names.get(customer), 0) + 1
    return tuple(sorted(counted.items(), key=lambda each: (-each[1], each[0] or "")))


def _spans(found: Shadow, first: int, last: int) -> tuple[Span, ...]:
    """The days in a few parts of about the same length."""
    parts = min(SPANS, max(1, last - first + 1))
    begins = [first + (last - first + 1) * nr // parts for nr in range(parts)]
    which = np.searchsorted(np.array(begins), found.day, side="right") - 1
    lapsed = np.bincount(which[found.closed & found.lapsed], minlength=parts)
    returned = np.bincount(which[found.closed & ~found.lapsed], minlength=parts)
    return tuple(Span(date.fromordinal(begin), int(lapsed[nr]), int(returned[nr])) for nr, begin in enumerate(begins))
