"""Fills a database with a few customers whose names, numbers and facts the tests of search and segments know."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, insert

from customers import search
from customers.computed_tables import customer_facts
from customers.folding import fold
from customers.reps import Person
from customers.sight import Sight
from customers.tables import contacts, customers, reps
from database.engine import Database

TODAY = date(2026, 11, 20)
ANN, LI, BOSS = 1, 2, 3


def person(rep_id: int, *, owners: set[int], unowned: bool = False, roles: str = "rep") -> Person:
    sight = Sight(frozenset(owners), unowned)
    return Person(rep_id, "Somebody", "s@example.com", frozenset(roles.split(",")), None, None, sight, exports=sight)


ann = person(ANN, owners={ANN})
boss = person(BOSS, owners={ANN, LI, BOSS}, unowned=True, roles="manager")


def add_people(db: Connection) -> None:
    rows = [(ANN, "Ann Miller", "sales"), (LI, "李娜", "china"), (BOSS, "Bo", None)]
    for rep_id, name, team in rows:
        db.execute(insert(reps).values(id=rep_id, email=f"r{rep_id}@example.com", name=name, roles="rep", team=team))


def add(db: Connection, customer_id: int, name: str, owner_id: int | None = ANN, **columns: Any) -> None:
    facts = columns.pop("facts", {})
    db.execute(
        insert(customers).values(
            id=customer_id, name=name, folded_name=fold(name), owner_id=owner_id,
            **{"key": f"K{customer_id}", "kind": "company", "birthday_is_lunar": False, **columns},
            created_at=datetime(2025, 1, 1, tzinfo=UTC),
        )
    )  # fmt: skip
    amounts = (column.name for column in customer_facts.c if not column.nullable and column.name.startswith(AMOUNTS))
    known = {name: Decimal(0) for name in amounts}
    db.execute(insert(customer_facts).values(customer_id=customer_id, computed_on=TODAY, **{**known, **facts}))


AMOUNTS = ("spend", "profit", "own_spend", "at_stake")


def add_contact(db: Connection, customer_id: int, name: str, **columns: Any) -> None:
    db.execute(
        insert(contacts).values(
            customer_id=customer_id, name=name, folded_name=fold(name), birthday_is_lunar=False, **columns
        )
    )


@contextmanager
def named_customers(database: Database) -> Iterator[Connection]:
    """The customers that the tests of search look for; Li owns number 5 and 6, Ann the others."""
    with database.transaction() as db:
        add_people(db)
        add(db, 1, "Alfreds Futterkiste", key="ALFKI", phone="+49 30 0074321", email="a@alfreds.example.com")
        add(db, 2, "Lonesome Pine Restaurant", phone="(503) 555-9573", city="Portland")
        add(db, 3, "Acme Tools GmbH")
        add(db, 4, "Acme Inc.")
        add(db, 5, "上海晨光文具有限公司", LI, phone="13912345678", email="cg@example.com")
        add(db, 6, "上海晨光办公用品有限公司", LI, phone="021-5555 1234")
        add(db, 7, "重庆长江旅行社")
        add(db, 8, "曾氏茶业股份有限公司")
        add(db, 9, "O'Brien & Söhne AG")
        add_contact(db, 5, "单小明", phone="+86 138 0000 1111", email="ming@example.org")
        search.index(db, None)
        yield db
