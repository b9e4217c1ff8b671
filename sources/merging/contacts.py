"""Merges contacts: the people at a customer."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, func, or_, select, update

from customers.tables import contacts
from sources.faults import Wrong
from sources.intake import Waiting
from sources.merging.erased import reject_erased_contacts
from sources.merging.matching import bring, match_key, settle
from sources.merging.phones import read_phones
from sources.merging.run import Run, count_changes, reject_repeated_ids, repeated
from words.speech import message

COLUMNS = (
    "key", "customer_id", "name", "folded_name", "title", "email", "phone", "birthday", "birthday_is_lunar",
    "birthday_year_known",
)  # fmt: skip


def merge(run: Run, files: Sequence[Waiting]) -> None:
    """Merge all files of contacts; a contact is known by its id, without one by its customer and folded name."""
    for waiting in files:
        rows = waiting.rows
        settle(run, waiting, "customer")
        reject_repeated_ids(run, waiting)
        named = select(rows.c.seq, rows.c.line, rows.c.name)
        again = named.where(repeated(rows, rows.c.customer_id, rows.c.folded_name))
        run.reject(
            waiting, again, "name", Wrong(message("repeats a contact of the same customer from an earlier line"))
        )
        match_key(run, waiting, contacts)
        reject_erased_contacts(run, waiting)
        read_phones(run, waiting, rows.c.customer_id)
        same = and_(contacts.c.customer_id == rows.c.customer_id, contacts.c.folded_name == rows.c.folded_name)
        adoptable = or_(rows.c.key.is_(None), contacts.c.key.is_(None))
        by_name = select(func.min(contacts.c.id)).where(same, adoptable).scalar_subquery()
        run.db.execute(update(rows).where(rows.c.id.is_(None)).values(id=by_name))
        other = select(contacts.c.id).where(same, contacts.c.id.is_distinct_from(rows.c.id)).exists()
        taken = Wrong(message("is the name of another contact of this customer, with another id"))
        run.reject(waiting, named.where(other), "name", taken)
        # A contact that moves to another customer leaves a card behind that must change too.
        left = select(contacts.c.customer_id).join(rows, rows.c.id == contacts.c.id)
        run.touch(left.where(contacts.c.customer_id != rows.c.customer_id), spelled=True)
        bring(run, waiting, contacts, COLUMNS, {"birthday_is_lunar": False, "birthday_year_known": True}, same)
        count_changes(run, waiting)
        run.touch(select(rows.c.customer_id).where(rows.c.change > 0).distinct(), spelled=True)
