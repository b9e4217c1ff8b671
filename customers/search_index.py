"""Keeps the spellings ready under which each customer can be found."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial

from sqlalchemy import Column, ColumnElement, Connection, delete, select

from customers.computed_tables import search_grams, search_names
from customers.erased import ERASED
from customers.folding import fold
from customers.spellings import bare, digits, grams, of_contact, of_name
from customers.tables import contacts, customers
from customers.writing import collector_resting, indexed_later, write_rows

# Customers whose spellings are written at once: some 100,000 rows, about 30 MB while they wait.
BATCH = 4_000
# Ids in one condition; SQLite allows 32,766 values in a statement.
IDS_AT_ONCE = 500


def index(db: Connection, customer_ids: Collection[int] | None) -> None:
    """Write the spellings of these customers anew, of everybody for None; ids that are gone lose theirs."""
    if customer_ids is None:
        with collector_resting(), indexed_later(db, search_names, search_grams):
            db.execute(delete(search_names))
            db.execute(delete(search_grams))
            for first, last in _batches(db):
                _write(db, partial(_between, first, last))
        return
    ids = sorted(customer_ids)
    for start in range(0, len(ids), IDS_AT_ONCE):
        some = ids[start : start + IDS_AT_ONCE]
        db.execute(delete(search_names).where(search_names.c.customer_id.in_(some)))
        db.execute(delete(search_grams).where(search_grams.c.customer_id.in_(some)))
        _write(db, partial(_among, some))


def _between(first: int, last: int, customer_id: Column[int]) -> ColumnElement[bool]:
    return customer_id.between(first, last)


def _among(ids: list[int], customer_id: Column[int]) -> ColumnElement[bool]:
    return customer_id.in_(ids)


def _batches(db: Connection) -> Iterator[tuple[int, int]]:
    """The first and last id of each batch of customers."""
    first = 0
    while True:
        ids = (
            select(customers.c.id)
            .where(customers.c.id > first, customers.c.kind != ERASED)
            .order_by(customers.c.id)
            .limit(BATCH)
        )
        batch = db.scalars(ids).all()
        if not batch:
            return
        yield batch[0], batch[-1]
        first = batch[-1]


def _write(db: Connection, which: Callable[[Column[int]], ColumnElement[bool]]) -> None:
    c = customers.c
    names: list[tuple[int, str, str]] = []
    pieces: list[tuple[int, str]] = []
    named = select(c.id, c.key, c.folded_name, c.kind, c.email, c.phone).where(which(c.id), c.kind != ERASED)
    for customer, key, name, kind, email, phone in db.execute(named):
        whole = bare(name)
        spellings = of_name(name, whole, person=kind == "person")
        if key:
            spellings.add(("key", fold(key)))
        spellings.update(_reached_at(email, phone))
        names += [(customer, *spelling) for spelling in sorted(spellings) if spelling[1]]
        pieces += [(customer, gram) for gram in sorted(grams(whole))]
    person_at = contacts.c.customer_id
    people = select(person_at, contacts.c.folded_name, contacts.c.email, contacts.c.phone).where(which(person_at))
    reached: set[tuple[int, str, str]] = set()
    for person in db.execute(people):
        reached.update((person.customer_id, "contact", folded) for folded in of_contact(person.folded_name))
        reached.update((person.customer_id, kind, folded) for kind, folded in _reached_at(person.email, person.phone))
    reached.difference_update(names)  # a contact may have the customer's own number
    # In the order of the tables, which is that of the customers, and of the spellings of each.
    write_rows(db, search_names, ("customer_id", "kind", "folded"), sorted([*names, *reached]))
    write_rows(db, search_grams, ("customer_id", "gram"), sorted(pieces))


def _reached_at(email: str | None, phone: str | None) -> Iterator[tuple[str, str]]:
    if email:
        yield "email", email.strip().casefold()
    number = digits(phone) if phone else ""
    if number:
        # Backwards: the number without its country code and its last digits alone are then beginnings of this.
        yield "phone", number[::-1]
