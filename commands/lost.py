"""`/lost`: which customers were lost when, of which class and whose, and why they left."""

from __future__ import annotations

from bot.cards import lost as cards
from bot.desk import Ask, Desk, Press, Reply
from care import losses
from plugins import button, command
from words.errors import BadInput

WHY = ("why", "causes", "原因", "为什么", "为何")


@command("/lost", usage="[why]", words=("流失客户", "流失"))
def lost(ask: Ask, desk: Desk) -> Reply:
    """Show who was lost by month, class and owner, and why."""
    if ask.text.lower() in WHY:
        with desk.reading() as db:
            causes = losses.causes(db, ask.person.sight, desk.today, desk.settings.zone)
        return cards.why(causes, ask.say, desk.settings.slack_shows)
    if ask.text:
        raise BadInput("Type {all}, or {why} for the causes.", all="`/lost`", why="`/lost why`")
    with desk.reading() as db:
        found = losses.losses(db, ask.person.sight, desk.today)
    return cards.overview(found, ask.say, desk.settings.slack_shows)


@button("lost.show")
def show(press: Press, desk: Desk) -> Reply:
    """Go back to who was lost."""
    reply: Reply = lost.handler(Ask(press.person, press.say, ""), desk)
    return reply


@button("lost.why")
def show_why(press: Press, desk: Desk) -> Reply:
    """Show why customers left."""
    reply: Reply = lost.handler(Ask(press.person, press.say, "why"), desk)
    return reply
