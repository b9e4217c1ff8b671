"""One of several processes that plan and send: production's code, with nothing in it but what the bench hands in."""

from __future__ import annotations

import gc
import logging
import os
import time
from ctypes import c_double
from datetime import UTC, datetime, timedelta

from slack_sdk import WebClient
from sqlalchemy import Connection, select

from benchmarks.faults import plan as plans
from benchmarks.faults.numbers import PLANNED_AHEAD, TIMEOUT, Numbers
from benchmarks.faults.without import take_out
from bot.post import SlackPosts
from database.engine import Database
from delivery import SLACK, plan
from delivery.clock import Clock
from delivery.dispatcher import Dispatcher
from delivery.handling import DATABASE_FAILS
from delivery.tables import runs

# Messages sent at once by one process: enough for the rate, few enough that a kill leaves few to look up.
WORKERS = 2
# Runs that one transaction plans at most, and the seconds between two looks at the plan: all replicas plan everything,
# and on SQLite each transaction keeps the others from sending.
TOGETHER, PAUSE = 25, 0.25


class ShiftedClock(Clock):
    """The database's clock as all processes see it after it was set: the real one and what the bench adds to it."""

    def __init__(self, shift: c_double) -> None:
        self._shift = shift

    def now(self, db: Connection) -> datetime:
        """The database's clock, in UTC."""
        return super().now(db) + timedelta(seconds=self._shift.value)


def live(numbers: Numbers, api_url: str, token: str, shift: c_double, dies_at: str) -> None:
    """Plan what is near, send what is due, until killed; with `dies_at` it kills itself at that point."""
    gc.freeze()  # what was imported before the fork stays shared
    os.environ["REKINDLE_DIES_AT"] = dies_at
    logging.getLogger("rekindle").setLevel(logging.CRITICAL)  # what fails here is meant to fail
    client = WebClient(token=token, base_url=api_url, timeout=TIMEOUT, retry_handlers=[])  # type: ignore[arg-type]
    slack = SlackPosts(client, TIMEOUT)
    take_out(numbers.without, slack)
    database = Database(numbers.database_url, pool_size=WORKERS + 2)
    clock = ShiftedClock(shift)
    sending = Dispatcher(database, {SLACK: slack}, numbers=numbers.leasing, workers=WORKERS, clock=clock)
    sending.start()
    while True:
        try:
            _plan(database, numbers, sending)
        except DATABASE_FAILS:  # locked or away: the next look finds what was not planned
            time.sleep(PAUSE)


def _plan(database: Database, numbers: Numbers, sending: Dispatcher) -> None:
    """Take one run after the other when its time is near, as jobs would, and never come to an end."""
    wanted = plans.read(numbers.plan, _taken(database))
    while True:
        near = time.time() + PLANNED_AHEAD
        due: list[plans.Planned] = []
        while wanted and wanted[-1].due <= near and len(due) < TOGETHER:
            due.append(wanted.pop())
        if due:
            with database.transaction() as db:
                for each in due:
                    run, message = each.as_run()
                    plan(db, run, [message], datetime.now(UTC))
            sending.wake()
        time.sleep(PAUSE)


def _taken(database: Database) -> set[int]:
    """The numbers of the plan that somebody has taken already."""
    with database.reading() as db:
        return {int(subject) for subject in db.scalars(select(runs.c.subject).where(runs.c.job == plans.JOB))}
