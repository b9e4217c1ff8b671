"""The two clocks of delivery: the database's, which all processes share, and a steady one that nobody can set."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from sqlalchemy import Connection, text

_SQLITE = text("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")
_POSTGRESQL = text("SELECT clock_timestamp()")  # now() would be the beginning of the transaction


class Clock:
    """Tells time; tests and the fault bench hand in another one."""

    def now(self, db: Connection) -> datetime:
        """The database's clock, in UTC."""
        if db.dialect.name == "sqlite":
            return datetime.fromisoformat(str(db.scalar(_SQLITE))).replace(tzinfo=UTC)
        moment: datetime = db.execute(_POSTGRESQL).scalar_one()
        return moment.astimezone(UTC)

    def steady(self) -> float:
        """Seconds that only ever grow, also while the machine sleeps where the system can count that."""
        boot = getattr(time, "CLOCK_BOOTTIME", None)
        return time.monotonic() if boot is None else time.clock_gettime(boot)
