"""Lets one person at a time change a customer, so that two who save at once do not undo each other unseen."""

from __future__ import annotations

from sqlalchemy import Connection, select

from customers.tables import customers


def hold(db: Connection, customer_id: int) -> None:
    """Wait until nobody else is changing this customer, and keep it until the transaction ends.

    SQLite's transactions wait for each other anyway.
    """
    db.execute(select(customers.c.id).where(customers.c.id == customer_id).with_for_update())
