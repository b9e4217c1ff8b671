"""Northwind, a well-known set of orders: what was counted by hand comes out of the facts."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from customers import facts, money
from customers.computed_tables import customer_facts
from customers.rules import Rules
from customers.tables import customers, order_lines, orders, products
from database.engine import Database
from tests.ledger import LONG_AGO, noon

NORTHWIND = Path(__file__).parents[2] / "sandbox" / "demo" / "northwind"
LAST_DAY = date(1998, 5, 6)


def rows(name: str) -> list[dict[str, str]]:
    with (NORTHWIND / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def northwind(sqlite: Database) -> Database:
    buyers = {row["CustomerID"]: nr for nr, row in enumerate(rows("customers"), start=1)}
    sold = rows("order_details")
    net: dict[str, Decimal] = Counter()  # type: ignore[assignment]
    for line in sold:
        net[line["OrderID"]] += Decimal(line["UnitPrice"]) * Decimal(line["Quantity"]) * (1 - Decimal(line["Discount"]))
    with sqlite.transaction() as db:
        db.execute(
            insert(customers),
            [{"id": nr, "name": key, "folded_name": key, "created_at": noon(LONG_AGO)} for key, nr in buyers.items()],
        )
        db.execute(
            insert(products),
            [{"id": int(row["ProductID"]), "name": row["ProductName"], "folded_name": ""} for row in rows("products")],
        )
        db.execute(
            insert(orders),
            [
                {
                    "id": int(row["OrderID"]),
                    "key": row["OrderID"],
                    "customer_id": buyers[row["CustomerID"]],
                    "day": date.fromisoformat(row["OrderDate"]),
                    "amount": net[row["OrderID"]],
                    "currency": "USD",
                }
                for row in rows("orders")
            ],
        )
        db.execute(
            insert(order_lines),
            [
                {
                    "order_id": int(line["OrderID"]),
                    "product_id": int(line["ProductID"]),
                    "quantity": Decimal(line["Quantity"]),
                    "unit_price": Decimal(line["UnitPrice"]),
                    "discount": Decimal(line["Discount"]),
                }
                for line in sold
            ],
        )
        money.price_orders(db, "USD")
        facts.refresh(db, today=LAST_DAY, rules=Rules())
    return sqlite


def test_silence_and_revenue_of_northwind(northwind: Database) -> None:
    with northwind.reading() as db:
        found = db.execute(select(customer_facts)).all()
    silences = [None if row.last_day is None else (LAST_DAY - row.last_day).days for row in found]

    def bucket(silence: int | None) -> str:
        if silence is None:
            return "never"
        return next((f"under {limit}" for limit in (30, 90, 180) if silence < limit), "longer")

    assert Counter(map(bucket, silences)) == {"under 30": 53, "under 90": 20, "under 180": 11, "longer": 5, "never": 2}
    assert round(sum((row.spend for row in found), Decimal(0)), 2) == Decimal("1265793.04")
    values = Counter(row.value for row in found)
    assert values["high"] == values["low"]
    assert Counter(row.stage for row in found)["prospect"] == 2
