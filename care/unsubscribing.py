"""What a customer does with the link in a message: unsubscribe, take that back, or end all messages by that channel.

Whoever holds the link holds the message, so nothing else is asked. It can end consent and give back what it has just
ended, and nothing more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from care import consents, outcomes
from care.addressees import owners_of
from customers.outreach_tables import drafts
from customers.storable import storable

LINK, UNDONE = "link", "link_undone"
"""How the ledger names what was done by the link."""
OFFERS = ("marketing",)
# Undo is for a slip of the finger: whoever finds the message later must not subscribe the customer again.
UNDO_WITHIN = timedelta(days=1)


@dataclass(frozen=True)
class Subscription:
    """What stands behind a link: the message, where it went, and what the customer gets by that channel now."""

    draft_id: int
    customer_id: int
    recipient: str | None
    channel: str  # email, sms
    language: str  # of the message
    offers: bool  # gets offers
    service: bool  # gets messages about orders and questions
    undo: tuple[str, ...]  # purposes that the link ended a moment ago


def subscription(db: Connection, token: str, at: datetime) -> Subscription | None:
    """What stands behind a link; None where there is no such link (any more)."""
    if storable(token) != token:
        return None
    d = drafts.c
    behind = select(d.id, d.customer_id, d.recipient, d.channel, d.language).where(d.token == token)
    row = db.execute(behind).first()
    if row is None:
        return None
    standing = consents.current(db, [row.customer_id])[row.customer_id]
    offers, service = (consents.allows(standing, row.channel, purpose) for purpose in ("marketing", "service"))
    undo = consents.restorable(db, row.customer_id, row.channel, how=LINK, since=at - UNDO_WITHIN)
    return Subscription(row.id, row.customer_id, row.recipient, row.channel, row.language, offers, service, undo)


def unsubscribe(db: Connection, link: Subscription, at: datetime, *, everything: bool = False) -> set[int]:
    """End the offers by the channel of the message, or `everything` that comes by it; again changes nothing.

    Whoever reads that mailbox wants no more, for whichever of our customers it was meant. Returns the drafts of which
    something else is known now.
    """
    purposes, stopped = consents.PURPOSES if everything else OFFERS, set[int]()
    for customer_id in _concerned(db, link):
        change = consents.withdraw(db, customer_id, link.channel, purposes, how=LINK, by=None, at=at)
        stopped.update(change.stopped)
    return stopped | ({link.draft_id} if outcomes.unsubscribed(db, link.draft_id, at) else set())


def undo(db: Connection, link: Subscription, at: datetime) -> set[int]:
    """Give back what the link ended within UNDO_WITHIN; returns the message's draft, nothing where nothing was."""
    given = False
    for customer_id in _concerned(db, link):
        purposes = consents.restorable(db, customer_id, link.channel, how=LINK, since=at - UNDO_WITHIN)
        if purposes:
            consents.give(db, customer_id, link.channel, purposes, how=UNDONE, by=None, at=at)
            given = True
    if given:
        outcomes.subscribed_again(db, link.draft_id)
    return {link.draft_id} if given else set()


def _concerned(db: Connection, link: Subscription) -> list[int]:
    """The customer of a message, and all others who are reached where it went."""
    others = owners_of(db, link.channel, link.recipient) if link.recipient else set()
    return sorted({link.customer_id} | others)
