"""Requests of Slack that were answered are remembered for a day, so that a redelivered one is not answered twice."""

from __future__ import annotations

from bot.desk import Desk
from delivery.claims import forget_old
from plugins import job


@job("forget_claims")
def forget_claims(desk: Desk) -> None:
    """Drop the memory of requests that Slack can no longer deliver again."""
    with desk.transaction() as db:
        forget_old(db, desk.now)
