"""A complaint after which its customer's owner has not been in touch: the owner is reminded, then the manager."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache, partial

from sqlalchemy import Connection

from bot.cards import notices as cards
from bot.desk import Reply
from bot.morning import Morning, Post
from bot.waking import Someone
from care import follow_ups, notices
from care.notices import COMPLAINT, COMPLAINT_MANAGER, Complaint
from care.working_days import is_working_day
from plugins import morning_job


@morning_job("unanswered_complaints", rank=40)
def unanswered_complaints(morning: Morning) -> Iterator[Post]:
    """Remind owners of complaints that nobody answered, and after twice that time their managers."""
    wait = morning.desk.settings.complaint_days
    latest = max((someone.day for someone in morning.people.values()), default=None)
    if latest is None:
        return
    waiting = notices.complaints(morning.db, latest)
    told = {rule: notices.told(morning.db, rule) for rule in (COMPLAINT, COMPLAINT_MANAGER)}
    mine: dict[tuple[int, str], list[Complaint]] = {}
    for each in waiting:
        owner, above = morning.receiver(each.owner_id), morning.receiver(each.manager_id)
        if owner is not None and str(each.id) not in told[COMPLAINT] and _waits(each, owner, wait):
            mine.setdefault((owner.rep_id, COMPLAINT), []).append(each)
        elif above is None or each.owner_id in (None, above.rep_id):
            continue  # whoever would be told has been reminded already
        elif str(each.id) in told[COMPLAINT] - told[COMPLAINT_MANAGER] and _waits(each, above, 2 * wait):
            mine.setdefault((above.rep_id, COMPLAINT_MANAGER), []).append(each)
    for rep_id in dict.fromkeys(rep_id for rep_id, _ in mine):
        own, others = mine.get((rep_id, COMPLAINT), []), mine.get((rep_id, COMPLAINT_MANAGER), [])
        someone = morning.people[rep_id]
        number = len(own) + len(others)
        brief = someone.say.count("{n} complaint waits for an answer", "{n} complaints wait for an answer", number)
        shown = [each.customer_id for each in [*own[: cards.LINES], *others[: cards.LINES]]]
        yield Post(someone, partial(_drawn, morning, someone, own, others), brief, customers=shown)


def _drawn(
    morning: Morning, someone: Someone, own: list[Complaint], others: list[Complaint], db: Connection
) -> Reply | None:
    parts = []
    for rule, waiting in ((COMPLAINT, own), (COMPLAINT_MANAGER, others)):
        subjects = [(each.customer_id, str(each.id)) for each in waiting]
        ids = notices.tell(db, rule, subjects, rep_id=someone.rep_id, day=someone.day, now=morning.now)
        still = [each for each in waiting if each.customer_id in ids]
        if rule == COMPLAINT:
            for each in still:
                follow_ups.by_rule(
                    db, rule="complaint", customer_id=each.customer_id, rep_id=someone.rep_id, day=someone.day,
                    today=someone.day, now=morning.now,
                )  # fmt: skip
        if still:
            shows = morning.desk.settings.slack_shows
            parts.append(
                cards.complaints(
                    still[: cards.LINES], ids, len(still), someone.say, shows=shows, to_manager=rule != COMPLAINT
                )
            )
    if not parts:
        return None
    return Reply(parts[0].text, [block for part in parts for block in part.blocks])


def _waits(each: Complaint, someone: Someone, days: int) -> bool:
    """Whether so many working days have gone by since the day of the complaint."""
    return _working_days_between(each.at.date(), someone.day, someone.country, days) >= days


@lru_cache(maxsize=10_000)
def _working_days_between(begin: date, end: date, country: str, enough: int) -> int:
    """How many working days lie after one day until another, which counts too; counts no further than enough."""
    found, day = 0, begin
    while day < end and found < enough:
        day += timedelta(days=1)
        found += is_working_day(day, country)
    return found
