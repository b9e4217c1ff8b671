"""Examines drafts as they are now: the checks of each, and the seal of all that would go."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import Connection, select

from care import reaching
from care.checks import Check, checks
from care.circumstances import circumstances, intended
from care.outreach_policy import Policy
from customers.outreach_tables import drafts


def proposed(db: Connection, batch_id: int) -> Sequence[Any]:
    """The drafts of a batch that wait to be decided about, as rows of that table."""
    waiting = select(drafts).where(drafts.c.batch_id == batch_id, drafts.c.state == "proposed")
    return db.execute(waiting.order_by(drafts.c.id)).all()


def seal(rows: Sequence[Any]) -> str:
    """A hash of what some drafts (rows of that table) say, and to whom: whoever looked at them approves just that."""
    told = [[row.id, row.channel, row.recipient, row.subject, row.text] for row in rows]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def examined(
    db: Connection, policy: Policy, batch_id: int, *, now: datetime, zone: tzinfo
) -> list[tuple[Any, tuple[Check, ...]]]:
    """Each proposed draft of a batch with its checks as things are now; rows have the columns of `drafts`."""
    rows = proposed(db, batch_id)
    return list(zip(rows, checked(db, policy, rows, now=now, zone=zone), strict=True))


def checked(
    db: Connection, policy: Policy, rows: Sequence[Any], *, now: datetime, zone: tzinfo
) -> list[tuple[Check, ...]]:
    """The checks of drafts (rows of that table), in their order."""
    reached = reaching.reach(db, {row.customer_id for row in rows}, region=policy.region, zone=policy.zone)
    today = now.astimezone(zone).date()
    found = circumstances(db, [intended(row) for row in rows], reached, policy, now=now, zone=zone)
    return [checks(each, policy, today, now) for each in found]
