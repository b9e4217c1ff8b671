"""How long an import takes and how much memory it needs, facts included, and how fast a bad file is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.apart import apart
from benchmarks.bench import HOME_CURRENCY, REGION, Bench
from bot import importing
from bot.settings import Settings
from database.upgrade import opened

ROWS_PER_SECOND = 25_000
PEAK = 400  # MiB


def bench(run: Bench) -> None:
    """Write the tenant's files, import them step by step, and report; leaves the database full."""
    written = _written(run)
    run.report.title(f"Import of {run.customers:,} customers and {run.orders:,} orders, facts included")
    for step, label in (
        ("people", "customers and their contacts, reps, products"),
        ("orders", "orders"),
        ("details", ""),
    ):
        files = written[step]
        done = apart("benchmarks.importing:import_files", url=run.database_url, folder=str(run.folder), files=files)
        if done.result["exit_code"] != 0:
            raise RuntimeError(done.result["summary"])
        if step == "people" and run.large:
            _large(run)
        if label:
            rate = ROWS_PER_SECOND if step == "orders" else None
            run.report.add(f"{label}: time", done.seconds, "s")
            run.report.add(f"{label}: rate", done.result["rows"] / done.seconds, "rows/s", at_least=rate)
            run.report.add(f"{label}: peak memory", done.peak, "MiB", at_most=PEAK)
        else:
            run.report.add("order lines and interactions: rate", done.result["rows"] / done.seconds, "rows/s")


def _large(run: Bench) -> None:
    """A file of 200 MB into a tenant without orders; and the same file with a fault in its last line."""
    run.report.note(f"Writing an order file of {run.large} MiB ...")
    done = apart(
        "benchmarks.tenant:write_large", folder=str(run.folder), customers=run.customers, mebibytes=run.large,
        seed=run.seed, today=_today(),
    )  # fmt: skip
    rows = done.result
    label = f"{run.large} MiB, {rows:,} orders"
    with run.copy_of_database() as url:
        refused = apart("benchmarks.importing:import_files", url=url, folder=str(run.folder), files=["large_bad.csv"])
        if refused.result["exit_code"] != 1 or refused.result["faults"] != 1:
            raise RuntimeError(f"the bad file was not refused: {refused.result['summary']}")
        run.report.add(f"{label}, last line bad: refused after", refused.seconds, "s", at_most=rows / ROWS_PER_SECOND)
        run.report.add(f"{label}, last line bad: peak memory", refused.peak, "MiB", at_most=PEAK)
        taken = apart("benchmarks.importing:import_files", url=url, folder=str(run.folder), files=["large.csv"])
        if taken.result["exit_code"] != 0:
            raise RuntimeError(taken.result["summary"])
        run.report.add(f"{label}: time", taken.seconds, "s")
        run.report.add(f"{label}: rate", rows / taken.seconds, "rows/s", at_least=ROWS_PER_SECOND)
        run.report.add(f"{label}: peak memory", taken.peak, "MiB", at_most=PEAK)
    for name in ("large.csv", "large_bad.csv"):
        (run.folder / name).unlink()


def import_files(url: str, folder: str, files: list[str]) -> dict[str, Any]:
    """Import files as `rekindle import` does; the outcome as plain values."""
    settings = settings_for(url)
    with opened(settings.database_url) as database:
        outcome = importing.import_files(settings, database, [Path(folder) / name for name in files])
    return {
        "exit_code": outcome.exit_code,
        "rows": sum(file.read for file in outcome.files),
        "faults": outcome.fault_count,
        "summary": outcome.summary(),
    }


def settings_for(url: str) -> Settings:
    """The settings of the benches, whatever stands in the environment."""
    return Settings.model_construct(
        database_url=url, home_currency=HOME_CURRENCY, default_region=REGION, time_zone="UTC", slack_shows="full"
    )


def _written(run: Bench) -> dict[str, list[str]]:
    run.report.note("Writing the tenant's files ...")
    written: dict[str, list[str]] = apart(
        "benchmarks.tenant:write", folder=str(run.folder), customers=run.customers, orders=run.orders, seed=run.seed,
        today=_today(),
    ).result  # fmt: skip
    return written


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
