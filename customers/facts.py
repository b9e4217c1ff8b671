"""Keeps what we know about each customer up to date: after new orders, and when a new day has come."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import ExitStack
from datetime import date, timedelta

from sqlalchemy import Connection, Select, and_, func, or_, select

from customers import cut_points, groups, judging, money, moving, portions
from customers.computed_tables import customer_facts
from customers.erased import ERASED
from customers.groups import Scope
from customers.judging import Learnt
from customers.measures import month_before
from customers.remembering import CURRENCY, DAY, MOVED, RULES, recall, remember
from customers.rules import Rules
from customers.tables import customers, orders
from customers.writing import collector_resting, take_turns

# When more than a fifth of all customers changed, the stored limits of value and RFM describe another crowd.
MANY = 5


def refresh(db: Connection, *, today: date, rules: Rules, only: Collection[int] | None = None) -> None:
    """Compute the facts, stage spans and cards of all customers, or of `only` these and of every parent above them.

    Orders dated after `today` do not count before their day has come. Works in portions, so that memory does not grow
    with the number of orders. Everybody is computed, whatever `only` names, where the facts were never computed or by
    other rules. Give it a transaction; orders must have been priced (`money.price_orders`).
    """
    take_turns(db)
    state = recall(db)
    if DAY not in state or state.get(RULES) != rules.fingerprint():
        only = None
    learnt = judging.learn(db, today, rules) if only is None else judging.recall_learnt(db)
    ids = _compute(db, today, rules, only, learnt)
    if only is not None:
        judging.judge_some(db, ids, today, learnt)
    else:  # whoever learns judges everybody
        remember(db, {DAY: today.isoformat(), MOVED: today.isoformat(), RULES: rules.fingerprint()})
    count = db.scalar(select(func.count()).select_from(customers)) or 0
    if only is None or len(ids) * MANY > count:
        cut_points.compute(db, today, rules)
    else:
        for chunk in groups.chunks(ids):
            cut_points.place(db, customer_facts.c.customer_id.in_(chunk))


def due(db: Connection, *, today: date, rules: Rules, home_currency: str) -> bool:
    """Whether `catch_up` has anything to do: one keyed read."""
    state = recall(db)
    return (state.get(DAY), state.get(RULES), state.get(CURRENCY)) != (
        today.isoformat(),
        rules.fingerprint(),
        home_currency,
    )


def catch_up(db: Connection, *, today: date, rules: Rules, home_currency: str) -> bool:
    """Bring all facts to today; returns whether there was anything to do. Give it a transaction.

    On a new day those customers are computed anew for whom the day makes a difference: whose stage falls due, or of
    whom an order has entered or left one of the windows; then everybody is judged, and compared with everybody. Facts
    that were never computed, or by other rules, in another currency or for a later day, are all computed, and all are
    once a month, because what is learnt moves the lines. Safe in several processes at once: one does the work, the
    others find it done.
    """
    if not due(db, today=today, rules=rules, home_currency=home_currency):
        return False
    take_turns(db)
    if not due(db, today=today, rules=rules, home_currency=home_currency):
        return False  # another process has done it while this one waited
    changed = money.price_orders(db, home_currency)
    state = recall(db)
    known = date.fromisoformat(state[DAY]) if DAY in state else None
    learnt = judging.recall_learnt(db)
    by_others = state.get(RULES) != rules.fingerprint()
    if known is None or known > today or by_others or judging.is_stale(learnt, today):
        refresh(db, today=today, rules=rules)
        return True
    if known < today:
        changed.update(db.scalars(_order_windows_moved(known, today, rules)))
        moving.move_month(db, known, today)
    changed.update(db.scalars(select(customer_facts.c.customer_id).where(customer_facts.c.changes_on <= today)))
    without = select(customers.c.id).outerjoin(customer_facts, customer_facts.c.customer_id == customers.c.id)
    changed.update(db.scalars(without.where(customer_facts.c.customer_id.is_(None), customers.c.kind != ERASED)))
    ids = _compute(db, today, rules, changed, learnt)
    if known < today:
        judging.judge_all(db, today, learnt)
    else:
        judging.judge_some(db, ids, today, learnt)
    remember(db, {DAY: today.isoformat(), MOVED: today.isoformat()})
    cut_points.compute(db, today, rules)
    return True


def move(db: Connection, *, today: date, rules: Rules) -> bool:
    """The cheap part of `catch_up`, for an answer that cannot wait: loyalty, stage and value as time alone moved them.

    Sums of the year, orders that were dated ahead and the comparison with others follow with `catch_up`. Returns
    whether there was anything to do; one keyed read where not. Give it a transaction.
    """
    state = recall(db)
    moved = max(state.get(DAY, ""), state.get(MOVED, ""))
    if DAY not in state or moved >= today.isoformat():
        return False
    take_turns(db)
    moving.move(db, today, rules)
    moving.move_month(db, date.fromisoformat(moved), today)
    remember(db, {MOVED: today.isoformat()})
    return True


def _compute(
    db: Connection, today: date, rules: Rules, only: Collection[int] | None, learnt: Learnt | None
) -> list[int]:
    """Compute and write the facts of these customers and their parents, or of all; returns whose they were."""
    if only is None:
        ids = list(db.scalars(select(customers.c.id).where(customers.c.kind != ERASED).order_by(customers.c.id)))
    else:
        ids = groups.with_parents(db, only)
    lines = None if learnt is None else learnt.bands
    work = portions.begin(db, today, rules, groups.parents(db, None if only is None else ids), lines)
    with collector_resting(), ExitStack() as stack:
        if only is None:
            stack.enter_context(portions.written_anew(db))
            portions.write(db, Scope(ids, whole=True), work)
        else:
            for chunk in groups.chunks(ids):
                portions.write(db, Scope(chunk), work)
        for chunk in groups.chunks(work.parents):
            portions.write(db, Scope(chunk, grouped=True), work)
    return ids


def _order_windows_moved(known: date, today: date, rules: Rules) -> Select[tuple[int]]:
    """Whose orders came into or left one of the windows when facts go from the known day to today."""
    windows = (0, rules.trend_days, 2 * rules.trend_days, rules.value_days)
    ranges = [(known - timedelta(days=days), today - timedelta(days=days)) for days in windows]
    before, now = month_before(known), month_before(today)
    ranges += [(before - timedelta(days=days), now - timedelta(days=days)) for days in (0, rules.value_days)]
    inside = [and_(orders.c.day > after, orders.c.day <= until) for after, until in ranges]
    return select(orders.c.customer_id).where(or_(*inside)).distinct()
