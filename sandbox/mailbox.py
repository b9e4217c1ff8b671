"""What the customers received, and how they answer: nothing of it leaves this machine."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sandbox.mail import Mail, MailServer
from sandbox.text_messages import Text, TextServer

ANSWER_SECONDS = 10.0
# The headers that say from whom a message is, and how to be left alone.
SHOWN = ("From", "To", "Reply-To", "List-Unsubscribe", "List-Unsubscribe-Post")
# Twilio reports within seconds that a message was delivered.
DELIVERED_AFTER = 1.0
_WEB_LINK = re.compile(r"<(https?://[^>]+)>")


@dataclass(frozen=True)
class Letter:
    """A message that a customer received. `at` is in Unix seconds; `unsubscribe` is a link or empty."""

    id: str
    kind: str  # email, sms
    at: float
    to: str
    sender: str
    subject: str
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]
    source: str
    unsubscribe: str
    one_click: bool
    message_id: str


@dataclass(frozen=True)
class Done:
    """What a customer did with a letter: the verb, what was said, and whether the program that sent it understood."""

    verb: str
    words: str
    at: float
    fault: str


class Mailbox:
    """The mailboxes and telephones of all customers; safe in many threads.

    `web_url` is where the program that wrote to them hears of what they do, signed with `secret`. `changed` is called
    when something new is there.
    """

    def __init__(
        self,
        mail: MailServer,
        texts: TextServer,
        *,
        web_url: str,
        secret: str,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._mail, self._texts = mail, texts
        self._web_url, self._secret = web_url.rstrip("/"), secret
        self._changed = changed
        self._opened: set[str] = set()
        self._done: dict[str, list[Done]] = {}
        self._lock = threading.Lock()
        mail.taken, texts.taken = changed, self._text_came

    def letters(self) -> list[Letter]:
        """All letters, newest first."""
        mails = [_of_mail(f"m{number}", each) for number, each in enumerate(list(self._mail.messages))]
        texts = [_of_text(f"t{number}", each) for number, each in enumerate(list(self._texts.messages))]
        return sorted([*mails, *texts], key=lambda each: each.at, reverse=True)

    def letter(self, id: str) -> Letter | None:
        """One letter."""
        return next((each for each in self.letters() if each.id == id), None)

    def open(self, id: str) -> None:
        """Take note that a letter was read."""
        with self._lock:
            self._opened.add(id)

    def is_opened(self, id: str) -> bool:
        """Whether a letter was read."""
        with self._lock:
            return id in self._opened

    def unread(self) -> int:
        """How many letters nobody has read yet."""
        there = len(self._mail.messages) + len(self._texts.messages)
        with self._lock:
            return max(0, there - len(self._opened))

    def done(self, id: str) -> list[Done]:
        """What the customer did with a letter, in order."""
        with self._lock:
            return list(self._done.get(id, ()))

    def reply(self, letter: Letter, words: str) -> None:
        """Answer as the customer does: by a text message, or by an e-mail that somebody's mail program reports."""
        if letter.kind == "sms":
            self._note(letter, "reply", words, self._answer(letter, words))
        else:
            self._note(letter, "reply", words, self._report(letter, "replied"))

    def complain(self, letter: Letter) -> None:
        """Call an e-mail spam, as the button of a mail program does."""
        self._note(letter, "spam", "", self._report(letter, "complained"))

    def bounce(self, letter: Letter) -> None:
        """Let the customer's server send an e-mail back, because the mailbox is gone."""
        self._note(letter, "bounce", "", self._report(letter, "bounced"))

    def unsubscribe(self, letter: Letter) -> None:
        """Unsubscribe by one POST without opening the page, as a mail program does (RFC 8058)."""
        body = b"List-Unsubscribe=One-Click"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        self._note(letter, "unsubscribe", "", _post(letter.unsubscribe, body, headers))

    def _answer(self, letter: Letter, words: str) -> str:
        message = self._texts.messages[int(letter.id[1:])]
        try:
            return _fault(self._texts.answer(message, words, f"{self._web_url}/hooks/twilio"))
        except OSError as failure:
            return type(failure).__name__

    def _report(self, letter: Letter, kind: str) -> str:
        told = {"events": [{"kind": kind, "message_id": letter.message_id, "channel": letter.kind}]}
        body = json.dumps(told).encode()
        return _post(f"{self._web_url}/hooks/events", body, signed(self._secret, body, int(time.time())))

    def _note(self, letter: Letter, verb: str, words: str, fault: str) -> None:
        with self._lock:
            self._done.setdefault(letter.id, []).append(Done(verb, words, time.time(), fault))
        self._changed()

    def _text_came(self) -> None:
        self._changed()
        newest = self._texts.messages[-1]
        if newest.report_to:
            threading.Timer(DELIVERED_AFTER, self._delivered, [newest]).start()

    def _delivered(self, text: Text) -> None:
        with contextlib.suppress(OSError):  # whoever sent it may have gone since
            self._texts.report(text, "delivered")


