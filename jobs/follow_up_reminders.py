"""In the morning each rep is reminded of the promises that are due, in one message."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sqlalchemy import Connection

from bot.cards.follow_ups import Reader
from bot.cards.reminder import reminder
from bot.desk import Reply
from bot.morning import Morning, Post
from bot.waking import Someone
from care import follow_ups
from care.follow_ups import Line
from plugins import morning_job


@morning_job("follow_up_reminders", rank=10)
def follow_up_reminders(morning: Morning) -> Iterator[Post]:
    """Remind each rep of the follow-ups that are due, those with most at stake first."""
    duties = morning.duties
    found = follow_ups.due_of_all(morning.db, {rep_id: someone.day for rep_id, someone in duties.items()})
    mine: dict[int, list[Line]] = {}
    for rep_id, lines in found.items():
        mine.setdefault(duties[rep_id].rep_id, []).extend(lines)
    for rep_id, lines in mine.items():
        someone = morning.people[rep_id]
        # Those of whom somebody stands in for are mixed with the own.
        lines.sort(key=lambda line: (-line.at_stake, line.due, line.id))
        count = someone.say.count("{n} follow-up was due", "{n} follow-ups were due", len(lines))
        shown = [line.customer_id for line in lines[: follow_ups.PAGE]]
        yield Post(someone, partial(_drawn, morning, someone, lines), f"{count} (/followups)", shown)


def _drawn(morning: Morning, someone: Someone, lines: list[Line], db: Connection) -> Reply:
    settings = morning.desk.settings
    sight = morning.sight(db, someone, {line.owner_id for line in lines[: follow_ups.PAGE]})
    reader = Reader(
        someone.say, sight, someone.rep_id, someone.day, someone.country, settings.home_currency, settings.slack_shows
    )
    return reminder(lines, someone.name, reader)
