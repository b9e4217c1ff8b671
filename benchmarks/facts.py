"""How long all facts take to compute anew, and how long to follow when a new day has come."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from benchmarks.apart import apart
from benchmarks.bench import HOME_CURRENCY, Bench
from benchmarks.importing import PEAK
from customers import facts
from customers.rules import Rules
from database.upgrade import opened


def bench(run: Bench) -> None:
    """First the new day, then everything anew as of today, which also leaves the database as it was."""
    today = datetime.now(UTC).date()
    run.report.title(f"Facts of {run.customers:,} customers from {run.orders:,} orders")
    tomorrow = (today + timedelta(days=1)).isoformat()
    followed = apart("benchmarks.facts:follow", url=run.database_url, today=tomorrow)
    run.report.add("a new day: time", followed.seconds, "s")
    run.report.add("a new day: peak memory", followed.peak, "MiB", at_most=PEAK)
    anew = apart("benchmarks.facts:anew", url=run.database_url, today=today.isoformat())
    run.report.add("everything anew: time", anew.seconds, "s")
    run.report.add("everything anew: rate", run.orders / anew.seconds, "orders/s")
    run.report.add("everything anew: peak memory", anew.peak, "MiB", at_most=PEAK)


def follow(url: str, today: str) -> None:
    """Bring the facts to this day, as the bot does by itself."""
    with opened(url) as database, database.transaction() as db:
        facts.catch_up(db, today=date.fromisoformat(today), rules=Rules(), home_currency=HOME_CURRENCY)


def anew(url: str, today: str) -> None:
    """Compute everything anew as of this day."""
    with opened(url) as database, database.transaction() as db:
        facts.refresh(db, today=date.fromisoformat(today), rules=Rules())