@dataclass(frozen=True)
class Reached:
    """How a program reaches the customers: its settings by name, and apart from them the secret one."""

    settings: Mapping[str, Any]
    token: str


@contextmanager
def post_office(*, web_url: str, secret: str, changed: Callable[[], None]) -> Iterator[tuple[Mailbox, Reached]]:
    """Start the customers' mail server and telephone network, and give what one needs to read and to reach them."""
    with MailServer() as mail, TextServer() as texts:
        settings = {
            "smtp_host": "127.0.0.1",
            "smtp_port": mail.port,
            "smtp_security": "none",
            "twilio_account": texts.account,
            "twilio_from": "+15005550006",  # Twilio's own number for tests
            "twilio_api_url": texts.api_url,
        }
        yield Mailbox(mail, texts, web_url=web_url, secret=secret, changed=changed), Reached(settings, texts.token)


def signed(secret: str, body: bytes, moment: int) -> dict[str, str]:
    """The headers with which a program proves that it knows the secret."""
    signature = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-Rekindle-Timestamp": str(moment),
        "X-Rekindle-Signature": f"v1={signature}",
    }


def _post(url: str, body: bytes, headers: Mapping[str, str]) -> str:
    """Post to this machine and nowhere else; returns what went wrong, or nothing."""
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        return "not on this machine"
    connection = http.client.HTTPConnection(parts.netloc, timeout=ANSWER_SECONDS)
    try:
        connection.request(
            "POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, dict(headers)
        )
        answer = connection.getresponse()
        answer.read()
        return _fault(answer.status)
    except OSError as failure:
        return type(failure).__name__
    finally:
        connection.close()


def _fault(status: int) -> str:
    return "" if 200 <= status < 300 else f"HTTP {status}"


def _of_mail(id: str, mail: Mail) -> Letter:
    headers = tuple((name, str(mail.headers[name])) for name in SHOWN if mail.headers[name] is not None)
    told = dict(headers)
    found = _WEB_LINK.search(told.get("List-Unsubscribe", ""))
    return Letter(
        id=id,
        kind="email",
        at=mail.taken_at.timestamp(),
        to=", ".join(mail.recipients),
        sender=told.get("From", mail.sender),
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        headers=headers,
        source=mail.raw.decode("utf-8", "replace"),
        unsubscribe=found[1] if found else "",
        one_click="List-Unsubscribe-Post" in told,
        message_id=str(mail.headers["Message-ID"] or ""),
    )


def _of_text(id: str, text: Text) -> Letter:
    headers = (("From", text.sender), ("To", text.to), ("SID", text.sid))
    return Letter(
        id, "sms", text.taken_at.timestamp(), text.to, text.sender, "", text.text, "", headers, "", "", False, text.sid
    )
