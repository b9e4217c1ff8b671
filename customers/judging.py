"""Works out what is to be expected of each customer, learnt from what all of them did."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection, delete

from customers import groups, numbers
from customers.erased import erased_ids
from customers.groups import Scope
from customers.judgement import learning
from customers.judgement.bands import Bands
from customers.judgement.features import FACTS
from customers.judgement.judge import VERSION, Judge, Scores
from customers.judgement.purchases import Purchases
from customers.judgement.statistics import statistics
from customers.measures import month_before
from customers.outlook_tables import outlooks
from customers.remembering import JUDGEMENT, recall_one, remember
from customers.rules import Rules
from customers.sales_file import Part, SalesFile, Sample, laid_aside
from customers.timelines import Floats, Ints, isos
from customers.writing import write_rows

# Customers whose outlooks are written at once: as rows each takes a kilobyte.
BLOCK = 10_000
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


def learn(db: Connection, today: date, rules: Rules) -> Learnt | None:
    """Learn from all orders up to today, keep that, and judge everybody by it; None where nobody has bought yet.

    Give it a transaction. All orders are read once, and never more than some thousand customers' are in memory.
    """
    with laid_aside(db, today) as sales:
        found = learning.learnt(
            Sample(db, sales, LEARNT_FROM),
            today.toordinal(),
            rules.horizon_days,
            rules.swing_chance,
            rules.lost_chance,
        )
        known = None if found is None else Learnt(*found)
        stored = ""
        if known is not None:
            lines = None if known.bands is None else known.bands._asdict()
            stored = json.dumps({"judge": known.judge.to_json(), "bands": lines})
        remember(db, {JUDGEMENT: stored})
        _judge(db, today, known, sales)
    return known


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
    with laid_aside(db, today) as sales:
        _judge(db, today, learnt, sales)


def _judge(db: Connection, today: date, learnt: Learnt | None, sales: SalesFile) -> None:
    db.execute(delete(outlooks))
    if learnt is None:
        return
    parents = groups.parents(db)
    left_out = parents | erased_ids(db)
    for part in sales.parts():
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


def _part_of(db: Connection, scope: Scope, today: date) -> Part:
    ids, rows = np.array(scope.ids), numbers.sales_of(db, scope, today)
    who, amount = np.searchsorted(ids, rows[:, 0]), rows[:, 2].astype(np.float64)
    return Part(ids, Purchases.of(who, rows[:, 1], amount, len(ids)).above_nothing())


def _write(db: Connection, part: Part, today: date, judge: Judge, without: Collection[int] = ()) -> None:
    for block in part.blocks(BLOCK):
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
