"""The contacts of a customer for privacy officers: who they are, and what is held about one of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from care import privacy, reaching
from care.contact_names import naming_of
from care.privacy import Held
from customers.folding import fold
from customers.outreach_tables import batches, drafts
from customers.tables import contacts, customers
from words.errors import BadInput

FORMAT = "rekindle.contact.1"
# The tables in which something of a contact is linked, or written down; orders and consent are the company's.
TABLES = (
    "contacts",
    "interactions",
    "follow_ups",
    "follow_up_steps",
    "alerts",
    "batches",
    "drafts",
    "draft_steps",
    "outbox",
)


def of_customer(db: Connection, customer_id: int) -> Sequence[Any]:
    """The contacts of a customer, as rows, by name."""
    return db.execute(
        select(contacts).where(contacts.c.customer_id == customer_id).order_by(contacts.c.folded_name)
    ).all()


def one(db: Connection, customer_id: int, contact_id: int) -> Any:
    """The row of one contact; raises `BadInput` where it is none of this customer's."""
    row = db.execute(select(contacts).where(contacts.c.id == contact_id, contacts.c.customer_id == customer_id)).first()
    if row is None:
        raise BadInput("This contact is not here any more.")
    return row


def meant(db: Connection, customer_id: int, text: str) -> Any:
    """The contact that is meant by a name, an id in the source, or our number (#12); raises `BadInput` for none."""
    people = of_customer(db, customer_id)
    number = int(text[1:]) if text.startswith("#") and text[1:].isdecimal() else None
    found = [each for each in people if number == each.id or fold(text) == each.folded_name or text == each.key]
    if len(found) != 1:
        raise BadInput(
            "“{text}” is not one contact of this customer. Take the number of one of these: {names}",
            text=text,
            names=", ".join(f"#{each.id} {each.name}" for each in people) or "–",
        )
    return found[0]


def of_the_others(db: Connection, contact: Any, *, region: str) -> set[tuple[str, str | None]]:
    """The addresses, by channel, of the company itself and of its other contacts."""
    own = select(customers.c.email, customers.c.phone).where(customers.c.id == contact.customer_id)
    mates = (contacts.c.customer_id == contact.customer_id) & (contacts.c.id != contact.id)
    rows = [*db.execute(own), *db.execute(select(contacts.c.email, contacts.c.phone).where(mates))]
    found = {("email", reaching.address(row.email)) for row in rows}
    return found | {("sms", reaching.number(row.phone, region)) for row in rows}


def drafts_to(db: Connection, contact: Any, *, region: str) -> Sequence[Any]:
    """The drafts of the customer that are to this contact: to them by name, or to an address of theirs alone.

    Each row has the batch's `occasion` as well.
    """
    mine = {("email", reaching.address(contact.email)), ("sms", reaching.number(contact.phone, region))}
    alone = {pair for pair in mine if pair[1]} - of_the_others(db, contact, region=region)
    decided = select(drafts, batches.c.occasion).join(batches, batches.c.id == drafts.c.batch_id)
    rows = db.execute(decided.where(drafts.c.customer_id == contact.customer_id)).all()
    return [row for row in rows if (row.channel, row.recipient) in alone or _is_for(row, contact)]


def _is_for(draft: Any, contact: Any) -> bool:
    person = draft.given.get("person")
    return isinstance(person, str) and fold(person) == contact.folded_name


def everything(db: Connection, customer_id: int, contact_id: int, *, region: str) -> Held:
    """What is held about a contact: the row, what is linked with it, texts in which name or address stand."""
    contact = one(db, customer_id, contact_id)
    naming = naming_of(db, contact, region=region)
    held = privacy.everything(db, customer_id)
    to = {row.id for row in drafts_to(db, contact, region=region)}
    sent = {row["outbox_id"] for row in held.tables["drafts"] if row["id"] in to}
    kept: dict[str, list[Any]] = {}
    for name in TABLES:
        for row in held.tables[name]:
            linked = (
                (name == "contacts" and row["id"] == contact_id)
                or row.get("contact_id") == contact_id
                or (name == "drafts" and row["id"] in to)
                or row.get("draft_id") in to
                or (name == "outbox" and row["id"] in sent)
            )
            told = json.loads(json.dumps(row, default=str))
            if linked or (name != "contacts" and naming.inside(told, doubtful=True) != told):
                kept.setdefault(name, []).append(row)
    return Held(customer_id, {"contacts": [], **kept}, privacy.names_in(db, kept))


def as_json(held: Held, contact_id: int, at: datetime) -> str:
    """The same as JSON, in the manner of a customer's export."""
    told = {
        "format": FORMAT,
        "made_at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "customer_id": held.customer_id,
        "contact_id": contact_id,
        "tables": held.tables,
        "names": held.names,
    }
    return privacy.written(told)
