"""Knows who each rep is in Slack, so that they can be written to: read from Slack once a day, and kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient
from sqlalchemy import Connection, delete, insert, select

from bot.people import refusal
from customers.morning_tables import slack_users
from customers.remembering import recall_one, remember
from customers.tables import reps
from database.engine import Database
from words.failures import noted
from words.speech import language_of

# People come, go and move once in a while; a new rep is looked for within minutes.
EVERY = timedelta(days=1)
# So often it is looked whether a rep is new; and after a failure Slack is left in peace for so long.
AGAIN = timedelta(minutes=10)
# Members of one page, Slack's own advice.
PAGE = 200
READ_AT = "slack.people"


class Directory:
    """Who the reps are in Slack; safe in several processes, which only read it twice."""

    def __init__(self, client: WebClient, database: Database, team_id: str) -> None:
        self._client, self._database, self._team_id = client, database, team_id
        self._not_before: datetime | None = None
        self._lock = threading.Lock()

    def keep_fresh(self, now: datetime) -> None:
        """Read Slack's list of people if a day has passed or a rep is new; a failure is noted and tried again later."""
        with self._lock:
            if self._not_before is not None and now < self._not_before:
                return
            with self._database.reading() as db:
                if not _is_stale(db, now):
                    self._not_before = now + AGAIN
                    return
            try:
                self.read(now)
            except Exception as failure:  # what is known of people goes on to serve
                noted(failure)
                self._not_before = now + AGAIN

    def read(self, now: datetime) -> None:
        """Read Slack's list of people and keep who of them is which rep; raises what the client raises."""
        members: dict[str, dict[str, Any]] = {}
        for member in self._members():
            # Guests of shared channels and accounts that were closed may bear the address of one of the own people.
            if (email := _email(member)) and (email not in members or refusal(member, self._team_id) is None):
                members[email] = member
        with self._database.transaction() as db:
            before = {row.rep_id: (row.trouble, row.told_at) for row in db.execute(select(slack_users))}
            rows = []
            for rep in db.execute(select(reps.c.id, reps.c.email).where(reps.c.active)):
                row = _row(members.get(rep.email), self._team_id)
                trouble, told_at = before.get(rep.id, (None, None))
                same = trouble == row["trouble"]
                rows.append(row | {"rep_id": rep.id, "seen_at": now, "told_at": told_at if same else None})
            db.execute(delete(slack_users))
            if rows:
                db.execute(insert(slack_users), rows)
            remember(db, {READ_AT: now.isoformat()})

    def _members(self) -> Iterator[dict[str, Any]]:
        cursor: str | None = None
        while True:
            answer = self._client.users_list(limit=PAGE, include_locale=True, cursor=cursor)
            yield from answer["members"]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return


def _is_stale(db: Connection, now: datetime) -> bool:
    read_at = recall_one(db, READ_AT)
    if read_at is None or not timedelta(0) <= now - datetime.fromisoformat(read_at) < EVERY:
        return True
    new = select(reps.c.id).outerjoin(slack_users, slack_users.c.rep_id == reps.c.id)
    return db.execute(new.where(reps.c.active, slack_users.c.rep_id.is_(None)).limit(1)).first() is not None


def _email(member: Mapping[str, Any]) -> str:
    return str((member.get("profile") or {}).get("email") or "").lower()


def _row(member: Mapping[str, Any] | None, team_id: str) -> dict[str, Any]:
    """What is kept of a rep, who may not be among Slack's people."""
    if member is None:
        return {"user_id": None, "time_zone": None, "language": "en", "trouble": "unknown"}
    trouble = None
    if member.get("deleted"):
        trouble = "deactivated"
    elif refusal(member, team_id):
        trouble = "refused"
    found = {"user_id": member["id"], "time_zone": member.get("tz"), "trouble": trouble}
    return found | {"language": language_of(member.get("locale"))}
