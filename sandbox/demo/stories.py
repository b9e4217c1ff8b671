"""How the demo's Chinese customers buy: one story each, from the weekly regular to the one who left.

A story hands back sales by days before today, oldest first. All chance comes from the dice handed in, so the same dice
tell the same story again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

Dice = Callable[[], float]
"""Gives the next number from 0 up to 1."""


@dataclass(frozen=True)
class Sale:
    """One order: `size` is its share of the usual basket (below zero: a refund), `discount` a share of the price."""

    days_ago: int
    size: float = 1.0
    discount: str = "0"
    status: str = "completed"
    currency: str | None = None


Story = Callable[[int, Dice], list[Sale]]
"""From the usual gap in days and the dice to the sales."""

# "Loyal" begins at two years; a little more, so that it is not reached today of all days.
_LONG = 830
_A_YEAR_AND_A_HALF = 500


def _regular(every: int, dice: Dice, *, since: int, until: int) -> list[Sale]:
    """Buy about every `every` days, first at most `since` and last exactly `until` days ago."""
    # Around a timetable, not from one purchase to the next: chance must not add up to a trend.
    days = [until]
    while (planned := until + every * len(days)) <= since:
        days.append(planned + round((dice() - 0.5) * 0.3 * every))
    return [Sale(day, 0.9 + 0.2 * dice()) for day in reversed(days)]


def _lately(every: int, dice: Dice) -> int:
    """A last purchase well within the usual gap."""
    return 1 + int(dice() * every / 2)


def _none(every: int, dice: Dice) -> list[Sale]:  # noqa: ARG001  # the shape of a story
    return []


def _loyal(every: int, dice: Dice) -> list[Sale]:
    return _regular(every, dice, since=_LONG, until=_lately(every, dice))


def _mature(every: int, dice: Dice) -> list[Sale]:
    return _regular(every, dice, since=_A_YEAR_AND_A_HALF, until=_lately(every, dice))


def _changing(every: int, dice: Dice, *, first: float, last: float) -> list[Sale]:
    """Begin with baskets of size `first` and end with `last`."""
    sales = _regular(every, dice, since=400, until=_lately(every, dice))
    oldest = sales[0].days_ago
    return [replace(sale, size=sale.size * (last + (first - last) * sale.days_ago / oldest)) for sale in sales]


def _growing(every: int, dice: Dice) -> list[Sale]:
    return _changing(every, dice, first=0.6, last=1.9)


def _declining(every: int, dice: Dice) -> list[Sale]:
    return _changing(every, dice, first=1.6, last=0.6)


def _swing(every: int, dice: Dice) -> list[Sale]:
    # Between twice and four times the usual gap, far from both.
    return _regular(every, dice, since=640, until=round(2.8 * every))


def _lost(every: int, dice: Dice) -> list[Sale]:
    return _regular(every, dice, since=700, until=185 + int(40 * dice()))


def _price_only(every: int, dice: Dice) -> list[Sale]:
    # Seven of eight at 15 % off: more than 80 % of the spend at 10 % or more.
    sales = _mature(every, dice)
    return [replace(sale, discount="0" if nr % 8 == 4 else "0.15") for nr, sale in enumerate(sales)]


def _refunds(every: int, dice: Dice) -> list[Sale]:
    others = [Sale(148, -0.4, status="refunded"), Sale(61, -0.25, status="refunded"), Sale(20, 1.2, status="cancelled")]
    return sorted(_mature(every, dice) + others, key=lambda sale: -sale.days_ago)


def _unpriced(every: int, dice: Dice) -> list[Sale]:
    # The demo has no rate for the Hong Kong dollar.
    *older, before, newest = _mature(every, dice)
    return [*older, replace(before, currency="HKD"), replace(newest, currency="HKD")]


def _won_back(every: int, dice: Dice) -> list[Sale]:
    return [*_regular(every, dice, since=700, until=300), Sale(46), Sale(17)]


def _won_back_once(every: int, dice: Dice) -> list[Sale]:
    return [*_regular(every, dice, since=700, until=320), Sale(24)]


def _new(every: int, dice: Dice) -> list[Sale]:  # noqa: ARG001  # the shape of a story
    return [Sale(38 + int(4 * dice())), Sale(9 + int(4 * dice()))]


def _new_once(every: int, dice: Dice) -> list[Sale]:  # noqa: ARG001  # the shape of a story
    return [Sale(8)]


def _lost_once(every: int, dice: Dice) -> list[Sale]:  # noqa: ARG001  # the shape of a story
    return [Sale(418)]


STORIES: dict[str, Story] = {
    "prospect": _none,
    "new": _new,
    "new_once": _new_once,
    "growing": _growing,
    "mature": _mature,
    "declining": _declining,
    "price_only": _price_only,
    "refunds": _refunds,
    "unpriced": _unpriced,
    "loyal": _loyal,
    "swing": _swing,
    "lost": _lost,
    "lost_once": _lost_once,
    "won_back": _won_back,
    "won_back_once": _won_back_once,
}
"""The stories by the names that `invented/companies.csv` uses."""
