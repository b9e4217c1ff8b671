"""Keeps those out who were erased on request: an old export must not bring them back, nor anything about them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from customers.erased import (
    Erased,
    hashes_of_contact_reference,
    hashes_of_contact_row,
    hashes_of_reference,
    hashes_of_row,
)
from customers.tables import contacts, customers
from sources.faults import Wrong
from sources.intake import Waiting
from sources.merging.run import FETCHED, Run
from words.speech import message

ERASED = message("was erased on request on {day}: take it out of the source")
# Far below the number of values that a statement may have.
AT_ONCE = 500


def reject_erased(run: Run, waiting: Waiting) -> None:
    """Reject the rows of customers who were erased, those that no stored record matches by id.

    A row without an id that means somebody else who is stored under the same name is not rejected.
    """
    gone = Erased(run.db)
    if not gone:
        return
    rows = waiting.rows
    namesake = select(customers.c.id).where(customers.c.folded_name == rows.c.folded_name).exists()
    new = and_(rows.c.id.is_(None), or_(rows.c.key.is_not(None), ~namesake))
    read = select(rows.c.seq, rows.c.key, rows.c.folded_name).where(new)
    found: dict[Any, list[int]] = {}
    for some in run.db.execute(read.execution_options(yield_per=FETCHED)).partitions():
        for seq, key, folded in some:
            when = gone.when(hashes_of_row(key, folded))
            if when is not None:
                found.setdefault(when.date(), []).append(seq)
    named = select(rows.c.seq, rows.c.line, func.coalesce(rows.c.key, rows.c.name))
    _reject(run, waiting, named, rows.c.seq, found, "id" if waiting.has("id") else "name")


def reject_about_erased(run: Run, waiting: Waiting, field: str) -> None:
    """Reject the rows that refer to a customer who was erased and is nobody else's name."""
    gone = Erased(run.db)
    if not gone:
        return
    rows, references = waiting.rows, waiting.references[field].table
    found: dict[Any, list[int]] = {}
    unknown = select(references.c.nr, references.c.text).where(references.c.id.is_(None))
    for some in run.db.execute(unknown.execution_options(yield_per=FETCHED)).partitions():
        for nr, text in some:
            when = gone.when(hashes_of_reference(text))
            if when is not None:
                found.setdefault(when.date(), []).append(nr)
    referring = select(rows.c.seq, rows.c.line, references.c.text).join(references, references.c.nr == rows.c[field])
    _reject(run, waiting, referring, references.c.nr, found, field)


def reject_erased_contacts(run: Run, waiting: Waiting) -> None:
    """Reject the rows of contacts who were erased while their customer stays, those that no stored contact matches."""
    gone = Erased(run.db)
    if not gone:
        return
    rows, c = waiting.rows, contacts.c
    namesake = select(c.id).where(c.customer_id == rows.c.customer_id, c.folded_name == rows.c.folded_name).exists()
    new = and_(rows.c.id.is_(None), or_(rows.c.key.is_not(None), ~namesake))
    read = select(rows.c.seq, rows.c.customer_id, rows.c.key, rows.c.folded_name).where(new)
    found: dict[Any, list[int]] = {}
    for some in run.db.execute(read.execution_options(yield_per=FETCHED)).partitions():
        for seq, *said in some:
            when = gone.when(hashes_of_contact_row(*said))
            if when is not None:
                found.setdefault(when.date(), []).append(seq)
    named = select(rows.c.seq, rows.c.line, func.coalesce(rows.c.key, rows.c.name))
    _reject(run, waiting, named, rows.c.seq, found, "id" if waiting.has("id") else "name")


def reject_about_erased_contacts(run: Run, waiting: Waiting) -> None:
    """Reject the rows that refer to a contact who was erased; asked when the others were found."""
    gone = Erased(run.db)
    if not gone:
        return
    rows = waiting.rows
    unknown = rows.c.contact.is_not(None) & rows.c.contact_id.is_(None)
    read = select(rows.c.seq, rows.c.customer_id, rows.c.contact).where(unknown)
    found: dict[Any, list[int]] = {}
    for some in run.db.execute(read.execution_options(yield_per=FETCHED)).partitions():
        for seq, *said in some:
            when = gone.when(hashes_of_contact_reference(*said))
            if when is not None:
                found.setdefault(when.date(), []).append(seq)
    named = select(rows.c.seq, rows.c.line, rows.c.contact)
    _reject(run, waiting, named, rows.c.seq, found, "contact")


def _reject(
    run: Run, waiting: Waiting, named: Select[Any], column: Any, found: dict[Any, list[int]], field: str
) -> None:
    for day, numbers in sorted(found.items()):
        for some in _cut(numbers):
            run.reject(waiting, named.where(column.in_(some)), field, Wrong(ERASED, day=day))


def _cut(numbers: list[int]) -> Iterable[list[int]]:
    return (numbers[start : start + AT_ONCE] for start in range(0, len(numbers), AT_ONCE))
