"""How long it takes to find whose birthday or festival comes among a million customers, and to draft the messages."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import text

from benchmarks import mornings
from benchmarks.apart import apart
from benchmarks.figures import Report
from bot.joining import discovered, working
from bot.settings import Settings
from care import celebrating, lunar_calendar, occasions
from care.occasions import MID_AUTUMN, Occasion
from database.upgrade import opened

FOUND, LARGEST = 5.0, 600.0  # s, MiB: what is promised
# How many of the most valuable are read of each owner for a festival.
MOST = 60

# Everybody is a person with a birthday, a tenth by the lunar calendar; half are written to in Chinese, two thirds allow
# offers by e-mail: more than any tenant has, so an upper bound.
_BORN = {
    "sqlite": "date('1950-01-01', '+' || ((id * 7919 + id / 10000 * 131) % 20000) || ' days')",
    "postgresql": "DATE '1950-01-01' + ((id::bigint * 7919 + id / 10000 * 131) % 20000)::int",
}
_PEOPLE = (
    "UPDATE customers SET kind = 'person', birthday = {born}, birthday_is_lunar = (id % 10 = 0), "
    "email = 'c' || id || '@customer.example', language = CASE WHEN id % 2 = 0 THEN 'zh_CN' ELSE 'en' END, "
    "created_at = :long_ago"
)
_CONSENTS = (
    "INSERT INTO consents (customer_id, channel, purpose, given, at, how) "
    "SELECT id, 'email', 'marketing', TRUE, :long_ago, 'form' FROM customers WHERE id % 3 > 0"
)


def main(arguments: Sequence[str]) -> int:
    """Fill a database, look for what comes in a process of its own, and print the figures beside their limits."""
    said = mornings.asked("occasions", __doc__, arguments)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="rekindle-benchmarks-") as folder:
        url = said.database_url or f"sqlite:///{Path(folder) / 'occasions.db'}"
        report.title(f"Occasions of {said.customers:,} customers with birthdays and {said.reps:,} reps")
        report.note("filling the database")
        fill(url, said.reps, said.customers)
        done = apart("benchmarks.occasions:plan", url=url)
        report.add("birthdays that a morning tells of, found in", done.result["birthdays"], "s", at_most=FOUND)
        report.add("birthdays found", done.result["found"], "birthdays", at_least=said.customers / 400)
        report.add("who keeps a festival, found in", done.result["festival"], "s")
        report.add("a whole morning of the job, drafts included", done.result["seconds"], "s")
        report.add("messages planned", done.result["said"], "messages", at_least=1)
        report.add("peak memory of the process", done.peak, "MiB", at_most=LARGEST)
    print(f"\n{len(report.missed)} of {len(report.figures)} figures outside of their limits", flush=True)
    return 1 if report.missed else 0


def fill(url: str, many_reps: int, many_customers: int) -> None:
    """The tenant of the bench of mornings, with birthdays, languages and consents."""
    mornings.fill(url, many_reps, many_customers)
    with opened(url) as database, database.transaction() as db:
        name = "sqlite" if database.is_sqlite else "postgresql"
        long_ago = datetime(2020, 1, 1, tzinfo=UTC)
        moment = long_ago.strftime("%Y-%m-%d %H:%M:%S.%f") if database.is_sqlite else long_ago
        db.execute(text(_PEOPLE.format(born=_BORN[name])), {"long_ago": moment})
        db.execute(text(_CONSENTS), {"long_ago": moment})


def plan(url: str) -> dict[str, float]:
    """Look for birthdays and a festival, then plan the job's whole morning; seconds and numbers."""
    settings = _settings(url)
    fixed = mornings.morning().astimezone(UTC)
    today = fixed.astimezone(mornings.ZONE).date()
    with (
        opened(settings.database_url) as database,
        working(settings, database, discovered(), clock=lambda: fixed, offline=True) as at_work,
    ):
        with database.reading() as db:
            owners = {None, *range(1, mornings.REPS + 1)}
            start = time.perf_counter()
            coming = occasions.days_to_tell(today, settings.occasion_days, "DE")
            found = celebrating.birthdays(db, coming, owners, now=fixed)
            birthdays = time.perf_counter() - start
            start = time.perf_counter()
            celebrating.keep_festival(db, _festival(today), owners, known_by=fixed, now=fixed, most=MOST)
            festival = time.perf_counter() - start
        (job,) = (each for each in at_work.mornings.jobs if each.name == "occasions")
        people = at_work.mornings.everybody(always=True)
        start = time.perf_counter()
        done = at_work.mornings.run(job, people, fixed)
        seconds = time.perf_counter() - start
    return {
        "birthdays": birthdays,
        "found": len(found),
        "festival": festival,
        "seconds": seconds,
        "said": done.said,
    }


def _festival(today: date) -> Occasion:
    return Occasion(MID_AUTUMN, lunar_calendar.day_of(today.year, 8, 15), today.year)


def _settings(url: str) -> Settings:
    """A tenant that writes e-mails: nothing is sent, only drafted."""
    return mornings.settings_of(url).model_copy(
        update={
            "company_name": "Tea House",
            "mail_from": "Tea House <care@tea.example>",
            "smtp_host": "127.0.0.1",
            "public_url": "https://care.tea.example",
        }
    )
