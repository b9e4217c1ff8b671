"""Which customers bought after a message was sent to them, and for how much; not whether they did because of it.

Of an order only the day is known: one on the day of the sending may have come before the message, so what counts is
what comes on the days after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    BigInteger,
    Connection,
    Date,
    FromClause,
    Integer,
    Subquery,
    and_,
    case,
    cast,
    column,
    func,
    or_,
    select,
    type_coerce,
    update,
    values,
)

from care.mornings import due_instant
from customers.history import CANCELLED
from customers.outreach_tables import batches, campaigns, drafts
from customers.remembering import recall_one, remember
from customers.tables import orders
from database.types import Instant

# Days after a window in which it is still counted anew: who imports orders by hand does so once a week.
LATE = 7
# Under this name it is remembered on which day it was counted last.
COUNTED = "outcomes.counted"


class Window(NamedTuple):
    """The days whose orders count as the outcome of something, both included, and the day on which all are known."""

    first: date
    last: date
    known_on: date


def window(day: date, days: int) -> Window:
    """The window of what happened on a day."""
    last = day + timedelta(days=days)
    return Window(day + timedelta(days=1), last, last + timedelta(days=LATE))


def outcomes(subject: FromClause, keys: Sequence[str]) -> Subquery:
    """What the customers of `subject` (customer_id, first, last, and the columns that tell its rows apart) bought.

    One row for each that has an order in its window: `bought_on`, the first day with net sales above 0, and `spend`,
    the net amount in whole ten-thousandths of HOME_CURRENCY. Cancelled orders count for nothing; an order that waits
    for a rate adds no amount, and is a purchase by the sign of its own. Orders of children are not the parent's.
    """
    o, named = orders.c, [subject.c[key] for key in keys]
    counts = or_(o.status.is_(None), o.status != CANCELLED)
    within = and_(o.customer_id == subject.c.customer_id, o.day >= subject.c.first, o.day <= subject.c.last, counts)
    waits = case((o.home_amount.is_(None), o.currency), else_="")
    amount = func.coalesce(type_coerce(o.home_amount, BigInteger), type_coerce(o.amount, BigInteger))
    days = (
        select(*named, o.day, waits.label("waits"), func.sum(amount).label("net"))
        .join_from(subject, orders, within)
        .group_by(*named, o.day, waits)
        .subquery("days")
    )
    spend: Any = func.sum(case((days.c.waits == "", days.c.net), else_=0))
    return (
        select(
            *(days.c[key] for key in keys),
            func.min(case((days.c.net > 0, days.c.day))).label("bought_on"),
            cast(spend, BigInteger).label("spend"),
        )
        .group_by(*(days.c[key] for key in keys))
        .subquery("outcomes")
    )


def count(db: Connection, zone: tzinfo, today: date, days: int) -> int:
    """Write beside every sent draft what its customer bought within its campaign's days, or within `days`.

    What was already known for good the last time is left alone. `zone` is the tenant's. Returns how many drafts
    changed. Give it a transaction.
    """
    said = recall_one(db, COUNTED)
    remember(db, {COUNTED: today.isoformat()})
    windows = _windows(db, date.fromisoformat(said) if said else None, zone, today, days)
    if windows is None:
        return 0
    d, w = drafts.c, windows.c
    length = func.coalesce(campaigns.c.days, days)
    sent = (
        select(d.id, d.customer_id, w.first, w.last)
        .join_from(drafts, batches, batches.c.id == d.batch_id)
        .outerjoin(campaigns, campaigns.c.id == batches.c.campaign_id)
        .join(windows, and_(w.days == length, d.sent_at >= w.begins, d.sent_at < w.ends))
        .where(d.state == "sent")
        .cte("sent")
    )
    found = outcomes(sent, ["id"])
    now = (
        select(sent.c.id, found.c.bought_on, found.c.spend)
        .outerjoin_from(sent, found, found.c.id == sent.c.id)
        .subquery("now")
    )
    differs = or_(
        d.ordered_on.is_distinct_from(now.c.bought_on),
        type_coerce(d.ordered, BigInteger).is_distinct_from(now.c.spend),
    )
    written = {"ordered_on": now.c.bought_on, "ordered": type_coerce(now.c.spend, d.ordered.type)}
    changed = update(drafts).where(d.id == now.c.id, differs).values(written).returning(d.id)
    return len(db.execute(changed).all())  # SQLite's driver does not count rows of a statement that begins with WITH


def _windows(db: Connection, counted: date | None, zone: tzinfo, today: date, days: int) -> CTE | None:
    """Every window that may have changed since a day, with the moments in which its messages were sent."""
    lengths = {days, *db.scalars(select(campaigns.c.days).distinct())}
    oldest = db.scalar(select(func.min(drafts.c.sent_at)).where(drafts.c.state == "sent"))
    if oldest is None:
        return None
    rows = []
    for length in lengths:
        day = oldest.astimezone(zone).date()
        if counted is not None:
            day = max(day, counted - timedelta(days=length + LATE))
        while day <= today:
            found = window(day, length)
            # What lies ahead of today is not known yet, even where the source has it.
            rows.append((length, _begin(zone, day), _begin(zone, found.first), found.first, min(found.last, today)))
            day = found.first
    columns = (
        column("days", Integer), column("begins", Instant), column("ends", Instant), column("first", Date),
        column("last", Date),
    )  # fmt: skip
    return values(*columns, name="windows").data(rows).cte("windows") if rows else None


def _begin(zone: tzinfo, day: date) -> datetime:
    return due_instant(zone, day, time())
