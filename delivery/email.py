"""E-mail as a way to reach customers: one attempt over SMTP, and nothing is sent twice.

The payload: `from` ("Acme <care@acme.example>"), `to`, `reply_to` (or None), `subject`, `text`, `html`, `message_id`
("<random@domain>"), `date` (ISO moment), `unsubscribe` (links: https, mailto) and `one_click` (the first link takes a
POST by itself, RFC 8058).
"""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Callable

from delivery.channel import Row
from delivery.dying import may_die
from delivery.mime import INVALID, Unsendable, address, mime, named_address
from delivery.outcomes import TOO_FAST, CannotTell, Closed, Finding, Later, NotSent, Outcome, Refused, Sent, Unknown
from delivery.smtp import Connection, Kept, NoAnswer, NotOpened, Reply, Security, Server, on_this_machine
from words.errors import FixSetup

__all__ = ["EmailChannel", "mime"]

# Servers look through a message before they answer: twice the time for handing it over. Both together, and the
# quarter of the lease in which a message may begin to leave, are less than the lease.
PATIENCE = 2
# Seconds until a server is asked again that could not be reached, and one that wants fewer messages.
UNREACHABLE, BUSY = 30.0, 60.0
# Seconds until a message is tried again that was refused for now, doubled each time: greylisting wants five minutes.
FIRST_PAUSE, LONGEST_PAUSE = 300.0, 3600.0
BOUNCED = "suppressed:bounced"
# Codes of RFC 3463 that say that the mailbox or its domain is not there; 5.1.0, 5.1.7, 5.1.8 speak of the sender, too.
_NOT_THERE = re.compile(r"5\.1\.(1|2|6|10)\b")
_NO_ADDRESS = re.compile(r"5\.1\.3\b")
_CODED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")
# How servers say the same that give no such code.
_SAID = re.compile(
    r"(no such|unknown) (user|recipient|mailbox|address)|(user|recipient|mailbox) (unknown|not found)", re.I
)
_ABOUT_MAILBOXES = (550, 551, 553)
_TOO_BUSY, _SIGN_IN_FIRST = 421, 530


