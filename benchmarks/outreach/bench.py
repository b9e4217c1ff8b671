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
from benchmarks.outreach.numbers import Numbers
from benchmarks.outreach.run import run
from benchmarks.outreach.without import TAKE_OUT

MANY = 10_000
SPEED = ("drafts", "mail")
FAULTS, MANY_FAULTS = "faults", 2_000
PARTS = (*SPEED, FAULTS)


def main(arguments: Sequence[str]) -> int:
    """Run one part or all; 1 if a limit is missed or a message came to harm."""
    said = _parser().parse_args(arguments)
    parts = {"all": PARTS, "speed": SPEED}.get(said.part, (said.part,))
    report = Report()
    if set(parts) & set(SPEED):
        _speed(report, parts, said.database_url, said.messages or MANY, said.seed)
    harmed = 0
    if FAULTS in parts:
        harmed = _faults(said)
    return 1 if report.missed or harmed else 0


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


def _faults(said: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="rekindle-outreach-") as temporary:
        folder = Path(temporary)
        with troubled(said.database_url, folder) as at:
            messages = said.messages or MANY_FAULTS
            return run(Numbers(said.seed, messages, said.replicas, said.hits, at.url, folder, said.without))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks outreach", description=__doc__)
    parser.add_argument("part", nargs="?", default="all", choices=["all", "speed", *PARTS])
    parser.add_argument("--seed", type=int, default=1, help="for everything that is drawn by chance")
    parser.add_argument("--messages", type=int, help=f"{MANY:,} unless said; {MANY_FAULTS:,} with faults")
    parser.add_argument("--replicas", type=int, default=3, help="processes that send, where faults happen")
    parser.add_argument("--hits", type=int, default=5, help="how often each named point is hit, where faults happen")
    parser.add_argument("--without", default="", choices=["", *TAKE_OUT], help="take this protection out of `faults`")
    parser.add_argument(
        "--database-url",
        default="",
        help="an empty database; SQLite in a folder of its own otherwise; postgresql:// starts a server of its own",
    )
    return parser
