"""The manager's digest: each working morning since the last one, and on the first of a week the whole week."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from sqlalchemy import Connection

from bot.desk import Reply
from bot.digesting import Made, digest_of
from bot.morning import Morning, Post
from care import digest as digests
from care.digest import Read
from care.digest_material import Period
from care.working_days import first_working_day_of_week
from customers import reps
from plugins import morning_job

WEEK = 7


@morning_job("manager_digest", rank=30)
def manager_digest(morning: Morning) -> Iterator[Post]:
    """Tell each manager what happened to the customers of all who report to them."""
    settings = morning.desk.settings
    read: dict[Period, Read] = {}
    for someone in morning.people.values():
        if "manager" not in someone.roles:
            continue
        person = reps.load(morning.db, someone.email, someone.day)
        if person is None:
            continue
        period = _period(someone.day, someone.country)
        if period not in read:  # once for all managers with the same days, in whatever country
            read[period] = digests.read(morning.db, period, settings.zone)
        made = digest_of(morning.db, read[period], person, someone.say, settings)
        if not made.is_empty:
            yield Post(someone, partial(_drawn, made), someone.say("the digest of the day"), customers=made.customers)


def _drawn(made: Made, _db: Connection) -> Reply:
    return made.reply


def _period(day: date, country: str) -> Period:
    if first_working_day_of_week(day, country) == day:
        return digests.last_days(day, WEEK)
    return digests.since_last_working_day(day, country)
