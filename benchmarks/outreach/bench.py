"""The benches of messages to customers: how fast they are written, how fast they go, and what faults do to them."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.apart import apart
from benchmarks.faults.databases import troubled
from benchmarks.figures import Report
from benchmarks.outreach import drafts, mail
from benchmarks.outreach.business import today

MANY = 10_000
SPEED = ("drafts", "mail")
PARTS = SPEED


def main(arguments: Sequence[str]) -> int:
    """Run one part or all; 1 if a limit is missed or a message came to harm."""
    said = _parser().parse_args(arguments)
    parts = PARTS if said.part == "all" else (said.part,)
    report = Report()
    if set(parts) & set(SPEED):
        _speed(report, parts, said.database_url, said.messages or MANY, said.seed)
    return 1 if report.missed else 0


def _speed(report: Report, parts: Sequence[str], database_url: str, messages: int, seed: int) -> None:
    """Import one business, and measure what is asked for."""
    with tempfile.TemporaryDirectory(prefix="rekindle-outreach-") as folder, troubled(database_url, Path(folder)) as at:
        report.note(f"Importing a business of which {messages:,} customers have bought ...")
        day = today().isoformat()
        apart("benchmarks.outreach.business:fill", url=at.url, folder=folder, buyers=messages, seed=seed, today=day)
        if "drafts" in parts:
            drafts.measure(report, at.url, messages)
        if "mail" in parts:
            mail.measure(report, at.url, messages)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks outreach", description=__doc__)
    parser.add_argument("part", nargs="?", default="all", choices=["all", *PARTS])
    parser.add_argument("--seed", type=int, default=1, help="for everything that is drawn by chance")
    parser.add_argument("--messages", type=int, help=f"{MANY:,} unless said")
    parser.add_argument(
        "--database-url",
        default="",
        help="an empty database; SQLite in a folder of its own otherwise; postgresql:// starts a server of its own",
    )
    return parser
