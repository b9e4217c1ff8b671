"""For whom something is drawn that stands in a rep's DM: who that is in Slack, in which language, on which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from bot.desk import Desk
from bot.waking import zone_named
from customers import reps as people
from customers.morning_tables import slack_users
from customers.reps import Person
from customers.tables import reps
from words.speech import Speech


@dataclass(frozen=True)
class SlackReader:
    """A rep who can be written to in Slack; `person` is None where the rep does not work here any more."""

    user_id: str
    say: Speech
    today: date  # the reader's own
    country: str
    person: Person | None


def slack_reader(db: Connection, desk: Desk, rep_id: int) -> SlackReader | None:
    """Who a rep is in Slack; None where nobody knows."""
    row = db.execute(_READER.where(reps.c.id == rep_id)).first()
    if row is None or row.user_id is None:
        return None
    say = Speech(row.language or row.slack_language, zone=zone_named(row.time_zone or row.slack_zone, desk.settings))
    today = desk.now.astimezone(say.zone).date()
    person = people.load(db, row.email, today)
    return SlackReader(row.user_id, say, today, row.country or desk.settings.default_region, person)


_READER = select(
    reps.c.email,
    reps.c.language,
    reps.c.country,
    reps.c.time_zone,
    slack_users.c.user_id,
    slack_users.c.time_zone.label("slack_zone"),
    slack_users.c.language.label("slack_language"),
).join(slack_users, slack_users.c.rep_id == reps.c.id)
