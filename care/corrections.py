"""Corrects a customer's phone, e-mail or owner by hand, and takes a correction back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from customers import cards, search
from customers.tables import corrections, customers, reps
from words.errors import BadInput, NotAllowed
from words.speech import message

FIELDS = ("phone", "email", "owner_id")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# The shortest numbers that reach somebody are short codes of three digits; the longest have fifteen (ITU E.164).
_PHONE = re.compile(r"[+(]?[\d\s().\-/+ext]{3,40}")

NO_EMAIL = message("This does not look like an e-mail address, such as name@example.com.")
NO_PHONE = message("This does not look like a phone number, such as +49 30 1234567.")


def faults(values: Mapping[str, str | None]) -> dict[str, str]:
    """What is wrong with a phone or an e-mail, by field, as messages to be said; empty values are fine."""
    found = {}
    if values.get("email") and not _EMAIL.fullmatch(values["email"] or ""):
        found["email"] = NO_EMAIL
    if values.get("phone") and not _PHONE.fullmatch(values["phone"] or ""):
        found["phone"] = NO_PHONE
    return found


def correct(db: Connection, *, customer_id: int, rep_id: int, values: Mapping[str, Any], now: datetime) -> int | None:
    """Set the named fields; returns the correction's id for undo, None where nothing differs.

    `values` holds any of phone, email, owner_id; an empty one clears the field.
    """
    wanted = {name: values[name] or None for name in FIELDS if name in values}
    before = _current(db, customer_id)
    after = {name: value for name, value in wanted.items() if before[name] != value}
    if not after:
        return None
    _set(db, customer_id, after)
    kept = {
        "customer_id": customer_id,
        "rep_id": rep_id,
        "at": now,
        "before": {name: before[name] for name in after},
        "after": after,
    }
    return int(db.execute(insert(corrections).values(kept).returning(corrections.c.id)).scalar_one())


def undo(db: Connection, *, correction_id: int, rep_id: int, now: datetime) -> int:
    """Take a correction back; returns the customer's id.

    Only who made it may take it back. Raises `BadInput` where it was taken back before, or somebody has changed the
    same field since.
    """
    row = db.execute(select(corrections).where(corrections.c.id == correction_id)).first()
    if row is None or row.undone_at is not None:
        raise BadInput("This correction has been taken back already.")
    if row.rep_id != rep_id:
        raise NotAllowed("Only the person who made a correction can take it back.")
    now_there = _current(db, row.customer_id)
    if any(now_there[name] != value for name, value in row.after.items()):
        raise BadInput("Somebody has changed this since. Use “Correct” to set it as it should be.")
    _set(db, row.customer_id, row.before)
    db.execute(update(corrections).where(corrections.c.id == correction_id).values(undone_at=now))
    return int(row.customer_id)


def owners(db: Connection, text: str) -> list[tuple[str, str]]:
    """Reps whose name or e-mail contains what somebody types, as (name, id) for a menu."""
    rows = db.execute(
        select(reps.c.id, reps.c.name, reps.c.email, reps.c.team).where(reps.c.active).order_by(reps.c.name)
    )
    typed = text.strip().lower()
    return [
        (f"{row.name} ({row.team})" if row.team else row.name, str(row.id))
        for row in rows
        if typed in row.name.lower() or typed in row.email
    ]


def _current(db: Connection, customer_id: int) -> dict[str, Any]:
    chosen = [customers.c[name] for name in FIELDS]
    row = db.execute(select(*chosen).where(customers.c.id == customer_id)).first()
    if row is None:
        raise BadInput("This customer is not here any more.")
    return dict(row._mapping)


def _set(db: Connection, customer_id: int, values: Mapping[str, Any]) -> None:
    db.execute(update(customers).where(customers.c.id == customer_id).values(**values))
    search.index(db, [customer_id])
    cards.refresh(db, [customer_id])
