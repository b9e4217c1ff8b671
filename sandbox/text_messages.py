"""What stands in for Twilio on this machine: it takes text messages, reports on them, and brings customers' answers."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import http.client
import re
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from sandbox.listening import Listener
from sandbox.mishaps import Mishaps, Offered

FAULTS = (
    "401",
    "429",
    "21211",
    "21610",
    "21614",
    "500 before",
    "500 after",
    "503",
    "reset before",
    "reset after",
    "silence before",
    "silence after",
    "garbage after",
)
"""What can happen to a message: `before` it is not stored, `after` it is, and the sender does not learn of it."""
ERRORS: Mapping[str, tuple[int, int, str]] = {
    "401": (401, 20003, "Authenticate"),
    "404": (404, 20404, "The requested resource was not found"),
    "429": (429, 20429, "Too Many Requests"),
    "500": (500, 20500, "Internal Server Error"),
    "503": (503, 20503, "Service Unavailable"),
    "21211": (400, 21211, "Invalid 'To' Phone Number"),
    "21602": (400, 21602, "Message body is required"),
    "21603": (400, 21603, "A 'From' phone number is required"),
    "21604": (400, 21604, "A 'To' phone number is required"),
    "21610": (400, 21610, "Attempt to send to unsubscribed recipient"),
    "21614": (400, 21614, "'To' number is not a valid mobile number"),
    "21617": (400, 21617, "The concatenated message body exceeds the 1600 character limit"),
}
"""Twilio's errors: HTTP status, code and words."""
LONGEST = 1600
RETRY_AFTER = "1"  # seconds
# Words by which a person stops the messages of a number, and by which they come again, as Twilio has them.
STOP = ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT")
START = ("START", "YES", "UNSTOP")
CALLBACK_SECONDS = 5.0


@dataclass(frozen=True)
class Text:
    """A text message as the server took it; `report_to` is where the sender wants to hear of it."""

    sid: str
    to: str
    sender: str
    text: str
    report_to: str
    taken_at: datetime


