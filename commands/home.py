"""What is done on the Home tab: lists are opened, settings are changed, and the Home is drawn anew."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import home as cards
from bot.cards.follow_ups import Place
from bot.desk import Desk, Press, Reply, Sent
from bot.promising import list_again
from commands import away, rekindle
from plugins import button, form


@button("home.followups")
def show_follow_ups(press: Press, desk: Desk) -> Reply:
    """Open the list of follow-ups in front of the Home."""
    return list_again(press.person, press.say, desk, Place(press.value))


@button("home.language")
def choose_language(press: Press, desk: Desk) -> Reply:
    """Speak another language with this person."""
    rekindle.choose_language.handler(press, desk)
    return Reply(home=True)


@button("home.day")
def open_day(press: Press, desk: Desk) -> Reply:
    """Open the form for the morning, the quiet hours and the daily cap."""
    return _on_home(away.open_day.handler(press, desk), "home.day")


@form("home.day")
def choose_day(sent: Sent, desk: Desk) -> Reply:
    """Keep when the day begins, when nothing is said, and how much at most."""
    return _kept(away.choose_day.handler(sent, desk), sent.say("Saved."))


@button("home.away")
def open_absence(press: Press, desk: Desk) -> Reply:
    """Open the form to say who stands in."""
    return _on_home(away.open_form.handler(press, desk), "home.away")


@form("home.away")
def leave(sent: Sent, desk: Desk) -> Reply:
    """Keep the absence in the form."""
    return _kept(away.leave.handler(sent, desk), sent.say("Saved."))


@button("home.back")
def come_back(press: Press, desk: Desk) -> Reply:
    """Receive what is one's own again."""
    away.come_back.handler(press, desk)
    return Reply(blocks=cards.saved(press.say("Welcome back: everything comes to you again.")), home=True)


def _on_home(reply: Reply, form_name: str) -> Reply:
    """The same form, but sent to the Home."""
    return replace(reply, sheet=replace(reply.sheet, name=form_name)) if reply.sheet else reply


def _kept(reply: Reply, words: str) -> Reply:
    """What is wrong in the form, or the Home with what was done on top."""
    return reply if reply.faults else Reply(blocks=cards.saved(words), home=True)
