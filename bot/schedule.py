"""Runs the jobs: APScheduler is only the ticker, what is due is decided by the jobs themselves."""

from __future__ import annotations

from collections.abc import Mapping

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from bot.app import noted
from bot.desk import Desk
from plugins import Job

# Seconds between two looks at what is due.
TICK = 30


def start(jobs: Mapping[str, Job], desk: Desk) -> BackgroundScheduler:
    """Start ticking; a job that fails is noted in the log and does not stop the others."""
    ticker = BackgroundScheduler(timezone=desk.settings.time_zone, executors={"default": ThreadPoolExecutor(1)})

    def tick() -> None:
        for job in jobs.values():
            try:
                job.handler(desk)
            except Exception as failure:
                noted(failure)

    # A tick that is late is still a tick; several that were missed are one.
    ticker.add_job(tick, "interval", seconds=TICK, misfire_grace_time=None, coalesce=True, max_instances=1)
    ticker.start()
    return ticker
