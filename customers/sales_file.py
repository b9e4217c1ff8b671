"""Lays what everybody bought aside in a file, so that it can be looked at again and again, some customers at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date
from tempfile import TemporaryFile
from typing import IO, NamedTuple

import numpy as np
from sqlalchemy import Connection, func, select

from customers import numbers
from customers.judgement.purchases import Purchases
from customers.spare_memory import give_back
from customers.tables import customers, orders
from customers.timelines import Ints, apart, keys

# Orders that are in memory at once: what is worked out beside them takes some hundred bytes for each.
AT_ONCE = 50_000
# Bytes of an order in the file: one number for customer and day, and the amount.
_ROW = 16


class Part(NamedTuple):
    """Some customers and what they bought; those who bought nothing may be among them."""

    ids: Ints
    purchases: Purchases

    def some(self, who: Ints) -> Part:
        """Those customers who stand at some places."""
        return Part(self.ids[who], self.purchases.some(who))

    def blocks(self, most: int) -> Iterator[Part]:
        """The same customers, at most so many at a time."""
        for number, purchases in enumerate(self.purchases.blocks(most)):
            yield Part(self.ids[number * most : (number + 1) * most], purchases)


class SalesFile:
    """What everybody bought until a day, as it was when it was read: parts of customers, ascending by id.

    Each customer counts alone, not with its group. A part holds about AT_ONCE orders, however many there are.
    """

    def __init__(self, db: Connection, until: date, file: IO[bytes]) -> None:
        """Read all orders once; `file` is empty and stays open as long as parts are asked for."""
        self._file = file
        self._newest = db.scalar(select(func.max(customers.c.id))) or 0
        many = db.scalar(select(func.count()).select_from(orders)) or 0
        self._size = max(1, self._newest // max(1, -(-many // AT_ONCE)) + 1)
        # Customers who appear meanwhile are beyond the last of these.
        firsts = np.array([*range(1, max(self._newest, 1) + 1, self._size), self._newest + 1])
        # Where the orders of each part begin, for each piece of the file that was read at once.
        self._begins: list[Ints] = []
        written = 0
        for rows in numbers.sales_of_all(db, until):
            key = keys(rows[:, 0], rows[:, 1])
            order = np.argsort(key, kind="stable")
            begins = written + np.searchsorted(key[order], keys(firsts, 0))
            file.write(np.column_stack((key, rows[:, 2]))[order].tobytes())
            self._begins.append(begins)
            written += len(rows)

    def parts(self) -> Iterator[Part]:
        """Everybody, part by part; there is always one, though it may hold nobody."""
        for number, first in enumerate(range(1, max(self._newest, 1) + 1, self._size)):
            ids = np.arange(first, min(first + self._size, self._newest + 1))
            rows = self._rows(number)
            who, day = apart(rows[:, 0])
            bought = Purchases.of(who - first, day, rows[:, 1].astype(np.float64), len(ids))
            yield Part(ids, bought.above_nothing())

    def _rows(self, number: int) -> Ints:
        pieces = [(int(begins[number]), int(begins[number + 1])) for begins in self._begins]
        read = bytearray()
        for begin, end in pieces:
            self._file.seek(begin * _ROW)
            read += self._file.read((end - begin) * _ROW)
        return np.frombuffer(read, dtype=np.int64).reshape(-1, 2)


@contextmanager
def laid_aside(db: Connection, until: date) -> Iterator[SalesFile]:
    """Everybody's orders until a day, in a file without a name that is gone after the block."""
    with TemporaryFile(prefix="rekindle-") as file:
        yield SalesFile(db, until, file)
    give_back()


class Sample:
    """Customers evenly chosen by id, at most so many, and `always` these; each time it goes through the file anew."""

    def __init__(self, db: Connection, sales: SalesFile, most: int, always: Collection[int] = ()) -> None:
        count = db.scalar(select(func.count()).select_from(customers)) or 0
        self._sales, self._step = sales, max(1, -(-count // most))
        self._always = np.array(sorted(always), dtype=np.int64)

    def __iter__(self) -> Iterator[Purchases]:
        return (part.purchases for part in self.parts())

    def parts(self) -> Iterator[Part]:
        """The chosen ones among the customers of each part."""
        for part in self._sales.parts():
            chosen = part.ids % self._step == 0
            if len(self._always):
                chosen |= np.isin(part.ids, self._always)
            yield part if chosen.all() else part.some(np.flatnonzero(chosen))
