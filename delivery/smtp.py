"""Connections to a mail server: opened and signed in, and kept for the next message for a while."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_address
from typing import Literal

Security = Literal["starttls", "tls", "none"]
# Servers close what is idle after some ten seconds to five minutes; what is younger is most likely still open.
IDLE_SECONDS = 20.0
# Servers limit how much comes over one connection, the strictest to about a hundred messages.
MOST_MESSAGES = 100
# The shortest time, in seconds, that an answer is waited for where the time for a message is nearly over.
SHORTEST_WAIT = 0.05


# All that smtplib raises are OSErrors.


class NoAnswer(Exception):
    """The server did not answer in time, closed the connection, or said something that makes no sense."""


class NotOpened(Exception):
    """No connection could be opened: `code` is the reason, or the server's number where it only wants patience."""

    def __init__(self, code: str | int) -> None:
        super().__init__(str(code))
        self.code = code


@dataclass(frozen=True)
class Reply:
    """What a server answered: its code, and its words in one line."""

    code: int
    words: str


@dataclass(frozen=True)
class Server:
    """Where mail is handed over. `timeout` is what a message may take until the server has all of it, in seconds."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 10.0
    context: ssl.SSLContext | None = None  # which certificates are trusted; by default those that the system trusts


def on_this_machine(host: str) -> bool:
    """Whether a host is this machine, so that nobody can listen on the way."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class Connection:
    """One connection; opening it signs in, and raises `NotOpened`. `until` is in seconds of the steady clock."""

    def __init__(self, server: Server, until: float) -> None:
        self.messages = 0
        self.idle_since = time.monotonic()
        self._client = _opened(server, until)

    def ask(self, command: str, until: float) -> Reply:
        """Say a command and wait for its answer."""
        self.put(f"{command}\r\n".encode("ascii"), until)
        return self.answer(until)

    def put(self, data: bytes, until: float) -> None:
        """Send bytes as they are."""
        try:
            _allow(self._client, until)
            self._client.send(data)
        except OSError as failure:
            raise NoAnswer(type(failure).__name__) from failure

    def answer(self, until: float) -> Reply:
        """Wait for the answer to what was said last."""
        try:
            _allow(self._client, until)
            code, words = self._client.getreply()
        except OSError as failure:
            raise NoAnswer(type(failure).__name__) from failure
        if not 200 <= code <= 599:
            raise NoAnswer("garbage")
        return Reply(code, words.decode("utf-8", "replace"))

    def close(self) -> None:
        """Say good-bye without waiting for it."""
        with contextlib.suppress(NoAnswer):
            self.put(b"QUIT\r\n", time.monotonic())
        self._client.close()


class Kept:
    """Connections that wait for the next message; safe in many threads."""

    def __init__(self) -> None:
        self._idle: list[Connection] = []
        self._lock = threading.Lock()

    def take(self) -> Connection | None:
        """The connection that was used last, if it is likely to be open still."""
        with self._lock:
            fresh = time.monotonic() - IDLE_SECONDS
            old = [each for each in self._idle if each.idle_since < fresh]
            self._idle = [each for each in self._idle if each.idle_since >= fresh]
            found = self._idle.pop() if self._idle else None
        for each in old:
            each.close()
        return found

    def give(self, connection: Connection) -> None:
        """Keep a connection on which nothing is going on."""
        if connection.messages >= MOST_MESSAGES:
            connection.close()
            return
        connection.idle_since = time.monotonic()
        with self._lock:
            self._idle.append(connection)

    def close(self) -> None:
        """Close all; new ones may come later."""
        with self._lock:
            idle, self._idle = self._idle, []
        for each in idle:
            each.close()


def _opened(server: Server, until: float) -> smtplib.SMTP:
    client = _connected(server, until)
    try:
        own = client.sock.getsockname()[0] if client.sock else "127.0.0.1"
        # Asking the network for this machine's name can take seconds; its address is as good (RFC 5321, 4.1.3).
        client.local_hostname = f"[IPv6:{own}]" if ":" in own else f"[{own}]"
        if server.security == "starttls":
            _protect(client, server, until)
        _allow(client, until)
        try:
            client.ehlo_or_helo_if_needed()
        except OSError as failure:
            raise NotOpened("mail_unreachable") from failure
        if server.user:
            _sign_in(client, server, until)
    except BaseException:
        client.close()
        raise
    return client


def _connected(server: Server, until: float) -> smtplib.SMTP:
    wait = max(until - time.monotonic(), SHORTEST_WAIT)
    try:
        client = (
            smtplib.SMTP_SSL(server.host, server.port, "localhost", timeout=wait, context=_trust(server))
            if server.security == "tls"
            else smtplib.SMTP(server.host, server.port, "localhost", timeout=wait)
        )
        assert client.sock is not None
        # The end of a message is sent by itself, and must not wait for the server's word on what came before.
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return client
    except smtplib.SMTPConnectError as refused:
        raise NotOpened(refused.smtp_code if refused.smtp_code < 500 else "mail_unreachable") from refused
    except ssl.SSLError as failure:
        raise NotOpened("mail_tls") from failure
    except OSError as failure:
        raise NotOpened("mail_unreachable") from failure


def _protect(client: smtplib.SMTP, server: Server, until: float) -> None:
    try:
        _allow(client, until)
        client.starttls(context=_trust(server))
    except OSError as failure:  # not offered, or broken: never go on in the clear
        raise NotOpened("mail_tls") from failure


def _sign_in(client: smtplib.SMTP, server: Server, until: float) -> None:
    try:
        _allow(client, until)
        client.login(server.user, server.password)
    except smtplib.SMTPAuthenticationError as refused:
        raise NotOpened(refused.smtp_code if refused.smtp_code < 500 else "mail_sign_in") from refused
    except OSError as failure:
        # No way of signing in that both know is a plain SMTPException.
        known = type(failure) in (smtplib.SMTPException, smtplib.SMTPNotSupportedError)
        raise NotOpened("mail_sign_in" if known else "mail_unreachable") from failure


def _trust(server: Server) -> ssl.SSLContext:
    return server.context or _usual_trust(here=on_this_machine(server.host))


@cache
def _usual_trust(*, here: bool) -> ssl.SSLContext:
    """What the system trusts; reading that for each connection would cost more than the connection."""
    context = ssl.create_default_context()
    if here:  # its certificate is seldom one for "localhost", and nobody is in between
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _allow(client: smtplib.SMTP, until: float) -> None:
    """Let the next step take as long as is left."""
    if client.sock is not None:
        client.sock.settimeout(max(until - time.monotonic(), SHORTEST_WAIT))
