"""What digests are made of, read once: for one person who asks, or for all managers whose morning it is.

Customers of a group are one account wherever the whole group is in sight: it stands there as its parent, whose facts
are those of the group. Where some of a group is hidden, each of the others stands for itself, and no amount of the
group is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import BigInteger, ColumnElement, Connection, and_, cast, func, or_, select, true, type_coerce, union

from customers.card_rows import WAITING
from customers.computed_tables import customer_facts, stage_spans
from customers.outlook_tables import outlooks
from customers.sight import Sight
from customers.tables import customers, reps
from customers.work_tables import follow_ups
from database.types import MONEY_SCALE, Money

ZERO = Decimal(0)


@dataclass(frozen=True)
class Period:
    """The days that a digest tells of: after `since`, up to and with `today`."""

    since: date
    today: date


@dataclass(frozen=True, slots=True)
class Moved:
    """A customer whose loyalty or stage is another one than on the last day before the period."""

    id: int
    owner_id: int | None
    loyalty_before: str
    loyalty: str
    stage_before: str
    stage: str
    at_stake: Decimal


@dataclass(frozen=True, slots=True)
class Amount:
    """A customer with an amount in HOME_CURRENCY."""

    id: int
    owner_id: int | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Promises:
    """What became of a rep's follow-ups that were promised for a day of the period, and how many are overdue now."""

    kept: int = 0
    late: int = 0
    missed: int = 0  # not done to this day
    overdue: int = 0


@dataclass(frozen=True)
class Groups:
    """The accounts of several customers: the top of each, its members' owners, and who has children."""

    root: Mapping[int, int]
    owners: Mapping[int, frozenset[int | None]]
    parents: frozenset[int]

    def stands(self, customer_id: int, sight: Sight) -> bool:
        """Whether a customer stands for itself among those in sight."""
        root = self.root.get(customer_id)
        return root is None or root == customer_id or not self.whole(root, sight)

    def whole(self, root: int, sight: Sight) -> bool:
        """Whether the whole group below a top is in sight."""
        return all(sight.full(owner) for owner in self.owners[root])

    def tells(self, customer_id: int, sight: Sight) -> bool:
        """Whether a customer's amounts may be told: a parent's are those of its group."""
        return customer_id not in self.parents or self.whole(self.root[customer_id], sight)


@dataclass(frozen=True)
class Material:
    """Everything that was read; `risk` of customers in no group is added up by owner: (expected loss, customers)."""

    period: Period
    horizon: int  # days for which it is foretold; 0 where nobody has been judged yet
    groups: Groups
    moved: Mapping[int | None, Sequence[Moved]]
    risk: Mapping[int | None, tuple[Decimal, int]]
    risk_in_groups: Mapping[int | None, Sequence[Amount]]
    silent: Mapping[int | None, Sequence[Amount]]
    promises: Mapping[int, Promises]


def read(db: Connection, period: Period, zone: tzinfo, sight: Sight | None, own_day: date) -> Material:
    """Read it for those customers who are in sight, or for everybody.

    `zone` is the tenant's, `own_day` the reader's, on which promises are overdue or not.
    """
    within = true() if sight is None else func.coalesce(sight.clause(), False)
    groups = _groups(db)
    risk_in_groups = _by_owner(_risk_in_groups(db, within))
    return Material(
        period,
        db.scalar(select(outlooks.c.horizon).limit(1)) or 0,  # one and the same for all
        groups,
        _by_owner(_moved(db, period, within)),
        _risk(db, within, risk_in_groups),
        risk_in_groups,
        _by_owner(_silent(db, within)),
        _promises(db, replace(period, today=own_day), zone, None if sight is None else sight.owners),
    )


def _groups(db: Connection) -> Groups:
    above = customers.alias("above")
    rows = db.execute(select(customers.c.id, customers.c.parent_id, customers.c.owner_id, above.c.owner_id).join(
        above, above.c.id == customers.c.parent_id
    )).all()  # fmt: skip
    parent = {child: up for child, up, _, _ in rows}
    root = {id: _top(id, parent) for id in {*parent, *parent.values()}}
    owners: dict[int, set[int | None]] = {}
    for child, up, own, owner_above in rows:
        owners.setdefault(root[child], set()).add(own)
        owners.setdefault(root[up], set()).add(owner_above)
    return Groups(root, {top: frozenset(some) for top, some in owners.items()}, frozenset(parent.values()))


def _top(customer_id: int, parent: Mapping[int, int]) -> int:
    """The customer at the top; of a circle, the one with the smallest id, so that all of them agree."""
    above = parent.get(customer_id, customer_id)
    if above not in parent or above == customer_id:  # as with most
        return above
    seen = [customer_id]
    while (up := parent.get(seen[-1])) is not None:
        if up in seen:
            return min(seen[seen.index(up) :])
        seen.append(up)
    return seen[-1]


