"""Once a month each manager is told whether messages to customers worked, and what they earned."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from sqlalchemy import Connection, or_, select

from bot.cards import effectiveness as cards
from bot.desk import Reply
from bot.morning import Morning, Post
from care import effectiveness
from care.effectiveness import Material
from customers import reps
from delivery.tables import runs
from plugins import morning_job

NAME = "monthly_effectiveness"


@morning_job(NAME, rank=70)
def monthly_effectiveness(morning: Morning) -> Iterator[Post]:
    """Tell each manager, on the first working day of a month, what messages did until the end of the month before."""
    settings = morning.desk.settings
    read: dict[date, Material] = {}
    told: dict[date, set[str]] = {}
    for someone in morning.people.values():
        if "manager" not in someone.roles:
            continue
        begin = someone.day.replace(day=1)
        if begin not in told:
            told[begin] = _told(morning.db, begin)
        if f"rep:{someone.rep_id}" in told[begin]:
            continue
        person = reps.load(morning.db, someone.email, someone.day)
        if person is None:
            continue
        last = begin - timedelta(days=1)
        before = last.replace(day=1) - timedelta(days=1)
        if begin not in read:  # once for all managers
            read[begin] = effectiveness.read(morning.db, before, last, settings.zone, with_year=True)
        year = effectiveness.of_a_year(read[begin], person.exports, last)
        campaigns = effectiveness.of_campaigns(read[begin], person.exports, before, last)
        if year is not None:
            drawn = cards.report(last, year, campaigns, someone.say, settings.home_currency, settings.slack_shows)
            yield Post(someone, partial(_drawn, drawn), someone.say("whether messages worked"))


def _drawn(drawn: Reply, _db: Connection) -> Reply:
    return drawn


def _told(db: Connection, begin: date) -> set[str]:
    """Who has been told since the month began: a morning that was missed is made up for by the next one."""
    said = or_(runs.c.state == "planned", runs.c.reason == "daily_cap")
    return set(db.scalars(select(runs.c.subject).where(runs.c.job == NAME, runs.c.local_date >= begin, said)))
