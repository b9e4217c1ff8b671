"""Taking a key exactly once: whoever gets it acts, everybody else lets go."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete
from sqlalchemy.dialects import postgresql, sqlite

from delivery.tables import claims

# Slack delivers an event again for up to an hour at most; a day leaves room for clocks that differ.
KEPT = timedelta(days=1)


def claim(db: Connection, key: str, at: datetime) -> bool:
    """Take a key; True for the one who got it, False when somebody had taken it before."""
    insert = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    taken = db.execute(insert(claims).values(key=key, at=at).on_conflict_do_nothing().returning(claims.c.key))
    return taken.first() is not None


def forget_old(db: Connection, now: datetime) -> int:
    """Drop keys that can no longer be asked for; returns how many."""
    return db.execute(delete(claims).where(claims.c.at < now - KEPT)).rowcount
