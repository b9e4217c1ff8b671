"""Reads the orders of millions of customers as plain numbers, without making an object of each row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Date, Integer, Select, case, func, select, true, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from customers.groups import Scope
from customers.history import CANCELLED
from customers.tables import orders
from customers.timelines import Ints

# Rows whose numbers are one text: large enough that a statement's own cost vanishes, small enough to weigh a megabyte.
TEXT_ROWS = 50_000
COLUMNS = 3


class day_number(GenericFunction[int]):  # SQLAlchemy takes the class's name for that of the function
    """The ordinal of a day, worked out by the database."""

    type = Integer()
    inherit_cache = True


@compiles(day_number, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    # Julian days begin at noon of a day that lies 1,721,424.5 days before the first ordinal.
    return f"CAST(julianday({compiler.process(element.clauses, **options)}) - 1721424.5 AS INTEGER)"


@compiles(day_number, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)} - DATE '0001-01-01' + 1)"


def sales_of_all(db: Connection, until: date) -> Iterator[Ints]:
    """All orders, some thousand at a time, as arrays (rows, 3): customer, ordinal, amount.

    Amounts are whole ten-thousandths of HOME_CURRENCY; an order without a rate counts one of them, with the sign of
    its own amount. Cancelled ones and those of later days are left out; rows come in no order.
    """
    rows = select(orders.c.customer_id, *_AS_NUMBERS)
    if db.dialect.name == "postgresql":
        yield from _copied(db, _where(rows, until, true()))
        return
    newest = db.scalar(select(func.max(orders.c.id))) or 0
    for start in range(0, newest + 1, TEXT_ROWS):
        yield from _concatenated(db, _where(rows, until, orders.c.id.between(start, start + TEXT_ROWS - 1)))


def sales_of(db: Connection, scope: Scope, until: date) -> Ints:
    """The same of some customers, or of their whole groups, as one array."""
    source, customer, mine = scope.reach(orders)
    rows = _where(select(customer, *_AS_NUMBERS).select_from(source), until, mine)
    found = list(_copied(db, rows) if db.dialect.name == "postgresql" else _concatenated(db, rows))
    return np.concatenate(found) if found else np.zeros((0, COLUMNS), dtype=np.int64)


def _where(rows: Any, until: date, mine: ColumnElement[bool]) -> Select[Any]:
    found: Select[Any] = rows.where(mine, orders.c.day <= until, orders.c.status.is_distinct_from(CANCELLED))
    return found


_SIGN = case((orders.c.amount > 0, 1), (orders.c.amount < 0, -1), else_=0)
_AS_NUMBERS = (
    day_number(type_coerce(orders.c.day, Date)),
    func.coalesce(type_coerce(orders.c.home_amount, Integer), _SIGN),
)


def _concatenated(db: Connection, rows: Select[Any]) -> Iterator[Ints]:
    """SQLite joins the numbers to one text, which numpy reads: ten times quicker than a tuple for each row."""
    parts = rows.subquery()
    customer, day, amount = parts.c
    text = func.group_concat(customer.op("||")(",").op("||")(day).op("||")(",").op("||")(amount))
    found = db.scalar(select(text))
    if found:
        yield _numbers(found)


def _copied(db: Connection, rows: Select[Any]) -> Iterator[Ints]:
    asked = str(rows.compile(db, compile_kwargs={"literal_binds": True}))
    driver: Any = db.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY ({asked}) TO STDOUT (FORMAT csv)") as copy:
        lines: list[bytes] = []
        for line in copy:
            lines.append(bytes(line))
            if len(lines) == TEXT_ROWS:
                yield _numbers(b"".join(lines).replace(b"\n", b",").rstrip(b",").decode())
                lines.clear()
        if lines:
            yield _numbers(b"".join(lines).replace(b"\n", b",").rstrip(b",").decode())


def _numbers(text: str) -> Ints:
    return np.fromstring(text, dtype=np.int64, sep=",").reshape(-1, COLUMNS)
