"""Notices once a day which customers are slipping away, and writes down one alert for each silence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from customers import groups, judging, on_their_own
from customers.alert_tables import alerts
from customers.computed_tables import customer_facts
from customers.erased import erased_ids
from customers.history import CANCELLED
from customers.judgement import alert_learning
from customers.judgement import alerts as judgement
from customers.judgement.alerts import Rule
from customers.judgement.silences import FEWEST_GAPS, Silences, silences
from customers.remembering import DAY as FACTS_DAY
from customers.remembering import recall, recall_one, remember
from customers.rules import Rules
from customers.sales_file import SalesFile, Sample, laid_aside
from customers.tables import orders
from customers.timelines import FOREVER, Ints

# Until when everybody's silence was judged, the rule that was learnt last, and what was looked at for new orders.
JUDGED, RULE, SEEN = "alerts.judged", "alerts.rule", "alerts.seen"
# Days after which the rule is learnt anew: what it rests on moves with the months, not with the days.
LEARN_EVERY = 14
# Silences whose outcome must be known before the rule is trusted: below that one lucky customer moves it.
ENOUGH = 30
# On the first run alerts of the last days are told one by one; who was lost longer ago is no news, but a list.
NEWS_DAYS = 7
# Customers from whose past the rule is learnt: beyond that its few weights stay as they are.
LEARNT_FROM = 100_000
# Alerts that wait for somebody.
OPEN = ("found", "open", "snoozed")
# How the two rules that raise alerts are called.
BY_SILENCE, BY_LOYALTY = "silence", "loyalty"


class Found(NamedTuple):
    """A customer who is slipping away, since the last purchase on the day `began`."""

    customer_id: int
    began: date
    rule: str
    stated: float | None
    loyalty: str
    state: str


def watch(db: Connection, today: date, rules: Rules) -> tuple[list[Found], Rule | None] | None:
    """Who is slipping away today, and the rule by which that was judged (None: by the first rules).

    A parent account is judged by what it buys itself: each of its children has alerts of its own. None where it has
    been done today, and where nobody has bought. Only reads. The facts should be today's.
    """
    judged = recall_one(db, JUDGED)
    if judged is not None and judged >= today.isoformat():
        return None
    learnt = judging.recall_learnt(db)
    if learnt is None:
        return None
    after = None if judged is None else date.fromisoformat(judged)
    with laid_aside(db, today) as sales:
        rule = _rule(db, sales, today, learnt.judge.horizon)
        if rule is None:
            return _by_loyalty(db, after, today, rules), None
        return _by_silence(db, sales, rule, after, today, rules), rule


def is_ready(db: Connection, today: date) -> bool:
    """Whether the facts are today's, on which everything here rests."""
    return recall(db).get(FACTS_DAY) == today.isoformat()


def keep(db: Connection, found: Sequence[Found], rule: Rule | None, today: date, rules: Rules) -> list[int]:
    """Write the alerts down, each silence once; returns the ids of alerts that are worse than when they were raised."""
    rows = [each._asdict() | {"found_on": today} for each in found]
    if rows:
        dialect = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
        db.execute(dialect(alerts).on_conflict_do_nothing(), rows)
    remember(db, {JUDGED: today.isoformat(), RULE: "" if rule is None else rule.as_json()})
    may_be_worse = alerts.c.state.in_(OPEN) & (alerts.c.loyalty != "lost")
    f = customer_facts.c
    lost = select(f.customer_id).where(f.loyalty == "lost", f.group_customers == 1)
    parents = select(f.customer_id).where(f.group_customers > 1)
    some = db.scalars(select(alerts.c.customer_id).where(may_be_worse, alerts.c.customer_id.in_(parents)))
    alone = on_their_own.read(db, some.all(), today, rules)
    lost_alone = [id for id, each in alone.items() if each.facts.loyalty == "lost"]
    worse = may_be_worse & or_(alerts.c.customer_id.in_(lost), alerts.c.customer_id.in_(lost_alone))
    return list(db.scalars(update(alerts).where(worse).values(loyalty="lost").returning(alerts.c.id)))


def anything_new(db: Connection, today: date) -> str | None:
    """What to hand to `end_silences`, where orders came since it was called last; two keyed reads where none did."""
    newest = f"{db.scalar(select(func.max(orders.c.id))) or 0} {today.isoformat()}"
    return None if recall_one(db, SEEN) == newest else newest


def end_silences(db: Connection, seen: str, today: date, now: Any) -> list[int]:
    """Find the alerts whose customers have bought since; returns their ids."""
    bought = (
        select(func.min(orders.c.day))
        .where(orders.c.customer_id == alerts.c.customer_id, orders.c.day > alerts.c.began, orders.c.day <= today)
        .where(orders.c.amount > 0, orders.c.status.is_distinct_from(CANCELLED))
        .correlate(alerts)
        .scalar_subquery()
    )
    waiting = select(alerts.c.id, bought.label("day")).where(alerts.c.state.in_((*OPEN, "before"))).subquery()
    ended = db.execute(select(waiting).where(waiting.c.day.is_not(None))).all()
    for row in ended:
        values = {"state": "recovered", "ended_on": row.day, "settled_at": now}
        db.execute(update(alerts).where(alerts.c.id == row.id).values(values))
    remember(db, {SEEN: seen})
    return [row.id for row in ended]


