"""Lost-customer alerts: which wait for whom, and what people do with them; a press that comes twice does no harm."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, func, insert, or_, select, update

from care.follow_ups import LONGEST
from customers import on_their_own
from customers.alert_tables import alert_messages, alert_votes, alerts
from customers.computed_tables import customer_cards, customer_facts
from customers.groups import chunks
from customers.holding import hold
from customers.loading import FactsRow
from customers.reps import Person
from customers.rules import Rules
from customers.segments import AT_STAKE
from customers.tables import customers, reps
from delivery.tables import outbox
from words.errors import BadInput, NotAllowed

# Why customers leave, as reps say it.
CAUSES = ("price", "quality", "service", "process", "competitor", "contact_left", "no_need", "other")
# The alert was wrong: the customer has not left.
NOT_LOST = "not_lost"
# The states in which an alert waits for its reader.
WAITING = ("open", "snoozed")
# How many of one message are drawn at once: each takes three blocks or four, and more are not read in one go.
PAGE = 5


@dataclass(frozen=True)
class Alert:
    """One alert with what must be known of the customer to show it; the columns are those of the table alerts.

    `facts` has the columns of customer_facts, `shown` is what the customer's card shows beside them; of a parent both
    are those of itself alone, without its children. `useful` is the newest vote of the reader who was asked for, None
    without one.
    """

    id: int
    customer_id: int
    began: date
    found_on: date
    rule: str
    stated: float | None
    loyalty: str
    state: str
    cause: str | None
    words: str | None
    snoozed_until: date | None
    ended_on: date | None
    message_id: int | None
    customer_key: str | None
    customer_name: str
    owner_id: int | None
    owner_name: str | None
    facts: Any
    shown: dict[str, Any]
    useful: bool | None = None
    is_parent: bool = False


@dataclass(frozen=True)
class Place:
    """A message in which a rep reads alerts, and where it stands in the outbox."""

    id: int
    rep_id: int
    outbox_id: int | None
    local_date: date


def to_tell(db: Connection, latest: date) -> dict[int | None, list[tuple[int, date | None]]]:
    """The alerts that must be told (again), by their customer's owner: (id, day until which it is snoozed).

    Those that were never told, those whose snooze is over by `latest`, and those whose message never arrived.
    """
    undelivered = select(alert_messages.c.id).join(outbox, outbox.c.id == alert_messages.c.outbox_id)
    undelivered = undelivered.where(outbox.c.state.in_(("dead", "skipped")))
    a = alerts.c
    which: list[ColumnElement[bool]] = [
        a.state == "found",
        and_(a.state == "snoozed", a.snoozed_until <= latest),
        and_(a.state == "open", or_(a.message_id.is_(None), a.message_id.in_(undelivered))),
    ]
    rows = (
        select(a.id, a.snoozed_until, customers.c.owner_id)
        .join(customers, customers.c.id == a.customer_id)
        .outerjoin(customer_facts, customer_facts.c.customer_id == a.customer_id)
        .where(or_(*which))
        .order_by(_STAKE.desc(), a.id)
    )
    found: dict[int | None, list[tuple[int, date | None]]] = {}
    for row in db.execute(rows):
        found.setdefault(row.owner_id, []).append((row.id, row.snoozed_until))
    return found


def read(db: Connection, ids: Iterable[int], today: date, rules: Rules, voter: int | None = None) -> dict[int, Alert]:
    """Some alerts by their ids; `voter` is the rep whose votes are shown. `today` is the tenant's."""
    found = _stored(db, ids, voter)
    parents = {alert.customer_id for alert in found.values() if alert.is_parent}
    alone = on_their_own.read(db, sorted(parents), today, rules)
    for id, alert in found.items():
        own = alone.get(alert.customer_id)
        if own is not None:
            found[id] = replace(alert, facts=own.facts, shown=own.shown)
    return found


def _stored(db: Connection, ids: Iterable[int], voter: int | None) -> dict[int, Alert]:
    """The same with what is stored of the customers, which of a parent is known of its group."""
    found: dict[int, Alert] = {}
    for chunk in chunks(ids):
        for row in db.execute(_ALL.where(alerts.c.id.in_(chunk))):
            found[row[0]] = _alert(row)
        votes = select(alert_votes.c.alert_id, alert_votes.c.useful).where(alert_votes.c.alert_id.in_(chunk))
        for vote in db.execute(votes.where(alert_votes.c.rep_id == voter)) if voter else ():
            found[vote.alert_id] = replace(found[vote.alert_id], useful=vote.useful)
    return found


