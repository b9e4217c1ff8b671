"""Once a day it is counted which customers bought after a message was sent to them, and for how much."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from bot.desk import Desk
from care import ordered
from plugins import job


def rehearsal(desk: Desk) -> Iterator[str]:
    """Count how many drafts would change."""
    with desk.database.engine.connect() as db, db.begin() as undone:
        yield f"drafts whose outcome would change: {_counted(desk, db)}"
        undone.rollback()


@job("outcomes_of_messages", daily=True, rank=20, rehearsal=rehearsal)  # digests tell of it in the morning
def outcomes_of_messages(desk: Desk) -> None:
    """Write beside every message to a customer what was bought after it."""
    with desk.transaction() as db:
        _counted(desk, db)


def _counted(desk: Desk, db: Connection) -> int:
    return ordered.count(db, desk.settings.zone, desk.today, desk.settings.outcome_days)
