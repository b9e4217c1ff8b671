"""The page behind the link in a message, where a customer unsubscribes without having to say who they are."""

from __future__ import annotations

from email.utils import parseaddr
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse, PlainTextResponse, Response

from bot.settings import Settings
from bot.web_requests import Incoming, Web
from care import unsubscribing
from care.unsubscribing import Subscription
from words.pages import FIELD, page
from words.speech import Speech, language_of, message

UNDO, EVERYTHING, UNSUBSCRIBE = "undo", "everything", "unsubscribe"
# What is said by channel: question, what ends, what has ended, what may come again, that all has ended, end it all.
SAID = {
    "email": (
        message("No more offers by e-mail?"),
        message("Once you unsubscribe, {company} sends you no more offers by e-mail."),
        message("You get no offers from {company} by e-mail."),
        message("You get offers from {company} by e-mail again."),
        message("You get no e-mails from {company} any more."),
        message("Stop all e-mails"),
    ),
    "sms": (
        message("No more offers by text message?"),
        message("Once you unsubscribe, {company} sends you no more offers by text message."),
        message("You get no offers from {company} by text message."),
        message("You get offers from {company} by text message again."),
        message("You get no text messages from {company} any more."),
        message("Stop all text messages"),
    ),
}


def unsubscribe_page(web: Web, incoming: Incoming) -> Response:
    """GET shows and changes nothing; POST does what the button says, or unsubscribes for a mail program (RFC 8058)."""
    now, token = web.clock(), incoming.path["token"]
    wanted = dict(incoming.form).get(FIELD, UNSUBSCRIBE) if incoming.method == "POST" else None
    with web.database.reading() as db:
        link = unsubscribing.subscription(db, token, now)
    if link is None and not web.doorkeeper.lets_in(incoming.client):
        return PlainTextResponse("too many requests", HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": "60"})
    if link is None:
        return HTMLResponse(_nowhere(incoming), HTTPStatus.NOT_FOUND)
    if wanted is not None:
        with web.database.transaction() as db:
            if wanted == UNDO:
                touched = unsubscribing.undo(db, link, now)
            else:
                touched = unsubscribing.unsubscribe(db, link, now, everything=wanted == EVERYTHING)
            link = unsubscribing.subscription(db, token, now) or link
        web.changed(touched)
    return HTMLResponse(_page(link, sender(web.settings), wanted))


def sender(settings: Settings) -> str:
    """From whom a customer gets messages: the company's name, or what comes nearest to it."""
    name, address = parseaddr(settings.mail_from)
    return settings.company_name or name or address.rpartition("@")[2] or urlsplit(settings.public_url).hostname or ""


def _page(link: Subscription, company: str, done: str | None) -> str:
    """The page for what holds now, after what was `done` just before."""
    say = Speech(link.language)
    question, will_end, ended, again, all_ended, end_all = SAID[link.channel]
    rest = say("Messages about your orders and questions still reach you.")
    if link.offers and done == UNDO:
        return page(
            say, say("You are subscribed again"), [say(again, company=company)], [(say("Unsubscribe"), UNSUBSCRIBE)]
        )
    if link.offers:
        sentences = [say(will_end, company=company), *([rest] if link.service else [])]
        return page(say, say(question), sentences, [(say("Unsubscribe"), UNSUBSCRIBE)], urge=True)
    title = say("Thank you, you are unsubscribed") if done else say("You are unsubscribed")
    sentences = [say(ended, company=company), rest] if link.service else [say(all_ended, company=company)]
    buttons = [*([(say(end_all), EVERYTHING)] if link.service else []), *([(say("Undo"), UNDO)] if link.undo else [])]
    return page(say, title, sentences, buttons)


def _nowhere(incoming: Incoming) -> str:
    """The page for a link that nobody knows; it does not say whether there ever was one."""
    say = Speech(language_of(incoming.headers.get("accept-language", "").strip()))
    hint = say("A part of it may have been lost. If you want no more messages, please answer the one that you got.")
    return page(say, say("This link does not work"), [hint])
