"""Whoever cannot be reached in Slack is named once to the manager, who can hand their work over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, select, update

from bot.cards.unreachable import Missing, unreachable
from bot.desk import Reply
from bot.morning import Morning, Post
from bot.waking import Someone, unknown_zones
from care import handing_over
from customers.morning_tables import slack_users
from customers.tables import reps
from plugins import morning_job


@morning_job("unreachable_people", rank=40)
def unreachable_people(morning: Morning) -> Iterator[Post]:
    """Tell managers once which of their people cannot be reached in Slack, and what to do about it."""
    r, s = reps.c, slack_users.c
    rows = morning.db.execute(
        select(r.id, r.manager_id, r.name, r.email, r.time_zone, s.trouble, s.told_at)
        .join(slack_users, s.rep_id == r.id)
        .where(r.active, s.told_at.is_(None))
        .order_by(r.name)
    ).all()
    wrong_zones = {row.id for row in unknown_zones(rows)}
    mine: dict[int, list[Any]] = {}
    for row in rows:
        if row.trouble is None and row.id not in wrong_zones:
            continue
        # What is wrong with the zone of somebody who can be reached is for the manager all the same.
        someone = morning.receiver(row.manager_id if row.trouble is None else row.id)
        if someone is not None:
            mine.setdefault(someone.rep_id, []).append(row)
    for rep_id, missing in mine.items():
        someone = morning.people[rep_id]
        brief = someone.say.count("{n} person cannot be reached", "{n} people cannot be reached", len(missing))
        yield Post(someone, partial(_drawn, someone, missing), brief, kept=partial(_told, missing, morning))


def _drawn(someone: Someone, missing: Sequence[Any], db: Connection) -> Reply:
    people = []
    for row in missing:
        customers, follow_ups = handing_over.holdings(db, row.id)
        people.append(Missing(row.id, row.name, row.email, row.trouble or "zone", row.time_zone, customers, follow_ups))
    return unreachable(people, someone.say)


def _told(missing: Sequence[Any], morning: Morning, db: Connection, _outbox_id: int) -> None:
    ids = [row.id for row in missing]
    db.execute(update(slack_users).where(slack_users.c.rep_id.in_(ids)).values(told_at=morning.now))
