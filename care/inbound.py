"""What others report about our messages: which message it is about, and what that means for the customer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from care import consents, outcomes, suppressions
from care.addressees import owners_of, went_to
from care.unsubscribing import OFFERS
from customers.outreach_tables import drafts
from delivery.tables import outbox

_OUTCOMES = {
    "delivered": outcomes.delivered,
    "complained": outcomes.complained,
    "replied": outcomes.replied,
    "unsubscribed": outcomes.unsubscribed,
}
KINDS = ("bounced", *_OUTCOMES)
ENDS_CONSENT = ("complained", "unsubscribed")
# An answer, or a fate that names an address only, is about the newest message that went there within so long.
RECENT = timedelta(days=30)
# The number of the draft within a Message-ID of ours.
_OURS = re.compile(r"<?rekindle\.(\d{1,18})\.[^<>@\s]+@[^<>@\s]+>?")
UNKNOWN_KIND, UNKNOWN_MESSAGE, NO_ADDRESS = "unknown_kind", "unknown_message", "no_address"


@dataclass(frozen=True)
class Event:
    """Something that happened to a message, which is named by its key in the outbox, its id, or its address alone.

    The id is an e-mail's Message-ID; that of a text message is the network's own, and needs the number in `to` as
    well. `for_good` says of a bounce whether the address is useless. `how` goes into the ledger where consent ends.
    """

    kind: str
    message_id: str | None = None
    key: str | None = None
    to: str | None = None
    channel: str | None = None
    for_good: bool = True
    how: str = "event"


@dataclass(frozen=True)
class Taken:
    """What came of an event: the code of why it was `not_understood`, else the drafts of which more is known now."""

    not_understood: str | None = None
    drafts: frozenset[int] = frozenset()


def take(db: Connection, event: Event, at: datetime) -> Taken:
    """Write down what an event means; the same event again changes nothing. Give it a transaction."""
    if event.kind not in KINDS:
        return Taken(UNKNOWN_KIND)
    named = event.message_id or event.key
    draft = _named(db, event) if named else _newest_to(db, event.to, channel_of(event), at)
    touched: set[int] = set()
    if draft is not None:
        touched = _apply(db, event, draft, at)
    elif named or (event.to and event.kind in ("delivered", "replied")):
        return Taken(UNKNOWN_MESSAGE)
    elif not event.to:
        return Taken(NO_ADDRESS)
    if not named and event.to:
        touched |= _about_address(db, event, event.to, at)
    return Taken(drafts=frozenset(touched))


def channel_of(event: Event) -> str:
    """The channel of an event; where it names none, an address with an @ is one for e-mail."""
    return event.channel or ("email" if "@" in (event.to or "") else "sms")


def leave_alone(
    db: Connection,
    channel: str,
    address: str,
    purposes: tuple[str, ...],
    how: str,
    at: datetime,
    *,
    also: int | None = None,
) -> set[int] | None:
    """Withdraw consent of every customer whose own address this is, or who was written to there, and of `also`.

    Returns the drafts that were stopped, None where there is no such customer.
    """
    found = owners_of(db, channel, address) if address else set()
    found |= set() if also is None else {also}
    stopped = set[int]()
    for customer_id in sorted(found):
        stopped.update(consents.withdraw(db, customer_id, channel, purposes, how=how, by=None, at=at).stopped)
    return stopped if found else None


def _apply(db: Connection, event: Event, draft: Any, at: datetime) -> set[int]:
    if event.kind == "bounced":
        first = outcomes.bounced(db, draft.id, at, for_good=event.for_good)
    else:
        first = _OUTCOMES[event.kind](db, draft.id, at)
    touched = {int(draft.id)} if first else set()
    if event.kind in ENDS_CONSENT:
        # Also where it was said before: being left alone once too often is the better mistake.
        where, who = draft.recipient or "", draft.customer_id
        touched |= leave_alone(db, draft.channel, where, OFFERS, event.how, at, also=who) or set()
    return touched


def _about_address(db: Connection, event: Event, address: str, at: datetime) -> set[int]:
    """What an event means for an address whatever was sent there; returns the drafts that were stopped."""
    channel = channel_of(event)
    if event.kind in ("bounced", "complained") and event.for_good:
        suppressions.suppress(db, channel, address, event.kind, at)
    if event.kind not in ENDS_CONSENT:
        return set()
    stopped = leave_alone(db, channel, address, OFFERS, event.how, at)
    if stopped is None:  # nobody's address now, but it may become somebody's by an import
        suppressions.suppress(db, channel, address, event.kind, at)
    return stopped or set()


def _named(db: Connection, event: Event) -> Any:
    """The draft that an event names by the message's own name."""
    d, key, said = drafts.c, event.key, event.message_id or ""
    chosen = select(d.id, d.customer_id, d.channel, d.recipient, outbox.c.reference, outbox.c.payload)
    chosen = chosen.join(outbox, outbox.c.id == d.outbox_id)
    if key:
        return db.execute(chosen.where(outbox.c.key == key)).first()
    if event.channel == "sms":
        there = [chosen.where(which) for which in went_to("sms", event.to or "")]
        rows = (db.execute(one.where(outbox.c.reference == said)).first() for one in there)
        return next((row for row in rows if row is not None), None)
    ours = _OURS.fullmatch(said.strip())
    row = db.execute(chosen.where(d.id == int(ours[1]))).first() if ours else None
    return row if row is not None and _bare(said) in _names_of(row) else None


def _names_of(row: Any) -> set[str]:
    """The Message-IDs of a message as it was sent, or as it is being sent just now."""
    payload: Mapping[str, Any] = json.loads(row.payload) if row.payload else {}
    return {_bare(row.reference), _bare(payload.get("message_id"))}


def _bare(message_id: str | None) -> str:
    return (message_id or "").strip().strip("<>")


def _newest_to(db: Connection, address: str | None, channel: str, at: datetime) -> Any:
    """The newest message that went to an address within RECENT.

    An answer can be here before the draft is noted as sent: then it is still held, and the outbox knows better.
    """
    d, o = drafts.c, outbox.c
    left = func.coalesce(d.sent_at, o.finished_at)
    has_left = (d.state == "sent") | ((d.state == "held") & (o.state == "sent"))
    newest = select(d.id, d.customer_id, d.channel, d.recipient).outerjoin(outbox, o.id == d.outbox_id)
    newest = newest.where(has_left, left >= at - RECENT).order_by(left.desc(), d.id.desc()).limit(1)
    rows = (db.execute(newest.where(which)).first() for which in went_to(channel, address or ""))
    return next((row for row in rows if row is not None), None)
