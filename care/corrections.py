"""Corrects a customer's phone, e-mail or owner by hand, and takes a correction back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from customers import cards, search
from customers.holding import hold, refuse_erased
from customers.sight import Sight
from customers.tables import corrections, customers, reps
from words.errors import BadInput, NotAllowed
from words.speech import message

FIELDS = ("phone", "email", "owner_id")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# The shortest numbers that reach somebody are short codes of three digits; the longest have fifteen (ITU E.164).
_PHONE = re.compile(r"[+(]?[\d\s().\-/+ext;=]{3,60}")
FEWEST_DIGITS = 3
# An owner who gave a customer away does not see it in full any more, and may still take that back for so long.
TAKES_BACK_WITHIN = timedelta(days=1)

NO_EMAIL = message("This does not look like an e-mail address, such as name@example.com.")
NO_PHONE = message("This does not look like a phone number, such as +49 30 1234567.")


def faults(values: Mapping[str, str | None], stored: Mapping[str, str | None]) -> dict[str, str]:
    """What is wrong with a phone or an e-mail, by field, as messages to be said.

    Empty values are fine, and so is what stands there already, however unusual.
    """
    found = {}
    email, phone = values.get("email") or "", values.get("phone") or ""
    if email and email != stored.get("email") and not _EMAIL.fullmatch(email):
        found["email"] = NO_EMAIL
    digits = sum(sign.isdigit() for sign in phone)
    if phone and phone != stored.get("phone") and (digits < FEWEST_DIGITS or not _PHONE.fullmatch(phone)):
        found["phone"] = NO_PHONE
    return found


def correct(db: Connection, *, customer_id: int, rep_id: int, values: Mapping[str, Any], now: datetime) -> int | None:
    """Set the named fields; returns the correction's id for undo, None where nothing differs.

    `values` holds any of phone, email, owner_id; an empty one clears the field.
    """
    wanted = {name: values[name] or None for name in FIELDS if name in values}
    hold(db, customer_id)
    refuse_erased(db, [customer_id])
    before = _current(db, customer_id)
    after = {name: value for name, value in wanted.items() if before[name] != value}
    if not after:
        return None
    if after.get("owner_id") and not db.scalar(select(reps.c.active).where(reps.c.id == after["owner_id"])):
        raise BadInput("This person does not work here any more.")
    _set(db, customer_id, after)
    kept = {
        "customer_id": customer_id,
        "rep_id": rep_id,
        "at": now,
        "before": {name: before[name] for name in after},
        "after": after,
    }
    return int(db.execute(insert(corrections).values(kept).returning(corrections.c.id)).scalar_one())


def undo(db: Connection, *, correction_id: int, rep_id: int, sight: Sight, now: datetime) -> int:
    """Take a correction back; returns the customer's id.

    Only who made it may take it back, and only while they see the customer in full; who gave a customer away may take
    that back within a day. Raises `BadInput` where it was taken back before, or somebody has changed the
    same field since.
    """
    row = db.execute(select(corrections).where(corrections.c.id == correction_id)).first()
    if row is None or row.undone_at is not None:
        raise BadInput("This correction has been taken back already.")
    if row.rep_id != rep_id:
        raise NotAllowed("Only the person who made a correction can take it back.")
    hold(db, row.customer_id)
    now_there = _current(db, row.customer_id)
    gave_away = sight.full(row.before.get("owner_id")) and "owner_id" in row.before and now - row.at < TAKES_BACK_WITHIN
    if not sight.full(now_there["owner_id"]) and not gave_away:
        raise NotAllowed("This customer belongs to another team: you see name, owner and stage only.")
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
