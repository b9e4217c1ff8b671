"""Lets it be morning in the demo, so that whoever tries it finds in the DM what a rep's day begins with."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, select, update

from bot.desk import Desk
from bot.mornings import Mornings
from bot.schedule import Jobs
from bot.waking import Someone
from care import follow_ups, visits
from customers import cards
from customers.alert_tables import alerts
from customers.computed_tables import customer_facts
from customers.tables import customers
from customers.work_tables import follow_ups as promises
from words.failures import noted
from words.speech import message

# What the demo's reps have promised: a look at the first lines is enough to see how it works.
PROMISED = (message("Call about the price list"), message("Ask whether the samples have arrived"))

# Most of the demo's reps are only names: that they are not in Slack is no news.
NOT_HERE = "unreachable_people"


def begin(desk: Desk, jobs: Jobs, mornings: Mornings) -> None:
    """Have everybody's morning planned now, whatever the hour; each has promised something for today.

    What fails is noted in the log: the demo goes on without it.
    """
    try:
        jobs.tick()
        people = mornings.everybody(always=True)
        with desk.transaction() as db:
            _promise(db, desk, people)
            _make_news(db)
            _visit_only(db, people)
        for job in mornings.jobs:
            if job.name != NOT_HERE:
                mornings.run(job, people, desk.now)
    except Exception as failure:
        noted(failure)


def _make_news(db: Connection) -> None:
    """Of each owner's customers who were lost before the demo began, let the last one be news."""
    newest = (
        select(func.max(alerts.c.id))
        .join(customers, customers.c.id == alerts.c.customer_id)
        .where(alerts.c.state == "before")
        .group_by(customers.c.owner_id)
    )
    db.execute(update(alerts).where(alerts.c.id.in_(newest)).values(state="found"))


def _visit_only(db: Connection, people: Sequence[Someone]) -> None:
    """Forget the visits of reps who are only names: all of them would come to the manager."""
    here = [someone.rep_id for someone in people]
    others = delete(promises).where(promises.c.rule == visits.RULE, promises.c.rep_id.not_in(here))
    cards.refresh(db, set(db.scalars(others.returning(promises.c.customer_id))))


def _promise(db: Connection, desk: Desk, people: Sequence[Someone]) -> None:
    f = customer_facts.c
    for someone in people:
        best = (
            select(customers.c.id)
            .join(customer_facts, f.customer_id == customers.c.id)
            .where(customers.c.owner_id == someone.rep_id, f.loyalty == "loyal")
            .order_by(f.at_stake.desc())
            .limit(len(PROMISED))
        )
        for what, customer_id in zip(PROMISED, db.scalars(best).all(), strict=False):
            follow_ups.make(
                db,
                customer_id=customer_id,
                rep_id=someone.rep_id,
                day=someone.day,
                today=someone.day,
                what=someone.say(what),
                by=someone.rep_id,
                now=desk.now,
            )
