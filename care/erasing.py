"""Erases a customer on request: what says who it was goes, what must be kept stays without the person.

All of it happens in the caller's transaction, or none. It cannot be undone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from care import consents, draft_life, reaching, suppressions
from care.forgetting import Candidates, forget_in_messages
from care.personal_data import EMPTIED, GOES, HOLDINGS, to_customer
from customers import erased, facts
from customers.alert_tables import alerts
from customers.outreach_tables import batches, drafts, erasures
from customers.rules import Rules
from customers.tables import access_log, contacts, customers
from customers.writing import take_turns
from delivery.health import FINAL
from delivery.planning import SLACK, withdraw
from delivery.tables import outbox, places
from words.errors import BadInput, TryLater

ERASED = "erased"
"""The reason of drafts and messages that were stopped, of suppressed addresses, and the word in the access log."""


@dataclass(frozen=True)
class Erasure:
    """What was done: messages in which alerts stood, and batches of drafts, that must be drawn anew in Slack.

    `forgotten` counts messages to our people from which the customer was taken out, `stopped` drafts that wait no more.
    """

    customer_id: int
    alert_messages: frozenset[int]
    batches: frozenset[int]
    forgotten: int
    stopped: int


def erase(
    db: Connection,
    customer_id: int,
    candidates: Candidates,
    *,
    by: int,
    at: datetime,
    today: date,
    rules: Rules,
    region: str,
) -> Erasure:
    """Erase a customer. `candidates` come from `care.forgetting.look`; `region` is that of numbers without a country.

    Raises `BadInput` where there is no such customer or it was erased before, and `TryLater` while a message to the
    customer is leaving.
    """
    take_turns(db)
    one = db.execute(select(customers).where(customers.c.id == customer_id).with_for_update()).first()
    if one is None:
        raise BadInput("This customer is not here any more.")
    if one.kind == erased.ERASED:
        raise BadInput("This customer has been erased already.")
    draft_life.hold(db, db.scalars(select(drafts.c.batch_id).where(drafts.c.customer_id == customer_id)))
    stop_messages(db, to_customer(customer_id), ERASED, at)
    _suppress(db, one, region, at)
    told = set(db.scalars(select(alerts.c.message_id).where(alerts.c.customer_id == customer_id)))
    forgotten = forget_in_messages(db, customer_id, candidates, at)
    _empty_tables(db, customer_id)
    stopped, batch_ids = stop_drafts(db, drafts.c.customer_id == customer_id, ERASED, by, at)
    for channel in consents.CHANNELS:
        consents.withdraw(db, customer_id, channel, consents.PURPOSES, how=ERASED, by=by, at=at)
    _remember(db, one, by, at)
    _leave_group(db, one, today, rules)
    log = {"at": at, "rep_id": by, "customer_id": customer_id, "what": ERASED}
    db.execute(insert(access_log).values(log))
    return Erasure(customer_id, frozenset(told - {None}), frozenset(batch_ids), forgotten, stopped)


def stop_messages(db: Connection, which: ColumnElement[bool], reason: str, at: datetime) -> None:
    """Take back what waits to be sent among some messages; what may have been sent is not looked for any more.

    Raises `TryLater` while one of them is leaving. Nobody sends under a lease that has run out: its process has ended,
    or gives it up by itself.
    """
    rows = db.execute(select(outbox.c.id, outbox.c.state).where(which).with_for_update()).all()
    withdraw(db, [row.id for row in rows], reason, at)
    columns = outbox.c.id, outbox.c.state, outbox.c.lease_until
    states = db.execute(select(*columns).where(which)).all()
    if any(row.state == "leased" and row.lease_until > at for row in states):
        raise TryLater("A message to this customer is leaving at this very moment. Try again in a few minutes.")
    doubtful = [row.id for row in states if row.state in ("leased", "unknown", "waiting")]
    done = {"state": "skipped", "reason": reason, "ready_at": None, "finished_at": at}
    db.execute(update(outbox).where(outbox.c.id.in_(doubtful)).values(done))


def stop_drafts(db: Connection, which: ColumnElement[bool], reason: str, by: int, at: datetime) -> tuple[int, set[int]]:
    """End what was not sent yet among some drafts, and batches of which nothing is left.

    Returns how many were ended, and all batches concerned.
    """
    rows = db.execute(select(drafts.c.id, drafts.c.batch_id, drafts.c.state).where(which)).all()
    waiting = [row.id for row in rows if row.state not in draft_life.ENDED]
    draft_life.move(db, waiting, "failed", by=by, at=at, reason=reason)
    concerned = {row.batch_id for row in rows}
    going = select(drafts.c.batch_id).where(drafts.c.state.not_in(draft_life.ENDED))
    over = batches.c.id.in_(concerned) & batches.c.state.in_(("making", "asked")) & batches.c.id.not_in(going)
    db.execute(update(batches).where(over).values(state="expired", decided_at=at))
    return len(waiting), concerned


def _suppress(db: Connection, one: Any, region: str, at: datetime) -> None:
    """Write to none of the addresses any more, unless they are another customer's too; only hashes of them are kept."""
    c, d = contacts.c, drafts.c
    people = db.execute(select(c.email, c.phone).where(c.customer_id == one.id)).all()
    written = db.execute(select(d.channel, d.recipient).where(d.customer_id == one.id, d.recipient.is_not(None))).all()
    found = {("email", reaching.address(row.email)) for row in (one, *people)}
    found |= {("sms", reaching.number(row.phone, region)) for row in (one, *people)}
    found |= {(channel, recipient) for channel, recipient in written}
    addresses = {(channel, address) for channel, address in found if address}
    raw = {text for row in (one, *people) for text in (row.email, row.phone) if text}
    others = of_others(db, one.id, raw | {address for _, address in addresses})
    for channel, address in sorted(addresses):
        if address not in others:
            suppressions.suppress(db, channel, address, ERASED, at)
    # Messages to which no draft leads any more, since it went before them.
    own = (outbox.c.kind != SLACK) & outbox.c.recipient.in_({address for _, address in addresses} - others)
    db.execute(update(outbox).where(own, outbox.c.state.in_(FINAL)).values(payload=None, recipient=""))
    db.execute(delete(places).where(tuple_(places.c.kind, places.c.recipient).in_(sorted(addresses))))


