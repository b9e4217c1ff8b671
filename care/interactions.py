"""What a rep notes about a customer: a call, a visit, an e-mail, a complaint, and that a complaint was resolved."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, tzinfo

from sqlalchemy import Connection, insert, select, update

from customers import cards
from customers.holding import refuse_erased
from customers.tables import contacts, interactions
from words.errors import BadInput

KINDS = ("call", "visit", "email", "note", "complaint", "survey")
# Where only the day is known, noon: it is the same calendar day in nearly every time zone.
NOON = time(12)


def log(
    db: Connection,
    *,
    customer_id: int,
    rep_id: int,
    kind: str,
    day: date,
    today: date,
    zone: tzinfo,
    text: str,
    outcome: str | None = None,
    contact_id: int | None = None,
) -> int:
    """Write down an interaction and bring the card up to date; returns its id.

    `day` is a day in `zone`, `today` the latest one that has begun for the person who writes. Raises `BadInput` for an
    unknown kind, another customer's contact, and a day that is still to come.
    """
    if kind not in KINDS:
        raise BadInput("“{kind}” is no kind of interaction.", kind=kind)
    if day > today:
        raise BadInput("This day is still to come. An interaction is something that has happened.")
    if contact_id is not None and contact_id not in {int(known) for _, known in contact_names(db, customer_id)}:
        raise BadInput("This contact is not one of this customer's.")
    at = datetime.combine(day, NOON, zone).astimezone(UTC)
    values = {
        "customer_id": customer_id,
        "rep_id": rep_id,
        "contact_id": contact_id,
        "kind": kind,
        "at": at,
        "text": text.strip(),
        "outcome": (outcome or "").strip() or None,
    }
    added = db.execute(insert(interactions).values(values).returning(interactions.c.id)).scalar_one()
    refuse_erased(db, [customer_id])
    cards.refresh(db, [customer_id])
    return int(added)


def resolve_complaint(db: Connection, interaction_id: int, now: datetime) -> int:
    """Close a complaint and bring the card up to date; returns the customer's id.

    Raises `BadInput` where there is no such open complaint.
    """
    open_one = (interactions.c.id == interaction_id) & (interactions.c.closed_at.is_(None))
    customer_id = db.scalar(select(interactions.c.customer_id).where(open_one & (interactions.c.kind == "complaint")))
    if customer_id is None:
        raise BadInput("This complaint is not open any more.")
    db.execute(update(interactions).where(open_one).values(closed_at=now))
    cards.refresh(db, [customer_id])
    return int(customer_id)


def customer_of(db: Connection, interaction_id: int) -> int | None:
    """Whose interaction this is."""
    return db.scalar(select(interactions.c.customer_id).where(interactions.c.id == interaction_id))


def contact_names(db: Connection, customer_id: int) -> list[tuple[str, str]]:
    """The customer's contacts as (name, id) for a menu."""
    rows = db.execute(
        select(contacts.c.name, contacts.c.id).where(contacts.c.customer_id == customer_id).order_by(contacts.c.name)
    )
    return [(row.name, str(row.id)) for row in rows]
