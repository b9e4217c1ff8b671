"""The public web over a database of a test's own, and a browser's or a program's requests to it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from pydantic import SecretStr

from bot import web
from bot.settings import Settings
from bot.web_signatures import twilio_signature
from database.engine import Database
from delivery.webhook import signed

SECRET, TWILIO_TOKEN, PUBLIC = "a secret", "12345", "https://acme.example/care"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def told(self) -> Any:
        return json.loads(self.text)


class Caller:
    """Somebody outside who speaks to the public web, over real HTTP."""

    def __init__(self, port: int, now: datetime) -> None:
        self.port, self.now = port, now
        self.changed: set[int] = set()  # the drafts of which something else was known after a request

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, told, answer.read().decode())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def send(self, path: str, headers: dict[str, str] | None = None, **fields: str) -> Answer:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode(fields), form | (headers or {}))

    def report(self, *events: Any, body: bytes | None = None, **headers: str) -> Answer:
        """Send signed events, as a program of the tenant's own does."""
        body = json.dumps({"events": events}).encode() if body is None else body
        told = signed(SECRET, body, int(self.now.timestamp()))
        return self.ask("POST", "/hooks/events", body, told | {k.replace("_", "-"): v for k, v in headers.items()})

    def twilio(self, query: str = "", token: str = TWILIO_TOKEN, **fields: str) -> Answer:
        """Send what Twilio sends, with its signature."""
        path = f"/hooks/twilio{query}"
        signature = twilio_signature(token, PUBLIC + path, list(fields.items()))
        return self.send(path, {"X-Twilio-Signature": signature}, **fields)


@contextmanager
def served(database: Database, now: datetime, **changes: Any) -> Iterator[Caller]:
    """Serve the public web of a company called Acme at a moment that stands still."""
    settings = Settings.model_construct(
        **{
            "company_name": "Acme & Sons",
            "public_url": PUBLIC,
            "webhook_secret": SecretStr(SECRET),
            "twilio_token": SecretStr(TWILIO_TOKEN),
        }
        | changes
    )
    listening = web.listen(0)
    caller = Caller(listening.getsockname()[1], now)
    with web.serve(settings, database, lambda: now, caller.changed.update, listening):
        yield caller
