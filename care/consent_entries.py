"""What a rep enters into the ledger of consent after a customer said so, and how the rep takes it back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from care import consents
from customers.sight import Sight
from customers.tables import consents as ledger
from customers.tables import customers
from words.errors import BadInput, NotAllowed

HOWS = ("phone", "writing", "in_person", "form")
"""How a customer can tell a rep."""
TAKEN_BACK = "taken_back"
Key = tuple[str, str]
"""A channel and a purpose."""
KEYS: tuple[Key, ...] = tuple((channel, purpose) for channel in consents.CHANNELS for purpose in consents.PURPOSES)


@dataclass(frozen=True)
class Entered:
    """The ids of new entries, for undo, and the drafts that were stopped by them."""

    entries: tuple[int, ...]
    stopped: tuple[int, ...]


def record(
    db: Connection,
    customer_id: int,
    *,
    shown: Collection[Key],
    wanted: Collection[Key],
    how: str,
    by: int,
    at: datetime,
) -> Entered:
    """Write down what a rep changed: of what was `shown` as allowed, the `wanted` is allowed now, the rest is not.

    What the rep left as it was shown is left as it is now, whatever the customer did meanwhile. Raises `BadInput` for
    a `how` that is none of HOWS.
    """
    if how not in HOWS:
        raise BadInput("Say how the customer told you.")
    last = db.scalar(select(func.max(ledger.c.id)).where(ledger.c.customer_id == customer_id)) or 0
    stopped: list[int] = []
    for channel in consents.CHANNELS:
        given = [purpose for on, purpose in KEYS if on == channel and _in(wanted, shown, (on, purpose))]
        taken = [purpose for on, purpose in KEYS if on == channel and _in(shown, wanted, (on, purpose))]
        if given:
            consents.give(db, customer_id, channel, given, how=how, by=by, at=at)
        if taken:
            stopped += consents.withdraw(db, customer_id, channel, taken, how=how, by=by, at=at).stopped
    mine = (ledger.c.customer_id == customer_id) & (ledger.c.id > last) & (ledger.c.rep_id == by)
    return Entered(tuple(db.scalars(select(ledger.c.id).where(mine).order_by(ledger.c.id))), tuple(stopped))


def undo(
    db: Connection, entry_ids: Sequence[int], *, by: int, sight: Sight, at: datetime
) -> tuple[int, tuple[int, ...]]:
    """Take entries of one customer back by entering the opposite; returns the customer's id and the drafts stopped.

    Only whoever entered them may, while they see the customer in full. Raises `BadInput` where something newer is
    known. Messages that a withdrawal stopped stay stopped.
    """
    rows = db.execute(select(ledger).where(ledger.c.id.in_(entry_ids)).order_by(ledger.c.id)).all()
    if not rows or len({row.customer_id for row in rows}) != 1:
        raise BadInput("This entry is not here any more.")
    if any(row.rep_id != by for row in rows):
        raise NotAllowed("Only the person who entered this can take it back.")
    customer_id: int = rows[0].customer_id
    owner_id = db.scalar(select(customers.c.owner_id).where(customers.c.id == customer_id))
    if not sight.full(owner_id):
        raise NotAllowed("This customer belongs to another team: you see name, owner and stage only.")
    consents.alone(db, customer_id)
    newest = consents.newest(db, customer_id)
    if any(newest.get((row.channel, row.purpose)) != row.id for row in rows):
        raise BadInput("Something newer is known about this consent. Use “Consent” to set it as it should be.")
    stopped: list[int] = []
    for row in rows:
        change = consents.withdraw if row.given else consents.give
        stopped += change(db, customer_id, row.channel, [row.purpose], how=TAKEN_BACK, by=by, at=at).stopped
    return customer_id, tuple(stopped)


def _in(these: Collection[Key], those: Collection[Key], key: Key) -> bool:
    return key in these and key not in those
