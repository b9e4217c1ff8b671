"""`/rekindle`: help, and a person's own settings."""

from __future__ import annotations

from bot.blocks import cut
from bot.cards import about, backtest
from bot.desk import Ask, Desk, Press, Reply
from commands import away, health, privacy
from customers import reps, shadowing
from plugins import button, command
from words.errors import BadInput, NotAllowed
from words.speech import LANGUAGES, Speech

BACKTEST = ("backtest", "回测")
PRIVACY = ("privacy", "隐私")
# Whoever greets, or is about to leave, is shown where to go on.
HELP = ("", "help", "hello", "hi", "?", "帮助", "你好", "您好", "？")
SETTINGS = ("settings", "away", "设置", "请假", "休假", "不在")
# A quarter has enough alerts to count; nobody's orders tell more than ten years.
DAYS, MOST_DAYS = 90, 3650


@command("/rekindle", usage="help | settings | health | backtest | privacy <customer>", words=())
def rekindle(ask: Ask, desk: Desk) -> Reply:
    """Show what Rekindle can do, and your settings."""
    word, _, more = ask.text.lower().partition(" ")
    if word in PRIVACY:
        return privacy.privacy_of(ask.person, ask.say, desk, ask.text[len(word) :].strip())
    if word in BACKTEST:
        return _backtest(ask, desk, more.strip())
    match ask.text.lower():
        case word if word in HELP:
            return about.help_card(desk.commands, ask.say)
        case word if word in SETTINGS:
            return away.settings_of(ask.person, ask.say, desk)
        case "health" | "状态" | "健康":
            return health.health_of(ask.person, ask.say, desk)
    raise BadInput(
        "I do not understand “{words}”. Type {help} to see what I can do, or {look} and a name for a customer's card.",
        words=cut(ask.text, 60),
        help="`/rekindle help`",
        look="`/customer`",
    )


def _backtest(ask: Ask, desk: Desk, days: str) -> Reply:
    """Show what the lost-customer alerts would have been worth, for the customers whom a manager sees."""
    if "manager" not in ask.person.roles:
        raise NotAllowed("This is for managers: it counts the alerts of a whole team. Yours can show it to you.")
    if days and not (days.isdecimal() and 1 <= int(days) <= MOST_DAYS):
        raise BadInput("“{days}” is no number of days from 1 to {most}.", days=cut(days, 60), most=MOST_DAYS)
    with desk.reading() as db:
        found = shadowing.backtest(db, desk.today, int(days or DAYS), desk.rules, sight=ask.person.sight)
    return backtest.card(found, ask.say, names=desk.settings.slack_shows != "ids")


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
