"""Erases a customer from everything at once: the tables, what waits to be said, what stands in Slack, and the file."""

from __future__ import annotations

from bot import alert_messages, draft_messages
from bot.desk import Desk
from care import erasing, erasing_contact, forgetting
from care.erasing import Erasure
from care.erasing_contact import ContactErasure
from customers.reps import Person
from database.scrubbing import overwrite_deleted, scrub


def erase(person: Person, desk: Desk, customer_id: int) -> tuple[Erasure, bool]:
    """Erase a customer for a privacy officer; also returns whether nothing is left in the database's file.

    Raises as `care.erasing.erase` does.
    """
    with desk.reading() as db:
        candidates = forgetting.look(db, customer_id)
    with desk.transaction() as db:
        overwrite_deleted(db)
        done = erasing.erase(
            db, customer_id, candidates, by=person.id, at=desk.now, today=desk.today, rules=desk.rules,
            region=desk.settings.default_region,
        )  # fmt: skip
        alert_messages.redraw(db, desk, done.alert_messages)
        draft_messages.redraw(db, desk, done.batches)
    desk.wake()
    return done, scrub(desk.database)


def erase_contact(
    person: Person, desk: Desk, customer_id: int, contact_id: int, *, everywhere: bool
) -> tuple[ContactErasure, bool]:
    """Erase one contact for a privacy officer; also returns whether nothing is left in the database's file.

    Raises as `care.erasing_contact.erase` does.
    """
    region = desk.settings.default_region
    with desk.reading() as db:
        candidates = erasing_contact.look(db, customer_id, contact_id, region=region)
    with desk.transaction() as db:
        overwrite_deleted(db)
        done = erasing_contact.erase(
            db, customer_id, contact_id, candidates, everywhere=everywhere, by=person.id, at=desk.now, region=region
        )
        alert_messages.redraw(db, desk, done.alert_messages)
        draft_messages.redraw(db, desk, done.batches)
    desk.wake()
    return done, scrub(desk.database)
