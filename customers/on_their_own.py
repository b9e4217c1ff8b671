"""What parent accounts are without their children: their own purchases, rhythm, loyalty and last orders."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Date, func, select

from customers import judging, portions
from customers.computed_tables import customer_facts
from customers.history import CANCELLED
from customers.judgement.silences import FEWEST_GAPS
from customers.loading import FactsRow
from customers.rules import Rules
from customers.tables import orders
from database.types import MONEY_SCALE, Money


@dataclass(frozen=True)
class OnItsOwn:
    """One customer without its children; the same as `customers.loading.Seen` has of it with them.

    The value tier comes from comparing all customers, and nobody has compared this: it is `mid` or `none`.
    """

    facts: Any
    shown: dict[str, Any]


def read(db: Connection, ids: Sequence[int], today: date, rules: Rules) -> dict[int, OnItsOwn]:
    """Work it out from the orders; for a few customers at a time, since nothing of it stands ready."""
    if not ids:
        return {}
    learnt = judging.recall_learnt(db)
    lines = None if learnt is None else learnt.bands
    return {
        row[0]: OnItsOwn(_facts(row), json.loads(shown)) for row, shown in portions.alone(db, ids, today, rules, lines)
    }


def with_a_rhythm(db: Connection) -> list[int]:
    """The parents who buy themselves, often enough to have a rhythm of their own."""
    own = (
        select(orders.c.customer_id)
        .where(orders.c.customer_id.in_(_parents()), orders.c.amount > 0, orders.c.status.is_distinct_from(CANCELLED))
        .group_by(orders.c.customer_id)
        .having(func.count(orders.c.day.distinct()) > FEWEST_GAPS)
    )
    return list(db.scalars(own.order_by(orders.c.customer_id)))


def _parents() -> Any:
    return select(customer_facts.c.customer_id).where(customer_facts.c.group_customers > 1)


def _facts(row: Sequence[Any]) -> Any:
    """A row of facts as it would be stored, as one that was read."""
    known = dict(zip(portions.FACTS, row, strict=True))
    values: dict[str, Any] = {}
    for column in customer_facts.c:
        value = known[column.name]
        if value is not None and isinstance(column.type, Money):
            value = Decimal(value) / MONEY_SCALE
        elif isinstance(value, str) and isinstance(column.type, Date):
            value = date.fromisoformat(value)
        values[column.name] = value
    return FactsRow(**values)
