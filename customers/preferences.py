"""When a person's day begins, when they are left in peace, and how many posts a day they want."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from customers.work_tables import preferences

FIELDS = ("morning", "quiet_from", "quiet_until", "daily_cap")


@dataclass(frozen=True)
class Preferences:
    """Local times of day, and posts a day. Quiet hours that begin and end at the same time are none."""

    morning: time
    quiet_from: time
    quiet_until: time
    daily_cap: int


def of(db: Connection, rep_id: int, default: Preferences) -> Preferences:
    """What a person chose; the tenant's default for whatever they left open."""
    row = db.execute(select(preferences).where(preferences.c.rep_id == rep_id)).first()
    return default if row is None else _filled(row._mapping, default)


def of_all(db: Connection, default: Preferences) -> dict[int, Preferences]:
    """The same for everybody who chose something, by the rep's id; all others have the default."""
    return {row.rep_id: _filled(row._mapping, default) for row in db.execute(select(preferences))}


def choose(db: Connection, rep_id: int, chosen: Mapping[str, Any]) -> None:
    """Keep what a person chose, by the names in FIELDS, in place of everything chosen before; None is the default."""
    values = {name: chosen.get(name) for name in FIELDS}
    db.execute(delete(preferences).where(preferences.c.rep_id == rep_id))
    if any(value is not None for value in values.values()):
        db.execute(insert(preferences).values(rep_id=rep_id, **values))


def _filled(row: Mapping[Any, Any], default: Preferences) -> Preferences:
    return Preferences(**{name: getattr(default, name) if row[name] is None else row[name] for name in FIELDS})
