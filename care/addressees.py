"""Whose an address is: the customers who have it, or who were written to there."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, Select, select

from care import suppressions
from customers.computed_tables import search_names
from customers.outreach_tables import drafts
from customers.spellings import digits
from customers.tables import customers


def owners_of(db: Connection, channel: str, address: str) -> set[int]:
    """The customers whose own address this is, or who were written to there."""
    folded, column = (
        suppressions.folded(channel, address),
        customers.c.email if channel == "email" else customers.c.phone,
    )
    known = select(customers.c.id, column).where(customers.c.id.in_(_findable_by(channel, address)))
    found = {id for id, stored in db.execute(known) if stored and suppressions.folded(channel, stored) == folded}
    for which in went_to(channel, address):
        found |= set(db.scalars(select(drafts.c.customer_id).where(which).distinct()))
        if found:
            break
    return found


def went_to(channel: str, address: str) -> Iterator[ColumnElement[bool]]:
    """Conditions for drafts that went to an address, to be tried in turn.

    First those of customers under whom the address can be found, which an index knows; then all, for an address that
    was corrected since.
    """
    folded = suppressions.folded(channel, address)
    there = drafts.c.recipient == folded
    there &= drafts.c.channel == channel
    yield there & drafts.c.customer_id.in_(_findable_by(channel, address))
    yield there


def _findable_by(channel: str, address: str) -> Select[tuple[int]]:
    """The customers to whom, or to a contact of whom, an address belongs."""
    folded = suppressions.folded(channel, address)
    kind, spelling = ("email", folded) if channel == "email" else ("phone", digits(folded)[::-1])
    n = search_names.c
    return select(n.customer_id).where(n.kind == kind, n.folded == spelling)
