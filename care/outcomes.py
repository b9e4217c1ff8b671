"""What came of a message to a customer: delivered, bounced, complained about, answered, unsubscribed.

Each is written once, and the first time counts: whoever reports an outcome may report it again.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from care import suppressions
from customers.outreach_tables import drafts


def delivered(db: Connection, draft_id: int, at: datetime) -> bool:
    """The message arrived. True the first time."""
    return _first(db, draft_id, "delivered_at", at)


def bounced(db: Connection, draft_id: int, at: datetime, *, for_good: bool = True) -> bool:
    """The message could not be delivered; `for_good`: nobody writes to that address any more. True the first time."""
    if for_good:
        _suppress(db, draft_id, "bounced", at)
    return _first(db, draft_id, "bounced_at", at)


def complained(db: Connection, draft_id: int, at: datetime) -> bool:
    """The customer called the message spam: nobody writes to that address any more. True the first time.

    It counts as unsubscribed.
    """
    _suppress(db, draft_id, "complained", at)
    return _first(db, draft_id, "unsubscribed_at", at)


def replied(db: Connection, draft_id: int, at: datetime) -> bool:
    """The customer answered. True the first time."""
    return _first(db, draft_id, "replied_at", at)


def unsubscribed(db: Connection, draft_id: int, at: datetime) -> bool:
    """The customer unsubscribed by this message; what that means for the ledger is `consents.withdraw`'s.

    True the first time.
    """
    return _first(db, draft_id, "unsubscribed_at", at)


def subscribed_again(db: Connection, draft_id: int) -> None:
    """The customer took back that they had unsubscribed by this message."""
    db.execute(update(drafts).where(drafts.c.id == draft_id).values(unsubscribed_at=None))


def _first(db: Connection, draft_id: int, column: str, at: datetime) -> bool:
    untold = (drafts.c.id == draft_id) & drafts.c[column].is_(None)
    return db.execute(update(drafts).where(untold).values({column: at})).rowcount == 1


def _suppress(db: Connection, draft_id: int, reason: str, at: datetime) -> None:
    row = db.execute(select(drafts.c.channel, drafts.c.recipient).where(drafts.c.id == draft_id)).first()
    if row is not None and row.recipient:
        suppressions.suppress(db, row.channel, row.recipient, reason, at)
