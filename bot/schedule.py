"""Runs the jobs: APScheduler is only the ticker, what is due is decided here and by the jobs themselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from bot.desk import Desk
from bot.mornings import Mornings
from customers.remembering import recall_one, remember
from plugins import Job
from words.failures import noted

# Seconds between two looks at what is due.
TICK = 30
# A daily job that failed is tried again after so long; each try may cost minutes.
AGAIN = timedelta(minutes=10)


class Jobs:
    """All jobs, and when each is due."""

    def __init__(self, desk: Desk, jobs: Mapping[str, Job], mornings: Mornings) -> None:
        self._desk, self._mornings = desk, mornings
        self._jobs = sorted(jobs.values(), key=lambda job: (job.rank, job.name))
        self._not_before: dict[str, datetime] = {}

    def tick(self) -> None:
        """Run what is due; a job that fails is noted in the log and does not stop the others."""
        for job in self._jobs:
            try:
                self._run(job)
            except Exception as failure:
                self._not_before[job.name] = self._desk.now + AGAIN
                noted(failure)
        try:
            self._mornings.tick()
        except Exception as failure:
            noted(failure)

    def _run(self, job: Job) -> None:
        if not job.daily:
            job.handler(self._desk)
            return
        later = self._not_before.get(job.name)
        if later is not None and self._desk.now < later:
            return
        if is_due(self._desk, job):
            run_daily(self._desk, job)


def is_due(desk: Desk, job: Job) -> bool:
    """Whether a daily job has not been done on the tenant's day."""
    with desk.reading() as db:
        return recall_one(db, _name(job)) != desk.today.isoformat()


def run_daily(desk: Desk, job: Job) -> None:
    """Do a daily job, and write down that it was done today; two processes may do it at once."""
    today = desk.today
    job.handler(desk)
    with desk.transaction() as db:
        remember(db, {_name(job): today.isoformat()})


def _name(job: Job) -> str:
    return f"job.{job.name}"


def start(jobs: Jobs, zone: str) -> BackgroundScheduler:
    """Start ticking."""
    ticker = BackgroundScheduler(timezone=zone, executors={"default": ThreadPoolExecutor(1)})
    # A tick that is late is still a tick; several that were missed are one.
    ticker.add_job(jobs.tick, "interval", seconds=TICK, misfire_grace_time=None, coalesce=True, max_instances=1)
    ticker.start()
    return ticker
