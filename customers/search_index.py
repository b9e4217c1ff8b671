"""Keeps the spellings ready under which each customer can be found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, select

from customers.folding import fold
from customers.spellings import bare, digits, grams, of_contact, of_name
from customers.tables import contacts, customers, search_grams, search_names

# Customers whose spellings are written at once: some 100,000 rows, about 30 MB while they wait.
BATCH = 4_000
# Ids in one condition; SQLite allows 32,766 values in a statement.
IDS_AT_ONCE = 500


def index(db: Connection, customer_ids: Collection[int] | None) -> None:
    """Write the spellings of these customers anew, of everybody for None; ids that are gone lose theirs."""
    if customer_ids is None:
        db.execute(delete(search_names))
        db.execute(delete(search_grams))
        for after in _beginnings(db):
            _write(db, customers.c.id.between(*after))
        return
    ids = sorted(customer_ids)
    for start in range(0, len(ids), IDS_AT_ONCE):
        some = ids[start : start + IDS_AT_ONCE]
        db.execute(delete(search_names).where(search_names.c.customer_id.in_(some)))
        db.execute(delete(search_grams).where(search_grams.c.customer_id.in_(some)))
        _write(db, customers.c.id.in_(some))


def _beginnings(db: Connection) -> Iterator[tuple[int, int]]:
    """The first and last id of each batch of customers."""
    first = 0
    while True:
        ids = select(customers.c.id).where(customers.c.id > first).order_by(customers.c.id).limit(BATCH)
        batch = db.scalars(ids).all()
        if not batch:
            return
        yield batch[0], batch[-1]
        first = batch[-1]


def _write(db: Connection, which: ColumnElement[bool]) -> None:
    c = customers.c
    names: list[tuple[int, str, str]] = []
    pieces: list[tuple[str, int]] = []
    for row in db.execute(select(c.id, c.key, c.name, c.kind, c.email, c.phone).where(which)):
        spellings = of_name(row.name, person=row.kind == "person")
        spellings.add(("name", fold(row.name)))
        if row.key:
            spellings.add(("key", fold(row.key)))
        spellings.update(_reached_at(row.email, row.phone))
        names += [(row.id, kind, folded) for kind, folded in spellings]
        pieces += [(gram, row.id) for gram in grams(bare(row.name))]
    people = select(c.id, contacts.c.name, contacts.c.email, contacts.c.phone)
    for person in db.execute(people.join(contacts, contacts.c.customer_id == c.id).where(which)):
        spellings = {("contact", folded) for folded in of_contact(person.name)}
        spellings.update(_reached_at(person.email, person.phone))
        names += [(person.id, kind, folded) for kind, folded in spellings]
    # In the order of the index, neighbours go into one page.
    names.sort(key=lambda entry: entry[2])
    pieces.sort()
    insert_rows(db, search_names, ("customer_id", "kind", "folded"), names)
    insert_rows(db, search_grams, ("gram", "customer_id"), pieces)


def _reached_at(email: str | None, phone: str | None) -> Iterator[tuple[str, str]]:
    if email:
        yield "email", fold(email)
    if phone and digits(phone):
        # Backwards: the number without its country code and its last digits alone are then beginnings of this.
        yield "phone", digits(phone)[::-1]


def insert_rows(db: Connection, table: Table, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert plain tuples in the fastest way that each database has; SQLAlchemy's own costs five times as much."""
    names = ", ".join(columns)
    if db.dialect.name == "postgresql":
        raw: Any = db.connection.driver_connection
        with raw.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    written = list(rows)
    if written:
        blanks = ", ".join("?" * len(columns))
        db.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({blanks})", written)
