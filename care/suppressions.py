"""Addresses that must not be written to any more: they bounced, somebody complained, or they were erased.

Only a hash of each is kept, so that it can outlive an erasure without saying whose it was.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from customers.outreach_tables import suppressions

REASONS = ("bounced", "unsubscribed", "complained", "invalid", "erased")
# What the channel said of the address, so a person who knows better may say so; the others are their owner's will.
MAY_BE_LIFTED = ("bounced", "invalid")
Address = tuple[str, str]
"""A channel (email, sms), and the address or number there."""
# Hashes that one statement asks for.
AT_ONCE = 500
# Made once: it is asked before each message leaves.
_SUPPRESSED = select(suppressions.c.address_hash, suppressions.c.reason).where(
    suppressions.c.address_hash.in_(bindparam("hashes", expanding=True))
)


def folded(channel: str, address: str) -> str:
    """One spelling of an address: e-mail in lower case, a number as its digits with the country code.

    A number that is not in E.164 (it has no + and country code) stays apart from the same number with it.
    """
    text = unicodedata.normalize("NFKC", address).strip()
    if channel != "sms":
        return text.lower()
    number = text.lower().partition(";")[0]  # without an extension, as in +4930123456;ext=12
    return ("+" if number.startswith("+") else "") + "".join(sign for sign in number if sign.isdecimal())


def address_hash(channel: str, address: str) -> str:
    """SHA-256 of channel and folded address, in hexadecimal."""
    return hashlib.sha256(f"{channel}:{folded(channel, address)}".encode()).hexdigest()


def suppress(db: Connection, channel: str, address: str, reason: str, at: datetime) -> bool:
    """Write nobody to this address any more; False where it was suppressed before: the first reason stays."""
    if reason not in REASONS:
        raise ValueError(f"there is no reason {reason!r}")
    dialect = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    values = {"channel": channel, "address_hash": address_hash(channel, address), "reason": reason, "at": at}
    written = dialect(suppressions).values(values).on_conflict_do_nothing().returning(suppressions.c.reason)
    return db.execute(written).first() is not None


def suppressed(db: Connection, addresses: Iterable[Address]) -> dict[Address, str]:
    """Which of these addresses must not be written to, each with the reason."""
    asked: dict[str, list[Address]] = {}
    for channel, address in addresses:
        asked.setdefault(address_hash(channel, address), []).append((channel, address))
    found: dict[Address, str] = {}
    hashes = sorted(asked)
    for start in range(0, len(hashes), AT_ONCE):
        for hashed, reason in db.execute(_SUPPRESSED, {"hashes": hashes[start : start + AT_ONCE]}):
            found |= dict.fromkeys(asked[hashed], reason)
    return found


def lift(db: Connection, channel: str, address: str, *, reason: str | None = None) -> bool:
    """Let an address be written to again, or only if it was suppressed for this reason; False where it was not."""
    which = (suppressions.c.channel == channel) & (suppressions.c.address_hash == address_hash(channel, address))
    if reason is not None:
        which &= suppressions.c.reason == reason
    return db.execute(delete(suppressions).where(which)).rowcount > 0


def reopen(db: Connection, channel: str, address: str) -> bool:
    """Let an address that bounced be written to again; False where its owner wants nothing, or it was not closed."""
    return any(lift(db, channel, address, reason=reason) for reason in MAY_BE_LIFTED)