def of_message(db: Connection, message_id: int, today: date, rules: Rules) -> tuple[Place, list[Alert]]:
    """A message and the alerts in it, those with most at stake first; raises `BadInput` where there is none."""
    row = db.execute(select(alert_messages).where(alert_messages.c.id == message_id)).first()
    if row is None:
        raise BadInput("This message is too old to be changed.")
    place = Place(row.id, row.rep_id, row.outbox_id, row.local_date)
    ids = list(db.scalars(select(alerts.c.id).where(alerts.c.message_id == message_id)))
    found = read(db, ids, today, rules, row.rep_id)
    return place, sorted(found.values(), key=order)


def waiting_of(
    db: Connection,
    owner_ids: Collection[int],
    limit: int,
    today: date,
    rules: Rules,
    voter: int | None = None,
    *,
    told_to: int | None = None,
) -> list[Alert]:
    """The open alerts about customers of these owners, those with most at stake first.

    `told_to` adds those that a manager was told of in an owner's place.
    """
    a, c, m = alerts.c, customers.c, alert_messages.c
    owned: Any = select(a.id).join(customers, c.id == a.customer_id).where(c.owner_id.in_(sorted(owner_ids)))
    if told_to is not None:
        told = select(a.id).join(alert_messages, m.id == a.message_id)
        owned = owned.union(told.where(a.state == "open", m.rep_id == told_to))
    which = (
        select(alerts.c.id)
        .outerjoin(customer_facts, customer_facts.c.customer_id == alerts.c.customer_id)
        .where(alerts.c.state == "open", alerts.c.id.in_(owned))
        .order_by(_STAKE.desc(), alerts.c.id)
        .limit(limit)
    )
    ids = list(db.scalars(which))
    found = read(db, ids, today, rules, voter)
    return [found[id] for id in ids]


def tell(db: Connection, ids: Sequence[int], *, rep_id: int, day: date, now: datetime) -> tuple[int, set[int]]:
    """Give alerts their place in a new message of a rep; returns its id, and which of them still wait to be told."""
    message_id = int(db.execute(_MESSAGE, {"rep_id": rep_id, "local_date": day, "at": now}).scalar_one())
    still: set[int] = set()
    for chunk in chunks(ids):
        still.update(db.scalars(_TOLD, {"ids": chunk, "message": message_id, "now": now}))
    return message_id, still


def stands_at(db: Connection, message_id: int, outbox_id: int) -> None:
    """Write down where a message stands in the outbox."""
    db.execute(_STANDS, {"message": message_id, "outbox": outbox_id})


def theirs(db: Connection, person: Person, alert_id: int) -> Alert:
    """An alert that a person may act on, about a customer seen in full; to act on, not to show its facts.

    Raises `NotAllowed` for any other, `BadInput` where there is none.
    """
    found = _stored(db, [alert_id], person.id).get(alert_id)
    if found is None:
        raise BadInput("This alert is not here any more.")
    if not person.sight.full(found.owner_id):
        raise NotAllowed("This customer belongs to another team: you see name, owner and stage only.")
    return found


def snooze(db: Connection, alert_id: int, until: date, *, by: int, now: datetime) -> bool:
    """Put an alert off to a day of its reader; False where it is settled already."""
    return _change(db, alert_id, by, now, {"state": "snoozed", "snoozed_until": until}, WAITING)


def dismiss(db: Connection, alert_id: int, cause: str, *, by: int, now: datetime) -> bool:
    """Settle an alert with a cause, or as NOT_LOST; another cause may be chosen later. False where it has recovered."""
    if cause not in (*CAUSES, NOT_LOST):
        raise BadInput("This cause is not known.")
    values = {"state": "dismissed", "cause": cause, "snoozed_until": None}
    return _change(db, alert_id, by, now, values, (*WAITING, "dismissed"))


def add_words(db: Connection, alert_id: int, words: str) -> None:
    """Keep in the rep's own words why a customer was lost."""
    short = " ".join(words.split())[:LONGEST]
    db.execute(update(alerts).where(alerts.c.id == alert_id, alerts.c.cause.is_not(None)).values(words=short or None))


