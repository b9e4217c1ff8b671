"""Which customers it is time to visit again, by how often customers of their value are visited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta, tzinfo

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, or_, select

from care.mornings import due_instant
from customers.card_rows import WAITING
from customers.computed_tables import customer_facts
from customers.segments import AT_STAKE
from customers.tables import customers, interactions, reps
from customers.work_tables import follow_ups

RULE, KIND = "visit", "visit"
"""The rule by which follow-ups are made, and the kind of interaction that is a visit."""
# A rep's day has room for so many visits beside everything else; the others get their turn on the next days.
PER_DAY = 3
# A week's worth. Whoever lets so many wait is not helped by more of them.
MOST_WAITING = 5 * PER_DAY
_TIERS = ("high", "mid", "low")


@dataclass(frozen=True)
class Due:
    """A customer to visit, whose owner works in a country (None: the tenant's)."""

    customer_id: int
    rep_id: int
    country: str | None


def due(db: Connection, today: date, every: Mapping[str, int], *, ahead: int, zone: tzinfo) -> list[Due]:
    """Whom reps should visit `ahead` days after today, the most valuable first, and no more than a rep has room for.

    `every` has the days between two visits by value tier, 0 for never. Time runs from the last visit, or from the first
    order of who was never visited, and anew when a follow-up of this rule was settled: also who was not met, or dropped
    with a reason, is not named again the next day. Whoever has no value tier, no owner at work or any follow-up that
    waits is left out. `zone` is the tenant's, in which moments become days.
    """
    tiers = [_over(tier, today + timedelta(days=ahead - every[tier]), zone) for tier in _TIERS if every.get(tier)]
    if not tiers:
        return []
    c, f = customers.c, customer_facts.c
    waits = exists().where(follow_ups.c.customer_id == c.id, follow_ups.c.state.in_(WAITING))
    order = (case({tier: place for place, tier in enumerate(_TIERS)}, value=f.value), AT_STAKE.desc(), c.id)
    ranked = (
        select(c.id, c.owner_id, reps.c.country)
        .add_columns(func.row_number().over(partition_by=c.owner_id, order_by=order).label("nth"))
        .join(customer_facts, f.customer_id == c.id)
        .join(reps, and_(reps.c.id == c.owner_id, reps.c.active))
        .where(or_(*tiers), ~waits)
        .subquery()
    )
    found = select(ranked).where(ranked.c.nth <= PER_DAY).order_by(ranked.c.owner_id, ranked.c.nth)
    busy = _counted(db, follow_ups.c.state.in_(WAITING))
    today_already = _counted(db, follow_ups.c.made_at >= due_instant(zone, today, time()))
    chosen = []
    for row in db.execute(found):
        room = min(PER_DAY - today_already[row.owner_id], MOST_WAITING - busy[row.owner_id])
        if row.nth <= room:
            chosen.append(Due(row.id, row.owner_id, row.country))
    return chosen


def _over(tier: str, last: date, zone: tzinfo) -> ColumnElement[bool]:
    """The condition that a customer of a tier was not visited after a day, and has been one since before it."""
    c, f = customers.c, customer_facts.c
    after = due_instant(zone, last + timedelta(days=1), time())
    visit = and_(interactions.c.customer_id == c.id, interactions.c.kind == KIND)
    settled = and_(follow_ups.c.customer_id == c.id, follow_ups.c.rule == RULE, follow_ups.c.settled_at >= after)
    return and_(
        f.value == tier,
        ~exists().where(visit, interactions.c.at >= after),
        ~exists().where(settled),
        or_(f.first_day <= last, exists().where(visit)),
    )


def _counted(db: Connection, which: ColumnElement[bool]) -> Counter[int]:
    """How many follow-ups of this rule each rep has."""
    of_rep = select(follow_ups.c.rep_id, func.count().label("number")).where(follow_ups.c.rule == RULE, which)
    return Counter({row.rep_id: row.number for row in db.execute(of_rep.group_by(follow_ups.c.rep_id))})
