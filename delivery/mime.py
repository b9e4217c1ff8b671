"""An e-mail as it travels: the same payload gives the same bytes, always, and no field can smuggle in another.

Written out by hand because the standard library folds long addresses of the web and ids into encoded words, which
nobody unfolds (RFC 2047 forbids it there), and draws the boundary between the parts at random.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Any

# RFC 5322: a line should have at most 78 characters and must have at most 998. RFC 2047: an encoded word at most 75.
NICE_LINE, LONGEST_LINE = 78, 998
# So many bytes become 52 letters of base64, which with "=?utf-8?b?", "?=" and "Subject: " fit into a line of 76.
WORD_BYTES = 39
# RFC 5321: the longest address, and the longest part of it before the @.
LONGEST_ADDRESS, LONGEST_LOCAL_PART = 254, 64
INVALID = "suppressed:invalid"
"""The address is none: nobody should write there again."""
UNSUPPORTED = "address_unsupported"
"""The address is written in letters that many mail servers do not take."""
BROKEN = "broken_header"
"""A field that stands in the head of the message holds what must not stand there."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
_NAMED = re.compile(r"""\s*(?P<name>[^<>]*?)\s*<(?P<address>[^<>]*)>\s*""")
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_MESSAGE_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")
_LINK = re.compile(r"(https?://|mailto:)[!-;=?-~]+")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
# Letters that the older rule for names of domains (IDNA 2003), which Python knows, turns into others: straße.de would
# become strasse.de, which is somebody else's.
_CHANGED_BY_IDNA = re.compile("[\u00df\u03c2\u200c\u200d]")


