"""How long a manager waits for the digest of a million customers, and what the digests of a whole morning take."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text, update

from benchmarks import mornings
from benchmarks.apart import apart
from benchmarks.figures import Report, percentile
from bot.desk import Ask
from bot.joining import Working, discovered, working
from care import visits
from commands.digest import digest
from customers import reps as people
from customers.tables import reps
from database.upgrade import opened
from words.speech import Speech

# s: whoever asks for everybody's digest waits a few seconds; of a whole morning there is no promise.
LONGEST = 5.0
LARGEST = 600.0  # MiB
TIMES = 5
HEAD, MANAGER = 1, 1 + mornings.TEAM  # the one leads everybody, the other one team
SPANS = ("day", "week", "month")

# One in ten buys much and is silent, one in twenty belongs to another's group, one in two hundred was lost this week.
_GROUPS = (
    "UPDATE customers SET parent_id = id - 1, owner_id = (SELECT owner_id FROM customers AS above WHERE above.id = "
)
_GROUPS += "customers.id - 1) WHERE id % 20 = 2"
_FACTS = (
    "UPDATE customer_facts SET group_customers = CASE WHEN customer_id % 20 = 1 THEN 2 ELSE 1 END, value = CASE WHEN "
    "customer_id % 10 = 0 THEN 'high' ELSE 'mid' END",
    "UPDATE customer_facts SET loyalty = 'lost', stage = 'lost', loyalty_since = :lately, stage_since = :lately "
    "WHERE customer_id % 200 = 0",
)
_SPANS = (
    "INSERT INTO stage_spans (customer_id, from_day, until_day, loyalty, stage) SELECT customer_id, first_day, "
    ":lately, 'loyal', 'mature' FROM customer_facts",
    "INSERT INTO stage_spans (customer_id, from_day, until_day, loyalty, stage) SELECT customer_id, :lately, :never, "
    "loyalty, stage FROM customer_facts",
)
_OUTLOOKS = (
    "INSERT INTO outlooks (customer_id, judged_on, model, horizon, chance_lost, expected_orders, expected_spend, "
    "expected_before, due_on, due_from, due_until, confidence, weighed) SELECT customer_id, :today, 1, 90, "
    "0.01 * (customer_id % 100), 2.5, 2500000, 2500000, last_day, last_day, CASE WHEN customer_id % 3 = 0 THEN "
    "last_day ELSE :later END, 'enough', '' FROM customer_facts"
)
_ORDERS = (
    "INSERT INTO orders (key, customer_id, day, amount, currency, home_amount, sums_lines) SELECT 'O' || customer_id, "
    "customer_id, CASE WHEN customer_id % 30 = 0 THEN :lately ELSE last_day END, 1000000, 'USD', 1000000, FALSE "
    "FROM customer_facts"
)
# Alerts of half a year, a thirtieth of all customers, a tenth of them told this week.
_ALERTS = (
    "INSERT INTO alerts (customer_id, began, found_on, rule, stated, loyalty, state, told_at) SELECT customer_id, "
    ":first, CASE WHEN customer_id % 300 = 7 THEN :lately ELSE :spring END, 'silence', 0.5, 'swing', 'open', "
    "CASE WHEN customer_id % 300 = 7 THEN :told_lately ELSE :told_in_spring END FROM customer_facts "
    "WHERE customer_id % 30 = 7 AND customer_id > :with_alert"
)


def main(arguments: Sequence[str]) -> int:
    """Fill a database, draw digests in a process of its own, and print the figures beside their limits."""
    said = mornings.asked("digest", __doc__, arguments)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="rekindle-benchmarks-") as folder:
        url = said.database_url or f"sqlite:///{Path(folder) / 'digests.db'}"
        report.title(f"Digests of {said.customers:,} customers and {said.reps:,} reps")
        report.note("filling the database")
        fill(url, said.reps, said.customers)
        done = apart("benchmarks.digests:draw", url=url)
        for span in SPANS:
            report.add(f"/digest {span}, everybody's", done.result[span], "s", at_most=LONGEST)
        report.add("/digest week, a team's", done.result["team"], "s", at_most=LONGEST)
        report.add("the digests of all managers in one morning", done.result["morning"], "s")
        report.add("managers told", done.result["said"], "managers", at_least=1)
        report.add("whom to visit, found in", done.result["visits"], "s", at_most=LONGEST)
        report.add("peak memory of the process", done.peak, "MiB", at_most=LARGEST)
    print(f"\n{len(report.missed)} of {len(report.figures)} figures outside of their limits", flush=True)
    return 1 if report.missed else 0


def fill(url: str, many_reps: int, many_customers: int) -> None:
    """The tenant of the bench of mornings with a head, groups, outlooks, orders and half a year of alerts."""
    mornings.fill(url, many_reps, many_customers)
    now = mornings.morning().astimezone(UTC)
    today = now.date()
    with opened(url) as database, database.transaction() as db:
        lately, spring = today - timedelta(days=3), today - timedelta(days=120)
        days: dict[str, Any] = {
            "today": today, "lately": lately, "spring": spring, "first": today - timedelta(days=300),
            "later": today + timedelta(days=20), "never": date(9999, 12, 31),
        }  # fmt: skip
        if database.is_sqlite:
            days = {name: day.isoformat() for name, day in days.items()}
        moments = {"told_lately": now - timedelta(days=3), "told_in_spring": now - timedelta(days=120)}
        values = days | {name: mornings.moment(database, at) for name, at in moments.items()}
        values["with_alert"] = many_reps * (mornings.FOLLOW_UPS + mornings.ALERTS)
        db.execute(update(reps).where(reps.c.roles == "manager", reps.c.id != HEAD).values(manager_id=HEAD))
        for statement in (_GROUPS, *_FACTS, *_SPANS, _OUTLOOKS, _ORDERS, _ALERTS):
            db.execute(text(statement), {name: values[name] for name in values if f":{name}" in statement})


def draw(url: str) -> dict[str, float]:
    """Ask for digests as people do, plan those of a morning, and look for visits; seconds and numbers."""
    settings, fixed = mornings.settings_of(url), mornings.morning().astimezone(UTC)
    with (
        opened(settings.database_url) as database,
        working(settings, database, discovered(), clock=lambda: fixed, offline=True) as at_work,
    ):
        found = {span: _asked(at_work, HEAD, span) for span in SPANS} | {"team": _asked(at_work, MANAGER, "week")}
        (job,) = (each for each in at_work.mornings.jobs if each.name == "manager_digest")
        everybody = at_work.mornings.everybody(always=True)
        start = time.perf_counter()
        done = at_work.mornings.run(job, everybody, fixed)
        found |= {"morning": time.perf_counter() - start, "said": done.said}
        every = {"high": settings.visit_days_high, "mid": settings.visit_days_mid, "low": settings.visit_days_low}
        with database.reading() as db:
            start = time.perf_counter()
            visits.due(db, at_work.desk.today, every, ahead=settings.occasion_days, zone=settings.zone)
            found["visits"] = time.perf_counter() - start
    return found


def _asked(at_work: Working, rep_id: int, span: str) -> float:
    """The median of some times that somebody asks for a digest."""
    desk = at_work.desk
    with desk.reading() as db:
        person = people.load(db, f"rep{rep_id}@example.com", desk.today)
    assert person is not None
    ask, took = Ask(person, Speech("en"), span), []
    for _ in range(TIMES):
        start = time.perf_counter()
        reply = digest.handler(ask, desk)
        took.append(time.perf_counter() - start)
        assert len(reply.blocks) > 5, "the digest is empty"
    return percentile(sorted(took), 0.5)
