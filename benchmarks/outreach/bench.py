"""The benches of messages to customers: how fast they are written, how fast they go, and what faults do to them."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.faults.databases import troubled
from benchmarks.figures import Report
from benchmarks.outreach import drafts, mail

PARTS = ("drafts", "mail")


def main(arguments: Sequence[str]) -> int:
    """Run one part or all; 1 if a limit is missed or a message came to harm."""
    said = _parser().parse_args(arguments)
    report = Report()
    for part in PARTS if said.part == "all" else [said.part]:
        with tempfile.TemporaryDirectory(prefix="rekindle-outreach-") as temporary:
            folder = Path(temporary)
            with troubled(said.database_url, folder) as at:
                if part == "drafts":
                    drafts.measure(report, at.url, folder, said.messages or drafts.MANY, said.seed)
                if part == "mail":
                    mail.measure(report, at.url, folder, said.messages or mail.MANY, said.seed)
    return 1 if report.missed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks outreach", description=__doc__)
    parser.add_argument("part", nargs="?", default="all", choices=["all", *PARTS])
    parser.add_argument("--seed", type=int, default=1, help="for everything that is drawn by chance")
    parser.add_argument("--messages", type=int, help=f"{drafts.MANY:,} drafts or e-mails unless said")
    parser.add_argument(
        "--database-url",
        default="",
        help="an empty database; SQLite in a folder of its own otherwise; postgresql:// starts a server of its own",
    )
    return parser