def _rule(db: Connection, sales: SalesFile, today: date, horizon: int) -> Rule | None:
    """The rule that was learnt lately, or learnt anew; None where too few silences have a known outcome."""
    stored = recall_one(db, RULE)
    if stored:
        try:
            known = Rule.from_json(stored)
        except ValueError:  # by an older version
            known = None
        if known is not None and known.horizon == horizon and 0 <= today.toordinal() - known.day < LEARN_EVERY:
            return known
    return alert_learning.learnt(Sample(db, sales, LEARNT_FROM), today.toordinal(), horizon, ENOUGH)


def _by_silence(
    db: Connection, sales: SalesFile, rule: Rule, after: date | None, today: date, rules: Rules
) -> list[Found]:
    left_out, day = erased_ids(db), today.toordinal()
    found: list[Found] = []
    for ids, bought in sales.parts():
        lasting = silences(bought)
        lasting = lasting.where(lasting.ended == FOREVER)
        if after is None:
            when, stated = _first_words(rule, lasting, day)
            spoken = np.flatnonzero(when < FOREVER)
        else:
            places = np.flatnonzero(judgement.due(lasting, after.toordinal(), day, rule.horizon))
            said = rule.judge(lasting.where(places), day)
            spoken, when = places[said.speak], np.full(len(lasting.who), day)
            stated = np.zeros(len(lasting.who))
            stated[places] = said.p_lapse
        news = after is not None
        for place in spoken.tolist():
            customer = int(ids[lasting.who[place]])
            if customer not in left_out:
                recent = news or int(when[place]) > day - NEWS_DAYS
                began = date.fromordinal(int(lasting.begin[place]))
                chance = round(float(stated[place]), 4)
                found.append(Found(customer, began, BY_SILENCE, chance, "", "found" if recent else "before"))
    return _with_loyalty(db, found, today, rules)


def _first_words(rule: Rule, lasting: Silences, day: int) -> tuple[Ints, Any]:
    """On which day the rule would have spoken of each silence first (FOREVER: not yet), and how sure it is by now."""
    when = np.full(len(lasting.who), FOREVER)
    stated = np.zeros(len(lasting.who))
    for look in lasting.begin + judgement.looks(lasting, rule.horizon):
        places = np.flatnonzero(look <= day)
        said = rule.judge(lasting.where(places), look[places])
        first = said.speak & (when[places] == FOREVER)
        when[places[first]] = look[places[first]]
        stated[places] = said.p_lapse
    return when, stated


def _by_loyalty(db: Connection, after: date | None, today: date, rules: Rules) -> list[Found]:
    """Who became swing or lost by the first rules since a day; of a first run everybody who is."""
    f = customer_facts.c
    gone = select(f.customer_id, f.last_day, f.loyalty, f.loyalty_since).where(
        f.loyalty.in_(("swing", "lost")), f.purchases > FEWEST_GAPS, f.group_customers == 1, f.loyalty_since <= today
    )
    begun = date.min if after is None else after
    alone = on_their_own.read(db, on_their_own.with_a_rhythm(db), today, rules)
    parents = [each.facts for each in alone.values() if each.facts.purchases > FEWEST_GAPS]
    parents = [row for row in parents if row.loyalty in ("swing", "lost") and row.loyalty_since > begun]
    news = after if after is not None else today - timedelta(days=NEWS_DAYS)
    return [
        Found(
            row.customer_id,
            row.last_day,
            BY_LOYALTY,
            None,
            row.loyalty,
            "found" if row.loyalty_since > news else "before",
        )
        for row in (*db.execute(gone.where(f.loyalty_since > begun)), *parents)
    ]


def _with_loyalty(db: Connection, found: Sequence[Found], today: date, rules: Rules) -> list[Found]:
    """The same with the loyalty that the customers have now."""
    known: dict[int, str] = {}
    parents: list[int] = []
    f = customer_facts.c
    for chunk in groups.chunks([each.customer_id for each in found]):
        rows = select(f.customer_id, f.loyalty, f.group_customers).where(f.customer_id.in_(chunk))
        for row in db.execute(rows):
            known[row.customer_id] = row.loyalty
            if row.group_customers > 1:
                parents.append(row.customer_id)
    known |= {id: each.facts.loyalty for id, each in on_their_own.read(db, parents, today, rules).items()}
    return [each._replace(loyalty=known.get(each.customer_id, "none")) for each in found]
