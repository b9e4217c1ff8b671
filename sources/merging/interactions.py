"""Merges interactions: calls, visits, e-mails, notes, complaints, survey answers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, func, or_, select, update

from customers.folding import fold
from customers.tables import contacts, interactions
from sources.faults import Wrong
from sources.intake import BATCH, Waiting
from sources.merging.erased import reject_about_erased_contacts
from sources.merging.matching import bring, match_key, settle
from sources.merging.run import Run, count_changes, reject_repeated_ids, repeated
from words.speech import message

COLUMNS = ("key", "customer_id", "contact_id", "rep_id", "kind", "at", "text", "outcome", "score", "closed_at")


def merge(run: Run, files: Sequence[Waiting]) -> None:
    """Merge all files of interactions; one is known by its id, without one by customer, kind, moment and text."""
    for waiting in files:
        rows = waiting.rows
        settle(run, waiting, "customer")
        settle(run, waiting, "rep")
        _find_contacts(run, waiting)
        reject_repeated_ids(run, waiting)
        text = func.coalesce(rows.c.text, "")
        twice = repeated(rows, rows.c.customer_id, rows.c.kind, rows.c.at, text)
        again = select(rows.c.seq, rows.c.line, rows.c.text).where(rows.c.key.is_(None), twice)
        run.reject(waiting, again, "text", Wrong(message("repeats an earlier line")))
        match_key(run, waiting, interactions)
        same = and_(
            interactions.c.customer_id == rows.c.customer_id,
            interactions.c.kind == rows.c.kind,
            interactions.c.at == rows.c.at,
            interactions.c.text == text,
        )
        stored = select(func.min(interactions.c.id)).where(same).scalar_subquery()
        run.db.execute(update(rows).where(rows.c.key.is_(None)).values(id=stored))
        left = select(interactions.c.customer_id).join(rows, rows.c.id == interactions.c.id)
        run.touch(left.where(interactions.c.customer_id != rows.c.customer_id).distinct())
        new = or_(interactions.c.key == rows.c.key, and_(rows.c.key.is_(None), interactions.c.key.is_(None), same))
        bring(run, waiting, interactions, COLUMNS, {"text": ""}, new)
        count_changes(run, waiting)
        run.touch(select(rows.c.customer_id).where(rows.c.change > 0).distinct())


def _find_contacts(run: Run, waiting: Waiting) -> None:
    """Find the contacts by key, or by folded name among the customer's own."""
    if not waiting.has("contact"):
        return
    rows, db = waiting.rows, run.db
    by_key = select(contacts.c.id).where(contacts.c.key == rows.c.contact, contacts.c.customer_id == rows.c.customer_id)
    db.execute(update(rows).where(rows.c.contact.is_not(None)).values(contact_id=by_key.scalar_subquery()))
    open_ones = rows.c.contact.is_not(None) & rows.c.contact_id.is_(None)
    named = select(rows.c.seq, rows.c.customer_id, rows.c.contact).where(open_ones).order_by(rows.c.customer_id)
    for some in db.execute(named.execution_options(yield_per=BATCH)).partitions():
        c = contacts.c
        nearby = c.customer_id.between(some[0].customer_id, some[-1].customer_id)
        known = {
            (customer, folded): contact
            for contact, customer, folded in db.execute(select(c.id, c.customer_id, c.folded_name).where(nearby))
        }
        found = ((row.seq, known.get((row.customer_id, fold(row.contact)))) for row in some)
        for seq, contact in found:
            if contact is not None:
                db.execute(update(rows).where(rows.c.seq == seq).values(contact_id=contact))
    reject_about_erased_contacts(run, waiting)
    unknown = select(rows.c.seq, rows.c.line, rows.c.contact).where(open_ones)
    run.reject(
        waiting,
        unknown,
        "contact",
        Wrong(message("is no contact of this customer, stored or in the files of this import")),
    )