class Unsendable(ValueError):
    """A payload that cannot become an e-mail; `code` says why, and is a reason to refuse it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def mime(payload: Mapping[str, Any]) -> bytes:
    """The e-mail of a payload (see `delivery.email`), with CRLF line ends and a final one; raises `Unsendable`.

    A message that offers to unsubscribe is one of many: out-of-office programs shall not answer it (RFC 3834).
    """
    name, sender = named_address(_text(payload, "from"))
    head = [
        f"From: {_mailbox(name, sender)}" if name else f"From: {sender}",
        f"To: {address(_text(payload, 'to'))}",
        *([f"Reply-To: {_ours(_text(payload, 'reply_to'))}"] if payload.get("reply_to") else []),
        _folded("Subject", _text(payload, "subject")),
        f"Date: {format_datetime(_moment(_text(payload, 'date')))}",
        f"Message-ID: {_message_id(_text(payload, 'message_id'))}",
        *_unsubscribing(payload.get("unsubscribe") or [], one_click=bool(payload.get("one_click"))),
        "MIME-Version: 1.0",
    ]
    if any(len(line) > LONGEST_LINE for each in head for line in each.split("\r\n")):
        raise Unsendable(BROKEN)
    text = _part("plain", str(payload.get("text") or ""))
    if not payload.get("html"):
        return "\r\n".join([*head, text, ""]).encode("ascii")
    told = json.dumps(payload, sort_keys=True, ensure_ascii=True)
    boundary = f"rekindle-{hashlib.sha256(told.encode()).hexdigest()[:32]}"
    html = _part("html", str(payload["html"]))
    body = [
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"',
        "",
        f"--{boundary}",
        text,
        f"--{boundary}",
        html,
        f"--{boundary}--",
        "",
    ]
    return "\r\n".join([*head, *body]).encode("ascii")


def named_address(text: str) -> tuple[str, str]:
    """The name and the address of `Acme <care@acme.example>`; the name may be empty. Raises `Unsendable`."""
    if _CONTROL.search(text):
        raise Unsendable(BROKEN)
    found = _NAMED.fullmatch(text)
    if found is None:
        return "", _ours(text)
    name = found["name"]
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return name, _ours(found["address"])


def address(text: str) -> str:
    """An address as mail servers take it, a domain in other letters in its ASCII form; raises `Unsendable`."""
    local, at, domain = text.strip().rpartition("@")
    if not at or not local or not domain or _CONTROL.search(text) or re.search(r"\s", local + domain):
        raise Unsendable(INVALID)
    if not local.isascii() or _CHANGED_BY_IDNA.search(domain):
        raise Unsendable(UNSUPPORTED)
    try:
        domain = domain.encode("idna").decode("ascii") if not domain.isascii() else domain
    except UnicodeError:
        raise Unsendable(INVALID) from None
    whole = f"{local}@{domain}"
    fits = len(whole) <= LONGEST_ADDRESS and len(local) <= LONGEST_LOCAL_PART
    if not fits or not _LOCAL_PART.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise Unsendable(INVALID)
    return whole


def _ours(text: str) -> str:
    """An address of our own people: that it is none says nothing about whom the message goes to."""
    try:
        return address(text)
    except Unsendable:
        raise Unsendable(BROKEN) from None


def _text(payload: Mapping[str, Any], field: str) -> str:
    found = payload.get(field)
    if not isinstance(found, str):
        raise Unsendable(BROKEN)
    return found


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Unsendable(BROKEN) from None
    if found.tzinfo is None:
        raise Unsendable(BROKEN)
    return found


def _message_id(text: str) -> str:
    if not _MESSAGE_ID.fullmatch(text):
        raise Unsendable(BROKEN)
    return text


def _unsubscribing(links: Sequence[str], *, one_click: bool) -> list[str]:
    """RFC 2369 and, where one POST is enough, RFC 8058."""
    if not links:
        return []
    if not all(isinstance(link, str) and _LINK.fullmatch(link) for link in links):
        raise Unsendable(BROKEN)
    head = ["List-Unsubscribe: " + ",\r\n ".join(f"<{link}>" for link in links)]
    if one_click:
        head.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    return [*head, "Auto-Submitted: auto-generated"]


def _mailbox(name: str, whose: str) -> str:
    """A name and an address, the name quoted or encoded where it must be."""
    if not name.isascii() or "=?" in name or len(name) > NICE_LINE - len('From: ""'):
        return "\r\n ".join([*_encoded_words(name), f"<{whose}>"])
    if not _PLAIN_NAME.fullmatch(name):
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        name = f'"{escaped}"'
    return f"{name}\r\n <{whose}>"


def _folded(name: str, text: str) -> str:
    """A field of words, folded at blanks; in encoded words where ASCII or the lines are not enough."""
    if _CONTROL.search(text):
        raise Unsendable(BROKEN)
    words = text.split(" ")
    if not text.isascii() or "=?" in text or any(len(word) > NICE_LINE - 1 for word in words) or "" in words[1:]:
        return f"{name}: " + "\r\n ".join(_encoded_words(text))
    lines = [f"{name}:"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) <= NICE_LINE:
            lines[-1] += f" {word}"
        else:
            lines.append(f" {word}")
    return "\r\n".join(lines)


def _encoded_words(text: str) -> list[str]:
    """RFC 2047: words of base64, none of which cuts a letter in two."""
    chunks, size = [""], 0
    for letter in text:
        length = len(letter.encode("utf-8", "replace"))
        if size + length > WORD_BYTES:
            chunks.append("")
            size = 0
        chunks[-1] += letter
        size += length
    return [f"=?utf-8?b?{base64.b64encode(each.encode('utf-8', 'replace')).decode('ascii')}?=" for each in chunks]


def _part(kind: str, text: str) -> str:
    """A part of the body with its head, in whichever of the two encodings is shorter; the last line is not ended."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")
    readable = binascii.b2a_qp(lines, istext=True).replace(b"\n", b"\r\n")
    # Text in base64 has CRLF line ends inside too (RFC 2045).
    packed = base64.encodebytes(lines.replace(b"\n", b"\r\n")).rstrip().replace(b"\n", b"\r\n")
    way, body = ("quoted-printable", readable) if len(readable) <= len(packed) else ("base64", packed)
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {way}\r\n\r\n"
    return head + body.decode("ascii")
