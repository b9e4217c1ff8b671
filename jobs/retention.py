"""Once a day, what has been kept for long enough is forgotten."""

from __future__ import annotations

from collections.abc import Iterator

from bot.desk import Desk
from care import retention as keeping
from care.retention import Periods
from plugins import job


def rehearsal(desk: Desk) -> Iterator[str]:
    """Count what would be forgotten."""
    with desk.reading() as db:
        for what, number in keeping.counts(db, _periods(desk), desk.now):
            yield f"{what}: {number}"


@job("retention", daily=True, rehearsal=rehearsal)
def retention(desk: Desk) -> None:
    """Forget looks, words of messages and drafts, and settled things that were kept for long enough."""
    keeping.purge(desk.database, _periods(desk), desk.now)


def _periods(desk: Desk) -> Periods:
    settings = desk.settings
    return Periods(settings.access_log_days, settings.payload_days, settings.history_days, settings.draft_history_days)
