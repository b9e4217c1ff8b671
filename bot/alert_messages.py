"""Draws the messages with alerts anew, for whoever reads them: after a press, and when a customer has bought again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import Connection

from bot.blocks import safe
from bot.cards.alert import HOME, Spot, message_of
from bot.cards.follow_ups import Reader
from bot.desk import Block, Desk, Reply
from bot.promising import reader_of
from bot.slack_readers import slack_reader
from care import alerts
from customers.reps import Person
from customers.sight import Sight
from delivery import Message, put
from words.failures import noted
from words.speech import Speech

# A card that could not be changed for so long has scrolled out of sight.
WORTH_CHANGING = timedelta(days=2)


def pressed(person: Person, say: Speech, desk: Desk, spot: Spot, done: Sequence[Block] = ()) -> Reply:
    """Answer a press in a message with alerts by the message as it stands now; on the Home, by the Home."""
    if spot.message == HOME:
        return Reply(blocks=list(done), home=True)
    reader = reader_of(person, say, desk)
    with desk.reading() as db:
        _, shown = alerts.of_message(db, int(spot.message), desk.today, desk.settings.rules)
    desk.looks.record_all(person.id, [alert.customer_id for alert in shown], "alert")
    return message_of(shown, spot, reader, desk.today, done)


def redraw(db: Connection, desk: Desk, message_ids: Iterable[int]) -> int:
    """Have some messages drawn anew where they stand, in the caller's transaction; returns how many.

    Call `desk.wake()` afterwards.
    """
    drawn = 0
    for message_id in message_ids:
        try:
            with db.begin_nested():
                drawn += _redraw(db, desk, message_id)
        except Exception as failure:  # this message stays as it is, the others change
            noted(failure)
    return drawn


def _redraw(db: Connection, desk: Desk, message_id: int) -> bool:
    place, shown = alerts.of_message(db, message_id, desk.today, desk.settings.rules)
    to = slack_reader(db, desk, place.rep_id)
    if place.outbox_id is None or to is None:
        return False
    settings, sight = desk.settings, Sight() if to.person is None else to.person.sight
    reader = Reader(to.say, sight, place.rep_id, to.today, to.country, settings.home_currency, settings.slack_shows)
    reply = message_of(shown, Spot(str(message_id)), reader, desk.today)
    payload = {"text": safe(reply.text), "blocks": list(reply.blocks)}
    until = desk.now + WORTH_CHANGING
    put(db, "lost_customer_alerts", [
        Message(to.user_id, payload, desk.now, until, action="update", earlier=place.outbox_id)
    ])  # fmt: skip
    return True