class EmailChannel:
    """The e-mail channel of delivery; safe in many threads. `timeout` is in seconds.

    Certificates are verified against `context` or what the system trusts. Only with a server on this machine `security`
    may be "none", and its certificate is not verified; raises `FixSetup` otherwise.
    """

    can_look_up = False

    def __init__(
        self,
        *,
        host: str,
        port: int,
        security: Security = "starttls",
        user: str = "",
        password: str = "",
        timeout: float = 10.0,
        context: ssl.SSLContext | None = None,
    ) -> None:
        if security == "none" and not on_this_machine(host):
            raise FixSetup(
                "SMTP_SECURITY=none would send customers' messages in the clear to {host}: use starttls or tls.",
                host=host,
            )
        if not (user + password).isascii():
            raise FixSetup("SMTP_USER and SMTP_PASSWORD can only hold ASCII characters: choose another password.")
        self._server = Server(host, port, security, user, password, timeout, context)
        self._kept = Kept()

    def send(self, row: Row, still_ours: Callable[[], bool]) -> Outcome:
        """Hand a message over once; before its last line has left no server takes it (RFC 5321, 4.1.1.4)."""
        payload = row.payload
        try:
            message = mime(payload)
            (_, sender), recipient = named_address(payload["from"]), address(payload["to"])
        except Unsendable as wrong:
            return Refused(wrong.code)
        until = time.monotonic() + self._server.timeout
        begun = self._begun(row, sender, recipient, until)
        if not isinstance(begun, Connection):
            return begun
        try:
            begun.put(_stuffed(message), until)
        except NoAnswer:
            begun.close()
            return Later(UNREACHABLE, "unreachable")
        may_die("half sent")
        if not still_ours():
            begun.close()
            return NotSent()
        try:
            begun.put(b".\r\n", until)
            may_die("body sent")
            reply = begun.answer(time.monotonic() + self._server.timeout * PATIENCE)
        except NoAnswer as failure:
            begun.close()
            return Unknown(str(failure))
        begun.messages += 1
        self._go_on(begun, reply)
        if 200 <= reply.code < 300:
            return Sent(str(payload["message_id"]))
        return _refusal(row, reply) if reply.code >= 400 else Unknown("garbage")

    def find(self, row: Row) -> Finding:
        """Nobody can look into a customer's mailbox."""
        del row
        return CannotTell("cannot_look_up")

    def close(self) -> None:
        """Close the connections that are kept for the next message."""
        self._kept.close()

    def _begun(self, row: Row, sender: str, recipient: str, until: float) -> Connection | Outcome:
        """A connection whose server waits for the content of the message, or why there is none."""
        kept = self._kept.take()
        if kept is not None:
            try:
                return self._offered(kept, row, sender, recipient, until, fresh=False)
            except NoAnswer:  # the server has closed it meanwhile, and knows nothing of this message
                kept.close()
        try:
            opened = Connection(self._server, until)
        except NotOpened as failure:
            return _not_opened(failure.code)
        try:
            return self._offered(opened, row, sender, recipient, until, fresh=True)
        except NoAnswer:
            opened.close()
            return Later(UNREACHABLE, "unreachable")

    def _offered(
        self, connection: Connection, row: Row, sender: str, recipient: str, until: float, *, fresh: bool
    ) -> Connection | Outcome:
        for command, wanted in ((f"MAIL FROM:<{sender}>", 2), (f"RCPT TO:<{recipient}>", 2), ("DATA", 3)):
            reply = connection.ask(command, until)
            if reply.code // 100 == wanted:
                continue
            if reply.code == _TOO_BUSY and not fresh:
                raise NoAnswer("closing")
            if reply.code < 400:
                raise NoAnswer("garbage")
            if reply.code == _SIGN_IN_FIRST:
                connection.close()
                return Closed("mail_sign_in")
            self._go_on(connection, reply, until)
            if command.startswith("MAIL") and reply.code >= 500:
                return Refused("sender_refused")
            return _refusal(row, reply)
        return connection

    def _go_on(self, connection: Connection, reply: Reply, until: float | None = None) -> None:
        """Keep a connection for the next message if its server is done with this one."""
        try:
            done = reply.code < 300 or connection.ask("RSET", until or time.monotonic() + 1.0).code < 300
        except NoAnswer:
            done = False
        if done and reply.code != _TOO_BUSY:
            self._kept.give(connection)
        else:
            connection.close()


def _stuffed(message: bytes) -> bytes:
    """The content as it travels, without the line that ends it: that line makes the server take it."""
    doubled = message.replace(b"\r\n.", b"\r\n..")
    return b"." + doubled if doubled.startswith(b".") else doubled


def _refusal(row: Row, reply: Reply) -> Outcome:
    """What a code from 400 on means for a message of which the server has taken nothing."""
    if reply.code == _TOO_BUSY:
        return Later(BUSY, TOO_FAST)
    if reply.code < 500:
        return Later(min(FIRST_PAUSE * 2.0**row.attempts, LONGEST_PAUSE), f"smtp_{reply.code}")
    if reply.code in _ABOUT_MAILBOXES:
        coded = _CODED.match(reply.words)
        if _NOT_THERE.match(reply.words) or (coded is None and _SAID.search(reply.words)):
            return Refused(BOUNCED)
        if _NO_ADDRESS.match(reply.words):
            return Refused(INVALID)
    return Refused(f"smtp_{reply.code}")


def _not_opened(code: str | int) -> Outcome:
    """What it means that no connection could be opened: no message is at fault, nothing has left."""
    if isinstance(code, int):
        return Later(BUSY, TOO_FAST)
    return Closed(code, UNREACHABLE if code == "mail_unreachable" else Closed.seconds)
