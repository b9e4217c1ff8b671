"""The purchases of many customers side by side: on which days each of them bought, and for how much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from customers.timelines import Floats, Ints


class Purchases(NamedTuple):
    """Days on which customers bought: those of customer `n` stand from `starts[n]` to before `starts[n + 1]`."""

    starts: Ints  # (customers + 1,)
    day: Ints  # ordinals, ascending and distinct within a customer
    amount: Floats | None  # net spend of that customer and day; None where there are no amounts

    @classmethod
    def of(cls, who: npt.NDArray[Any], day: npt.NDArray[Any], amount: Floats | None, many: int) -> Purchases:
        """Rows in any order, several of one customer and day added up; `who` are numbers from 0 to `many` - 1.

        An amount that is not a number counts as nothing spent.
        """
        if not len(day):
            return cls(
                np.zeros(many + 1, dtype=np.int64), np.zeros(0, dtype=np.int64), None if amount is None else amount
            )
        base = int(day.min())
        width = int(day.max()) - base + 1
        key = who.astype(np.int64) * width + (day - base)
        if amount is None:
            kept = np.unique(key)
            spent = None
        else:
            order = np.argsort(key, kind="stable")
            key = key[order]
            opens = np.flatnonzero(np.append(True, key[1:] != key[:-1]))
            kept = key[opens]
            spent = np.add.reduceat(np.nan_to_num(amount[order], nan=0.0, posinf=0.0, neginf=0.0), opens)
        starts = np.searchsorted(kept, np.arange(many + 1, dtype=np.int64) * width)
        return cls(starts.astype(np.int64), kept % width + base, spent)

    @property
    def many(self) -> int:
        """How many customers there are, those without any purchase among them."""
        return len(self.starts) - 1

    @property
    def counts(self) -> Ints:
        """How many purchases each customer has, (customers,)."""
        return np.diff(self.starts)

    @property
    def who(self) -> Ints:
        """Whose each purchase is, (purchases,)."""
        return np.repeat(np.arange(self.many), self.counts)

    @property
    def first(self) -> Ints:
        """The day of each customer's first purchase, (customers,); 0 where there is none."""
        return self._at(self.starts[:-1])

    @property
    def last(self) -> Ints:
        """The day of each customer's last purchase, (customers,); 0 where there is none."""
        return self._at(self.starts[1:] - 1)

    def until(self, day: int) -> Purchases:
        """What was known at the end of a day; customers who had not bought by then stay, with no purchases."""
        kept = self.day <= day
        if kept.all():
            return self
        before: Ints = np.concatenate(([0], np.cumsum(kept))).astype(np.int64)
        return Purchases(before[self.starts], self.day[kept], None if self.amount is None else self.amount[kept])

    def above_nothing(self) -> Purchases:
        """Only the days on which more was bought than given back; amounts must be known."""
        if self.amount is None:
            raise ValueError("without amounts nobody knows what was given back")
        bought = self.amount > 0
        if bought.all():
            return self
        kept: Ints = np.concatenate(([0], np.cumsum(bought))).astype(np.int64)
        return Purchases(kept[self.starts], self.day[bought], self.amount[bought])

    def blocks(self, most: int) -> Iterator[Purchases]:
        """The same customers in order, at most so many at a time; there is always one block."""
        for first in range(0, max(self.many, 1), most):
            starts = self.starts[first : first + most + 1]
            rows = slice(int(starts[0]), int(starts[-1]))
            yield Purchases(starts - starts[0], self.day[rows], None if self.amount is None else self.amount[rows])

    @classmethod
    def joined(cls, parts: Sequence[Purchases]) -> Purchases:
        """Several customers beside several others, numbered in this order; without amounts where any part has none."""
        if not parts:
            return cls.of(np.zeros(0), np.zeros(0), np.zeros(0), 0)
        ends = np.cumsum([0, *(len(part.day) for part in parts)])
        starts = [part.starts[:-1] + end for part, end in zip(parts, ends.tolist(), strict=False)]
        amounts = [part.amount for part in parts if part.amount is not None]
        return cls(
            np.concatenate((*starts, ends[-1:])).astype(np.int64),
            np.concatenate([part.day for part in parts]),
            np.concatenate(amounts) if len(amounts) == len(parts) else None,
        )

    def some(self, who: Ints) -> Purchases:
        """The purchases of some customers (distinct), who get the numbers of their places in `who`."""
        counts = self.counts[who]
        starts: Ints = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        rows = np.arange(starts[-1]) + np.repeat(self.starts[who] - starts[:-1], counts)
        return Purchases(starts, self.day[rows], None if self.amount is None else self.amount[rows])

    def _at(self, places: Ints) -> Ints:
        some = self.counts > 0
        days = np.zeros(self.many, dtype=np.int64)
        days[some] = self.day[places[some]]
        return days
