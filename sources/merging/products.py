"""Merges products and rates of exchange."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, insert, or_, select, update

from customers.tables import order_lines, orders, products, rates
from sources.faults import Wrong
from sources.intake import Waiting
from sources.merging.matching import bring, match_key
from sources.merging.naming import match_names
from sources.merging.run import Run, count_changes, repeated
from words.speech import message

COLUMNS = ("key", "name", "folded_name", "type", "price", "cost", "brand", "function", "audience")


def merge(run: Run, files: Sequence[Waiting]) -> None:
    """Merge all files of products; a product is known by its id, without one by its folded name."""
    for waiting in files:
        rows = waiting.rows
        match_key(run, waiting, products)
        match_names(run, waiting, products)
        new = or_(
            products.c.key == rows.c.key,
            and_(rows.c.key.is_(None), products.c.key.is_(None), products.c.folded_name == rows.c.folded_name),
        )
        bring(run, waiting, products, COLUMNS, {}, new)
        count_changes(run, waiting)
        updated = select(rows.c.id).where(rows.c.change == 1)
        bought = select(orders.c.customer_id).join(order_lines, order_lines.c.order_id == orders.c.id)
        run.touch(bought.where(order_lines.c.product_id.in_(updated)).distinct())


def merge_rates(run: Run, files: Sequence[Waiting]) -> None:
    """Merge all files of rates; a rate is known by its currency and day."""
    run.prices_moved = True
    for waiting in files:
        rows = waiting.rows
        twice = Wrong(message("repeats the currency and day of an earlier line"))
        again = repeated(rows, rows.c.currency, rows.c.day)
        run.reject(waiting, select(rows.c.seq, rows.c.line, rows.c.day).where(again), "day", twice)
        home = rows.c.currency == run.home_currency
        own = Wrong(message("is the currency of all sums (HOME_CURRENCY): it needs no rate"))
        run.reject(waiting, select(rows.c.seq, rows.c.line, rows.c.currency).where(home), "currency", own)
        same = and_(rates.c.currency == rows.c.currency, rates.c.day == rows.c.day)
        known = select(rates.c.day).where(same)
        run.db.execute(update(rows).where(~known.exists()).values(change=2))
        run.db.execute(update(rows).where(known.where(rates.c.micros != rows.c.micros).exists()).values(change=1))
        run.db.execute(update(rates).where(same, rows.c.change == 1).values(micros=rows.c.micros))
        fresh = select(rows.c.currency, rows.c.day, rows.c.micros).where(rows.c.change == 2)
        run.db.execute(insert(rates).from_select(["currency", "day", "micros"], fresh))
        count_changes(run, waiting)
