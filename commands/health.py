"""`/rekindle health`: how delivery is doing, and what a person must decide about."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from bot.cards import health as cards
from bot.cards.health import Setup
from bot.desk import Desk, Press, Reply
from bot.draft_messages import redraw
from care import sending
from customers.computed_tables import customer_facts
from customers.morning_tables import slack_users
from customers.reps import Person
from customers.tables import reps
from delivery import health as delivery
from plugins import button
from words.errors import BadInput, NotAllowed
from words.speech import Speech

# Days that are looked back on: a holiday's length, after which somebody comes back and asks.
DAYS = 7
# A message that is sent again must arrive within this time, or its words are old.
SOON = timedelta(hours=24)


def health_of(person: Person, say: Speech, desk: Desk, note: str = "") -> Reply:
    """Read and draw how delivery is doing. Raises `NotAllowed` for those who are neither operator nor manager."""
    _allow(person)
    with desk.reading() as db:
        found = delivery.health(db, desk.now, desk.now - timedelta(days=DAYS))
        trouble = select(reps.c.name, slack_users.c.trouble).join(reps, reps.c.id == slack_users.c.rep_id)
        trouble = trouble.where(slack_users.c.trouble.is_not(None), reps.c.active).order_by(reps.c.name)
        unreachable = [(name, why) for name, why in db.execute(trouble)]
        f = customer_facts.c
        unpriced = select(f.unpriced_currencies, func.sum(f.unpriced_orders)).where(
            f.unpriced_orders > 0, f.group_customers <= 1
        )
        rows = db.execute(unpriced.group_by(f.unpriced_currencies).order_by(f.unpriced_currencies))
        setup = Setup(unreachable, {currencies or "?": int(number) for currencies, number in rows})
    return cards.card(found, setup, DAYS, say, note)


@button("health.resend")
def resend(press: Press, desk: Desk) -> Reply:
    """Send a message again whose fate nobody could tell."""
    return _decided(press, desk, "resend", press.say("#{id} is sent again.", id=press.value))


@button("health.sent")
def was_sent(press: Press, desk: Desk) -> Reply:
    """Write down that a message was sent after all."""
    return _decided(press, desk, "was_sent", press.say("#{id} counts as sent.", id=press.value))


def _decided(press: Press, desk: Desk, decision: str, words: str) -> Reply:
    _allow(press.person)
    with desk.transaction() as db:
        # Of what may have arrived that is written down first: sent again, it is not taken back any more.
        redraw(db, desk, sending.settle(db, desk.now).batches)
        mine = delivery.decide(db, int(press.value), decision, desk.now, desk.now + SOON)
    if not mine:
        raise BadInput("Somebody else has decided about this message already.")
    desk.wake()
    return health_of(press.person, press.say, desk, note=words)


def _allow(person: Person) -> None:
    if not person.roles & {"operator", "manager"}:
        raise NotAllowed("Only operators and managers see how Rekindle is doing.")
