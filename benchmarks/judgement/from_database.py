"""How long it takes to learn from a database of a million customers, to judge each, and to write that down."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import select

from benchmarks.judgement.scale import TODAY, invented
from customers import judging
from customers.rules import Rules
from customers.tables import customers, orders
from customers.writing import indexed_later, write_rows
from database.engine import Database
from database.upgrade import prepare

AT_ONCE = 100_000  # rows
TOUCHED = 10_000


def fill(folder: str, many: int, purchases: int, seed: int) -> str:
    """A SQLite database with invented customers and their orders, in the order of days, as a file; its address."""
    url = f"sqlite:///{Path(folder) / 'judged.db'}"
    database = Database(url)
    prepare(database)
    bought = invented(many, purchases, seed)
    created = datetime(2020, 1, 1, tzinfo=UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    people = ((nr, f"C{nr}", f"Customer {nr}", f"customer {nr}", "company", 0, 1, created) for nr in range(1, many + 1))
    by_day = bought.day.argsort(kind="stable")
    who, amount = bought.who + 1, bought.amount
    assert amount is not None
    sold = (
        (nr, f"O{nr}", int(who[at]), date.fromordinal(int(bought.day[at])).isoformat(), money, "USD", money, 0)
        for nr, at in enumerate(by_day.tolist(), start=1)
        for money in (round(float(amount[at]) * 10_000),)
    )
    wanted = (
        (
            customers,
            ("id", "key", "name", "folded_name", "kind", "birthday_is_lunar", "birthday_year_known", "created_at"),
            people,
        ),
        (orders, ("id", "key", "customer_id", "day", "amount", "currency", "home_amount", "sums_lines"), sold),
    )
    with database.transaction() as db, indexed_later(db, customers, orders):
        for table, columns, rows in wanted:
            while some := list(islice(rows, AT_ONCE)):
                write_rows(db, table, columns, some)
    database.close()
    return url


def measure(url: str) -> dict[str, float]:
    """Seconds to read, learn, judge and write everybody, then some whom new orders have touched."""
    database, today, rules = Database(url), date.fromordinal(TODAY), Rules(horizon_days=60)
    with database.transaction() as db:
        begun, core = time.perf_counter(), time.process_time()
        learnt = judging.learn(db, today, rules)
        seconds, core = time.perf_counter() - begun, time.process_time() - core
        touched = list(db.scalars(select(customers.c.id).limit(TOUCHED)))
        begun = time.perf_counter()
        judging.judge_some(db, touched, today, learnt)
        again = time.perf_counter() - begun
    database.close()
    return {"seconds": seconds, "core_seconds": core, "touched_seconds": again}
