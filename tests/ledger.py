"""Fills a database with customers and orders in as few words as a test needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from customers import facts, money
from customers.computed_tables import customer_cards, customer_facts, stage_spans
from customers.folding import fold
from customers.rules import Rules
from customers.tables import (
    consents,
    contacts,
    customer_tags,
    customers,
    interactions,
    order_lines,
    orders,
    products,
    rates,
    reps,
)
from database.engine import Database

TODAY = date(2026, 6, 15)
RULES = Rules()
LONG_AGO = date(2018, 1, 1)


def ago(days: int) -> date:
    """So many days before TODAY."""
    return TODAY - timedelta(days=days)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


class Ledger:
    """Writes into one database; every method says the least that is needed and returns the id."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.orders = 0

    def customer(self, name: str, parent: int | None = None, created: date = LONG_AGO) -> int:
        row = {"name": name, "folded_name": fold(name), "key": name, "parent_id": parent, "created_at": noon(created)}
        return self._add(customers, row)

    def order(self, customer: int, day: date, amount: float | str = 100, **more: Any) -> int:
        return self._add(orders, self._order(customer, day, amount) | more)

    def bought(self, customer: int, *days_ago: int, amount: float | str = 100) -> None:
        rows = [self._order(customer, ago(days), amount) for days in days_ago]
        self.change(insert(orders).values(rows) if rows else select(1))

    def product(self, name: str, cost: float | str | None = None) -> int:
        priced = None if cost is None else Decimal(str(cost))
        return self._add(products, {"key": name, "name": name, "folded_name": fold(name), "cost": priced})

    def line(self, order: int, product: int, quantity: float = 1, price: float = 100, discount: str = "0") -> None:
        amounts = {"quantity": Decimal(str(quantity)), "unit_price": Decimal(str(price)), "discount": Decimal(discount)}
        self._add(order_lines, {"order_id": order, "product_id": product, **amounts})

    def rate(self, currency: str, day: date, worth: str) -> None:
        self._add(rates, {"currency": currency, "day": day, "micros": int(Decimal(worth) * 1_000_000)}, key=None)

    def rep(self, name: str) -> int:
        return self._add(reps, {"name": name, "email": f"{name.lower()}@example.com"})

    def contact(self, customer: int, name: str, **more: Any) -> int:
        return self._add(contacts, {"customer_id": customer, "name": name, "folded_name": fold(name), **more})

    def tag(self, customer: int, tag: str) -> None:
        self._add(customer_tags, {"customer_id": customer, "tag": tag}, key=None)

    def consent(self, customer: int, day: date, *, given: bool, channel: str = "email") -> None:
        entry = {"channel": channel, "purpose": "marketing", "given": given, "at": noon(day), "how": "form"}
        self._add(consents, {"customer_id": customer, **entry})

    def interaction(self, customer: int, day: date, kind: str = "call", text: str = "Hello", **more: Any) -> int:
        return self._add(interactions, {"customer_id": customer, "kind": kind, "at": noon(day), "text": text, **more})

    def refresh(self, today: date = TODAY, *, only: Sequence[int] | None = None, rules: Rules = RULES) -> None:
        with self.database.transaction() as db:
            money.price_orders(db, "USD")
            facts.refresh(db, today=today, rules=rules, only=only)

    def catch_up(self, today: date, *, rules: Rules = RULES, home_currency: str = "USD") -> bool:
        with self.database.transaction() as db:
            return facts.catch_up(db, today=today, rules=rules, home_currency=home_currency)

    def move(self, today: date) -> bool:
        with self.database.transaction() as db:
            return facts.move(db, today=today, rules=RULES)

    def facts(self, customer: int) -> Any:
        with self.database.reading() as db:
            return db.execute(select(customer_facts).where(customer_facts.c.customer_id == customer)).one()

    def shown(self, customer: int) -> dict[str, Any]:
        with self.database.reading() as db:
            found: dict[str, Any] = db.scalars(
                select(customer_cards.c.shown).where(customer_cards.c.customer_id == customer)
            ).one()
        return found

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that was computed, to compare one way of computing with another."""
        found = {}
        with self.database.reading() as db:
            for table in (customer_facts, stage_spans):
                rows = db.execute(select(table).order_by(*table.primary_key.columns))
                found[table.name] = [tuple(row) for row in rows]
            cards = db.execute(select(customer_cards).order_by(customer_cards.c.customer_id))
            found["cards"] = [(row.customer_id, row.shown) for row in cards]
        return found

    def change(self, statement: Any) -> None:
        with self.database.transaction() as db:
            db.execute(statement)

    def _order(self, customer: int, day: date, amount: float | str) -> dict[str, Any]:
        self.orders += 1
        priced = {"key": f"O{self.orders}", "currency": "USD", "amount": Decimal(str(amount))}
        return {"customer_id": customer, "day": day, **priced}

    def _add(self, table: Table, row: dict[str, Any], key: str | None = "id") -> int:
        """Insert a row; columns that nobody named get their tables' defaults."""
        with self.database.transaction() as db:
            return added(db, table, row, key)


def added(db: Connection, table: Table, row: dict[str, Any], key: str | None = "id") -> int:
    result = db.execute(insert(table).values(**row))
    return 0 if key is None else int(result.inserted_primary_key[0])
