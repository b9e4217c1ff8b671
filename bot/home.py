"""The Home tab is a person's day: what is due, open alerts, who is slipping away, and the own settings."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import home as cards
from bot.desk import Block, Desk, Reply
from bot.promising import own_today, reader_of
from care import alerts, draft_views, follow_ups
from customers import deputies, preferences, segments
from customers.filter_language import parse
from customers.reps import Person
from words.speech import Speech

# Lines of each part: the whole day should be seen without much scrolling.
LINES = 5
ALERTS = 3
# The customers who slip away: the rep's own, for a manager those of the whole team.
SLIPPING, SLIPPING_TEAM = "loyalty:swing owner:me", "loyalty:swing"


def around(reply: Reply, person: Person, say: Speech, desk: Desk) -> Reply:
    """Draw a person's Home, with what was just done on top; who stands there is written to the access log."""
    return replace(reply, blocks=_blocks(person, say, desk, list(reply.blocks)))


def _blocks(person: Person, say: Speech, desk: Desk, done: list[Block]) -> list[Block]:
    reader = reader_of(person, say, desk)
    leads = "manager" in person.roles
    slipping = SLIPPING_TEAM if leads else SLIPPING
    with desk.reading() as db:
        due = follow_ups.waiting(db, person.duties, reader.today, until=reader.today, size=LINES)
        coming = follow_ups.waiting(db, person.duties, reader.today, size=1)
        page = segments.members(db, person, parse(slipping), desk.today, size=LINES)
        told_to = person.id if leads else None
        rules = desk.settings.rules
        slipped = alerts.waiting_of(db, person.duties, ALERTS, desk.today, rules, person.id, told_to=told_to)
        approvals = draft_views.waiting(db, person.id)
        chosen = preferences.of(db, person.id, desk.settings.preferences)
        absence = deputies.current(db, person.id, own_today(say, desk))
    shown = [line.customer_id for line in due.lines] + [alert.customer_id for alert in slipped]
    shown += [member.id for member in page.members]
    desk.looks.record_all(person.id, list(dict.fromkeys(shown)), "home")
    return [
        *done,
        *cards.greeting(person.name, say.weekday(reader.today), say, leads=leads),
        *cards.approvals(approvals, say, desk.settings.slack_shows),
        *cards.due(due, coming.total - due.total, reader),
        *cards.alerts(slipped, reader, desk.today),
        *cards.slipping(page, slipping, say, desk.settings, leads=leads),
        *cards.settings(person, chosen, absence, say),
    ]
