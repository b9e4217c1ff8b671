"""Computes and writes the facts of some thousand customers at a time, so that memory stays small."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Double,
    Select,
    String,
    and_,
    case,
    cast,
    delete,
    func,
    select,
    type_coerce,
)
from sqlalchemy import exists as there_is

from customers import cards, groups
from customers.groups import Scope
from customers.history import History, Ordinals, histories
from customers.measures import COLUMNS, KEPT_DAYS, Day, Own, day_of, iso, measure, own_sums
from customers.rules import Rules
from customers.tables import customer_cards, customer_facts, customers, order_lines, orders, products, stage_spans
from customers.writing import write_rows
from database.types import MONEY_SCALE

SPAN_COLUMNS = ("customer_id", "from_day", "until_day", "loyalty", "stage")
# Rows of orders that are fetched at a time where the database would otherwise send all of them at once.
FETCHED = 5_000


@dataclass
class Work:
    """What one computing of facts needs and notes on its way through the portions."""

    today: date
    day: Day
    rules: Rules
    parents: set[int]  # who is computed from its group
    with_lines: bool  # whether there are any order lines
    ordinals: Ordinals = field(default_factory=Ordinals)
    own: dict[int, Own] = field(default_factory=dict)  # of parents: what they bought themselves


def begin(db: Connection, today: date, rules: Rules, parents: set[int]) -> Work:
    """Prepare a computing of facts of a day."""
    with_lines = bool(db.scalar(select(there_is().select_from(order_lines))))
    return Work(today, day_of(today), rules, parents, with_lines)


@contextmanager
def collector_resting() -> Iterator[None]:
    """Let Python not search for circular garbage meanwhile.

    The millions of short-lived rows hold no circles, and searching them takes a sixth of all time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def write(db: Connection, scope: Scope, work: Work) -> None:
    """Compute and write one portion.

    Parents are written when their groups are read (`scope.grouped`); in a portion of single customers only their own
    sums are noted, so the single ones must come first.
    """
    created = _created(db, scope, work.ordinals)
    sizes = groups.sizes(db, scope.ids) if scope.grouped else {}
    result = db.execute(_order_rows(scope, work), execution_options={"stream_results": True, "yield_per": FETCHED})
    rows = chain.from_iterable(result.partitions())
    facts: list[tuple[Any, ...]] = []
    spans: list[tuple[Any, ...]] = []
    newest: dict[int, list[Any]] = {}
    kept_from = work.day.today - KEPT_DAYS

    def note(customer: int, history: History) -> None:
        if customer in work.parents and not scope.grouped:
            work.own[customer] = own_sums(history, work.day, work.rules)
            return
        own, size = work.own.get(customer), sizes.get(customer, 1)
        measured = measure(customer, history, created[customer], work.day, work.rules, own=own, group=size)
        facts.append(measured.row)
        newest[customer] = [(row[7], row[1], row[3], row[4], row[6]) for row in reversed(history.newest)]
        for start, end, loyalty, stage in measured.spans:
            if end > kept_from:
                spans.append((customer, iso(start), iso(end), loyalty, stage))

    silent = set(scope.ids)
    for customer, history in histories(rows, work.ordinals):
        if customer in silent:  # the range of a whole portion holds nobody else, but a new one may just appear
            silent.remove(customer)
            note(customer, history)
    for customer in sorted(silent):
        note(customer, History())
    written = [row[0] for row in facts]
    shown = cards.load(db, scope, work.today, newest=newest, with_lines=work.with_lines)
    for table in (customer_facts, stage_spans, customer_cards):
        whole = scope.whole and len(written) == len(scope.ids)
        db.execute(
            delete(table).where(scope.within(table.c.customer_id) if whole else table.c.customer_id.in_(written))
        )
    write_rows(db, customer_facts, COLUMNS + cards.FACT_COLUMNS, [row + shown[row[0]].facts for row in facts])
    write_rows(db, stage_spans, SPAN_COLUMNS, spans)
    write_rows(db, customer_cards, cards.COLUMNS, [(id, shown[id].shown) for id in written])


def _created(db: Connection, scope: Scope, ordinals: Ordinals) -> dict[int, int]:
    rows = db.execute(select(customers.c.id, customers.c.created_at).where(scope.within(customers.c.id)))
    return {customer: ordinals[created.date()] for customer, created in rows}


def _order_rows(scope: Scope, work: Work) -> Select[Any]:
    """The orders of a portion as `history.OrderRow`, by customer, day and id; later ones left out.

    The costs and discounts of the lines are added up per order. Double precision holds whole ten-thousandths of up to
    900 billion units exactly, while a product of two amounts would overflow 64 bits at far smaller ones.
    """
    source, customer, mine = scope.reach(orders)
    counted = and_(mine, orders.c.day <= work.today)
    columns = (
        customer,
        type_coerce(orders.c.day, String),  # as the database has it: most days are the same few
        type_coerce(orders.c.home_amount, BigInteger),
        type_coerce(orders.c.amount, BigInteger),
        orders.c.currency,
        orders.c.channel,
        orders.c.status,
        orders.c.key,
    )
    order = (customer, orders.c.day, orders.c.id)  # that of the index, so that nothing needs sorting
    if not work.with_lines:
        nothing = cast(None, Double)
        return select(*columns, nothing, nothing).select_from(source).where(counted).order_by(*order)
    lines = order_lines.c
    quantity = cast(type_coerce(lines.quantity, BigInteger), Double)
    discount = type_coerce(lines.discount, BigInteger)
    cost = func.sum(quantity * type_coerce(products.c.cost, BigInteger)) / float(MONEY_SCALE)
    net = quantity * type_coerce(lines.unit_price, BigInteger) * (MONEY_SCALE - discount)
    cheap = case((discount >= round(work.rules.price_only_discount * MONEY_SCALE), net), else_=0.0)
    share = func.sum(cheap) / func.nullif(func.sum(net), 0.0)
    joined = source.outerjoin(order_lines, lines.order_id == orders.c.id)
    joined = joined.outerjoin(products, products.c.id == lines.product_id)
    return select(*columns, cost, share).select_from(joined).where(counted).group_by(*order).order_by(*order)
