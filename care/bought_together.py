"""What buyers of the same things also bought: products that a customer may want and has never had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from customers.groups import chunks
from customers.tables import order_lines, orders, products

# What was bought longer ago says little about what is wanted now.
WINDOW_DAYS = 365
# With so many buyers a share is right within six percentage points, and more of them would take longer to read.
MOST_BUYERS = 300
# Below these a share is chance, and might tell what one other customer buys.
FEWEST_BUYERS, FEWEST_BOTH = 10, 3
# One in ten is the least that is worth telling.
LEAST_SHARE = 0.1
SUGGESTED = 3
# Products of a customer that are asked about: those of which there was most.
ASKED = 3


@dataclass(frozen=True)
class Suggestion:
    """A product that a share (0 to 1) of the buyers of another product, which the customer buys, bought too."""

    product: str
    because: str
    share: float


def suggestions(db: Connection, customer_ids: Sequence[int], today: date) -> dict[int, list[Suggestion]]:
    """For each customer up to three products never bought, the largest share first; nobody is listed with none.

    The shares are those of up to 300 customers who bought the same product most recently within a year.
    """
    bought = _bought(db, customer_ids, today)
    companions: dict[int, dict[int, float]] = {}
    chosen: dict[int, list[tuple[int, int, float]]] = {}
    for customer, counted in bought.items():
        best: dict[int, tuple[float, int]] = {}
        for product in sorted(counted, key=lambda each: (-counted[each], each))[:ASKED]:
            if product not in companions:
                companions[product] = _companions(db, product, today)
            for other, share in companions[product].items():
                if other not in counted and share > best.get(other, (0.0, 0))[0]:
                    best[other] = (share, product)
        ranked = sorted(best.items(), key=lambda each: (-each[1][0], each[0]))[:SUGGESTED]
        if ranked:
            chosen[customer] = [(other, because, share) for other, (share, because) in ranked]
    named = _names(
        db, {product for found in chosen.values() for other, because, _ in found for product in (other, because)}
    )
    return {
        customer: [Suggestion(named[other], named[because], share) for other, because, share in found]
        for customer, found in chosen.items()
    }


def _bought(db: Connection, customer_ids: Sequence[int], today: date) -> dict[int, Counter[int]]:
    """In how many orders each customer had each product, ever."""
    found: dict[int, Counter[int]] = {}
    for some in chunks(set(customer_ids)):
        counted = (
            select(orders.c.customer_id, order_lines.c.product_id, func.count(orders.c.id.distinct()))
            .join(order_lines, order_lines.c.order_id == orders.c.id)
            .where(orders.c.customer_id.in_(some), *_counts(today))
            .group_by(orders.c.customer_id, order_lines.c.product_id)
        )
        for customer, product, number in db.execute(counted):
            found.setdefault(customer, Counter())[product] = number
    return found


def _companions(db: Connection, product: int, today: date) -> dict[int, float]:
    """By product, the share of the buyers of one product who bought it too."""
    first = today - timedelta(days=WINDOW_DAYS)
    newest = func.max(orders.c.day)
    buying = (
        select(orders.c.customer_id)
        .join(order_lines, order_lines.c.order_id == orders.c.id)
        .where(order_lines.c.product_id == product, orders.c.day > first, *_counts(today))
        .group_by(orders.c.customer_id)
        .order_by(newest.desc(), orders.c.customer_id)
        .limit(MOST_BUYERS)
    )
    buyers = list(db.scalars(buying))
    if len(buyers) < FEWEST_BUYERS:
        return {}
    both = (
        select(order_lines.c.product_id, func.count(orders.c.customer_id.distinct()))
        .join(orders, order_lines.c.order_id == orders.c.id)
        .where(orders.c.customer_id.in_(buyers), orders.c.day > first, *_counts(today))
        .where(order_lines.c.product_id != product)
        .group_by(order_lines.c.product_id)
    )
    least = max(FEWEST_BOTH, LEAST_SHARE * len(buyers))
    return {other: number / len(buyers) for other, number in db.execute(both) if number >= least}


def _counts(today: date) -> tuple[Any, ...]:
    """Orders that happened: neither cancelled, nor refunds, nor of days to come."""
    return (orders.c.day <= today, orders.c.amount > 0, orders.c.status.is_distinct_from("cancelled"))


def _names(db: Connection, ids: Iterable[int]) -> dict[int, str]:
    named: dict[int, str] = {}
    for some in chunks(set(ids)):
        found = db.execute(select(products.c.id, products.c.name).where(products.c.id.in_(some)))
        named.update({row.id: row.name for row in found})
    return named
