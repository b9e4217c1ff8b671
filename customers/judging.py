"""Works out what is to be expected of each customer, learnt from what all of them did."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection, delete, func, select

from customers import groups, numbers
from customers.erased import erased_ids
from customers.groups import Scope
from customers.judgement.bands import Bands, bands
from customers.judgement.features import FACTS
from customers.judgement.judge import VERSION, Judge, Scores
from customers.judgement.purchases import Purchases
from customers.judgement.score import Window, cutoffs, default_horizon, fit
from customers.judgement.statistics import outcome, statistics
from customers.measures import month_before
from customers.outlook_tables import outlooks
from customers.remembering import JUDGEMENT, recall_one, remember
from customers.rules import Rules
from customers.tables import customers, orders
from customers.timelines import Floats, Ints, isos
from customers.writing import write_rows

# Orders in memory at once, some 40 bytes each while they are put in order; of more, the customers come in parts.
MOST_ORDERS = 6_000_000
# Customers who are judged at once: what is known of one takes some hundred bytes.
BLOCK = 50_000
# Customers from whose past it is learnt: beyond that the weights stay as they are.
LEARNT_FROM = 100_000
# After so many days it is learnt anew: a month brings enough that is new, and less often would miss a season.
LEARN_EVERY = 28
COLUMNS = (
    "customer_id", "judged_on", "model", "horizon", "chance_lost", "expected_orders", "expected_spend",
    "expected_before", "due_on", "due_from", "due_until", "confidence", "weighed",
)  # fmt: skip
CONFIDENCES = ("none", "little", "enough")


class Learnt(NamedTuple):
    """What was learnt of the tenant, and the lines between loyal, swing and lost; None where too little is known."""

    judge: Judge
    bands: Bands | None


class Part(NamedTuple):
    """Some customers and what they bought; those who bought nothing may be among them."""

    ids: Ints
    purchases: Purchases

    def blocks(self) -> Iterator[Part]:
        """The same customers, some thousands at a time."""
        for start in range(0, len(self.ids), BLOCK):
            some = np.arange(start, min(start + BLOCK, len(self.ids)))
            yield Part(self.ids[some], self.purchases.some(some))


def learn(db: Connection, today: date, rules: Rules) -> Learnt | None:
    """Learn from all orders up to today, keep that, and judge everybody by it; None where nobody has bought yet.

    Give it a transaction. All orders are read once, or twice where they do not fit into memory.
    """
    parts = list(_parts(db, today)) if _fits(db) else None
    learnt = _learnt(_some(db, parts or _parts(db, today), LEARNT_FROM).purchases, today, rules)
    stored = ""
    if learnt is not None:
        lines = None if learnt.bands is None else learnt.bands._asdict()
        stored = json.dumps({"judge": learnt.judge.to_json(), "bands": lines})
    remember(db, {JUDGEMENT: stored})
    _judge(db, today, learnt, parts or _parts(db, today))
    return learnt


def _learnt(found: Purchases, today: date, rules: Rules) -> Learnt | None:
    if not len(found.day):
        return None
    day = today.toordinal()
    horizon = rules.horizon_days or default_horizon(statistics(found, day, 1)[1])
    windows = []
    for at in cutoffs(int(found.day.min()), day, horizon):
        who, known = statistics(found, at, horizon)
        windows.append(Window(known, outcome(found, who, at, horizon)))
    judge = fit(statistics(found, day, horizon)[1], windows)
    return Learnt(judge, bands(judge, found, rules.swing_chance, rules.lost_chance))


def recall_learnt(db: Connection) -> Learnt | None:
    """What was learnt last; None where nothing was, or by another version of the judgement."""
    text = recall_one(db, JUDGEMENT)
    if not text:
        return None
    stored = json.loads(text)
    try:
        judge = Judge.from_json(stored["judge"])
    except ValueError:
        return None
    lines = stored["bands"]
    return Learnt(judge, None if lines is None else Bands(**lines))


def is_stale(learnt: Learnt | None, today: date) -> bool:
    """Whether it is time to learn anew."""
    return learnt is None or not 0 <= today.toordinal() - learnt.judge.day < LEARN_EVERY


def judge_all(db: Connection, today: date, learnt: Learnt | None) -> None:
    """Write the outlook of everybody who has bought, parents by what their groups bought; the former ones go."""
    _judge(db, today, learnt, _parts(db, today))


def _judge(db: Connection, today: date, learnt: Learnt | None, parts: Iterable[Part]) -> None:
    db.execute(delete(outlooks))
    if learnt is None:
        return
    parents = groups.parents(db)
    left_out = parents | erased_ids(db)
    for part in parts:
        _write(db, part, today, learnt.judge, without=left_out)
    for chunk in groups.chunks(parents):
        _write(db, _part_of(db, Scope(chunk, grouped=True), today), today, learnt.judge)


def judge_some(db: Connection, only: Collection[int], today: date, learnt: Learnt | None) -> None:
    """The same for some customers."""
    parents = groups.parents(db, only)
    scopes = [Scope(chunk) for chunk in groups.chunks(set(only) - parents)]
    scopes += [Scope(chunk, grouped=True) for chunk in groups.chunks(parents)]
    for scope in scopes:
        db.execute(delete(outlooks).where(outlooks.c.customer_id.in_(scope.ids)))
        if learnt is not None:
            _write(db, _part_of(db, scope, today), today, learnt.judge)


def purchases_of_all(db: Connection, until: date, most: int, always: Collection[int] = ()) -> Part:
    """What everybody bought until a day; of more than `most` customers, `always` these and others evenly chosen by id.

    Customers without a purchase may be among them.
    """
    return _some(db, _parts(db, until), most, always)


def _some(db: Connection, parts: Iterable[Part], most: int, always: Collection[int] = ()) -> Part:
    count = db.scalar(select(func.count()).select_from(customers)) or 0
    step = max(1, -(-count // most))
    named = np.array(sorted(always), dtype=np.int64)
    ids, bought = [np.zeros(0, dtype=np.int64)], []
    for part in parts:
        chosen = np.flatnonzero((part.ids % step == 0) | np.isin(part.ids, named))
        ids.append(part.ids[chosen])
        bought.append(part.purchases.some(chosen))
    return Part(np.concatenate(ids), _together(bought))


def _together(parts: Sequence[Purchases]) -> Purchases:
    starts: list[Ints] = [np.zeros(1, dtype=np.int64)]
    for part in parts:
        starts.append(part.starts[1:] + starts[-1][-1])
    empty = [np.zeros(0, dtype=np.int64)]
    amounts: list[Floats] = [part.amount for part in parts if part.amount is not None]
    return Purchases(
        np.concatenate(starts),
        np.concatenate([part.day for part in parts] or empty),
        np.concatenate(amounts) if amounts else np.zeros(0),
    )


def _fits(db: Connection) -> bool:
    """Whether all orders fit into memory together."""
    return (db.scalar(select(func.count()).select_from(orders)) or 0) <= MOST_ORDERS


def _parts(db: Connection, today: date) -> Iterator[Part]:
    """Everybody with orders, in parts whose orders fit into memory."""
    newest = db.scalar(select(func.max(customers.c.id))) or 0
    many = db.scalar(select(func.count()).select_from(orders)) or 0
    size = max(1, newest // max(1, -(-many // MOST_ORDERS)) + 1)
    for first in range(1, newest + 1, size):
        ids = np.arange(first, min(first + size, newest + 1))
        sales = numbers.sales_of_all(db, today, first, first + size - 1)
        yield Part(ids, _purchases(((rows[:, 0] - first, rows) for rows in sales), len(ids)))


def _part_of(db: Connection, scope: Scope, today: date) -> Part:
    ids, rows = np.array(scope.ids), numbers.sales_of(db, scope, today)
    return Part(ids, _purchases([(np.searchsorted(ids, rows[:, 0]), rows)], len(ids)))


def _purchases(sales: Iterable[tuple[Ints, Ints]], many: int) -> Purchases:
    """What so many customers bought, from whose each row is and the rows: days that add up to more than nothing."""
    who, day, amount = [np.zeros(0, dtype=np.int32)], [np.zeros(0, dtype=np.int32)], [np.zeros(0)]
    for whose, rows in sales:
        who.append(whose.astype(np.int32))
        day.append(rows[:, 1].astype(np.int32))
        amount.append(rows[:, 2].astype(np.float64))
    found = Purchases.of(np.concatenate(who), np.concatenate(day), np.concatenate(amount), many)
    if found.amount is None or not len(found.day):
        return found
    bought = found.amount > 0
    kept = np.concatenate(([0], np.cumsum(bought)))
    return Purchases(kept[found.starts], found.day[bought], found.amount[bought])


def _write(db: Connection, part: Part, today: date, judge: Judge, without: Collection[int] = ()) -> None:
    for block in part.blocks():
        _write_block(db, block, today, judge, without)


def _write_block(db: Connection, part: Part, today: date, judge: Judge, without: Collection[int]) -> None:
    day, before = today.toordinal(), month_before(today).toordinal()
    who, now = statistics(part.purchases, day, judge.horizon)
    if not len(who):
        return
    expected_before = np.zeros(len(part.ids))
    who_then, then = statistics(part.purchases, before, judge.horizon)
    if len(who_then):
        expected_before[who_then] = _spend(judge.predict(then))
    scores = judge.predict(now)
    rows = _rows(part.ids[who], today, judge.horizon, scores, expected_before[who])
    write_rows(db, outlooks, COLUMNS, [row for row in rows if row[0] not in without] if without else list(rows))


def _spend(scores: Scores) -> Floats:
    return np.zeros(len(scores.p_lost)) if scores.spend is None else np.rint(scores.spend)


def _rows(ids: Ints, today: date, horizon: int, scores: Scores, before: Floats) -> Iterator[tuple[Any, ...]]:
    many = len(ids)
    facts = _weighed(scores)
    columns = (
        ids.tolist(),
        [today.isoformat()] * many,
        [VERSION] * many,
        [horizon] * many,
        np.round(scores.p_lost, 4).tolist(),
        np.round(scores.purchases, 3).tolist(),
        _spend(scores).astype(np.int64).tolist(),
        before.astype(np.int64).tolist(),
        isos(scores.due.day),
        isos(scores.due.low),
        isos(scores.due.high),
        [CONFIDENCES[number] for number in scores.confidence.tolist()],
        facts,
    )
    return zip(*columns, strict=True)


def _weighed(scores: Scores) -> list[str]:
    """The facts that weighed most, the heaviest first: +name where it speaks for a loss, -name where against one."""
    signed = np.array([f"-{name}" for name in FACTS] + [f"+{name}" for name in FACTS])
    places = scores.reasons.astype(np.int64) + np.where(scores.weighed > 0, len(FACTS), 0)
    first, *others = (signed[column] for column in places.T)
    joined = first
    for other in others:
        joined = np.char.add(np.char.add(joined, " "), other)
    named: list[str] = joined.tolist()
    return named
