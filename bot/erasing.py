"""Erases a customer from everything at once: the tables, what waits to be said, what stands in Slack, and the file."""

from __future__ import annotations

from bot import alert_messages, draft_messages
from bot.desk import Desk
from care import erasing, forgetting
from care.erasing import Erasure
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
