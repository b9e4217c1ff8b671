"""Puts drafts into a database as they stand when somebody has approved them, for tests that need some."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from customers.outreach_tables import batches, draft_steps, drafts
from database.engine import Database
from delivery import Message, put
from delivery.tables import outbox
from tests.ledger import TODAY, Ledger, noon

NOW = noon(TODAY)


class Drafts(Ledger):
    """A ledger that also has drafts and their messages."""

    def draft(self, customer: int, *, state: str = "held", channel: str = "email", **more: Any) -> int:
        batch = {"template": "win_back/price", "made_at": NOW, "state": "approved", "second_person": False}
        row = {
            "customer_id": customer,
            "template": "win_back/price",
            "channel": channel,
            "language": "en",
            "purpose": "marketing",
            "recipient": "ann@example.com" if channel == "email" else "+4915112345678",
            "text": "Hello",
            "written": {},
            "given": {},
            "state": state,
            "token": secrets.token_urlsafe(8),
            "made_at": NOW,
        }
        return self._add(drafts, {"batch_id": self._add(batches, batch), **row, **more})

    def queued(self, customer: int, *, channel: str = "email", **more: Any) -> tuple[int, int]:
        """A draft that waits to be sent, and its message in the outbox."""
        with self.database.transaction() as db:
            message = Message("ann@example.com", {"text": "Hello"}, NOW, NOW + timedelta(days=1), kind=channel)
            (message_id,) = put(db, "drafts", [message])
        return self.draft(customer, channel=channel, outbox_id=message_id, **more), message_id


def draft(database: Database, draft_id: int) -> Any:
    with database.reading() as db:
        return db.execute(select(drafts).where(drafts.c.id == draft_id)).one()


def steps(database: Database, draft_id: int) -> list[tuple[str, str | None, int | None]]:
    with database.reading() as db:
        wanted = select(draft_steps.c.what, draft_steps.c.reason, draft_steps.c.rep_id)
        found = db.execute(wanted.where(draft_steps.c.draft_id == draft_id).order_by(draft_steps.c.id))
        return [tuple(row) for row in found]


def message_state(database: Database, message_id: int) -> tuple[str, str | None]:
    with database.reading() as db:
        return db.execute(select(outbox.c.state, outbox.c.reason).where(outbox.c.id == message_id)).one()
