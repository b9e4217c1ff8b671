"""`/approvals`: the messages to customers that wait for my decision, and the decision itself."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from bot.blocks import entry, text_field
from bot.cards import approvals as cards
from bot.cards.draft_buttons import spotted
from bot.desk import Ask, Desk, Press, Reply, Sent, Sheet
from bot.draft_messages import allowed, overtaken, redraw, say_rejected, shown
from care import approving, draft_views
from care.approving import Overtaken
from customers.reps import Person
from plugins import button, command, form
from words.speech import Speech


@command("/approvals", words=("审批",))
def approvals(ask: Ask, desk: Desk) -> Reply:
    """Show the messages to customers that wait for your approval, and yours that wait for others."""
    with desk.reading() as db:
        waiting, own = draft_views.waiting(db, ask.person.id), draft_views.asked_for(db, ask.person.id)
    return cards.queue(waiting, own, ask.say, desk.settings.slack_shows)


@button("approval.open")
def open_card(press: Press, desk: Desk) -> Reply:
    """Open one of those that wait, beside the list."""
    reply = shown(press.person, press.say, desk, spotted(press.value))
    return Reply(reply.text, reply.blocks, beside=True)


@button("approval.approve")
def approve(press: Press, desk: Desk) -> Reply:
    """Approve: the message waits for the end of the hold window, and leaves."""
    spot, policy = spotted(press.value), desk.settings.outreach

    def decide(db: Connection) -> None:
        allowed(db, desk, press.person, spot.batch)
        approving.approve(db, policy, spot.batch, seen=spot.seal, by=press.person, at=desk.now, zone=desk.settings.zone)

    return _decided(press.person, press.say, desk, press.value, decide)


@button("approval.reject")
def open_reason(press: Press, desk: Desk) -> Reply:
    """Ask why."""
    say = press.say
    with desk.reading() as db:
        batch = allowed(db, desk, press.person, spotted(press.value).batch)
    if batch.state != "asked":
        return shown(press.person, say, desk, spotted(press.value))
    why = entry("reason", say("Why? The author reads it."), text_field(lines=True, longest=300))
    return Reply(sheet=Sheet("approval.reject", say("Reject"), say("Reject"), [why], {"value": press.value}))


@form("approval.reject")
def reject(sent: Sent, desk: Desk) -> Reply:
    """Reject with the reason in the form."""
    value = str(sent.memory["value"])
    spot = spotted(value)

    def decide(db: Connection) -> None:
        batch = allowed(db, desk, sent.person, spot.batch)
        approving.reject(db, spot.batch, by=sent.person, reason=sent.values.get("reason") or "", at=desk.now)
        if batch.made_by != sent.person.id:
            say_rejected(db, desk, spot.batch)

    return _decided(sent.person, sent.say, desk, value, decide)


@button("approval.undo")
def undo(press: Press, desk: Desk) -> Reply:
    """Take an approved message back before it leaves; it waits for approval again."""
    spot = spotted(press.value)

    def decide(db: Connection) -> None:
        allowed(db, desk, press.person, spot.batch)
        approving.undo(db, spot.batch, by=press.person.id, at=desk.now)

    return _decided(press.person, press.say, desk, press.value, decide)


def _decided(person: Person, say: Speech, desk: Desk, value: str, decide: Callable[[Connection], None]) -> Reply:
    """Decide, change every copy of the card, and show it as it stands.

    Whoever was overtaken reads by what, above the card as it is now.
    """
    spot = spotted(value)
    try:
        with desk.transaction() as db:
            decide(db)
            redraw(db, desk, [spot.batch])
    except Overtaken as late:
        return overtaken(person, say, desk, spot, late)
    desk.wake()
    return shown(person, say, desk, spot)
