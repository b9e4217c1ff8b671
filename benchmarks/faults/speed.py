"""Measures how fast messages go out when Slack does not limit it, and what a look at an empty outbox costs."""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from slack_sdk import WebClient
from sqlalchemy import func, select

from benchmarks.faults.bench import MANIFEST
from benchmarks.faults.databases import troubled
from benchmarks.figures import Report
from bot.post import SlackPosts
from database.engine import Database
from database.upgrade import prepare
from delivery import SLACK, Message, Run, plan
from delivery.clock import Clock
from delivery.dispatcher import Dispatcher
from delivery.leasing import kinds_due
from delivery.tables import outbox
from sandbox.server import serve
from sandbox.workspace import Workspace

# What is promised: messages per second where Slack takes them, and milliseconds of a look that finds nothing.
AT_LEAST, AT_MOST = 200.0, 20.0
LOOKS = 100  # looks at the empty outbox, of which the median counts


def main(arguments: Sequence[str]) -> int:
    """Plan messages for as many people, send them, look at the outbox that is empty then; 1 if a limit is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks dispatch", description=__doc__)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--database-url", default="", help="as with `faults`")
    said = parser.parse_args(arguments)
    ours, theirs = multiprocessing.Pipe()
    # Slack has a process of its own, as in life: else both would share one interpreter.
    slack = multiprocessing.get_context("spawn").Process(target=_slack, args=(theirs, said.messages))
    slack.start()
    with (
        tempfile.TemporaryDirectory(prefix="rekindle-dispatch-") as folder,
        troubled(said.database_url, Path(folder)) as at,
    ):
        database = Database(at.url)
        prepare(database)
        report = Report()
        _measure(report, database, said.messages, *ours.recv())
        database.close()
    ours.send(None)
    slack.join()
    return 1 if report.missed else 0


def _measure(report: Report, database: Database, messages: int, api_url: str, token: str, people: list[str]) -> None:
    now = datetime.now(UTC)
    with database.transaction() as db:
        for person in people:
            message = Message(person, {"text": "Three follow-ups are due today."}, now, now + timedelta(hours=4))
            plan(db, Run("morning", person, date(2026, 3, 5)), [message], now)
    posts = SlackPosts(WebClient(token=token, base_url=api_url, timeout=10, retry_handlers=[]))
    sending = Dispatcher(database, {SLACK: posts})
    began = time.perf_counter()
    sending.start()
    while _unsent(database):
        time.sleep(0.1)
    report.add("messages sent", messages / (time.perf_counter() - began), "per s", at_least=AT_LEAST)
    sending.stop()
    looks = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        with database.reading() as db:
            kinds_due(db, Clock(), [SLACK])
        looks.append((time.perf_counter() - began) * 1000)
    report.add("a look that finds nothing, median", statistics.median(looks), "ms", at_most=AT_MOST)


def _unsent(database: Database) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(outbox).where(outbox.c.state != "sent")) or 0


def _slack(pipe: Connection, people: int) -> None:
    workspace = Workspace()
    app = workspace.install(MANIFEST)
    names = [workspace.add_person(f"reader{number}").id for number in range(people)]
    with serve(workspace) as serving:
        pipe.send((serving.api_url, app.bot_token, names))
        pipe.recv()
    workspace.close()
