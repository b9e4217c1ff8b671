"""Merges orders, millions of them: nothing is done row by row, and waiting rows are not rewritten."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    Select,
    Table,
    and_,
    func,
    insert,
    literal,
    or_,
    select,
    type_coerce,
    update,
)

from customers import money
from customers.tables import orders
from customers.writing import indexed_later
from sources.intake import Waiting
from sources.merging import staging
from sources.merging.matching import find_referred, reject_unknown
from sources.merging.run import Run, reject_repeated_ids

COMPARED = ("day", "amount", "currency", "channel", "status")


def merge(run: Run, files: Sequence[Waiting], *, lines_follow: bool) -> None:
    """Merge all files of orders; an order is known by its id.

    Where the import is refused already, millions of orders are not written in vain, unless lines refer to them.
    """
    for waiting in files:
        reject_repeated_ids(run, waiting)
        find_referred(run, waiting, "customer")
        reject_unknown(run, waiting, "customer")
        if lines_follow or not run.refused:
            _merge(run, waiting)


def _merge(run: Run, waiting: Waiting) -> None:
    rows, db = waiting.rows, run.db
    customer = waiting.references["customer"].table
    some_stored = db.scalar(select(orders.c.id).limit(1)) is not None
    known = _update_known(run, waiting) if some_stored else 0
    last = db.scalar(select(func.max(orders.c.id))) or 0
    currency = func.coalesce(rows.c.currency, run.home_currency)
    amount: Any = rows.c.amount if waiting.has("amount") else literal(0, orders.c.amount.type)
    fresh: Select[Any] = select(
        rows.c.key,
        customer.c.id,
        rows.c.day,
        amount,
        currency,
        money.home_value(run.home_currency, amount, currency, rows.c.day),
        rows.c.channel,
        rows.c.status,
        literal(not waiting.has("amount")),
    ).join(customer, customer.c.nr == rows.c.customer)
    if some_stored:
        fresh = fresh.where(~select(orders.c.id).where(orders.c.key == rows.c.key).exists())
    columns = ["key", "customer_id", "day", "amount", "currency", "home_amount", "channel", "status", "sums_lines"]
    # Entries of an index that come in no order cost more than sorting all of them, unless few join many.
    many = waiting.report.accepted > last
    with indexed_later(db, orders) if many else nullcontext():
        db.execute(insert(orders).from_select(columns, fresh.order_by(rows.c.seq), include_defaults=False))
    report = waiting.report
    report.added = report.accepted - known
    report.unchanged = known - report.updated
    if report.added:
        run.touch(select(orders.c.customer_id).where(orders.c.id > last).distinct())
        staging.measured(db, orders)


def _update_known(run: Run, waiting: Waiting) -> int:
    """Update the stored orders that differ from their rows; returns how many rows have a stored order."""
    rows, db = waiting.rows, run.db
    customer = waiting.references["customer"].table
    pairs = rows.join(orders, orders.c.key == rows.c.key).join(customer, customer.c.nr == rows.c.customer)
    known = db.scalar(select(func.count()).select_from(rows.join(orders, orders.c.key == rows.c.key))) or 0
    differs = [orders.c.customer_id != customer.c.id]
    differs += [
        and_(rows.c[name].is_not(None), orders.c[name].is_distinct_from(rows.c[name]))
        for name in COMPARED
        if name != "amount" or waiting.has("amount")
    ]
    changed = Table(
        f"{rows.name}_changed",
        MetaData(),
        Column("seq", Integer, primary_key=True),
        Column("order_id", Integer),
        Column("customer_id", Integer),
        prefixes=["TEMPORARY"],
    )
    changed.create(db)
    found = select(rows.c.seq, orders.c.id, customer.c.id).select_from(pairs).where(or_(*differs))
    db.execute(insert(changed).from_select(["seq", "order_id", "customer_id"], found))
    before = select(orders.c.customer_id).join(changed, changed.c.order_id == orders.c.id)
    run.touch(before.union(select(changed.c.customer_id)))
    merged: dict[str, Any] = {name: func.coalesce(rows.c[name], orders.c[name]) for name in COMPARED}
    if waiting.has("amount"):
        merged["sums_lines"] = literal(False)
    worth = money.home_value(
        run.home_currency,
        merged["amount"] if waiting.has("amount") else orders.c.amount,
        merged["currency"],
        merged["day"],
    )
    merged["home_amount"] = type_coerce(worth, orders.c.home_amount.type)
    matched = and_(orders.c.id == changed.c.order_id, rows.c.seq == changed.c.seq)
    db.execute(update(orders).where(matched).values(customer_id=changed.c.customer_id, **merged))
    waiting.report.updated = db.scalar(select(func.count()).select_from(changed)) or 0
    changed.drop(db)
    return known
