"""A mail server on this machine: it keeps every e-mail that it takes, and goes wrong on purpose where it is told to."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import cached_property
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session, syntax

from sandbox.mishaps import Mishaps, Offered

AT_CONNECTION = ("421 at connect", "tls broken", "auth refused")
"""What can happen to a connection."""
AT_MESSAGE = (
    "450 at rcpt",
    "550 at rcpt",
    "451 after data",
    "554 after data",
    "drop before data",
    "drop during data",
    "drop after storing",
    "slow before data",
    "slow after data",
    "slow after storing",
    "garbage after storing",
    "hang up afterwards",
)
"""What can happen to a message. It is stored where that is said, and in the last case, which the client learns of."""
ANSWERS = {
    "450 at rcpt": "450 4.2.1 Mailbox busy, come again",
    "550 at rcpt": "550 5.1.1 No such mailbox here",
    "451 after data": "451 4.3.0 Something is wrong here, come again",
    "554 after data": "554 5.7.1 Not wanted here",
    "421 at connect": "421 4.3.2 Too many connections, come again",
}


@dataclass(frozen=True)
class Mail:
    """An e-mail as the server took it; `sender` and `recipients` are those of the envelope."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    taken_at: datetime

    @cached_property
    def headers(self) -> EmailMessage:
        """The message with its headers, read as a mail program reads it."""
        found = email.message_from_bytes(self.raw, policy=email.policy.default)
        assert isinstance(found, EmailMessage)
        return found

    @property
    def subject(self) -> str:
        """The subject in clear."""
        return str(self.headers["Subject"] or "")

    @property
    def text(self) -> str:
        """The plain text."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML; empty where there is none."""
        return self._part("html")

    def _part(self, kind: str) -> str:
        found = self.headers.get_body((kind,))
        return str(found.get_content()) if found is not None else ""