class TextServer:
    """Twilio's Messages API on loopback; use it as a context manager or call `close()`.

    `opted_out` are the numbers that said STOP. `silence` is how many seconds a sender waits in vain; `faults` tell
    what goes wrong, `offered` what went wrong with which message.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        account: str = "AC0000000000000000000000000000sand",
        token: str = "sandbox-token",
        silence: float = 2.0,
    ) -> None:
        self.account, self.token, self.silence = account, token, silence
        self.faults = Mishaps()
        self.messages: list[Text] = []
        self.offered: list[Offered] = []
        self.errors = dict(ERRORS)
        self.taken: Callable[[], None] = lambda: None  # called after each message
        self.opted_out: set[str] = set()
        self._changed = threading.Condition()
        path = "/2010-04-01/Accounts/{account}/Messages.json"
        self._listener = Listener(Starlette(routes=[Route(path, self._call, methods=["POST"])]), port)
        self.api_url = f"{self._listener.url}/"
        self._listener.start()

    def wait_for(self, count: int, seconds: float = 10.0) -> list[Text]:
        """Wait until at least so many messages are there, and return all; raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.messages) >= count, seconds):
                raise TimeoutError(f"{len(self.messages)} of {count} messages came within {seconds} s")
            return list(self.messages)

    def report(self, message: Text, status: str, error_code: int | None = None, url: str | None = None) -> int:
        """Tell the sender what became of a message (sent, delivered, undelivered, failed); returns its HTTP status."""
        told = {"MessageSid": message.sid, "MessageStatus": status, "SmsSid": message.sid, "SmsStatus": status}
        if error_code is not None:
            told["ErrorCode"] = str(error_code)
        return self._post(url or message.report_to, told | {"To": message.to, "From": message.sender})

    def answer(self, message: Text, text: str, url: str) -> int:
        """Bring what a customer answers to a message; returns the HTTP status. STOP stops the messages, START not."""
        word = text.strip().upper()
        if word in STOP:
            self.opted_out.add(message.to)
        if word in START:
            self.opted_out.discard(message.to)
        sid = f"SM{secrets.token_hex(16)}"
        told = {"MessageSid": sid, "SmsSid": sid, "SmsMessageSid": sid, "NumMedia": "0", "NumSegments": "1"}
        return self._post(url, told | {"From": message.to, "To": message.sender, "Body": text})

    def close(self) -> None:
        """End the server."""
        self._listener.close()

    async def _call(self, request: Request) -> Response:
        try:
            form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        except ClientDisconnect:  # half of a call does nothing
            return Response(status_code=400)
        wrong = self._refusal(request, form)
        if wrong:
            return self._error(wrong)
        mishap = self.faults.next(FAULTS)
        self.offered.append(Offered(form["To"], mishap))
        what, _, when = mishap.partition(" ")
        if what in self.errors and when != "after":
            return self._error(what)
        taken = self._take(form) if when != "before" else None
        if what == "silence":
            await asyncio.sleep(self.silence)
        if what in ("reset", "silence") and request.client is not None:
            self._listener.cut(request.client)
        if what == "500":
            return self._error("500")
        if what == "garbage" or taken is None:
            return HTMLResponse("<html><body>We are back in a moment.</body></html>", 201)
        return JSONResponse(self._told(taken, form), 201)

    def _refusal(self, request: Request, form: Mapping[str, str]) -> str:
        """The name of the error with which a call is refused; empty for a good one."""
        pair = base64.b64encode(f"{self.account}:{self.token}".encode()).decode()
        if not hmac.compare_digest(request.headers.get("authorization", ""), f"Basic {pair}"):
            return "401"
        if request.path_params["account"] != self.account:
            return "404"
        if not form.get("To"):
            return "21604"
        if not form.get("From") and not form.get("MessagingServiceSid"):
            return "21603"
        if not form.get("Body"):
            return "21602"
        if len(form["Body"]) > LONGEST:
            return "21617"
        if not re.fullmatch(r"\+[1-9]\d{6,14}", form["To"]):
            return "21211"
        return "21610" if form["To"] in self.opted_out else ""

    def _take(self, form: Mapping[str, str]) -> Text:
        sender = form.get("From") or form["MessagingServiceSid"]
        sid = f"SM{secrets.token_hex(16)}"
        taken = Text(sid, form["To"], sender, form["Body"], form.get("StatusCallback", ""), datetime.now(UTC))
        with self._changed:
            self.messages.append(taken)
            self._changed.notify_all()
        self.taken()
        return taken

    def _told(self, taken: Text, form: Mapping[str, str]) -> dict[str, Any]:
        return {
            "sid": taken.sid,
            "account_sid": self.account,
            "status": "accepted" if "MessagingServiceSid" in form else "queued",
            "to": taken.to,
            "from": form.get("From"),
            "messaging_service_sid": form.get("MessagingServiceSid"),
            "body": taken.text,
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
        }

    def _post(self, url: str, told: Mapping[str, str]) -> int:
        form = {"AccountSid": self.account, "ApiVersion": "2010-04-01"} | dict(told)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": signature(self.token, url, form),
        }
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=CALLBACK_SECONDS)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, urlencode(form), headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def _error(self, name: str) -> Response:
        status, code, words = self.errors[name]
        more = f"https://www.twilio.com/docs/errors/{code}"
        told = {"code": code, "message": words, "more_info": more, "status": status}
        return JSONResponse(told, status, {"Retry-After": RETRY_AFTER} if name == "429" else None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def signature(token: str, url: str, form: Mapping[str, str]) -> str:
    """X-Twilio-Signature: HMAC-SHA1 of the address and each field with its value, in the order of their names."""
    told = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), told.encode(), hashlib.sha1).digest()).decode()
