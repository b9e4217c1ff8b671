"""The customers' mailbox: what they received, as their mail program or telephone shows it, and how they answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.mailbox import Done, Letter, Mailbox
from sandbox.page.draw import environment
from sandbox.page.phrases import speaker
from sandbox.page.reader import Reader
from sandbox.page.safety import LETTER_POLICY, POLICY, from_here
from sandbox.page.screen import Seat, Unread, reader_for, screen, take_seat
from sandbox.workspace import Workspace

Json = dict[str, Any]
VIEWS = ("html", "text", "source")
LONGEST_REPLY = 1600
# Letters that are listed: more than anybody looks through.
LISTED = 200
# As much of a text as fits into two lines of the list.
PREVIEW = 120


def mailbox_routes(workspace: Workspace, unread: Unread) -> list[BaseRoute]:
    """Return the addresses of the mailbox; each answers 404 where the workspace has none."""

    async def page(request: Request) -> Response:
        mailbox = workspace.mailbox
        if mailbox is None:
            return PlainTextResponse("no mailbox here", HTTPStatus.NOT_FOUND)
        html = await run_in_threadpool(_drawn, workspace, mailbox, unread, dict(request.query_params))
        return HTMLResponse(html, headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-store"})

    async def letter(request: Request) -> Response:
        found = workspace.mailbox.letter(request.path_params["id"]) if workspace.mailbox else None
        if found is None:
            return PlainTextResponse("no such letter", HTTPStatus.NOT_FOUND)
        # Its links open beside the page, as a mail program opens a browser.
        shown = f'<!doctype html><meta charset="utf-8"><base target="_blank">{found.html}'
        return HTMLResponse(shown, headers={"Content-Security-Policy": LETTER_POLICY, "Cache-Control": "no-store"})

    async def act(request: Request) -> Response:
        if not from_here(request):
            return PlainTextResponse("asked for by another site", HTTPStatus.FORBIDDEN)
        told = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
        mailbox = workspace.mailbox
        found = mailbox.letter(told.get("id", "")) if mailbox else None
        verb = _VERBS.get(request.path_params["verb"])
        if mailbox is None or found is None or verb is None:
            return PlainTextResponse("no such thing to do", HTTPStatus.NOT_FOUND)
        await run_in_threadpool(verb, mailbox, found, told.get("words", "")[:LONGEST_REPLY].strip())
        back = "/mailbox?" + urlencode({"as": told.get("as", ""), "id": found.id})
        return RedirectResponse(back, HTTPStatus.SEE_OTHER)

    return [
        Route("/mailbox", page),
        Route("/mailbox/letter/{id}", letter),
        Route("/mailbox/do/{verb}", act, methods=["POST"]),
    ]


def _reply(mailbox: Mailbox, letter: Letter, words: str) -> None:
    if words or letter.kind == "email":
        mailbox.reply(letter, words)


_VERBS: Mapping[str, Callable[[Mailbox, Letter, str], None]] = {
    "reply": _reply,
    "stop": lambda mailbox, letter, _words: mailbox.reply(letter, "STOP"),
    "unsubscribe": lambda mailbox, letter, _words: mailbox.unsubscribe(letter),
    "spam": lambda mailbox, letter, _words: mailbox.complain(letter),
    "bounce": lambda mailbox, letter, _words: mailbox.bounce(letter),
}


def _drawn(workspace: Workspace, mailbox: Mailbox, unread: Unread, asked: Mapping[str, str]) -> str:
    seat = take_seat(workspace, asked)
    reader = reader_for(workspace, seat.person)
    letters = mailbox.letters()[:LISTED]
    chosen = next((each for each in letters if each.id == asked.get("id")), None)
    if chosen is not None:
        mailbox.open(chosen.id)
    view = asked.get("view", "")
    shown = {
        "mailbox_open": True,
        "letters": [_line(mailbox, each, chosen, seat, reader) for each in letters],
        "letter": chosen,
        "when": reader.full(chosen.at) if chosen else "",
        "view": view if view in VIEWS else "html" if chosen and chosen.html else "text",
        "views": VIEWS if chosen and chosen.html else VIEWS[1:],
        "deeds": [_deed(each, reader) for each in mailbox.done(chosen.id)] if chosen else [],
        "address": lambda **other: _url(seat, **other),
    }
    template = environment().get_template("mailbox.html")
    return template.render(reader=reader, _=speaker(reader), **screen(workspace, seat, reader, unread) | shown)


def _url(seat: Seat, **other: str) -> str:
    return "/mailbox?" + urlencode({"as": seat.person.id, **other})


def _line(mailbox: Mailbox, letter: Letter, chosen: Letter | None, seat: Seat, reader: Reader) -> Json:
    moment = reader.local(letter.at)
    today = moment.date() == reader.now.astimezone(reader.zone).date()
    return {
        "letter": letter,
        "url": _url(seat, id=letter.id),
        "when": reader.clock(letter.at) if today else reader.day(letter.at),
        "preview": " ".join(letter.text.split())[:PREVIEW],
        "unread": not mailbox.is_opened(letter.id),
        "current": chosen is not None and chosen.id == letter.id,
    }


def _deed(done: Done, reader: Reader) -> Json:
    say = speaker(reader)
    words = {
        "reply": say("Answered: {}").format(done.words) if done.words else say("Answered"),
        "unsubscribe": say("Unsubscribed by one click"),
        "spam": say("Reported as spam"),
        "bounce": say("Sent back: the mailbox is gone"),
    }[done.verb]
    return {"words": words, "when": reader.clock(done.at), "fault": done.fault}
