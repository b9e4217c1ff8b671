"""Lets one person at a time change a customer, so that two who save at once do not undo each other unseen."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from customers.erased import ERASED
from customers.groups import chunks
from customers.tables import customers
from words.errors import BadInput


def hold(db: Connection, customer_id: int) -> None:
    """Wait until nobody else is changing this customer, and keep it until the transaction ends.

    SQLite's transactions wait for each other anyway.
    """
    db.execute(select(customers.c.id).where(customers.c.id == customer_id).with_for_update())


def hold_all(db: Connection, customer_ids: Iterable[int]) -> None:
    """The same for several, in one order, so that two who want the same ones do not wait for each other for ever.

    Others may still write down what happened with them, such as orders.
    """
    for some in chunks(set(customer_ids)):
        held = select(customers.c.id).where(customers.c.id.in_(some)).order_by(customers.c.id)
        db.execute(held.with_for_update(key_share=True))


def erased_of(db: Connection, customer_ids: Iterable[int]) -> set[int]:
    """Those of some customers who were erased, for whoever writes down what was read of them before.

    Ask once rows are written that refer to them: these keep them from being erased until the transaction ends, and
    erasing finds what was there before.
    """
    gone: set[int] = set()
    for some in chunks(set(customer_ids)):
        gone.update(db.scalars(select(customers.c.id).where(customers.c.id.in_(some), customers.c.kind == ERASED)))
    return gone


def refuse_erased(db: Connection, customer_ids: Iterable[int]) -> None:
    """Raise `BadInput` where one of some customers was erased; asked as `erased_of` is."""
    if erased_of(db, customer_ids):
        raise BadInput("This customer is not here any more.")
