"""Computes and writes the facts of some thousand customers at a time, so that memory stays small."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Any

import numpy as np
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
from customers.computed_tables import customer_cards, customer_facts, stage_spans
from customers.groups import Scope
from customers.history import AMOUNT, CURRENCY, DAY, KEY, STATUS, Histories, Ordinals, Reader
from customers.judgement.bands import Bands
from customers.measures import COLUMNS, Own, measure, own_sums, span_rows
from customers.rules import Rules
from customers.tables import customers, order_lines, orders, products
from customers.writing import indexed_later, many_rows, write_rows
from database.types import MONEY_SCALE

SPAN_COLUMNS = ("customer_id", "from_day", "until_day", "loyalty", "stage")
# A row of orders as a card takes it.
NEWEST_ORDER = itemgetter(KEY, DAY, AMOUNT, CURRENCY, STATUS)
# The columns of a row of facts.
FACTS = COLUMNS + cards.FACT_COLUMNS
COMPUTED = (customer_facts, stage_spans, customer_cards)
# Customers computed at once, and rows of orders fetched at a time: enough to make every step a loop in C, few enough to
# weigh some megabytes.
AT_ONCE, FETCHED = 1_000, 5_000


@dataclass
class Work:
    """What one computing of facts needs and notes on its way through the portions."""

    today: date
    rules: Rules
    parents: set[int]  # who is computed from its group
    with_lines: bool  # whether there are any order lines
    lines: Bands | None  # between loyal, swing and lost
    ordinals: Ordinals = field(default_factory=Ordinals)
    own: dict[int, Own] = field(default_factory=dict)  # of parents: what they bought themselves


def begin(db: Connection, today: date, rules: Rules, parents: set[int], lines: Bands | None) -> Work:
    """Prepare a computing of facts of a day."""
    with_lines = bool(db.scalar(select(there_is().select_from(order_lines))))
    return Work(today, rules, parents, with_lines, lines)


@contextmanager
def written_anew(db: Connection) -> Iterator[None]:
    """Empty what is computed, before everybody is computed."""
    with indexed_later(db, *COMPUTED):
        for table in COMPUTED:
            db.execute(delete(table))
        yield


def write(db: Connection, scope: Scope, work: Work) -> None:
    """Compute and write the facts, spans and cards of some customers, a portion at a time.

    Parents are written when their groups are read (`scope.grouped`); among single customers only their own sums are
    noted, so the single ones must come first. Where the scope is whole the tables must be empty (`written_anew`).
    """
    if not scope.ids:
        return
    portions = [Scope(ids, whole=scope.whole, grouped=scope.grouped) for ids in groups.chunks(scope.ids, AT_ONCE)]
    with many_rows(db, _order_rows(scope, work), FETCHED) as rows:
        found = Reader(work.ordinals).histories(rows, [portion.ids for portion in portions])
        for portion, histories in zip(portions, found, strict=True):
            _write(db, portion, histories, work)
            gc.collect(0)  # what the portion's few statements left: nobody else collects meanwhile


def alone(
    db: Connection, ids: Sequence[int], today: date, rules: Rules, lines: Bands | None
) -> Iterator[tuple[tuple[Any, ...], str]]:
    """The facts (see FACTS) and the cards of some customers without their children: read, and written nowhere."""
    for chunk in groups.chunks(ids):
        scope, work = Scope(chunk), begin(db, today, rules, set(), lines)
        with many_rows(db, _order_rows(scope, work), FETCHED) as rows:
            [found] = Reader(work.ordinals).histories(rows, [chunk])
        created = np.array(_created(db, scope, work.ordinals), dtype=np.int64)
        shown = cards.load(db, scope, today, newest=_newest(found), with_lines=work.with_lines)
        for row in measure(found, created, today, rules, lines).rows:
            yield row + shown[row[0]].facts, shown[row[0]].shown


def _write(db: Connection, scope: Scope, found: Histories, work: Work) -> None:
    created = np.array(_created(db, scope, work.ordinals), dtype=np.int64)
    if scope.grouped:
        sizes = groups.sizes(db, scope.ids)
        measured = measure(found, created, work.today, work.rules, work.lines, own=work.own, sizes=sizes)
        skipped: set[int] = set()
    else:
        measured = measure(found, created, work.today, work.rules, work.lines)
        skipped = work.parents.intersection(scope.ids)
        own = own_sums(found, work.today, work.rules) if skipped else {}
        work.own.update((customer, own[customer]) for customer in skipped)
    shown = cards.load(db, scope, work.today, newest=_newest(found), with_lines=work.with_lines)
    written = [customer for customer in scope.ids if customer not in skipped]
    if not scope.whole:
        for table in COMPUTED:
            db.execute(delete(table).where(table.c.customer_id.in_(written)))
    facts = [row + shown[row[0]].facts for row in measured.rows if row[0] not in skipped]
    spans = [span for span in span_rows(scope.ids, measured.spans, work.today) if span[0] not in skipped]
    write_rows(db, customer_facts, FACTS, facts)
    write_rows(db, stage_spans, SPAN_COLUMNS, spans)
    write_rows(db, customer_cards, cards.COLUMNS, [(customer, shown[customer].shown) for customer in written])


def _newest(found: Histories) -> dict[int, list[cards.NewestOrder]]:
    """The newest orders of each customer, the newest first."""
    return {customer: [NEWEST_ORDER(row) for row in reversed(rows)] for customer, rows in found.newest.items()}


def _created(db: Connection, scope: Scope, ordinals: Ordinals) -> list[int]:
    rows = db.execute(select(customers.c.id, customers.c.created_at).where(scope.within(customers.c.id)))
    known = {customer: ordinals[created.date()] for customer, created in rows}
    return [known[customer] for customer in scope.ids]


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
    # For everybody, sorting what one look at the whole table finds is quicker than following the index, which jumps to
    # another page for each order; adding nothing keeps SQLite from doing that.
    order = (customer + 0 if scope.whole else customer, orders.c.day, orders.c.id)
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
