"""`/digest`: what happened to your customers and those of your team, what is at risk and what was kept."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import messages
from bot.desk import Ask, Desk, Press, Reply
from bot.digesting import digest_of
from bot.looking import show_card
from bot.promising import country_of, own_today
from care import digest as digests
from care import message_counts
from commands import lost, segment
from plugins import button, command
from words.errors import BadInput

WEEK, MONTH = 7, 30
# How far back, by what is typed for it in both languages.
SPANS = {
    "day": 1, "today": 1, "yesterday": 1, "今天": 1, "昨天": 1, "日": 1,
    "": WEEK, "week": WEEK, "周": WEEK, "本周": WEEK,
    "month": MONTH, "月": MONTH, "本月": MONTH,
}  # fmt: skip


@command("/digest", usage="[day | week | month]", words=("摘要", "简报"))
def digest(ask: Ask, desk: Desk) -> Reply:
    """Show what happened to your customers and your team's: lost, back, at risk, promises kept."""
    days = SPANS.get(ask.text.lower())
    if days is None:
        raise BadInput("A digest is of a day, a week or a month: {example}", example="`/digest week`")
    if days == 1:
        period = digests.since_last_working_day(desk.today, country_of(ask.person, desk))
    else:
        period = digests.last_days(desk.today, days)
    with desk.reading() as db:
        own_day = own_today(ask.say, desk)
        found = digests.read(db, period, desk.settings.zone, ask.person.exports, own_day=own_day)
        made = digest_of(db, found, ask.person, ask.say, desk.settings)
    desk.looks.record_all(ask.person.id, made.customers, "digest")
    return made.reply


@button("digest.show")
def show(press: Press, desk: Desk) -> Reply:
    """Open the digest from the Home."""
    reply: Reply = digest.handler(Ask(press.person, press.say, press.value), desk)
    return replace(reply, beside=True)


@button("digest.open")
def open_customer(press: Press, desk: Desk) -> Reply:
    """Open the card of a customer beside the digest."""
    return replace(show_card(press.person, press.say, desk, int(press.value)), beside=True)


@button("digest.list")
def open_list(press: Press, desk: Desk) -> Reply:
    """Open a list of customers beside the digest."""
    reply: Reply = segment.open_segment.handler(press, desk)
    return replace(reply, beside=True)


@button("digest.lost")
def open_losses(press: Press, desk: Desk) -> Reply:
    """Open the losses beside the digest."""
    reply: Reply = lost.show.handler(press, desk)
    return replace(reply, beside=True)


@button("digest.messages")
def open_messages(press: Press, desk: Desk) -> Reply:
    """Open what came of messages, by text, segment and rep, beside the digest."""
    with desk.reading() as db:
        found = message_counts.counts(db, press.person.exports, desk.today, desk.settings.zone)
    return replace(messages.card(found, press.say, desk.settings.slack_shows), beside=True)
