"""Notices who is slipping away, tells the owner in the morning, and tells the good news when somebody buys again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from bot.alert_messages import redraw
from bot.cards.alert import Spot, message_of
from bot.cards.follow_ups import Reader
from bot.desk import Desk, Reply
from bot.morning import Morning, Post
from bot.waking import Someone
from care import alerts
from care.alerts import Alert
from customers import alerting
from plugins import job, morning_job

# People whose alerts are read at once: few reads, and little in memory.
AT_ONCE = 200


@job("watch_silences", rank=10)
def watch_silences(desk: Desk) -> None:
    """Judge once a day who is slipping away, and keep one alert for each silence."""
    today = desk.today
    with desk.reading() as db:
        watched = alerting.watch(db, today, desk.settings.rules) if alerting.is_ready(db, today) else None
    if watched is None:
        return
    with desk.transaction() as db:
        worse = alerting.keep(db, *watched, today, desk.settings.rules)
        changed = redraw(db, desk, alerts.messages_of(db, worse))
    if changed:
        desk.wake()


@job("recovered_customers", rank=20)
def recovered_customers(desk: Desk) -> None:
    """Close the alerts of customers who have bought again, and say so where the alerts stand."""
    with desk.reading() as db:
        news = alerting.anything_new(db, desk.today)
    if news is None:
        return
    with desk.transaction() as db:
        ended = alerting.end_silences(db, news, desk.today, desk.now)
        changed = redraw(db, desk, alerts.messages_of(db, ended))
    if changed:
        desk.wake()


def look_first(desk: Desk, db: Connection) -> None:
    """Find who is slipping away before a run by hand: the jobs of the day may not have come to it yet."""
    watched = alerting.watch(db, desk.today, desk.settings.rules)
    if watched is not None:
        alerting.keep(db, *watched, desk.today, desk.settings.rules)


@morning_job("lost_customer_alerts", rank=20, first=look_first)
def lost_customer_alerts(morning: Morning) -> Iterator[Post]:
    """Tell each owner which customers are slipping away, how one can tell, and what to do."""
    latest = max(someone.day for someone in morning.people.values())
    mine: dict[int, list[int]] = {}
    for owner_id, waiting in alerts.to_tell(morning.db, latest).items():
        someone = morning.receiver(owner_id)
        if someone is not None:
            ids = [alert_id for alert_id, until in waiting if until is None or until <= someone.day]
            mine.setdefault(someone.rep_id, []).extend(ids)
    receivers = [rep_id for rep_id, ids in mine.items() if ids]
    for start in range(0, len(receivers), AT_ONCE):
        some = receivers[start : start + AT_ONCE]
        ids = [alert_id for rep_id in some for alert_id in mine[rep_id]]
        found = alerts.read(morning.db, ids, morning.desk.today, morning.desk.settings.rules)
        for rep_id in some:
            shown = sorted((found[alert_id] for alert_id in mine[rep_id]), key=alerts.order)
            yield _post(morning, morning.people[rep_id], shown)


def _post(morning: Morning, someone: Someone, shown: Sequence[Alert]) -> Post:
    desk, say = morning.desk, someone.say
    message_id = 0
    older = sorted({alert.message_id for alert in shown if alert.message_id is not None})

    def make(db: Connection) -> Reply | None:
        nonlocal message_id
        ids = [alert.id for alert in shown]
        # Whoever has bought again in the meantime is not told of.
        message_id, told = alerts.tell(db, ids, rep_id=someone.rep_id, day=someone.day, now=morning.now)
        if not told:
            return None
        open_ones = [replace(alert, state="open") for alert in shown if alert.id in told]
        settings = desk.settings
        sight = morning.sight(db, someone, {alert.owner_id for alert in open_ones})
        reader = Reader(
            say, sight, someone.rep_id, someone.day, someone.country, settings.home_currency, settings.slack_shows
        )
        return message_of(open_ones, Spot(str(message_id)), reader, desk.today)

    def kept(db: Connection, outbox_id: int) -> None:
        alerts.stands_at(db, message_id, outbox_id)
        redraw(db, desk, older)

    brief = say.count("{n} customer was slipping away", "{n} customers were slipping away", len(shown))
    return Post(someone, make, brief, [alert.customer_id for alert in shown], kept)
