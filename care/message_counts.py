"""What came of the messages to customers, counted by text, segment and rep; counts alone prove no effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import Connection, func, select

from care.mornings import due_instant
from customers.outreach_tables import batches, drafts
from customers.sight import Sight
from customers.tables import customers, reps

# So many days are counted: of most of their messages it is known whether an order came.
DAYS = 90


@dataclass(frozen=True)
class Count:
    """How many messages were sent, and to how many of them each of these happened."""

    sent: int = 0
    delivered: int = 0
    bounced: int = 0
    unsubscribed: int = 0
    replied: int = 0
    ordered: int = 0

    def __add__(self, other: Count) -> Count:
        """Both together."""
        return Count(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(Count)))


@dataclass(frozen=True)
class Counts:
    """Messages that were sent on the days after `since`, up to and with `today`; in each list most sent come first.

    Templates by their key, segments by their filter, reps by their name (None: nobody's). Messages to one customer
    belong to no segment. A message is of the rep who wrote it, or of the customer's owner where nobody did.
    """

    since: date
    today: date
    total: Count
    templates: tuple[tuple[str, Count], ...]
    segments: tuple[tuple[str, Count], ...]
    reps: tuple[tuple[str | None, Count], ...]


def counts(db: Connection, sight: Sight, today: date, zone: tzinfo, days: int = DAYS) -> Counts:
    """Count the messages of the last days to customers in sight; `zone` is the tenant's."""
    since = today - timedelta(days=days)
    templates: dict[str, Count] = {}
    segments: dict[str, Count] = {}
    by_rep: dict[int | None, Count] = {}
    total = Count()
    for template, segment, rep, *numbers in _counted(db, sight, since, today, zone):
        count = Count(*numbers)
        total += count
        templates[template] = templates.get(template, Count()) + count
        by_rep[rep] = by_rep.get(rep, Count()) + count
        if segment:
            segments[segment] = segments.get(segment, Count()) + count
    names = dict(db.execute(select(reps.c.id, reps.c.name).where(reps.c.id.in_([rep for rep in by_rep if rep]))).all())
    named = {rep: (names.get(rep or 0), count) for rep, count in by_rep.items()}
    people = sorted(named.values(), key=lambda each: (-each[1].sent, each[0] or ""))
    return Counts(since, today, total, _ordered(templates), _ordered(segments), tuple(people))


def _counted(db: Connection, sight: Sight, since: date, today: date, zone: tzinfo) -> Any:
    d, b = drafts.c, batches.c
    rep = func.coalesce(b.made_by, customers.c.owner_id)
    begin, end = (due_instant(zone, day + timedelta(days=1), time()) for day in (since, today))
    moments = (d.delivered_at, d.bounced_at, d.unsubscribed_at, d.replied_at, d.ordered_on)
    return db.execute(
        select(d.template, b.segment, rep, func.count(), *(func.count(moment) for moment in moments))
        .join_from(drafts, batches, b.id == d.batch_id)
        .join(customers, customers.c.id == d.customer_id)
        .where(d.state == "sent", d.sent_at >= begin, d.sent_at < end, func.coalesce(sight.clause(), False))
        .group_by(d.template, b.segment, rep)
    )


def _ordered(counted: Mapping[str, Count]) -> tuple[tuple[str, Count], ...]:
    return tuple(sorted(counted.items(), key=lambda each: (-each[1].sent, each[0])))
