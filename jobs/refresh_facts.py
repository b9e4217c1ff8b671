"""The daily move of time: customers who fall silent, come of age or drop out of a window change their place."""

from __future__ import annotations

from bot.desk import Desk
from plugins import job


@job("refresh_facts", rank=0)  # everything else rests on the facts
def refresh_facts(desk: Desk) -> None:
    """Bring the facts to today, once a day; nothing happens when they are."""
    desk.freshness.catch_up(desk.today)
