"""Reminds approvers in the morning of messages to customers that still wait for them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from bot.cards import approvals
from bot.desk import Reply
from bot.morning import Morning, Post
from bot.waking import Someone
from care import draft_views
from plugins import morning_job


@morning_job("approvals_waiting", rank=15)
def approvals_waiting(morning: Morning) -> Iterator[Post]:
    """Tell approvers which messages to customers have waited for them since before today."""
    for someone in morning.people.values():
        if "manager" in someone.roles:
            waiting = draft_views.waiting(morning.db, someone.rep_id)
            # What came within the last hours was told in a message of its own.
            old = [each for each in waiting if each.asked_at.astimezone(someone.say.zone).date() < someone.day]
            if old:
                yield _post(morning, someone, len(old))


def _post(morning: Morning, someone: Someone, number: int) -> Post:
    shows = morning.desk.settings.slack_shows

    def make(db: Connection) -> Reply | None:
        waiting = draft_views.waiting(db, someone.rep_id)
        return approvals.queue(waiting, (), someone.say, shows) if waiting else None

    brief = someone.say.count("{n} message waits for your approval", "{n} messages wait for your approval", number)
    return Post(someone, make, brief)
