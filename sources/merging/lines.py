"""Merges order lines, and adds them up for the orders whose source gave no amount."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    Select,
    Table,
    and_,
    func,
    insert,
    or_,
    select,
    type_coerce,
    update,
)

from customers.tables import order_lines, orders
from database.types import MONEY_SCALE
from sources.faults import Wrong
from sources.intake import Waiting
from sources.merging import staging
from sources.merging.matching import settle
from sources.merging.run import FETCHED, Run, count_changes
from words.speech import message

COMPARED = ("quantity", "unit_price", "discount")


def merge(run: Run, files: Sequence[Waiting]) -> None:
    """Merge all files of order lines; a line is known by its order, its product and its number among equal ones."""
    for waiting in files:
        rows, db = waiting.rows, run.db
        settle(run, waiting, "order")
        settle(run, waiting, "product")
        counted = select(
            rows.c.seq,
            func.row_number().over(partition_by=(rows.c.order_id, rows.c.product_id), order_by=rows.c.seq).label("nr"),
        ).subquery()
        db.execute(update(rows).where(rows.c.seq == counted.c.seq).values(nr=counted.c.nr))
        same = and_(
            order_lines.c.order_id == rows.c.order_id,
            order_lines.c.product_id == rows.c.product_id,
            order_lines.c.nr == rows.c.nr,
        )
        db.execute(update(rows).values(id=select(order_lines.c.id).where(same).scalar_subquery()))
        differs = or_(*(and_(rows.c[name].is_not(None), order_lines.c[name] != rows.c[name]) for name in COMPARED))
        changed = select(order_lines.c.id).where(order_lines.c.id == rows.c.id, differs).exists()
        db.execute(update(rows).where(rows.c.id.is_not(None), changed).values(change=1))
        merged = {name: func.coalesce(rows.c[name], order_lines.c[name]) for name in COMPARED}
        db.execute(update(order_lines).where(order_lines.c.id == rows.c.id, rows.c.change == 1).values(merged))
        fresh = select(
            rows.c.order_id,
            rows.c.product_id,
            rows.c.nr,
            rows.c.quantity,
            rows.c.unit_price,
            func.coalesce(type_coerce(rows.c.discount, BigInteger), 0),
        ).where(rows.c.id.is_(None))
        columns = ["order_id", "product_id", "nr", *COMPARED]
        db.execute(insert(order_lines).from_select(columns, fresh.order_by(rows.c.seq)))
        db.execute(update(rows).where(rows.c.id.is_(None)).values(change=2))
        count_changes(run, waiting)
        affected = select(rows.c.order_id).where(rows.c.change > 0)
        run.touch(select(orders.c.customer_id).where(orders.c.id.in_(affected)).distinct())


def add_up(run: Run, order_files: Sequence[Waiting], line_files: Sequence[Waiting]) -> None:
    """Set the amounts of orders that have none of their own from their lines; rejects those that have no lines."""
    for waiting in order_files:
        if not waiting.has("amount"):
            run.prices_moved = True
            _reject_without_lines(run, waiting)
            mine = select(orders.c.id).join(waiting.rows, waiting.rows.c.key == orders.c.key)
            _add_up(run.db, mine.where(orders.c.sums_lines))
    for waiting in line_files:
        run.prices_moved = True
        changed = select(waiting.rows.c.order_id).where(waiting.rows.c.change > 0).distinct()
        _add_up(run.db, select(orders.c.id).where(orders.c.sums_lines, orders.c.id.in_(changed)))


def _reject_without_lines(run: Run, waiting: Waiting) -> None:
    rows = waiting.rows
    before = waiting.report.rejected
    lines = select(order_lines.c.id).where(order_lines.c.order_id == orders.c.id).exists()
    bare = select(rows.c.seq, rows.c.line, rows.c.key).join(orders, orders.c.key == rows.c.key)
    reason = Wrong(
        message("has no amount: the file has no column for it, and no lines of this order are stored or in this import")
    )
    run.reject(waiting, bare.where(orders.c.sums_lines, ~lines), "id", reason)
    run.rejected_late = run.rejected_late or waiting.report.rejected > before


def _add_up(db: Connection, which: Select[tuple[int]]) -> None:
    sums = _sums_table("import_sums")
    sums.create(db)
    lines = (
        select(orders.c.id, *(type_coerce(order_lines.c[name], BigInteger) for name in COMPARED))
        .join(order_lines, order_lines.c.order_id == orders.c.id)
        .where(orders.c.id.in_(which))
        .order_by(orders.c.id)
    )
    with db.execute(lines.execution_options(yield_per=FETCHED)) as found:
        totals = _totals(found)
        while some := list(islice(totals, FETCHED)):
            staging.put(db, sums, ("order_id", "amount"), some)
    amount = type_coerce(sums.c.amount, orders.c.amount.type)
    db.execute(update(orders).where(orders.c.id == sums.c.order_id, orders.c.amount != amount).values(amount=amount))
    sums.drop(db)


def _sums_table(name: str) -> Table:
    return Table(
        name,
        MetaData(),
        Column("order_id", Integer, primary_key=True),
        Column("amount", BigInteger),
        prefixes=["TEMPORARY"],
    )


def _totals(lines: Iterable[Any]) -> Iterator[tuple[int, int]]:
    """(order, amount as stored): quantity times price less discount, summed exactly.

    It is not rounded to cents: orders rounded one by one add up to another revenue than the lines do.
    """
    unit = MONEY_SCALE**2  # three factors of ten-thousandths each make one stored ten-thousandth
    for order, some in groupby(lines, key=itemgetter(0)):
        exact = sum(quantity * price * (MONEY_SCALE - discount) for _, quantity, price, discount in some)
        rounded = (abs(exact) * 2 + unit) // (2 * unit)
        yield order, rounded if exact >= 0 else -rounded
