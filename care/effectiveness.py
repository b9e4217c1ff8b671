"""Whether messages worked: campaign by campaign and for a year, against the customers who by lot got none.

Read once for everybody, by the owners of the customers, so that it can be told to each manager of those in sight alone:
the lot asked for no owner, so those whom one manager sees are compared as fairly as all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Double,
    Integer,
    and_,
    case,
    cast,
    column,
    exists,
    func,
    select,
    true,
    values,
)

from care.comparing import Comparison, Group, Pair, compare
from care.mornings import due_instant
from care.ordered import LATE, outcomes, window
from customers.outreach_tables import assignments, batches, campaigns, drafts
from customers.sight import Sight
from customers.tables import customers
from database.types import MONEY_SCALE, Instant

YEAR = 365
# Draws of which one statement tells: four values each, and SQLite takes 32,766.
AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Cell:
    """Customers of one campaign and owner whom the lot put together on one day, and to how many of them it was sent."""

    campaign_id: int
    owner_id: int | None
    control: bool
    known_on: date
    group: Group
    sent: int


@dataclass(frozen=True)
class Campaign:
    """What a campaign is called, by its maker and by its template; `known_on` is when all its windows are over."""

    name: str
    template: str
    known_on: date


@dataclass(frozen=True)
class Material:
    """Everything that was read: campaigns that have a control group, and of which something was sent, by id."""

    campaigns: Mapping[int, Campaign]
    cells: Mapping[int | None, Sequence[Cell]]  # by owner
    with_year: bool


@dataclass(frozen=True)
class Effect:
    """What messages did, of one campaign or (then without `name` and `template`) of several.

    `treated` were to get it, of whom `sent` did. Nowhere else count: `open`, customers whose window is not over, and
    of several campaigns the number `alone` that have nobody in one group. `comparison` is None where there is nobody to
    compare with.
    """

    name: str
    template: str
    campaigns: int
    treated: Group
    control: Group
    sent: int
    open: int
    alone: int
    comparison: Comparison | None


def read(
    db: Connection, since: date, today: date, zone: tzinfo, sight: Sight | None = None, *, with_year: bool = False
) -> Material:
    """Read about all campaigns of which a window ended after `since`, or within a year, as it stood on `today`.

    `zone` is the tenant's; it is read for those customers who are in sight, or for everybody.
    """
    since = min(since, today - timedelta(days=YEAR)) if with_year else since
    within = true() if sight is None else func.coalesce(sight.clause(), False)
    found = list(_draws(db, since, today, zone))
    silent = _never_sent(db, {draw.campaign_id for draw in found})
    draws = [draw for draw in found if draw.campaign_id not in silent]
    known = {(draw.campaign_id, draw.at): draw.known_on for draw in draws}
    ends = {draw.campaign_id: draw.known_on for draw in sorted(draws, key=lambda draw: draw.known_on)}
    named = {draw.campaign_id: Campaign(draw.name, draw.template, ends[draw.campaign_id]) for draw in draws}
    cells: dict[int | None, list[Cell]] = {}
    for start in range(0, len(draws), AT_ONCE):
        for id, at, owner, control, number, sent, back, spend, squares in db.execute(
            _counted(draws[start : start + AT_ONCE], within)
        ):
            group = Group(number, back, spend, squares)
            cells.setdefault(owner, []).append(Cell(id, owner, control, known[id, at], group, sent))
    return Material(named, cells, with_year)


def of_campaigns(found: Material, sight: Sight, since: date, today: date) -> tuple[Effect, ...]:
    """Each campaign whose last window ended after `since`, and is over; those with most customers come first."""
    cells = _in_sight(found, sight)
    ended = {id for id, each in found.campaigns.items() if since < each.known_on <= today}
    by_campaign: dict[int, list[Cell]] = {}
    for cell in cells:
        if cell.campaign_id in ended:
            by_campaign.setdefault(cell.campaign_id, []).append(cell)
    effects = [_effect(by_campaign[id], today, found.campaigns[id]) for id in by_campaign]
    return tuple(sorted(effects, key=lambda each: (-each.treated.customers - each.control.customers, each.name)))


def of_a_year(found: Material, sight: Sight, today: date) -> Effect | None:
    """All campaigns together, by the windows that ended within a year; None where none was read, or is in sight."""
    if not found.with_year:
        return None
    cells = [cell for cell in _in_sight(found, sight) if cell.known_on > today - timedelta(days=YEAR)]
    return _effect(cells, today) if any(cell.known_on <= today for cell in cells) else None


def _in_sight(found: Material, sight: Sight) -> list[Cell]:
    owners: list[int | None] = [*sorted(sight.owners), *([None] if sight.unowned else [])]
    return [cell for owner in owners for cell in found.cells.get(owner, ())]


def _effect(cells: Iterable[Cell], today: date, campaign: Campaign | None = None) -> Effect:
    groups: dict[tuple[int, bool], Group] = {}
    sent: Counter[int] = Counter()
    still_open = 0
    for cell in cells:
        if cell.known_on > today:
            still_open += cell.group.customers
            continue
        key = (cell.campaign_id, cell.control)
        groups[key] = groups.get(key, Group()) + cell.group
        sent[cell.campaign_id] += 0 if cell.control else cell.sent
    nobody = Group()
    pairs = {id: Pair(groups.get((id, False), nobody), groups.get((id, True), nobody)) for id, _ in sorted(groups)}
    told = {id: pair for id, pair in pairs.items() if pair.can_be_compared} or pairs
    return Effect(
        name=campaign.name if campaign else "",
        template=campaign.template if campaign else "",
        campaigns=len(told),
        treated=sum((pair.treated for pair in told.values()), nobody),
        control=sum((pair.control for pair in told.values()), nobody),
        sent=sum(sent[id] for id in told),
        open=still_open,
        alone=len(pairs) - len(told),
        comparison=compare(told.values()),
    )


@dataclass(frozen=True, slots=True)
class _Draw:
    """Customers of a campaign who were drawn in the same moment."""

    campaign_id: int
    name: str
    template: str
    at: datetime
    first: date
    last: date
    known_on: date


def _draws(db: Connection, since: date, today: date, zone: tzinfo) -> Iterator[_Draw]:
    """All draws until the end of `today` of campaigns of which a window ended after `since`."""
    a, c = assignments.c, campaigns.c
    until = due_instant(zone, today + timedelta(days=1), time())
    longest = db.scalar(select(func.max(c.days))) or 0
    oldest = due_instant(zone, since - timedelta(days=longest + LATE), time())
    wanted = select(a.campaign_id).where(a.at >= oldest, a.at < until)
    drawn = (
        select(a.campaign_id, c.name, c.template, c.days, a.at)
        .join(campaigns, c.id == a.campaign_id)
        .where(a.campaign_id.in_(wanted), a.at < until, c.control_share > 0)
        .distinct()
        .order_by(a.campaign_id, a.at)
    )
    by_campaign: dict[int, list[_Draw]] = {}
    for id, name, template, days, at in db.execute(drawn):
        draw = _Draw(id, name, template, at, *window(at.astimezone(zone).date(), days))
        by_campaign.setdefault(id, []).append(draw)
    for draws in by_campaign.values():
        if any(draw.known_on > since for draw in draws):
            yield from draws


def _never_sent(db: Connection, campaign_ids: set[int]) -> set[int]:
    """Campaigns of which nothing ever went out, say because they were rejected: they had no effect to be told of."""
    if not campaign_ids:
        return set()
    b, d = batches.c, drafts.c
    counted = select(b.campaign_id).join(drafts, d.batch_id == b.id)
    counted = counted.where(b.campaign_id.is_not(None), d.state != "withheld")
    counted = counted.group_by(b.campaign_id).having(func.count(d.sent_at) == 0)
    return campaign_ids & set(db.scalars(counted))


def _counted(draws: Iterable[_Draw], within: ColumnElement[bool]) -> Any:
    """By campaign, moment of the draw, owner and group: customers, sent to, who bought, their spend and its squares."""
    a = assignments.c
    columns = (
        column("campaign_id", Integer), column("at", Instant), column("first", Date), column("last", Date),
    )  # fmt: skip
    rows = [(draw.campaign_id, draw.at, draw.first, draw.last) for draw in draws]
    windows = values(*columns, name="windows").data(rows).cte("windows")
    w = windows.c
    drawn = and_(a.campaign_id == w.campaign_id, a.at == w.at)
    member = (
        select(a.campaign_id, a.customer_id, a.control, a.at, w.first, w.last)
        .join_from(windows, assignments, drawn)
        .cte("member")
    )
    m, bought = member.c, outcomes(member, ["campaign_id", "customer_id"])
    b, d = batches.c, drafts.c
    was_sent = exists(
        select(d.id)
        .join(batches, b.id == d.batch_id)
        .where(d.customer_id == m.customer_id, b.campaign_id == m.campaign_id, d.sent_at.is_not(None))
        .correlate(member)
    )
    spend = func.coalesce(cast(bought.c.spend, Double) / MONEY_SCALE, 0.0)
    groups = (m.campaign_id, m.at, customers.c.owner_id, m.control)
    return (
        select(
            *groups,
            func.count(),
            func.sum(case((was_sent, 1), else_=0)),
            func.count(bought.c.bought_on),
            func.sum(spend),
            func.sum(spend * spend),
        )
        .join_from(member, customers, customers.c.id == m.customer_id)
        .outerjoin(bought, and_(bought.c.campaign_id == m.campaign_id, bought.c.customer_id == m.customer_id))
        .where(within)
        .group_by(*groups)
    )
