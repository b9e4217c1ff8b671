"""How long it takes to plan the morning of a large tenant, all of whose reps begin their day at the same moment."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, text

from benchmarks.apart import apart
from benchmarks.figures import Report, percentile
from bot.joining import Working, discovered, working
from bot.settings import Settings
from care.working_days import next_working_day
from customers.alert_tables import alerts
from customers.morning_tables import slack_users
from customers.remembering import remember
from customers.tables import reps
from customers.work_tables import follow_ups
from database.engine import Database
from database.upgrade import opened

REPS, CUSTOMERS = 10_000, 1_000_000
# What waits for each rep on an ordinary morning.
FOLLOW_UPS, ALERTS = 4, 1
# Reps of one manager.
TEAM = 50
ZONE = ZoneInfo("Europe/Berlin")
LONGEST, LARGEST, IDLE = 30.0, 400.0, 20.0  # s, MiB, ms: what is promised
TICKS = 200
# The jobs of a rep's morning; what managers read besides is measured beside it.
REPS_JOBS = ("follow_up_reminders", "lost_customer_alerts")

_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many)"
_CUSTOMERS = text(
    "INSERT INTO customers (id, key, name, folded_name, kind, owner_id, birthday_is_lunar, birthday_year_known, "
    "created_at) "
    f"{_NUMBERS} SELECT i, 'C' || i, 'Customer ' || i, 'customer ' || i, 'company', i % :reps + 1, FALSE, TRUE, "
    ":now FROM n"
)
_FACTS = text(
    "INSERT INTO customer_facts (customer_id, computed_on, orders, purchases, first_day, last_day, spend, spend_year, "
    "profit_year, profit_year_before, spend_half, spend_half_before, own_spend, own_spend_year, at_stake, gap_mean, "
    "gap_spread, gap_last, value, value_before, loyalty, loyalty_before, loyalty_since, stage, stage_before, "
    "stage_since, price_only, group_customers, unpriced_orders) "
    f"{_NUMBERS} SELECT i, :today, 6, 6, :first, :last, 60000000, 60000000, 60000000, 60000000, 0, 60000000, "
    "60000000, 60000000, (i % 9000) * 10000, 20.0, 2.0, 20, 'mid', 'mid', CASE WHEN i % 20 = 0 THEN 'swing' ELSE "
    "'loyal' END, 'loyal', :last, CASE WHEN i % 20 = 0 THEN 'at_risk' ELSE 'mature' END, 'mature', :last, FALSE, 1, 0 "
    "FROM n"
)
_CARDS = text(f"INSERT INTO customer_cards (customer_id, shown) {_NUMBERS} SELECT i, :shown FROM n")
SHOWN = (
    '{"orders": [{"key": "O1", "day": "2026-01-05", "amount": "1000", "currency": "USD"}, {"key": "O2", "day": '
    '"2026-01-25", "amount": "900", "currency": "USD"}], "products": [], "contacts": [], "tags": [], "consent": {}, '
    '"interactions": [], "complaints": [], "follow_ups": [], "parent": null, "children": 0}'
)


def main(arguments: Sequence[str]) -> int:
    """Fill a database, plan the morning in a process of its own, and print the figures beside their limits."""
    said = asked("mornings", __doc__, arguments)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="rekindle-benchmarks-") as folder:
        url = said.database_url or f"sqlite:///{Path(folder) / 'mornings.db'}"
        report.title(f"A morning of {said.reps:,} reps and {said.customers:,} customers")
        report.note("filling the database")
        fill(url, said.reps, said.customers)
        done = apart("benchmarks.mornings:plan", url=url)
        report.add("planning one morning", done.result["seconds"], "s", at_most=LONGEST)
        report.add("peak memory of the process", done.peak, "MiB", at_most=LARGEST)
        report.add("messages planned", done.result["said"], "messages", at_least=said.reps)
        report.add("a tick that finds nothing, median", done.result["idle"], "ms", at_most=IDLE)
        report.add("a tick that finds nothing, 95 of 100", done.result["idle_most"], "ms")
    print(f"\n{len(report.missed)} of {len(report.figures)} figures outside of their limits", flush=True)
    return 1 if report.missed else 0


def asked(bench: str, about: str | None, arguments: Sequence[str]) -> argparse.Namespace:
    """What was asked of a bench of this tenant: `reps`, `customers`, `database_url`."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks {bench}", description=about)
    parser.add_argument("--reps", type=int, default=REPS)
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--database-url", help="an empty PostgreSQL database; SQLite in a temporary folder otherwise")
    return parser.parse_args(arguments)


