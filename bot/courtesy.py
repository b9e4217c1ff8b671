"""Asks in the moment before a message leaves whether its reader is still here, and is not to be left in peace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from sqlalchemy import func, select

from bot.settings import Settings
from bot.waking import zone_named
from care.mornings import may_speak_at
from customers.morning_tables import slack_users
from customers.tables import reps
from customers.work_tables import preferences
from database.engine import Database
from delivery.channel import Row
from delivery.outcomes import Later

QUIET = "quiet_hours"
GONE = "deactivated"


class Courtesy:
    """Holds quiet hours, and says nothing to people who have left; safe in many threads."""

    def __init__(self, database: Database, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._database, self._settings, self._clock = database, settings, clock

    def __call__(self, row: Row) -> str | Later | None:
        """None to send, a reason to skip, or how long to wait; a changed message disturbs nobody."""
        if row.action == "update" or not row.recipient.startswith(("U", "W")):
            return None
        with self._database.reading() as db:
            reader = db.execute(_READER.where(slack_users.c.user_id == row.recipient)).first()
        if reader is None:
            return None
        if not reader.active or reader.trouble:
            return GONE
        now, (begins, ends) = self._clock(), self._quiet(reader)
        speaks = may_speak_at(now, zone_named(reader.zone, self._settings), begins, ends)
        return None if speaks <= now else Later((speaks - now).total_seconds(), QUIET)

    def _quiet(self, reader: Any) -> tuple[time, time]:
        usual = self._settings.preferences
        begins = usual.quiet_from if reader.quiet_from is None else reader.quiet_from
        return begins, usual.quiet_until if reader.quiet_until is None else reader.quiet_until


_READER = (
    select(
        reps.c.active,
        slack_users.c.trouble,
        preferences.c.quiet_from,
        preferences.c.quiet_until,
        func.coalesce(reps.c.time_zone, slack_users.c.time_zone).label("zone"),
    )
    .select_from(slack_users)
    .join(reps, reps.c.id == slack_users.c.rep_id)
    .outerjoin(preferences, preferences.c.rep_id == slack_users.c.rep_id)
)
