"""In which stage of its life with us a customer is: prospect, new, growing, mature, loyal, at risk, lost, won back."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from math import inf
from typing import NamedTuple

from customers.rules import Rules

# Every day after the last change: no calendar reaches further.
FOREVER = date.max.toordinal()
# How the stages of a customer who is neither loyal nor new to being lost are called.
BY_LOYALTY = {"lost": "lost", "swing": "at_risk"}


class Span(NamedTuple):
    """A time in one loyalty and one stage: ordinals of its first day and of the day after its last."""

    from_day: int
    until_day: int
    loyalty: str
    stage: str


def spans(
    created: int, purchases: Sequence[int], nets: Mapping[int, int], loyalties: Sequence[tuple[int, str]], rules: Rules
) -> list[Span]:
    """All stages of a customer, past and to come if no further order comes, as if the rule had run every day.

    `created` is the day on which the customer became known, `purchases` the days of purchase (ascending), `nets` the
    net sales by day, `loyalties` what `rhythm.loyalty_spans` says. Days are ordinals. The last span ends on FOREVER;
    neighbours differ. Works from one event to the next; the first rule that fits decides.
    """
    found: list[Span] = []
    if not purchases:
        return [Span(created, FOREVER, "none", "prospect")]
    if created < purchases[0]:
        found.append(Span(created, purchases[0], "none", "prospect"))
    trend = _Trend(nets, rules)
    for nr, (start, loyalty) in enumerate(loyalties):
        end = loyalties[nr + 1][0] if nr + 1 < len(loyalties) else FOREVER
        start, end = min(start, FOREVER), min(end, FOREVER)
        changes: Iterator[tuple[int, str]]
        if loyalty in BY_LOYALTY:
            changes = iter([(start, BY_LOYALTY[loyalty])])
        else:
            won_back_until = _won_back_until(nr, loyalties, purchases, rules)
            changes = _while_loyal(start, end, won_back_until, purchases, trend, rules)
        for day, stage in changes:
            if found and found[-1].loyalty == loyalty and found[-1].stage == stage:
                continue
            if found:
                found[-1] = found[-1]._replace(until_day=day)
            found.append(Span(day, FOREVER, loyalty, stage))
    return [span for span in found if span.from_day < span.until_day]


def _won_back_until(nr: int, loyalties: Sequence[tuple[int, str]], purchases: Sequence[int], rules: Rules) -> float:
    """The day on which being won back ends: that of the third purchase since the customer was last lost."""
    lost = next((day for day, loyalty in reversed(loyalties[:nr]) if loyalty == "lost"), None)
    if lost is None:
        return -inf
    third = bisect_right(purchases, lost) + rules.won_back_purchases - 1
    return purchases[third] if third < len(purchases) else inf


def _while_loyal(
    start: int, end: int, won_back_until: float, purchases: Sequence[int], trend: _Trend, rules: Rules
) -> Iterator[tuple[int, str]]:
    """The stages within [start, end), in which the customer is loyal: (first day, stage), neighbours may be equal."""
    day = start
    if day < won_back_until:
        yield day, "won_back"
        if won_back_until >= end:
            return
        day = int(won_back_until)
    first = purchases[0]
    new_until = first + rules.new_days
    if rules.new_purchases <= len(purchases):
        new_until = min(new_until, purchases[rules.new_purchases - 1])
    if day < new_until:
        yield day, "new"
        if new_until >= end:
            return
        day = new_until
    loyal_from: float = inf
    if rules.loyal_purchases <= len(purchases):
        loyal_from = max(first + rules.loyal_days, purchases[rules.loyal_purchases - 1])
    while day < end:
        growing, changes = trend.at(day)
        if growing:
            yield day, "growing"
        elif day >= loyal_from:
            yield day, "loyal"
        else:
            yield day, "mature"
            changes = min(changes, loyal_from)
        if changes >= end:
            return
        day = int(changes)


class _Trend:
    """Sales of the last half year and of the one before, walked forward from event to event."""

    def __init__(self, nets: Mapping[int, int], rules: Rules) -> None:
        self.days = sorted(nets)
        self.amounts = [nets[day] for day in self.days]
        self.window = rules.trend_days
        self.ratio = rules.growing_ratio
        self.now = self.before = 0
        self.enters = self.ages = self.leaves = 0  # how many days have entered, aged into the earlier half, left

    def at(self, day: int) -> tuple[bool, float]:
        """Whether the customer grows on a day (asked in ascending order), and the next day on which sales move."""
        days, amounts, count = self.days, self.amounts, len(self.days)
        while self.enters < count and days[self.enters] <= day:
            self.now += amounts[self.enters]
            self.enters += 1
        while self.ages < self.enters and days[self.ages] <= day - self.window:
            self.now -= amounts[self.ages]
            self.before += amounts[self.ages]
            self.ages += 1
        while self.leaves < self.ages and days[self.leaves] <= day - 2 * self.window:
            self.before -= amounts[self.leaves]
            self.leaves += 1
        changes: float = days[self.enters] if self.enters < count else inf
        if self.ages < self.enters:
            changes = min(changes, days[self.ages] + self.window)
        if self.leaves < self.ages:
            changes = min(changes, days[self.leaves] + 2 * self.window)
        return self.now > 0 and self.now >= self.ratio * self.before, changes
