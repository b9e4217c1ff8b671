"""Once a day, follow-ups are made for visits: of whom the last one was long ago, for how valuable the customer is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import select

from bot.desk import Desk
from care import follow_ups, visits
from care.visits import Due
from care.working_days import is_working_day, on_working_day
from customers.tables import reps
from plugins import job

# Follow-ups that are written in one transaction: others who write wait for some tenths of a second at most.
TOGETHER = 100


def rehearsal(desk: Desk) -> Iterator[str]:
    """Count whose follow-ups would be made."""
    counts = Counter(each.rep_id for each in _due(desk))
    whose = select(reps.c.id, reps.c.name).where(reps.c.id.in_(sorted(counts))).order_by(reps.c.name)
    with desk.reading() as db:
        for row in db.execute(whose):
            yield f"{row.name}: {counts[row.id]}"


@job("visits", daily=True, rehearsal=rehearsal, rank=30)
def make_visits(desk: Desk) -> None:
    """Make follow-ups for visits to customers whom nobody has visited for long, the most valuable first."""
    due = _due(desk)
    for start in range(0, len(due), TOGETHER):
        wanted = [(each.customer_id, each.rep_id, _day(desk, each)) for each in due[start : start + TOGETHER]]
        with desk.transaction() as db:
            follow_ups.by_rule_for_many(db, rule=visits.RULE, wanted=wanted, now=desk.now)


def _due(desk: Desk) -> list[Due]:
    """Those whose owner works today: on a day off nothing is added to the pile."""
    settings = desk.settings
    every = {"high": settings.visit_days_high, "mid": settings.visit_days_mid, "low": settings.visit_days_low}
    with desk.reading() as db:
        found = visits.due(db, desk.today, every, ahead=settings.occasion_days, zone=settings.zone)
    return [each for each in found if is_working_day(desk.today, each.country or settings.default_region)]


def _day(desk: Desk, each: Due) -> date:
    """When the visit falls due: so far ahead that it can be arranged."""
    ahead = timedelta(days=desk.settings.occasion_days)
    return on_working_day(desk.today + ahead, each.country or desk.settings.default_region)
