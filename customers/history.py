"""What customers bought, day by day: the orders of each customer or of its whole group, added up to days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from customers.timelines import Flags, Floats, Ints, Timeline, apart, begins, keys

# customer, day, home amount, own amount, currency, channel, status, key, cost, share bought at a discount. Amounts are
# whole ten-thousandths; a home amount of None waits for a rate, a cost of None is unknown.
OrderRow = Sequence[Any]
CUSTOMER, DAY, HOME, AMOUNT, CURRENCY, CHANNEL, STATUS, KEY, COST, DISCOUNTED = range(10)
# The status of an order that counts for nothing.
CANCELLED = "cancelled"
# How many of the newest orders are kept: a card shows them.
NEWEST = 5


class Ordinals(dict[Any, int]):
    """Turns a day as the database gives it (ISO text or date) into its ordinal; there are few days and many orders."""

    def __missing__(self, day: date | str) -> int:
        """Work out a day that was not met before."""
        found = self[day] = (date.fromisoformat(day) if isinstance(day, str) else day).toordinal()
        return found


class Batch(NamedTuple):
    """Some orders of some customers as columns, by customer; cancelled ones are left out."""

    customer: Ints
    day: Ints
    home: Ints  # 0 where there is no rate
    priced: Flags
    is_order: Flags  # no refund
    channel: Ints  # its number, 0 for none
    cost: Floats
    discounted: Floats


@dataclass(slots=True)
class Histories:
    """The orders of some customers up to a day, added up; amounts are whole ten-thousandths of HOME_CURRENCY."""

    customers: Sequence[int]
    sales: Timeline  # the days with orders whose amounts are known
    nets: Ints  # net sales of these days
    profits: Ints
    purchases: Timeline  # the days with net sales above 0; without a rate the sign of the own amount decides
    orders: Ints  # refunds are none
    priced_orders: Ints
    unpriced_orders: Ints  # refunds included: their amount is missing too
    discounted: Ints  # the part of the net sales bought at a discount
    main_channel: list[str | None]
    currencies: list[str | None]  # those that wait for a rate
    newest: dict[int, list[OrderRow]]  # by customer, the newest last, cancelled ones too


@dataclass(slots=True)
class Reader:
    """Reads orders, which come by customer, day and id, and adds them up for one portion of customers after another."""

    ordinals: Ordinals = field(default_factory=Ordinals)
    _channels: dict[str | None, int] = field(default_factory=lambda: {None: 0, "": 0})
    _newest: dict[int, list[OrderRow]] = field(default_factory=dict)
    _waiting: dict[int, dict[tuple[int, str], int]] = field(default_factory=dict)

    def histories(
        self, batches: Iterable[Sequence[OrderRow]], portions: Iterable[Sequence[int]]
    ) -> Iterator[Histories]:
        """The histories of each portion: ascending ids that lie behind those of the portion before."""
        coming = iter(batches)
        ahead: list[Batch] = []
        for ids in portions:
            while not ahead or not len(ahead[-1].customer) or ahead[-1].customer[-1] <= ids[-1]:
                rows = next(coming, None)
                if rows is None:
                    break
                ahead.append(self._read(rows))
            together = _joined(ahead)
            end = int(np.searchsorted(together.customer, ids[-1], side="right"))
            ahead = [Batch._make(column[end:] for column in together)]
            yield self._added_up(Batch._make(column[:end] for column in together), ids)

    def _read(self, rows: Sequence[OrderRow]) -> Batch:
        columns = list(zip(*rows, strict=True))
        customer = np.array(columns[CUSTOMER], dtype=np.int64)
        edges = [*np.flatnonzero(begins(customer)).tolist(), len(rows)]
        for start, end in pairwise(edges):
            newest = list(rows[max(start, end - NEWEST) : end])
            known = self._newest.get(rows[start][CUSTOMER])
            self._newest[rows[start][CUSTOMER]] = newest if known is None else (known + newest)[-NEWEST:]
        counts = np.array([status != CANCELLED for status in columns[STATUS]])
        homes, priced = columns[HOME], np.ones(len(rows), dtype=bool)
        if None in homes:
            priced = np.array([home is not None for home in homes])
            homes = tuple(home or 0 for home in homes)
            for place in np.flatnonzero(counts & ~priced).tolist():
                row = rows[place]
                sums = self._waiting.setdefault(row[CUSTOMER], {})
                what = self.ordinals[row[DAY]], row[CURRENCY]
                sums[what] = sums.get(what, 0) + row[AMOUNT]
        for channel in set(columns[CHANNEL]) - self._channels.keys():
            self._channels[channel] = max(self._channels.values()) + 1
        batch = Batch(
            customer,
            np.array([self.ordinals[day] for day in columns[DAY]], dtype=np.int64),
            np.array(homes, dtype=np.int64),
            priced,
            np.array(columns[AMOUNT], dtype=np.int64) >= 0,
            np.array([self._channels[channel] for channel in columns[CHANNEL]], dtype=np.int64),
            _numbers(columns[COST]),
            _numbers(columns[DISCOUNTED]),
        )
        return batch if counts.all() else Batch._make(column[counts] for column in batch)

    def _added_up(self, orders: Batch, ids: Sequence[int]) -> Histories:
        many, known = len(ids), np.array(ids, dtype=np.int64)
        who = np.minimum(np.searchsorted(known, orders.customer), many - 1)
        mine = known[who] == orders.customer  # the range of a portion holds nobody else, but a new one may just appear
        if not mine.all():
            orders, who = Batch._make(column[mine] for column in orders), who[mine]
        each = Timeline.of(who, orders.day, many)
        is_order = orders.is_order.astype(np.int64)
        priced = Batch._make(column[orders.priced] for column in orders)
        sales, nets, profits = _by_day(priced, who[orders.priced], many)
        bought = sales.where(nets > 0)
        waiting = (
            {nr: self._waiting.pop(id) for nr, id in enumerate(ids) if id in self._waiting} if self._waiting else {}
        )
        also = [keys(np.array(nr), day) for nr, sums in waiting.items() for (day, _), sum_ in sums.items() if sum_ > 0]
        if also:
            bought = Timeline.of(*apart(np.union1d(keys(bought.who, bought.day), np.array(also))), many)
        currencies: list[str | None] = [None] * many
        for nr, sums in waiting.items():
            currencies[nr] = ", ".join(sorted({currency for _, currency in sums}))
        return Histories(
            ids,
            sales,
            nets,
            profits,
            bought,
            each.sums(is_order),
            each.sums(is_order * orders.priced),
            each.sums((~orders.priced).astype(np.int64)),
            each.sums(np.rint(orders.home * orders.discounted).astype(np.int64)),
            self._main_channels(who, orders.channel, many),
            currencies,
            {id: self._newest.pop(id) for id in ids if id in self._newest},
        )

    def _main_channels(self, who: Ints, channel: Ints, many: int) -> list[str | None]:
        """The channel of most orders for each customer, of equal ones the first in the alphabet."""
        found: list[str | None] = [None] * many
        names = {number: name for name, number in self._channels.items() if name}
        rank = np.zeros(len(self._channels) + 1, dtype=np.int64)
        alphabet = sorted(names, key=names.__getitem__)
        rank[alphabet] = np.arange(len(alphabet))
        some = channel > 0
        pairs, counts = np.unique(keys(who[some], rank[channel[some]]), return_counts=True)
        customer, place = apart(pairs)
        order = np.lexsort((place, -counts, customer))
        first = order[begins(customer[order])]
        for nr, best in zip(customer[first].tolist(), place[first].tolist(), strict=True):
            found[nr] = names[alphabet[best]]
        return found


def _numbers(column: tuple[float | None, ...]) -> Floats:
    """What the lines of orders say, 0 where there are none."""
    return np.nan_to_num(np.array(column, dtype=np.float64))


def _joined(batches: Sequence[Batch]) -> Batch:
    if len(batches) == 1:
        return batches[0]
    if not batches:
        return Batch._make(np.zeros(0, dtype=kind) for kind in ("q", "q", "q", "?", "?", "q", "d", "d"))
    return Batch._make(np.concatenate(columns) for columns in zip(*batches, strict=True))


def _by_day(orders: Batch, who: Ints, many: int) -> tuple[Timeline, Ints, Ints]:
    """The days with sales, net sales and profits of orders that come by customer and day."""
    # The lines of a refund may count what came back as above zero.
    cost = np.where((orders.home < 0) & (orders.cost > 0), -orders.cost, orders.cost)
    profit = orders.home - np.rint(cost).astype(np.int64)
    first = np.flatnonzero(begins(who, orders.day))
    if not len(first):
        nothing = np.zeros(0, dtype=np.int64)
        return Timeline.of(who, orders.day, many), nothing, nothing
    days = Timeline.of(who[first], orders.day[first], many)
    return days, np.add.reduceat(orders.home, first), np.add.reduceat(profit, first)
