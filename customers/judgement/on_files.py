"""`rekindle score` on a file of orders: what is to be expected of every customer, written as a file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from customers.judgement import score
from customers.judgement.judge import SAID_FROM, Judge, Scores
from customers.judgement.order_files import read, refuse_overwriting, write
from customers.judgement.purchases import Purchases
from customers.judgement.score import Window
from customers.judgement.statistics import outcome, statistics
from customers.judgement.weights import Table
from customers.timelines import Ints, iso
from words.errors import BadInput

# What closed windows teach does not change with more customers than this.
LEARNT_FROM = 40_000


def judged(
    purchases: Purchases, day: int, horizon: int, shipped: tuple[Table, Table] | None = None
) -> tuple[Ints, Judge, Scores]:
    """Learn from all that was known at the end of a day; which customers were known by then, and what is said of each.

    `shipped` are other weights to start from than those of `weights`, for measuring.
    """
    known = purchases.until(day)
    who, now = statistics(known, day, horizon)
    few = known.some(who[score.evenly(len(who), LEARNT_FROM)])
    days = score.cutoffs(int(known.day.min()), day, horizon)
    judge = score.fit(now, (_window(few, at, horizon, score.rows_of_each(len(days))) for at in days), shipped)
    return who, judge, judge.predict(now)


def _window(purchases: Purchases, day: int, horizon: int, most: int) -> Window:
    who, known = statistics(purchases, day, horizon)
    chosen = score.evenly(len(who), most)
    return Window(known.of(chosen), outcome(purchases, who[chosen], day, horizon))


def score_file(orders: Path, as_of: date, horizon: int, out: Path, shipped: tuple[Table, Table] | None = None) -> str:
    """Write the scores of every customer who had bought by a day; returns one line that says what was done.

    Columns: customer_id, p_lost (chance of no purchase in the `horizon` days after `as_of`), exp_n (purchases expected
    in them), exp_spend (empty where the file has no amounts), next_due. The file appears whole or not at all. Raises
    `BadInput` for orders that cannot be read, `WrongUsage` for an `out` that cannot be written; `shipped` is for
    measuring.
    """
    refuse_overwriting(orders, out)
    day = as_of.toordinal()
    ids, purchases = read(orders, until=day, amounts=True)
    if not ids:
        raise BadInput("{file} has no orders up to {day}: nobody is known by then.", file=orders, day=as_of)
    who, judge, said = judged(purchases, day, horizon, shipped)
    various, which = np.unique(said.due.day, return_inverse=True)
    table = pd.DataFrame(
        {
            "customer_id": np.array(ids, dtype=object)[who],
            "p_lost": np.round(said.p_lost, 6),
            "exp_n": np.round(said.purchases, 6),
            "exp_spend": "" if said.spend is None else np.round(said.spend, 4),
            "next_due": np.array([iso(due) for due in various.tolist()], dtype=object)[which],
        }
    )
    write(table, out)
    return (
        f"{len(who):,} customers; {said.p_lost.sum():,.0f} of them are expected not to buy within {horizon} days; "
        f"learnt from {judge.outcomes:,} known outcomes"
    ) + ("." if judge.outcomes >= SAID_FROM else ": too little history to say how right that is.")