def reopen(db: Connection, alert_id: int, *, by: int, now: datetime) -> bool:
    """Take back a snooze or a dismissal; False where there is nothing to take back."""
    values = {"state": "open", "cause": None, "words": None, "snoozed_until": None}
    return _change(db, alert_id, by, now, values, ("snoozed", "dismissed"))


def vote(db: Connection, alert_id: int, useful: bool, *, by: int, now: datetime) -> None:
    """Keep whether a person found an alert useful, in place of an earlier vote; the same vote twice takes it back."""
    mine = (alert_votes.c.alert_id == alert_id) & (alert_votes.c.rep_id == by)
    before = db.scalar(select(alert_votes.c.useful).where(mine))
    db.execute(delete(alert_votes).where(mine))
    if before is not useful:
        db.execute(insert(alert_votes).values(alert_id=alert_id, rep_id=by, useful=useful, at=now))


def messages_of(db: Connection, ids: Iterable[int]) -> list[int]:
    """The messages in which some alerts are shown."""
    found: set[int] = set()
    for chunk in chunks(ids):
        shown = select(alerts.c.message_id).where(alerts.c.id.in_(chunk), alerts.c.message_id.is_not(None)).distinct()
        found.update(db.scalars(shown))
    return sorted(found)


def advice(alert: Alert) -> str:
    """What to do first, as a code: complaint, price, valuable, often."""
    if alert.shown.get("complaints"):
        return "complaint"
    if alert.facts is not None and alert.facts.price_only:
        return "price"
    return "valuable" if alert.facts is not None and alert.facts.value == "high" else "usual"


def _change(
    db: Connection, alert_id: int, by: int, now: datetime, values: dict[str, Any], states: Sequence[str]
) -> bool:
    customer_id = db.scalar(select(alerts.c.customer_id).where(alerts.c.id == alert_id))
    if customer_id is None:
        raise BadInput("This alert is not here any more.")
    hold(db, customer_id)
    settled = values["state"] == "dismissed"
    by_whom = {"settled_by": by if settled else None, "settled_at": now if settled else None}
    changed = update(alerts).where(alerts.c.id == alert_id, alerts.c.state.in_(states))
    return db.execute(changed.values(values | by_whom)).rowcount == 1


_STAKE = func.coalesce(AT_STAKE, 0)
# Made once: making them anew for each reader would cost more than running them.
_MESSAGE = insert(alert_messages).returning(alert_messages.c.id)
_TOLD = (
    update(alerts)
    .where(alerts.c.id.in_(bindparam("ids", expanding=True)), alerts.c.state.in_(("found", *WAITING)))
    .values(
        state="open",
        message_id=bindparam("message"),
        snoozed_until=None,
        told_at=func.coalesce(alerts.c.told_at, bindparam("now", type_=alerts.c.told_at.type)),
    )
    .returning(alerts.c.id)
)
_STANDS = (
    update(alert_messages).where(alert_messages.c.id == bindparam("message")).values(outbox_id=bindparam("outbox"))
)
_ALERT = ("id", "customer_id", "began", "found_on", "rule", "stated", "loyalty", "state", "cause", "words",
          "snoozed_until", "ended_on", "message_id")  # fmt: skip
_ALL = (
    select(
        *(alerts.c[name] for name in _ALERT),
        customers.c.key, customers.c.name, customers.c.owner_id, reps.c.name.label("owner_name"),
        customer_cards.c.shown, *customer_facts.c,
    )
    .join(customers, customers.c.id == alerts.c.customer_id)
    .outerjoin(reps, reps.c.id == customers.c.owner_id)
    .outerjoin(customer_cards, customer_cards.c.customer_id == alerts.c.customer_id)
    .outerjoin(customer_facts, customer_facts.c.customer_id == alerts.c.customer_id)
)  # fmt: skip


def _alert(row: Any) -> Alert:
    own = len(_ALERT)
    facts: Any = FactsRow._make(row[own + 5 :])
    about = dict(zip(("customer_key", "customer_name", "owner_id", "owner_name"), row[own : own + 4], strict=True))
    known = None if facts.customer_id is None else facts
    is_parent = known is not None and known.group_customers > 1
    kept = dict(zip(_ALERT, row, strict=False))
    return Alert(**kept, **about, facts=known, shown=row[own + 4] or {}, is_parent=is_parent)


def order(alert: Alert) -> tuple[Any, int]:
    """The order in which alerts are shown: those with most at stake first."""
    return (-alert.facts.at_stake if alert.facts is not None else 0, alert.id)
