"""Customers who were erased on request: how one is told from the others, and how an old export is recognised.

What is left of such a customer is a row without a person, to which kept orders still belong. It has no facts, stands in
no list and is found by no search. Of the id and the name only hashes are kept, so that an import cannot bring the
customer back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import Connection, select

from customers.folding import fold
from customers.outreach_tables import erasures

ERASED = "erased"
"""What `customers.kind` says of a customer who was erased."""


def name_of(customer_id: int) -> str:
    """What an erased customer is called in the tables; no folded text has a capital, so no name can mean it."""
    return f"Erased customer #{customer_id}"


def erased_ids(db: Connection) -> set[int]:
    """The ids of all customers who were erased; there are few."""
    return set(db.scalars(select(erasures.c.customer_id).where(erasures.c.customer_id.is_not(None))))


def hashes_of(key: str | None, folded_name: str) -> list[str]:
    """The hashes that are kept of a customer.

    Who had an id in the source is known by it, and a row without an id by the name. Who had none is known by the name
    alone, whatever id a later export gives. So somebody else of the same name can come with an id of their own.
    """
    if key:
        return [_hash("key", key), _hash("bare", folded_name)]
    return [_hash("name", folded_name)]


def hashes_of_row(key: str | None, folded_name: str | None) -> list[str]:
    """The hashes by which a row of a file is recognised."""
    if folded_name is None:
        return [_hash("key", key)] if key else []
    return [_hash("key", key) if key else _hash("bare", folded_name), _hash("name", folded_name)]


def hashes_of_reference(text: str) -> list[str]:
    """The hashes by which a reference is recognised: it may be an id or a name."""
    folded = fold(text)
    return [_hash("key", text), _hash("bare", folded), _hash("name", folded)]


def hashes_of_contact(customer_id: int, key: str | None, folded_name: str) -> list[str]:
    """The hashes that are kept of a contact who was erased while the customer stays; told apart as customers are.

    A name is one of this customer's people only: of two companies' namesakes the other is not meant.
    """
    if key:
        return [_hash("contact-key", key), _hash("contact-bare", f"{customer_id}:{folded_name}")]
    return [_hash("contact-name", f"{customer_id}:{folded_name}")]


def hashes_of_contact_row(customer_id: int, key: str | None, folded_name: str) -> list[str]:
    """The hashes by which a row of a file that brings a contact of a stored customer is recognised."""
    named = f"{customer_id}:{folded_name}"
    return [_hash("contact-key", key) if key else _hash("contact-bare", named), _hash("contact-name", named)]


def hashes_of_contact_reference(customer_id: int, text: str) -> list[str]:
    """The hashes by which a reference to a contact of a stored customer is recognised: an id or a name."""
    named = f"{customer_id}:{fold(text)}"
    return [_hash("contact-key", text), _hash("contact-bare", named), _hash("contact-name", named)]


class Erased:
    """The hashes of all who were erased, each with the moment; read once for a file."""

    def __init__(self, db: Connection) -> None:
        self._moments: dict[str, datetime] = {row.key_hash: row.at for row in db.execute(select(erasures))}

    def __bool__(self) -> bool:
        """Whether anybody was erased at all: mostly nobody, and then nothing need be hashed."""
        return bool(self._moments)

    def when(self, hashes: Iterable[str]) -> datetime | None:
        """When whoever has one of these hashes was erased; None where nobody was."""
        return next(self._found(hashes), None)

    def _found(self, hashes: Iterable[str]) -> Iterator[datetime]:
        return (self._moments[each] for each in hashes if each in self._moments)


def _hash(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}:{text}".encode()).hexdigest()
