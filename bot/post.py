"""Slack as a way to reach people: one attempt for each message, and how to see whether it is there already."""

from __future__ import annotations

import http.client
import json
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.blocks import without_charts
from bot.slack_words import CLOSING, PATIENCE, WHAT_TO_DO, meaning
from delivery.channel import Row
from delivery.one_call import Answer, LeaseOver, NothingLeft, OneCall
from delivery.outcomes import (
    TOO_FAST,
    CannotTell,
    Closed,
    Finding,
    Later,
    NotFound,
    NotSent,
    Outcome,
    Refused,
    Sent,
    Unknown,
)

__all__ = ["WHAT_TO_DO", "SlackPosts"]

log = logging.getLogger("rekindle.delivery")

EVENT = "rekindle"
"""The type of the metadata that our messages carry; beside it only a random key."""
# Seconds by which our database's clock and Slack's may differ: a look-up begins so much before the first attempt.
CLOCKS_DIFFER = 900
# Messages that a look-up reads at once, Slack's own advice.
PAGE = 200
# Seconds until Slack is called again where it could not be reached at all.
UNREACHABLE = 5.0


class SlackPosts:
    """The Slack channel of delivery; safe in many threads. `timeout` is what one call may take, in seconds.

    The client must not repeat calls by itself (`retry_handlers=[]`).
    """

    can_look_up = True

    def __init__(self, client: WebClient, timeout: float = 10.0) -> None:
        self._client = client
        self._call = OneCall(timeout, client.ssl)
        self._places: dict[str, str] = {}
        self._lock = threading.Lock()

    def send(self, row: Row, still_ours: Callable[[], bool]) -> Outcome:
        """Post or change a message once.

        Where Slack refuses it because of a chart, nothing has been said: it is tried once more without.
        """
        method, arguments = _request(row)
        outcome = self._attempt(method, arguments, still_ours)
        if outcome == Refused("invalid_blocks") and "blocks" in arguments:
            plainer = without_charts(arguments["blocks"])
            if plainer != arguments["blocks"]:
                return self._attempt(method, arguments | {"blocks": plainer}, still_ours)
        return outcome

    def find(self, row: Row) -> Finding:
        """Look for the message's key in everything that was said there since shortly before the first attempt."""
        try:
            channel = self._place(row)
            for found in self._said(row, channel):
                told = found.get("metadata") or {}
                if (told.get("event_payload") or {}).get("key") == row.key:
                    return Sent(f"{channel} {found['ts']}", channel)
        except SlackApiError as refused:
            return _cannot_tell(refused)
        except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError, AttributeError) as failure:
            return CannotTell(type(failure).__name__)  # no answer, or one that makes no sense
        return NotFound()

    def _attempt(self, method: str, arguments: dict[str, Any], still_ours: Callable[[], bool]) -> Outcome:
        body = json.dumps(arguments, ensure_ascii=False).encode("utf-8", "replace")
        headers = {"Authorization": f"Bearer {self._client.token}", "Content-Type": "application/json; charset=utf-8"}
        try:
            answer = self._call(f"{self._client.base_url}{method}", body, headers, still_ours)
        except LeaseOver:
            return NotSent()
        except NothingLeft:
            return Later(UNREACHABLE, "unreachable")
        except (OSError, http.client.HTTPException) as failure:
            return Unknown(type(failure).__name__)
        return _outcome(answer)

    def _said(self, row: Row, channel: str) -> Iterator[dict[str, Any]]:
        oldest = f"{row.first_attempt_at.timestamp() - CLOCKS_DIFFER:.6f}"
        cursor: str | None = None
        while True:
            asked: dict[str, Any] = {"channel": channel, "oldest": oldest, "limit": PAGE, "cursor": cursor}
            if row.action == "reply":
                ts = str(row.earlier_reference).split()[1]
                answer = self._client.conversations_replies(ts=ts, include_all_metadata=True, **asked)
            else:
                answer = self._client.conversations_history(include_all_metadata=True, **asked)
            yield from answer["messages"]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                if answer.get("has_more"):
                    raise ValueError("Slack has more messages and does not say where")
                return

    def _place(self, row: Row) -> str:
        """The channel in which a message stands if it stands anywhere; a person's DM is asked for once."""
        if row.earlier_reference:
            return row.earlier_reference.split()[0]
        if not row.recipient.startswith(("U", "W")):
            return row.recipient
        with self._lock:
            known = row.place or self._places.get(row.recipient)
        if known is None:
            known = str(self._client.conversations_open(users=[row.recipient])["channel"]["id"])
            with self._lock:
                self._places[row.recipient] = known
        return known


def _request(row: Row) -> tuple[str, dict[str, Any]]:
    payload = row.payload
    arguments: dict[str, Any] = {"text": payload["text"]}
    if payload.get("blocks"):
        arguments["blocks"] = payload["blocks"]
    if row.action == "update":
        channel, ts = str(row.earlier_reference).split()
        return "chat.update", {"channel": channel, "ts": ts} | arguments
    arguments["metadata"] = {"event_type": EVENT, "event_payload": {"key": row.key}}
    arguments |= {"unfurl_links": False, "unfurl_media": False}
    if row.action == "reply":
        channel, ts = str(row.earlier_reference).split()
        return "chat.postMessage", {"channel": channel, "thread_ts": ts} | arguments
    # Slack opens the DM by itself where a user is named: so a first morning needs no call of conversations.open.
    return "chat.postMessage", {"channel": row.place or row.recipient} | arguments


def _outcome(answer: Answer) -> Outcome:
    if answer.status == http.HTTPStatus.TOO_MANY_REQUESTS:
        return Later(answer.retry_after or PATIENCE, TOO_FAST)
    body = answer.body
    if answer.status >= http.HTTPStatus.INTERNAL_SERVER_ERROR or body is None:
        return Unknown(f"http_{answer.status}")
    channel, ts = body.get("channel"), body.get("ts")
    if body.get("ok") is True and isinstance(channel, str) and isinstance(ts, str):
        return Sent(f"{channel} {ts}", channel)
    word = body.get("error")
    if body.get("ok") is False and isinstance(word, str) and word:
        return meaning(word, answer.retry_after)
    return Unknown("garbage")


def _cannot_tell(refused: SlackApiError) -> Finding:
    response: Any = refused.response
    status = getattr(response, "status_code", None) or response.get("status")  # a dict where it was no JSON
    if status == http.HTTPStatus.TOO_MANY_REQUESTS:
        headers = getattr(response, "headers", None) or response.get("headers") or {}
        after = str(headers.get("Retry-After", ""))
        return CannotTell(TOO_FAST, float(after) if after.isdigit() else PATIENCE)
    word = response.get("error")
    # A missing scope for look-ups closes nothing: messages can still be sent.
    if word in CLOSING and word != "missing_scope":
        return Closed(str(word))
    return CannotTell(str(word or f"http_{status}"))
