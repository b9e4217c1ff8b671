"""What a customer's text message means: leave me alone, write to me again, or simply an answer."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from sqlalchemy import Connection

from care import consents, inbound, suppressions

# The words at which the networks themselves stop all messages from our number, and the signs usual in China.
STOP = frozenset(
    {"stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out"}
    | {"退订", "t", "td", "r", "拒收"}
)
# The words at which the networks let our messages through again.
START = frozenset({"start", "unstop"})
HOW = "text_message"
"""How the ledger names what was said by text message."""


def meaning(text: str) -> str:
    """`stop`, `start` or `reply`; only a message that is nothing but the word counts as one of the first two."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    words = "".join(sign if sign.isalnum() else " " for sign in plain).split()
    said = " ".join(words)
    return "stop" if said in STOP else "start" if said in START else "reply"


def take(db: Connection, number: str, means: str, at: datetime) -> set[int]:
    """Write down what somebody with this number (E.164) said; what exactly is not kept. Give it a transaction.

    `stop` ends everything by text message, since the networks let nothing through any more. `start` only lets the
    number be written to again: consent is for a person to enter. Returns the drafts of which more is known now.
    """
    if means == "stop":
        suppressions.suppress(db, "sms", number, "unsubscribed", at)
        taken = inbound.take(db, inbound.Event("unsubscribed", to=number, channel="sms", how=HOW), at)
        return {*taken.drafts, *(inbound.leave_alone(db, "sms", number, consents.PURPOSES, HOW, at) or ())}
    if means == "start":
        suppressions.lift(db, "sms", number, reason="unsubscribed")
        return set()
    return {*inbound.take(db, inbound.Event("replied", to=number, channel="sms"), at).drafts}
