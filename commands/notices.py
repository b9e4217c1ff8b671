"""Readers say whether what a rule told them was worth reading; the digest shows how each rule fares."""

from __future__ import annotations

from bot.blocks import section
from bot.cards import notices as cards
from bot.desk import Desk, Press, Reply
from care import notices
from plugins import button


@button("notice.useful")
def useful(press: Press, desk: Desk) -> Reply:
    """Keep that it was useful."""
    return _voted(press, desk, useful=True)


@button("notice.noise")
def noise(press: Press, desk: Desk) -> Reply:
    """Keep that it was not worth reading."""
    return _voted(press, desk, useful=False)


def _voted(press: Press, desk: Desk, *, useful: bool) -> Reply:
    with desk.transaction() as db:
        notices.vote(db, press.person, int(press.value), useful=useful)
    say = press.say
    words = say("Thank you: noted as useful.") if useful else say("Thank you: noted as noise.")
    return Reply(words, [section(f"✅ {words}"), cards.votes(int(press.value), say, useful=useful)], beside=True)
