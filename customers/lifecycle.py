"""In which stage of its life with us a customer is: prospect, new, growing, mature, loyal, at risk, lost, won back."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from customers.rhythm import FOREVER
from customers.rules import Rules

# The stages that are nothing but a loyalty.
BY_LOYALTY = {"lost": "lost", "swing": "at_risk"}
# A time in one loyalty and one stage: its first day, the day after its last (ordinals), loyalty, stage. A plain tuple,
# since a million orders make half a million of them.
Span = tuple[int, int, str, str]


def spans(
    created: int, purchases: Sequence[int], nets: Mapping[int, int], loyalties: Sequence[tuple[int, str]], rules: Rules
) -> list[Span]:
    """All stages of a customer, past and to come if no further order comes, as if the rule had run every day.

    `created` is the day on which the customer became known, `purchases` the days of purchase and `nets` the net sales
    by day (both ascending), `loyalties` what `rhythm.loyalty_spans` says. Days are ordinals. The last span ends on
    FOREVER; neighbours differ. Works from one event to the next; the first rule that fits decides.
    """
    if not purchases:
        return [(created, FOREVER, "none", "prospect")]
    changes: list[tuple[int, str, str]] = []
    if created < purchases[0]:
        changes.append((created, "none", "prospect"))
    last_start, last_loyalty = loyalties[-1]
    # Nothing but the loyalty matters once it is no longer loyal, so the trend is followed only until then.
    trend = growing_changes(nets, rules, FOREVER if last_loyalty not in BY_LOYALTY else last_start)
    settled = _settled_from(purchases, rules)
    back_until = 0  # the day on which being won back ends
    for nr, (start, loyalty) in enumerate(loyalties):
        if loyalty in BY_LOYALTY:
            changes.append((start, loyalty, BY_LOYALTY[loyalty]))
            if loyalty == "lost":
                third = bisect_right(purchases, start) + rules.won_back_purchases - 1
                back_until = purchases[third] if third < len(purchases) else FOREVER
            continue
        end = loyalties[nr + 1][0] if nr + 1 < len(loyalties) else FOREVER
        if start < back_until:
            changes.append((start, loyalty, "won_back"))
            start = back_until
        if start < settled[0] and start < end:
            changes.append((start, loyalty, "new"))
            start = settled[0]
        if start < end:
            _while_settled(start, end, loyalty, trend, settled[1], changes)
    return _joined(changes)


def growing_changes(nets: Mapping[int, int], rules: Rules, until: int) -> list[tuple[int, bool]]:
    """On which days, before `until`, a customer began or ceased to grow: (ordinal, whether growing), from not growing.

    Growing is: sales of the last half year above 0 and enough above those of the half year before it.
    """
    days, amounts = list(nets), list(nets.values())
    window, ratio = rules.trend_days, rules.growing_ratio
    enters = [*days, FOREVER]
    ages = [day + window for day in enters]
    leaves = [day + window for day in ages]
    changes: list[tuple[int, bool]] = []
    entered = aged = left = now = before = 0
    growing = False
    while True:  # the innermost loop of all facts: comparisons instead of min()
        enter, age, leave = enters[entered], ages[aged], leaves[left]
        day = enter if enter < age else age
        if leave < day:
            day = leave
        if day >= until:
            break
        if enter == day:
            now += amounts[entered]
            entered += 1
        if age == day:
            now -= amounts[aged]
            before += amounts[aged]
            aged += 1
        if leave == day:
            before -= amounts[left]
            left += 1
        if growing != (now > 0 and now >= ratio * before):
            growing = not growing
            changes.append((day, growing))
    return changes


def _settled_from(purchases: Sequence[int], rules: Rules) -> tuple[int, int]:
    """The day from which on a customer is no longer new, and the day from which on it may be called loyal."""
    new_until = purchases[0] + rules.new_days
    if rules.new_purchases <= len(purchases):
        new_until = min(new_until, purchases[rules.new_purchases - 1])
    loyal_from = FOREVER
    if rules.loyal_purchases <= len(purchases):
        loyal_from = max(purchases[0] + rules.loyal_days, purchases[rules.loyal_purchases - 1])
    return new_until, loyal_from


def _while_settled(
    start: int,
    end: int,
    loyalty: str,
    trend: Sequence[tuple[int, bool]],
    loyal_from: int,
    changes: list[tuple[int, str, str]],
) -> None:
    """Add the stages growing, loyal and mature within [start, end)."""
    at = bisect_right(trend, (start, True))
    growing = at > 0 and trend[at - 1][1]
    while True:
        if growing:
            changes.append((start, loyalty, "growing"))
        elif start >= loyal_from:
            changes.append((start, loyalty, "loyal"))
        else:
            changes.append((start, loyalty, "mature"))
        following = trend[at][0] if at < len(trend) else FOREVER
        if start < loyal_from < following:
            start = loyal_from
        else:
            start = following
            if at < len(trend):
                growing = trend[at][1]
                at += 1
        if start >= end:
            return


def _joined(changes: Sequence[tuple[int, str, str]]) -> list[Span]:
    """Turn changes into spans; neighbours that are alike become one, what lies beyond the calendar is left out."""
    found: list[Span] = []
    start, loyalty, stage = changes[0]
    for change in changes:
        day = change[0]
        if day >= FOREVER:
            break
        if change[1] != loyalty or change[2] != stage:
            found.append((start, day, loyalty, stage))
            start, loyalty, stage = change
    found.append((start, FOREVER, loyalty, stage))
    return found
