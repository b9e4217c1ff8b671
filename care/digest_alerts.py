"""What became of alerts and of the messages themselves: for digests, read once for everybody they are made for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, literal, or_, select

from care.notices import VOTED
from customers.alert_tables import alert_votes, alerts
from customers.computed_tables import customer_facts
from customers.morning_tables import slack_users
from customers.notice_tables import notices
from customers.outlook_tables import outlooks
from customers.tables import customers, interactions, orders
from customers.work_tables import follow_ups
from delivery.tables import outbox, runs

# Days of alerts by which a rule is judged: a season's worth, and enough of them to say anything.
JUDGED = 180
# The reasons for which a message did not go out that concern nobody: a newer one took its place, or nothing changed.
HARMLESS = ("superseded", "nothing_to_change")
# The subject of a run that was for one rep, see bot/mornings.py.
SUBJECT = "rep:"


@dataclass(frozen=True, slots=True)
class Touched:
    """An alert that was told in the period, and hours until somebody did something; None where nobody has yet.

    `answered` where its reader said that the customer is not lost, or why.
    """

    id: int  # the customer's
    owner_id: int | None
    hours: float | None
    answered: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of one alert, or of what a smaller rule told: votes, and whether the customer bought again soon.

    `came_back` within the horizon; None while that is not known.
    """

    id: int
    owner_id: int | None
    rule: str
    useful: int
    noise: int
    came_back: bool | None


@dataclass(frozen=True, slots=True)
class Before:
    """Somebody who was lost before Rekindle came."""

    id: int
    owner_id: int | None
    at_stake: Decimal


@dataclass(frozen=True)
class Told:
    """What was read, by the owner of the customer; `failed` and `unreachable` by the rep for whom a message was."""

    touched: Mapping[int | None, Sequence[Touched]]
    judged: Mapping[int | None, Sequence[Judged]]
    before: Mapping[int | None, Sequence[Before]]
    failed: Mapping[int, Mapping[tuple[str, str], int]]  # (job, reason) to how many
    unreachable: Mapping[int, str]


def read(
    db: Connection, since: date, today: date, zone: tzinfo, within: ColumnElement[bool], rep_ids: frozenset[int] | None
) -> Told:
    """Read what happened after the day `since`; `within` is a condition on customers, `zone` the tenant's."""
    begin = datetime.combine(since + timedelta(days=1), time(), zone)
    return Told(
        _by_owner(_touched(db, begin, zone, within)),
        _by_owner(_judged(db, today, within)),
        _by_owner(_before(db, since, within)),
        _failed(db, begin),
        _unreachable(db, rep_ids),
    )


def _touched(db: Connection, begin: datetime, zone: tzinfo, within: ColumnElement[bool]) -> list[Touched]:
    a = alerts.c
    told = select(a.customer_id, customers.c.owner_id, a.told_at, a.state, a.settled_at)
    told = told.where(a.told_at >= begin, within)
    told = told.join(customers, customers.c.id == a.customer_id)
    rows = db.execute(told.add_columns(
        _first(interactions.c.at, interactions.c.customer_id, a),
        _first(follow_ups.c.made_at, follow_ups.c.customer_id, a),
    )).all()  # fmt: skip
    bought = _orders_after(db, begin.date(), within)
    found = []
    for customer_id, owner_id, told_at, state, settled_at, spoke, promised in rows:
        moments = [at for at in (spoke, promised) if at is not None]
        days = [day for day in bought.get(customer_id, ()) if day > told_at.astimezone(zone).date()]
        moments += [datetime.combine(day, time(), zone) for day in days]  # of an order only the day is known
        if state == "recovered" and settled_at is not None:  # by an order of the same day, noticed at this moment
            moments.append(settled_at)
        hours = None if not moments else (min(moments) - told_at).total_seconds() / 3_600
        found.append(Touched(customer_id, owner_id, hours, state == "dismissed"))
    return found


def _first(moment: Any, customer: Any, a: Any) -> Any:
    first = select(func.min(moment)).where(customer == a.customer_id, moment > a.told_at)
    return first.correlate(alerts).scalar_subquery()


def _orders_after(db: Connection, begin: date, within: ColumnElement[bool]) -> dict[int, list[date]]:
    """The days of orders of those customers who have an alert since a day."""
    warned = select(alerts.c.customer_id).where(alerts.c.found_on >= begin - timedelta(days=JUDGED))
    found = select(orders.c.customer_id, orders.c.day).join(customers, customers.c.id == orders.c.customer_id)
    found = found.where(orders.c.day >= begin, orders.c.customer_id.in_(warned), within)
    found = found.where(or_(orders.c.status.is_(None), orders.c.status != "cancelled"))
    days: dict[int, list[date]] = {}
    for customer_id, day in db.execute(found):
        days.setdefault(customer_id, []).append(day)
    return days


