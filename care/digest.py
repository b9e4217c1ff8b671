"""What a manager must know of a day or a week: who was lost and who came back, what is at risk, what was kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from decimal import Decimal
from statistics import median
from typing import Any

from sqlalchemy import Connection, func, select, true

from care import digest_alerts, digest_material, effectiveness
from care.digest_alerts import Told
from care.digest_material import ZERO, Material, Period, Promises
from care.effectiveness import Effect
from care.working_days import is_working_day
from customers import segments
from customers.segments import Member
from customers.sight import Sight
from customers.tables import reps
from customers.writing import collector_resting

# Customers that are named in each part; the others are counted, and a list is a button away.
NAMED = 3
# Of those who were lost before Rekindle came, since nothing else ever names them.
NAMED_BEFORE = 10
# Owners that are named, those with most at risk.
OWNERS = 6
# From so many days on it is a digest of a month: then the messages of a year are told too.
MONTH = 28


@dataclass(frozen=True)
class Some:
    """Customers of one kind: how many, what a year of their own rhythm brings, and the first of them by name."""

    number: int = 0
    at_stake: Decimal = ZERO
    named: tuple[Member, ...] = ()


@dataclass(frozen=True)
class Record:
    """How right the alerts of one rule were: votes, and what became of those customers whose outcome is known."""

    rule: str
    alerts: int
    useful: int
    noise: int
    came_back: int
    stayed_away: int


@dataclass(frozen=True)
class Digest:
    """Everything that a digest says about the customers in one sight; amounts are in HOME_CURRENCY.

    `moves` count (before, now) of loyalty, `stages` of the lifecycle; `hours` is the median from an alert to the first
    touch. `effects` are the campaigns that ended in the period, `year` all messages of a year in the digest of a month.
    """

    period: Period
    horizon: int
    lost: Some
    recovered: Some
    risk: Decimal
    risk_of: int  # customers of whom anything is expected
    risk_by_owner: tuple[tuple[str | None, Decimal], ...]
    moves: Mapping[tuple[str, str], int]
    stages: Mapping[tuple[str, str], int]
    silent: Some
    promises: Promises
    behind: tuple[tuple[str, int], ...]  # (rep, overdue), most first
    alerts: int
    untouched: int
    hours: float | None
    records: tuple[Record, ...]
    before: Some
    failed: tuple[tuple[str, str, int], ...]  # (job, reason, how many)
    unreachable: tuple[tuple[str, str], ...]  # (rep, why)
    effects: tuple[Effect, ...]
    year: Effect | None

    @property
    def is_empty(self) -> bool:
        """Whether there is nobody at all to tell about."""
        nothing_now = not (self.risk_of or self.silent.number or self.before.number or self.alerts)
        return nothing_now and not (self.moves or self.stages or self.promises != Promises() or self.effects)


@dataclass(frozen=True)
class Read:
    """What the digests of one morning, or of one who asks, are made of."""

    material: Material
    told: Told
    messages: effectiveness.Material


def read(
    db: Connection, period: Period, zone: tzinfo, sight: Sight | None = None, *, own_day: date | None = None
) -> Read:
    """Read it for those in sight, or for everybody: then any number of digests is made without reading it again.

    `own_day` is the reader's, where the period ends with the tenant's: on it promises are overdue or not.
    """
    with collector_resting():
        within = true() if sight is None else func.coalesce(sight.clause(), False)
        rep_ids = None if sight is None else sight.owners
        told = digest_alerts.read(db, period.since, period.today, zone, within, rep_ids)
        with_year = (period.today - period.since).days >= MONTH
        messages = effectiveness.read(db, period.since, period.today, zone, sight, with_year=with_year)
        return Read(digest_material.read(db, period, zone, sight, own_day or period.today), told, messages)


def last_days(today: Any, days: int) -> Period:
    """The last days, today included."""
    return Period(today - timedelta(days=days), today)


def since_last_working_day(today: Any, country: str) -> Period:
    """All days after the last working day before today: on a Monday the weekend is told too."""
    before = today - timedelta(days=1)
    while not is_working_day(before, country):
        before -= timedelta(days=1)
    return Period(before, today)


def digest(db: Connection, found: Read, sight: Sight) -> Digest:
    """The digest of the customers in one sight; reads only the names of those who are named."""
    material, told, groups = found.material, found.told, found.material.groups
    owners: list[int | None] = [*sorted(sight.owners), *([None] if sight.unowned else [])]

    def each(rows: Mapping[Any, Iterable[Any]]) -> list[Any]:
        return [row for owner in owners for row in rows.get(owner, ())]

    def of(rows: Mapping[Any, Iterable[Any]]) -> list[Any]:
        return [row for row in each(rows) if groups.stands(row.id, sight)]

    def some(rows: Iterable[Any], named: int = NAMED) -> tuple[int, Decimal, list[int]]:
        amounts = {row.id: _stake(row) if groups.tells(row.id, sight) else ZERO for row in rows}
        ordered = sorted(amounts, key=lambda id: (-amounts[id], id))
        return len(amounts), sum(amounts.values(), ZERO), ordered[:named]

    moved = of(material.moved)
    parts = {
        "lost": some(row for row in moved if row.loyalty == "lost" != row.loyalty_before),
        "recovered": some(row for row in moved if row.loyalty_before == "lost" != row.loyalty),
        "silent": some(of(material.silent)),
        "before": some(of(told.before), NAMED_BEFORE),
    }
    members = segments.some(db, {id for _, _, ids in parts.values() for id in ids}, material.period.today)
    lists = {
        part: Some(number, stake, tuple(members[id] for id in ids if id in members))
        for part, (number, stake, ids) in parts.items()
    }
    risk = _risk(material, sight, owners)
    late = {rep: material.promises[rep].overdue for rep in sight.owners if rep in material.promises}
    unreachable = {rep: why for rep, why in told.unreachable.items() if rep in sight.owners}
    names = _names(db, {*late, *unreachable, *(owner for owner in risk if owner is not None)})
    by_owner = sorted(risk.items(), key=lambda one: (-one[1][0], one[0] or 0))
    touched = each(told.touched)  # what was said of a child was said, though the digest tells of its group
    hours = [row.hours for row in touched if row.hours is not None]
    return Digest(
        period=material.period,
        horizon=material.horizon,
        risk=sum((amount for amount, _ in risk.values()), ZERO),
        risk_of=sum(number for _, number in risk.values()),
        risk_by_owner=tuple((names.get(owner or 0), amount) for owner, (amount, _) in by_owner[:OWNERS] if amount),
        moves=Counter((row.loyalty_before, row.loyalty) for row in moved if row.loyalty_before != row.loyalty),
        stages=Counter((row.stage_before, row.stage) for row in moved if row.stage_before != row.stage),
        promises=_added(material.promises[rep] for rep in sight.owners if rep in material.promises),
        behind=tuple(sorted(((names[rep], n) for rep, n in late.items() if n), key=lambda one: (-one[1], one[0]))),
        alerts=len(touched),
        untouched=sum(row.hours is None and not row.answered for row in touched),
        hours=median(hours) if hours else None,
        records=_records(each(told.judged)),
        failed=_failed(told, sight),
        unreachable=tuple((names[rep], why) for rep, why in sorted(unreachable.items())),
        effects=effectiveness.of_campaigns(found.messages, sight, material.period.since, material.period.today),
        year=effectiveness.of_a_year(found.messages, sight, material.period.today),
        **lists,
    )


def _stake(row: Any) -> Decimal:
    stake: Decimal = getattr(row, "at_stake", getattr(row, "amount", ZERO))
    return stake


def _risk(material: Material, sight: Sight, owners: Iterable[int | None]) -> dict[int | None, tuple[Decimal, int]]:
    """By owner what is likely not to come of what is expected, and of how many customers anything is expected."""
    found = {}
    for owner in owners:
        amount, number = material.risk.get(owner, (ZERO, 0))
        for row in material.risk_in_groups.get(owner, ()):
            if material.groups.stands(row.id, sight):
                number += 1
                amount += row.amount if material.groups.tells(row.id, sight) else ZERO
        if number:
            found[owner] = (amount, number)
    return found


def _added(promises: Iterable[Promises]) -> Promises:
    rows = [(each.kept, each.late, each.missed, each.overdue) for each in promises]
    return Promises(*(sum(column) for column in zip(*rows, strict=True))) if rows else Promises()


def _records(judged: Iterable[Any]) -> tuple[Record, ...]:
    by_rule: dict[str, list[Any]] = {}
    for each in judged:
        by_rule.setdefault(each.rule, []).append(each)
    return tuple(
        Record(
            rule,
            len(those),
            sum(each.useful for each in those),
            sum(each.noise for each in those),
            sum(each.came_back is True for each in those),
            sum(each.came_back is False for each in those),
        )
        for rule, those in sorted(by_rule.items())
    )


def _failed(told: Told, sight: Sight) -> tuple[tuple[str, str, int], ...]:
    counted: Counter[tuple[str, str]] = Counter()
    for rep in sight.owners:
        counted.update(told.failed.get(rep, {}))
    return tuple((job, reason, number) for (job, reason), number in sorted(counted.items()))


def _names(db: Connection, ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    rows = db.execute(select(reps.c.id, reps.c.name).where(reps.c.id.in_(ids)))
    return {row.id: row.name for row in rows}
