"""Everything that happened with a customer, orders, interactions and messages together, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, tzinfo
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from customers.outreach_tables import batches, drafts
from customers.tables import interactions, orders, reps


@dataclass(frozen=True)
class Entry:
    """One thing that happened; `kind` is `order`, `message` (by e-mail or SMS) or the kind of the interaction.

    `came` names what became of a message: bounced, unsubscribed, replied, ordered.
    """

    day: date
    kind: str
    text: str | None
    key: str | None = None
    amount: Decimal | None = None
    currency: str = ""
    rep: str | None = None
    outcome: str | None = None
    came: tuple[str, ...] = ()


def page(db: Connection, customer_id: int, zone: tzinfo, number: int = 0, size: int = 15) -> tuple[list[Entry], bool]:
    """One page of a customer's history (the first is 0), and whether an older one follows. Days are those of `zone`."""
    # All kinds up to the end of the page are read, since nobody turns more than a few pages of fifteen lines.
    enough = (number + 1) * size + 1
    bought = db.execute(
        select(orders)
        .where(orders.c.customer_id == customer_id)
        .order_by(orders.c.day.desc(), orders.c.id.desc())
        .limit(enough)
    )
    said = db.execute(
        select(interactions, reps.c.name.label("rep"))
        .outerjoin(reps, reps.c.id == interactions.c.rep_id)
        .where(interactions.c.customer_id == customer_id)
        .order_by(interactions.c.at.desc(), interactions.c.id.desc())
        .limit(enough)
    )
    sent = db.execute(
        select(drafts, reps.c.name.label("rep"))
        .join(batches, batches.c.id == drafts.c.batch_id)
        .outerjoin(reps, reps.c.id == batches.c.made_by)
        .where(drafts.c.customer_id == customer_id, drafts.c.sent_at.is_not(None))
        .order_by(drafts.c.sent_at.desc(), drafts.c.id.desc())
        .limit(enough)
    )
    entries = [_order(row) for row in bought] + [_interaction(row, zone) for row in said]
    entries += [_message(row, zone) for row in sent]
    entries.sort(key=lambda entry: entry.day, reverse=True)
    start = number * size
    return entries[start : start + size], len(entries) > start + size


def _order(row: Any) -> Entry:
    return Entry(row.day, "order", row.status, row.key, row.amount, row.currency)


def _message(row: Any, zone: tzinfo) -> Entry:
    words, day = row.subject or row.text, row.sent_at.astimezone(zone).date()
    told = {"bounced": row.bounced_at, "unsubscribed": row.unsubscribed_at, "replied": row.replied_at}
    came = tuple(what for what, when in (told | {"ordered": row.ordered_on}).items() if when is not None)
    return Entry(day, "message", words, key=row.channel, rep=row.rep, came=came)


def _interaction(row: Any, zone: tzinfo) -> Entry:
    return Entry(row.at.astimezone(zone).date(), row.kind, row.text, rep=row.rep, outcome=row.outcome)
