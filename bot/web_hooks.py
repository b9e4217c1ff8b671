"""The doors at which others report what became of messages; whoever knocks must have signed."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.channels import TWILIO_HOOK
from bot.web_requests import Incoming, Web
from bot.web_signatures import is_signed, is_twilios
from care import inbound, text_replies
from care.inbound import Event
from customers.storable import storable

MOST_EVENTS = 1_000
# Events that are written in one transaction: others who write wait for a moment at most.
TOGETHER = 50
# Twilio's codes for a number that no text message reaches, today or later: it is none, or it is a landline.
FOR_GOOD = frozenset({"21211", "21614", "30005", "30006"})
# ... and for a number whose owner has answered STOP.
STOPPED = "21610"
_EMPTY = '<?xml version="1.0" encoding="UTF-8"?>\n<Response/>\n'
_FIELDS = ("kind", "message_id", "key", "to", "channel")


def events(web: Web, incoming: Incoming) -> Response:
    """`{"events": [{"kind": ..., "message_id" | "key" | "to": ..., "channel": ...}]}`: says what was not understood."""
    now = web.clock()
    if not is_signed(web.settings.webhook_secret.get_secret_value(), incoming, now):
        return PlainTextResponse("not signed", HTTPStatus.UNAUTHORIZED)
    told = _events_of(incoming.body)
    if told is None:
        wanted = 'a JSON object such as {"events": [{"kind": "delivered", "message_id": "<...>"}]} is needed'
        return JSONResponse({"error": wanted}, HTTPStatus.BAD_REQUEST)
    if len(told) > MOST_EVENTS:
        return JSONResponse({"error": f"at most {MOST_EVENTS} events"}, 413)
    puzzles, touched = [], set[int]()
    for start in range(0, len(told), TOGETHER):
        with web.database.transaction() as db:
            for index, each in enumerate(told[start : start + TOGETHER], start):
                event = _event(each)
                taken = inbound.Taken("malformed") if event is None else inbound.take(db, event, now)
                touched |= taken.drafts
                if taken.not_understood is not None:
                    puzzles.append({"index": index, "reason": taken.not_understood})
    web.changed(touched)
    return JSONResponse({"understood": len(told) - len(puzzles), "not_understood": puzzles})


def text_messages(web: Web, incoming: Incoming) -> Response:
    """What Twilio reports: the fate of a text message of ours, or somebody's answer, whose words are not kept."""
    settings = web.settings
    url = f"{settings.public_url.rstrip('/')}/{TWILIO_HOOK}" + (f"?{incoming.query}" if incoming.query else "")
    if not is_twilios(settings.twilio_token.get_secret_value(), url, incoming):
        return PlainTextResponse("not signed", HTTPStatus.UNAUTHORIZED)
    # PostgreSQL stores no NUL, and nobody means one.
    form, now = {name: value.replace("\0", "") for name, value in incoming.form}, web.clock()
    status, touched = form.get("MessageStatus", ""), set[int]()
    with web.database.transaction() as db:
        if status in ("delivered", "undelivered", "failed"):
            key = parse_qs(incoming.query).get("key", [None])[0]
            code = form.get("ErrorCode", "")
            kind = "delivered" if status == "delivered" else "bounced"
            sid, to = form.get("MessageSid"), form.get("To")
            event = Event(kind, message_id=sid, key=key, to=to, channel="sms", for_good=code in FOR_GOOD)
            touched |= inbound.take(db, event, now).drafts
            if code == STOPPED and to:
                touched |= text_replies.take(db, to, "stop", now)
        elif not status and form.get("From") and "Body" in form:
            means = "stop" if form.get("OptOutType") == "STOP" else text_replies.meaning(form["Body"])
            touched |= text_replies.take(db, form["From"], means, now)
    web.changed(touched)
    return Response(_EMPTY, media_type="text/xml")


def _events_of(body: bytes) -> list[Any] | None:
    try:
        told = json.loads(body)
    except ValueError:
        return None
    found = told.get("events") if isinstance(told, dict) else None
    return found if isinstance(found, list) else None


def _event(told: Any) -> Event | None:
    """One event, None where it does not have the right form."""
    if not isinstance(told, dict):
        return None
    given = {name: told.get(name) for name in _FIELDS}
    if not all(value is None or isinstance(value, str) for value in given.values()) or not given["kind"]:
        return None
    if any(value and storable(value) != value for value in given.values()):  # it would take the others along
        return None
    if given["channel"] not in (None, "email", "sms"):
        return None
    return Event(**{name: value for name, value in given.items() if value})