def _judged(db: Connection, today: date, within: ColumnElement[bool]) -> list[Judged]:
    a = alerts.c
    votes = (
        select(
            alert_votes.c.alert_id,
            func.count().filter(alert_votes.c.useful).label("useful"),
            func.count().filter(~alert_votes.c.useful).label("noise"),
        )
        .group_by(alert_votes.c.alert_id)
        .subquery()
    )
    horizon = db.scalar(select(outlooks.c.horizon).limit(1)) or JUDGED
    rows = db.execute(
        select(a.customer_id, customers.c.owner_id, a.rule, a.found_on, a.ended_on, votes.c.useful, votes.c.noise)
        .join(customers, customers.c.id == a.customer_id)
        .outerjoin(votes, votes.c.alert_id == a.id)
        .where(a.told_at.is_not(None), a.found_on > today - timedelta(days=JUDGED + horizon), within)
    )
    found = [
        Judged(id, owner, rule, useful or 0, noise or 0, _came_back(found_on, ended_on, today, horizon))
        for id, owner, rule, found_on, ended_on, useful, noise in rows
    ]
    n = notices.c
    said = select(n.customer_id, customers.c.owner_id, n.rule, n.useful)
    said = said.join(customers, customers.c.id == n.customer_id)
    said = said.where(n.told_on > today - timedelta(days=JUDGED), n.rule.in_(VOTED), within)
    return found + [
        Judged(id, owner, rule, int(useful is True), int(useful is False), None)
        for id, owner, rule, useful in db.execute(said)
    ]


def _came_back(found_on: date, ended_on: date | None, today: date, horizon: int) -> bool | None:
    until = found_on + timedelta(days=horizon)
    if ended_on is not None and ended_on <= until:
        return True
    return False if until <= today else None


def _before(db: Connection, since: date, within: ColumnElement[bool]) -> list[Before]:
    found = select(alerts.c.customer_id, customers.c.owner_id, customer_facts.c.at_stake)
    found = found.join(customers, customers.c.id == alerts.c.customer_id)
    found = found.join(customer_facts, customer_facts.c.customer_id == customers.c.id)
    # Of a parent a digest tells what its group does, so that its own silence is none there while the others buy.
    gone = or_(customer_facts.c.group_customers == 1, customer_facts.c.loyalty == "lost")
    found = found.where(alerts.c.state == "before", alerts.c.found_on >= since, gone, within)
    return [Before(*row) for row in db.execute(found.order_by(alerts.c.customer_id))]


def _failed(db: Connection, begin: datetime) -> dict[int, Counter[tuple[str, str]]]:
    """Messages to each rep that were refused, came too late or wait for a decision, and runs that were skipped."""
    o = outbox.c
    ended = and_(o.state.in_(("dead", "skipped", "waiting")), or_(o.finished_at >= begin, o.finished_at.is_(None)))
    messages = select(slack_users.c.rep_id, o.job, func.coalesce(o.reason, o.state).label("reason"))
    messages = messages.join(slack_users, slack_users.c.user_id == o.recipient).where(ended)
    found: dict[int, Counter[tuple[str, str]]] = {}
    for rep_id, job, reason in db.execute(messages):
        if reason not in HARMLESS:
            found.setdefault(rep_id, Counter())[job, reason] += 1
    skipped = select(runs.c.subject, runs.c.job, func.coalesce(runs.c.reason, literal("")))
    skipped = skipped.where(runs.c.state == "skipped", runs.c.at >= begin, runs.c.subject.startswith(SUBJECT))
    for subject, job, reason in db.execute(skipped):
        number = subject.removeprefix(SUBJECT)
        if number.isdigit():
            found.setdefault(int(number), Counter())[job, reason] += 1
    return found


def _unreachable(db: Connection, rep_ids: frozenset[int] | None) -> dict[int, str]:
    found = select(slack_users.c.rep_id, slack_users.c.trouble).where(slack_users.c.trouble.is_not(None))
    if rep_ids is not None:
        found = found.where(slack_users.c.rep_id.in_(sorted(rep_ids)))
    return {rep_id: str(trouble) for rep_id, trouble in db.execute(found)}


def _by_owner(rows: Sequence[Any]) -> dict[int | None, list[Any]]:
    found: dict[int | None, list[Any]] = {}
    for row in rows:
        found.setdefault(row.owner_id, []).append(row)
    return found
