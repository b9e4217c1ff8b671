"""Which customers belong together: a parent account with all its children, at any depth."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, FromClause, literal_column, select

from customers.erased import ERASED
from customers.tables import customers

# Customers whose rows are read and written together: large enough that a statement's own cost vanishes, small enough
# that their orders fit into a few megabytes.
CHUNK = 2_000


@dataclass(frozen=True)
class Scope:
    """Some customers whose rows are read together: each for itself, or each with its whole group.

    `ids` are ascending. Where they are all customers of their range (`whole`), the range is asked for, not a list.
    """

    ids: Sequence[int]
    whole: bool = False
    grouped: bool = False

    def within(self, column: ColumnElement[int]) -> ColumnElement[bool]:
        """The condition that a column names one of these customers."""
        if self.whole:
            return column.between(self.ids[0], self.ids[-1])
        return column.in_(self.ids)

    def reach(self, rows: FromClause) -> tuple[FromClause, ColumnElement[int], ColumnElement[bool]]:
        """How rows with a `customer_id` are read for these customers: what to select from, whose row it is, condition.

        With groups a row is read once for every parent above it, however the parents are chained.
        """
        if not self.grouped:
            return rows, rows.c.customer_id, self.within(rows.c.customer_id)
        pairs = members(self.within(customers.c.id))
        joined = rows.join(pairs, pairs.c.member == rows.c.customer_id)
        return joined, pairs.c.root, literal_column("1") == literal_column("1")


def members(roots: ColumnElement[bool]) -> CTE:
    """The pairs (root, member) of each customer that meets the condition: itself and all below it.

    A circle of parents ends where it closes: each of its customers is then below each other one.
    """
    start = select(customers.c.id.label("root"), customers.c.id.label("member")).where(roots)
    pairs = start.cte("members", recursive=True)
    below = customers.alias("below")
    return pairs.union(select(pairs.c.root, below.c.id).join(pairs, below.c.parent_id == pairs.c.member))


def parents(db: Connection, among: Iterable[int] | None = None) -> set[int]:
    """The ids of those customers who have children; `among` None asks for all."""
    found = select(customers.c.parent_id).distinct().where(customers.c.parent_id.is_not(None))
    if among is None:
        return set(db.scalars(found))
    return {id for chunk in chunks(among) for id in db.scalars(found.where(customers.c.parent_id.in_(chunk)))}


def with_parents(db: Connection, only: Collection[int]) -> list[int]:
    """The named customers that exist and every customer above one of them, ascending; nobody who was erased."""
    found: set[int] = set()
    for chunk in chunks(only):
        above = select(customers.c.id, customers.c.parent_id).where(
            customers.c.id.in_(chunk), customers.c.kind != ERASED
        )
        climbing = above.cte("climbing", recursive=True)
        step = select(customers.c.id, customers.c.parent_id).join(climbing, customers.c.id == climbing.c.parent_id)
        found.update(db.scalars(select(climbing.union(step).c.id)))
    return sorted(found)


def sizes(db: Connection, roots: Sequence[int]) -> dict[int, int]:
    """How many customers stand in the group of each root, itself included."""
    counted: dict[int, int] = {}
    pairs: Any = members(customers.c.id.in_(roots))
    for root in db.scalars(select(pairs.c.root)):
        counted[root] = counted.get(root, 0) + 1
    return counted


def chunks(ids: Iterable[int], size: int = CHUNK) -> Iterator[list[int]]:
    """Cut ids into ascending lists that a statement can carry."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]