def morning() -> datetime:
    """A minute after the next working morning in Berlin has begun."""
    day = next_working_day(datetime.now(ZONE).date(), "DE")
    return datetime.combine(day, datetime.min.time(), ZONE).replace(hour=8, minute=31)


def fill(url: str, many_reps: int, many_customers: int) -> None:
    """Write reps, customers, promises and alerts straight into an empty database."""
    now = morning().astimezone(UTC)
    with opened(url) as database, database.transaction() as db:
        _people(db, many_reps, now)
        today = now.date()
        days = {"today": today, "first": today - timedelta(days=400), "last": today - timedelta(days=61)}
        shown = {key: value.isoformat() for key, value in days.items()} if database.is_sqlite else days
        db.execute(_CUSTOMERS, {"many": many_customers, "reps": many_reps, "now": moment(database, now)})
        db.execute(_FACTS, {"many": many_customers, **shown})
        db.execute(_CARDS, {"many": many_customers, "shown": SHOWN})
        _work(db, many_reps, many_customers, today, now)
        remember(db, {"facts.day": today.isoformat(), "facts.moved": today.isoformat()})


def plan(url: str) -> dict[str, float]:
    """Plan the morning, then look for something to do again and again; seconds, messages, milliseconds."""
    settings, begun = settings_of(url), time.monotonic()
    fixed = morning().astimezone(UTC)

    def clock() -> datetime:
        return fixed + timedelta(seconds=time.monotonic() - begun)

    with (
        opened(settings.database_url) as database,
        working(settings, database, discovered(), clock=clock, offline=True) as at_work,
    ):
        at_work.mornings.jobs[:] = [job for job in at_work.mornings.jobs if job.name in REPS_JOBS]
        start = time.perf_counter()
        done = at_work.mornings.tick()
        seconds = time.perf_counter() - start
        assert done is not None
        idle = sorted(_idle(at_work) for _ in range(TICKS))
    return {
        "seconds": seconds,
        "said": done.said,
        "idle": percentile(idle, 0.5) * 1000,
        "idle_most": percentile(idle, 0.95) * 1000,
    }


def settings_of(url: str) -> Settings:
    """The settings of the bench: nothing from the environment."""
    return Settings.model_construct(database_url=url, time_zone="Europe/Berlin", default_region="DE")


def _idle(at_work: Working) -> float:
    start = time.perf_counter()
    if at_work.mornings.tick() is not None:
        raise RuntimeError("a tick found something to do, though the morning was planned")
    return time.perf_counter() - start


def _people(db: Connection, many: int, now: datetime) -> None:
    rows = [
        {
            "id": number,
            "email": f"rep{number}@example.com",
            "name": f"Rep {number}",
            "roles": "manager" if number % TEAM == 1 else "rep",
            "manager_id": None if number % TEAM == 1 else (number - 1) // TEAM * TEAM + 1,
            "country": "DE",
            "time_zone": "Europe/Berlin",
            "active": True,
        }
        for number in range(1, many + 1)
    ]
    db.execute(insert(reps), rows)
    known = {"language": "en", "seen_at": now, "time_zone": "Europe/Berlin"}
    db.execute(insert(slack_users), [{"rep_id": row["id"], "user_id": f"U{row['id']:08d}"} | known for row in rows])


def _work(db: Connection, many_reps: int, many_customers: int, today: date, now: datetime) -> None:
    """What waits for everybody: customer number n is that of rep n % reps + 1."""
    promises: list[dict[str, Any]] = []
    found: list[dict[str, Any]] = []
    for rep in range(1, many_reps + 1):
        theirs = [number for turn in range(FOLLOW_UPS + ALERTS) if (number := rep - 1 + turn * many_reps) > 0]
        for number in theirs[:FOLLOW_UPS]:
            if number <= many_customers:
                promise = {"customer_id": number, "rep_id": rep, "promised": today, "due": today, "what": "Call"}
                promises.append(promise | {"state": "open", "made_at": now})
        for number in theirs[FOLLOW_UPS:]:
            if number <= many_customers:
                alert = {"customer_id": number, "began": today - timedelta(days=61), "found_on": today}
                found.append(alert | {"rule": "silence", "stated": 0.5, "loyalty": "swing", "state": "found"})
    db.execute(insert(follow_ups), promises)
    db.execute(insert(alerts), found)


def moment(database: Database, now: datetime) -> datetime | str:
    """A moment as a statement in plain words takes it."""
    return now.strftime("%Y-%m-%d %H:%M:%S.%f") if database.is_sqlite else now
