"""Once a week managers and operators are told what is missing or doubtful in the customers' data."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sqlalchemy import Connection

from bot.cards import data_quality as cards
from bot.desk import Reply
from bot.morning import Morning, Post
from care import data_quality as checking
from care.data_quality import Read
from care.working_days import first_working_day_of_week
from customers import reps
from plugins import morning_job


@morning_job("data_quality", rank=60)
def data_quality(morning: Morning) -> Iterator[Post]:
    """Tell managers and operators each week what is missing in the data: owners, consent, birthdays, duplicates."""
    found: Read | None = None
    for someone in morning.people.values():
        if not someone.roles & {"manager", "operator"}:
            continue
        if first_working_day_of_week(someone.day, someone.country) != someone.day:
            continue
        person = reps.load(morning.db, someone.email, someone.day)
        if person is None:
            continue
        found = found or checking.read(morning.db)
        # An operator sees no customers, only how many there are.
        mine = checking.quality(found, person.exports if "manager" in person.roles else None)
        if not mine.is_fine:
            drawn = cards.card(mine, someone.say, morning.desk.settings.slack_shows)
            shown = [id for each in mine.examples for id, _, _ in each.customers[: cards.NAMED]]
            yield Post(someone, partial(_drawn, drawn), someone.say("what is missing in the data"), shown)


def _drawn(drawn: Reply, _db: Connection) -> Reply:
    return drawn
