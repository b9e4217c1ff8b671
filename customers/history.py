"""What a customer bought, day by day: the orders of a customer or of a whole group, added up to days."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

# customer, day, home amount, own amount, currency, channel, status, key, cost, share bought at a discount. Amounts are
# whole ten-thousandths; a home amount of None waits for a rate, a cost of None is unknown.
OrderRow = tuple[int, Any, int | None, int, str, str | None, str | None, str, float | None, float | None]
# The status of an order that counts for nothing.
CANCELLED = "cancelled"
# How many of the newest orders are kept: a card shows them.
NEWEST = 5


@dataclass(slots=True)
class History:
    """The orders of one customer up to a day, added up; amounts are whole ten-thousandths of HOME_CURRENCY."""

    nets: dict[int, int] = field(default_factory=dict)  # net sales by ordinal of the day, ascending
    profits: dict[int, int] = field(default_factory=dict)
    waiting: dict[int, dict[str, int]] = field(default_factory=dict)  # without a rate: by day and own currency
    channels: dict[str, int] = field(default_factory=dict)  # orders by channel
    orders: int = 0  # refunds are none
    priced_orders: int = 0
    unpriced_orders: int = 0  # refunds included: their amount is missing too
    discounted: int = 0  # the part of the net sales bought at a discount
    newest: deque[Any] = field(default_factory=lambda: deque(maxlen=NEWEST))  # OrderRows, cancelled ones too

    def purchases(self) -> list[int]:
        """The days with net sales above 0, ascending; without a rate the sign of the own amount decides."""
        if not self.waiting:
            return [day for day, net in self.nets.items() if net > 0]
        days = {day for day, net in self.nets.items() if net > 0}
        days.update(day for day, sums in self.waiting.items() if max(sums.values()) > 0)
        return sorted(days)

    def currencies(self) -> list[str]:
        """The currencies that wait for a rate, sorted."""
        return sorted({currency for sums in self.waiting.values() for currency in sums})


class Ordinals(dict[Any, int]):
    """Turns a day as the database gives it (ISO text or date) into its ordinal; there are few days and many orders."""

    def __missing__(self, day: date | str) -> int:
        """Work out a day that was not met before."""
        found = self[day] = (date.fromisoformat(day) if isinstance(day, str) else day).toordinal()
        return found


def histories(rows: Iterable[Any], ordinals: Ordinals) -> Iterator[tuple[int, History]]:
    """Add up orders to one history per customer.

    `rows` are like OrderRow and come by customer, day and id; a cancelled order counts for nothing, but is kept among
    the newest.
    """
    current: int | None = None
    history = History()
    for row in rows:
        customer, day, home, amount, currency, channel, status, _, cost, discounted = row
        if customer != current:
            if current is not None:
                yield current, history
            current, history = customer, History()
            nets, profits, channels = history.nets, history.profits, history.channels
        history.newest.append(row)
        if status == CANCELLED:
            continue
        at = ordinals[day]
        if amount >= 0:
            history.orders += 1
        if channel:
            channels[channel] = channels.get(channel, 0) + 1
        if home is None:
            history.unpriced_orders += 1
            waiting = history.waiting.setdefault(at, {})
            waiting[currency] = waiting.get(currency, 0) + amount
            continue
        if amount >= 0:
            history.priced_orders += 1
        nets[at] = nets.get(at, 0) + home
        if cost:
            # The lines of a refund may count what came back as above zero.
            profit = home - round(-cost if home < 0 < cost else cost)
            profits[at] = profits.get(at, 0) + profit
        else:
            profits[at] = profits.get(at, 0) + home
        if discounted:
            history.discounted += round(home * discounted)
    if current is not None:
        yield current, history