def _moved(db: Connection, period: Period, within: ColumnElement[bool]) -> list[Moved]:
    facts, spans = customer_facts.c, stage_spans.c
    there = and_(spans.customer_id == facts.customer_id, spans.from_day <= period.since, spans.until_day > period.since)
    changed = or_(
        and_(facts.loyalty_since > period.since, facts.loyalty != spans.loyalty),
        and_(facts.stage_since > period.since, facts.stage != spans.stage),
    )
    found = (
        select(
            facts.customer_id, customers.c.owner_id, spans.loyalty, facts.loyalty, spans.stage, facts.stage,
            facts.at_stake,
        )
        .join_from(customer_facts, customers, customers.c.id == facts.customer_id)
        .join(stage_spans, there)
        .where(or_(facts.loyalty_since > period.since, facts.stage_since > period.since), changed, within)
    )  # fmt: skip
    return [Moved(*row) for row in db.execute(found).all()]


# What is expected of a customer within the horizon, times the chance that none of it comes; in ten-thousandths.
_EXPECTED_LOSS: Any = cast(type_coerce(outlooks.c.expected_spend, BigInteger) * outlooks.c.chance_lost, BigInteger)


def _risk(
    db: Connection, within: ColumnElement[bool], in_groups: Mapping[int | None, Sequence[Amount]]
) -> dict[int | None, tuple[Decimal, int]]:
    """Of customers in no group: everybody's, which an index adds up at once, less that of those in groups."""
    owner = customers.c.owner_id
    found = (
        select(owner, func.sum(_EXPECTED_LOSS), func.count())
        .join_from(outlooks, customers, customers.c.id == outlooks.c.customer_id)
        .where(within)
        .group_by(owner)
    )
    risk = {}
    for of, total, number in db.execute(found):
        others = in_groups.get(of, ())
        alone = Decimal(int(total or 0)) / MONEY_SCALE - sum((each.amount for each in others), ZERO)
        risk[of] = (alone, number - len(others))
    return risk


def _risk_in_groups(db: Connection, within: ColumnElement[bool]) -> list[Amount]:
    found = (
        select(customers.c.id, customers.c.owner_id, type_coerce(_EXPECTED_LOSS, Money))
        .join_from(outlooks, customers, customers.c.id == outlooks.c.customer_id)
        .where(within, outlooks.c.customer_id.in_(_in_groups()))
    )
    return [Amount(*row) for row in db.execute(found).all()]


def _in_groups() -> Any:
    """Parents and children, found by the index of parents: they are few among all."""
    child = customers.alias("child")
    return union(select(child.c.id).where(child.c.parent_id.is_not(None)), _with_children())


def _with_children() -> Any:
    child = customers.alias("child")
    return select(child.c.parent_id).where(child.c.parent_id.is_not(None))


def _silent(db: Connection, within: ColumnElement[bool]) -> list[Amount]:
    """Customers of high value whose silence has outgrown their own rhythm.

    The day on which the next purchase is due does not tell: it is foretold anew each day, for a day to come.
    """
    facts = customer_facts.c
    found = (
        select(facts.customer_id, customers.c.owner_id, facts.at_stake)
        .join_from(customer_facts, customers, customers.c.id == facts.customer_id)
        .where(facts.value == "high", facts.loyalty.in_(("swing", "lost")), within)
    )
    return [Amount(*row) for row in db.execute(found).all()]


def _promises(db: Connection, period: Period, zone: tzinfo, rep_ids: frozenset[int] | None) -> dict[int, Promises]:
    c = follow_ups.c
    whose = true() if rep_ids is None else c.rep_id.in_(sorted(rep_ids))
    promised = and_(c.promised > period.since, c.promised <= period.today, c.state != "dropped")
    overdue = and_(c.state.in_(WAITING), c.due < period.today)
    columns = (c.rep_id, c.promised, c.due, c.state, c.settled_at, reps.c.time_zone)
    found: dict[int, list[int]] = {}
    zones = available_timezones()
    for row in db.execute(select(*columns).join(reps, reps.c.id == c.rep_id).where(whose, or_(promised, overdue))):
        counts = found.setdefault(row.rep_id, [0, 0, 0, 0])
        if period.since < row.promised <= period.today:
            own = ZoneInfo(row.time_zone) if row.time_zone in zones else zone
            where = _kept(row.state, row.promised, row.settled_at, period.today, own)
            if where is not None:
                counts[where] += 1
        counts[3] += row.state in WAITING and row.due < period.today
    return {rep: Promises(*counts) for rep, counts in found.items()}


def _kept(state: str, promised: date, settled_at: datetime | None, today: date, zone: tzinfo) -> int | None:
    """0 for kept in time, 1 for kept late, 2 for missed, None for what may still be kept; `zone` is the rep's."""
    if state == "done":
        return 0 if settled_at is None or settled_at.astimezone(zone).date() <= promised else 1
    return 2 if promised < today else None


def _by_owner(rows: Sequence[Any]) -> dict[int | None, list[Any]]:
    found: dict[int | None, list[Any]] = {}
    for row in rows:
        found.setdefault(row.owner_id, []).append(row)
    return found
