"""`/rekindle`: help, and a person's own settings."""

from __future__ import annotations

from bot.blocks import cut
from bot.cards import about
from bot.desk import Ask, Desk, Press, Reply
from commands import away
from customers import reps
from plugins import button, command
from words.errors import BadInput
from words.speech import LANGUAGES, Speech


@command("/rekindle", usage="help | settings", words=())
def rekindle(ask: Ask, desk: Desk) -> Reply:
    """Show what Rekindle can do, and your settings."""
    match ask.text.lower():
        case "" | "help" | "帮助":
            return about.help_card(desk.commands, ask.say)
        case "settings" | "设置":
            return away.settings_of(ask.person, ask.say, desk)
    raise BadInput(
        "I do not understand “{words}”. Type {help} to see what I can do, or {look} and a name for a customer's card.",
        words=cut(ask.text, 60),
        help="`/rekindle help`",
        look="`/customer`",
    )


@button("settings.language")
def choose_language(press: Press, desk: Desk) -> Reply:
    """Speak another language with this person, or again that of their Slack."""
    language = press.value if press.value in LANGUAGES else None
    with desk.transaction() as db:
        reps.set_language(db, press.person.id, language)
    desk.people.forget(press.person.email)
    with desk.reading() as db:
        person = reps.load(db, press.person.email, desk.today) or press.person
    say = Speech(language, zone=press.say.zone) if language else desk.people.slack_speech(press.user_id)
    return away.settings_of(person, say, desk, note=say("Saved."))
