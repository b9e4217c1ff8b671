"""The words that people put on a customer, such as `vip` or `trade fair 2026`."""

from __future__ import annotations

import re

from sqlalchemy import Connection, delete, insert, select

from customers import cards
from customers.holding import hold, refuse_erased
from customers.tables import customer_tags
from words.errors import BadInput

# A tag is a word to search by, not a note.
LONGEST, MOST = 40, 20


def understood(text: str) -> list[str]:
    """Take apart what somebody typed: tags are separated by commas, semicolons or line ends, in either width.

    Raises `BadInput` for a tag that is too long and for too many of them.
    """
    tags = sorted({" ".join(part.split()).lstrip("#").lower() for part in re.split(r"[,;，；、\n|]", text)} - {""})
    too_long = next((tag for tag in tags if len(tag) > LONGEST), None)
    if too_long:
        raise BadInput(
            "The tag “{tag}” is too long: at most {most} characters.", tag=too_long[:LONGEST] + "…", most=LONGEST
        )
    if len(tags) > MOST:
        raise BadInput("At most {most} tags fit on one customer.", most=MOST)
    return tags


def of(db: Connection, customer_id: int) -> list[str]:
    """The tags of a customer, in order."""
    chosen = select(customer_tags.c.tag).where(customer_tags.c.customer_id == customer_id).order_by(customer_tags.c.tag)
    return list(db.scalars(chosen))


def put(db: Connection, customer_id: int, tags: list[str]) -> None:
    """Make these the tags of a customer, in place of the ones before, and bring the card up to date."""
    hold(db, customer_id)
    refuse_erased(db, [customer_id])
    db.execute(delete(customer_tags).where(customer_tags.c.customer_id == customer_id))
    if tags:
        db.execute(insert(customer_tags), [{"customer_id": customer_id, "tag": tag} for tag in tags])
    cards.refresh(db, [customer_id])