def of_others(db: Connection, customer_id: int, addresses: Collection[str]) -> set[str]:
    """Which of these addresses are those of another customer as well."""
    found: set[str] = set()
    for table, owner in ((customers, customers.c.id), (contacts, contacts.c.customer_id)):
        for column in (table.c.email, table.c.phone):
            found.update(db.scalars(select(column).where(column.in_(addresses), owner != customer_id)))
    return found


def _empty_tables(db: Connection, customer_id: int) -> None:
    """Do what the list of all tables says; what is emptied first, since it is found by rows that go."""
    for holding in HOLDINGS:
        if holding.fate == EMPTIED and holding.table is not customers:
            db.execute(update(holding.table).where(holding.emptied(customer_id)).values(holding.empties))
    for holding in HOLDINGS:
        if holding.fate == GOES:
            db.execute(delete(holding.table).where(holding.of(customer_id)))
    nobody = next(holding.empties for holding in HOLDINGS if holding.table is customers)
    called = erased.name_of(customer_id)
    # No folded text has a capital: nothing that is typed or imported can mean this name.
    named = {"name": called, "folded_name": called.upper(), "kind": erased.ERASED}
    db.execute(update(customers).where(customers.c.id == customer_id).values({**nobody, **named}))


def _remember(db: Connection, one: Any, by: int, at: datetime) -> None:
    remember(db, erased.hashes_of(one.key, one.folded_name), one.id, by, at)


def remember(db: Connection, hashes: Iterable[str], customer_id: int | None, by: int, at: datetime) -> None:
    """Keep the hashes by which an import recognises who was erased; `customer_id` is theirs, if it is a customer."""
    dialect = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    rows = [{"key_hash": hashed, "customer_id": customer_id, "rep_id": by, "at": at} for hashed in hashes]
    # Of two who were erased and share a name, one entry is enough.
    db.execute(dialect(erasures).values(rows).on_conflict_do_nothing())


def _leave_group(db: Connection, one: Any, today: date, rules: Rules) -> None:
    """Let the children stand for themselves, and compute anew whatever added this customer up."""
    children = list(db.scalars(select(customers.c.id).where(customers.c.parent_id == one.id)))
    db.execute(update(customers).where(customers.c.parent_id == one.id).values(parent_id=None))
    left = [*children, *([one.parent_id] if one.parent_id is not None else [])]
    if left:
        facts.refresh(db, today=today, rules=rules, only=left)