class MailServer:
    """A mail server on loopback; use it as a context manager or call `close()`.

    With `tls` it offers STARTTLS, with `tls_at_once` it speaks TLS from the first byte. With `users` (name to
    password) it takes mail only from those who sign in. `slow` is how many seconds it lets a client wait where it is
    told to be slow; `faults` tell what goes wrong, `offered` what went wrong with which message.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        tls: ssl.SSLContext | None = None,
        tls_at_once: bool = False,
        users: Mapping[str, str] | None = None,
        slow: float = 2.0,
    ) -> None:
        self.faults = Mishaps()
        self.messages: list[Mail] = []
        self.offered: list[Offered] = []
        self.slow, self.users = slow, users
        self.opened = 0  # connections so far
        self.taken: Callable[[], None] = lambda: None  # called after each message
        self.tls_on_request = None if tls_at_once else tls
        self.there: set[asyncio.BaseTransport] = set()  # connections that are open
        self._tls_at_once = tls if tls_at_once else None
        self._changed = threading.Condition()
        self._listening = threading.Event()
        self._failure: OSError | None = None
        self._wanted, self.port = port, 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="sandbox mail", daemon=True)
        self._thread.start()
        self._listening.wait()
        if self._failure is not None:
            raise self._failure

    def wait_for(self, count: int, seconds: float = 10.0) -> list[Mail]:
        """Wait until at least so many messages are there, and return all; raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.messages) >= count, seconds):
                raise TimeoutError(f"{len(self.messages)} of {count} messages came within {seconds} s")
            return list(self.messages)

    def hang_up(self) -> None:
        """Close every connection, as a server does with those that are idle."""
        done = threading.Event()

        def close() -> None:
            for transport in list(self.there):
                transport.close()
            done.set()

        if self._loop is not None:
            self._loop.call_soon_threadsafe(close)
            done.wait()

    def close(self) -> None:
        """End the server."""
        if self._loop is not None and self._end is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    def keep(self, sender: str, recipients: list[str], raw: bytes) -> None:
        """Take a message."""
        with self._changed:
            self.messages.append(Mail(sender, tuple(recipients), raw, datetime.now(UTC)))
            self._changed.notify_all()
        self.taken()

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        try:
            server = await self._loop.create_server(
                lambda: _Conversation(self), "127.0.0.1", self._wanted, ssl=self._tls_at_once
            )
        except OSError as taken:
            self._failure = taken
            self._listening.set()
            return
        self.port = server.sockets[0].getsockname()[1]
        self._listening.set()
        await self._end.wait()
        server.close()
        for transport in list(self.there):
            transport.abort() if isinstance(transport, asyncio.Transport) else transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Conversation(SMTP):
    """One connection."""

    def __init__(self, server: MailServer) -> None:
        self._server, self._fault = server, ""
        self._ill = server.faults.next(AT_CONNECTION, counts=False)
        server.opened += 1
        super().__init__(
            self,
            hostname="sandbox",
            tls_context=server.tls_on_request,
            authenticator=self._sign_in,
            auth_require_tls=server.tls_on_request is not None,
            data_size_limit=None,
            loop=asyncio.get_running_loop(),
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take note of a client that has come."""
        self._server.there.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Take note of a client that has gone."""
        self._server.there -= {self.transport, self._original_transport}
        super().connection_lost(error)

    async def push(self, status: Any) -> None:
        """Answer; the greeting of a server that is too busy says so."""
        if self._ill == "421 at connect" and str(status).startswith("220 "):
            await super().push(ANSWERS[self._ill])
            await self._break_off(gently=True)
            return
        await super().push(status)

    async def handle_EHLO(
        self, _server: SMTP, session: Session, _envelope: Envelope, name: str, answers: list[str]
    ) -> list[str]:
        """Say what the server can do."""
        session.host_name = name
        if self._ill == "tls broken" and "250-STARTTLS" not in answers:
            answers.insert(1, "250-STARTTLS")
        return answers

    @syntax("STARTTLS")
    async def smtp_STARTTLS(self, arg: str) -> None:
        """Begin TLS, or break it."""
        if self._ill == "tls broken":
            await self.push("220 Ready to start TLS")
            self._writer.write(b"This is not TLS.\r\n")
            await self._break_off(gently=True)
            return
        await super().smtp_STARTTLS(arg)

    def _sign_in(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, told: Any) -> AuthResult:
        users = self._server.users
        known = isinstance(told, LoginPassword) and users and users.get(told.login.decode()) == told.password.decode()
        return AuthResult(success=bool(known) and self._ill != "auth refused", handled=False)

    @syntax("MAIL FROM: <address>")
    async def smtp_MAIL(self, arg: str | None) -> None:
        """Begin a message."""
        if self._server.users and self.session is not None and not self.session.authenticated:
            await self.push("530 5.7.0 Sign in first")
            return
        self._fault = self._server.faults.next(AT_MESSAGE)
        await super().smtp_MAIL(arg)

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take an address."""
        self._server.offered.append(Offered(address, self._fault))
        if self._fault.endswith("at rcpt"):
            return ANSWERS[self._fault]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:
        """Take the content."""
        if self._fault == "drop before data":
            await self._break_off()
        elif self._fault == "drop during data":
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            await self._reader.readuntil(b"\r\n")
            await self._break_off()
        else:
            if self._fault == "slow before data":
                await asyncio.sleep(self._server.slow)
            await super().smtp_DATA(arg)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Keep the message, unless it is not taken."""
        fault = self._fault
        if fault in ANSWERS:
            return ANSWERS[fault]
        if fault == "slow after data":
            await asyncio.sleep(self._server.slow)
            await self._break_off()
        self._server.keep(envelope.mail_from or "", envelope.rcpt_tos, envelope.original_content or b"")
        if fault == "drop after storing":
            await self._break_off()
        if fault == "slow after storing":
            await asyncio.sleep(self._server.slow)
        if fault == "garbage after storing":
            return "What was the question?"
        if fault == "hang up afterwards" and self.transport is not None:
            asyncio.get_running_loop().call_soon(self.transport.close)
        return "250 2.0.0 Taken"

    async def handle_exception(self, error: Exception) -> str:
        """Answer what broke with something that a client understands."""
        return f"451 4.3.0 {type(error).__name__}"

    async def _break_off(self, *, gently: bool = False) -> None:
        """End the connection: at once, or after what has been said. This task ends with it."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.close() if gently else self.transport.abort()
        await asyncio.Event().wait()
