"""How whoever reports something to the public web proves who they are."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

from bot.web_requests import Incoming
from delivery.webhook import signed

# Seconds that the clocks of sender and receiver may differ by; later a signed request is worth nothing.
WINDOW = 300


def is_signed(secret: str, incoming: Incoming, now: datetime) -> bool:
    """Whether a request was signed as the webhook channel signs, and not long ago; never without a secret."""
    timestamp = incoming.headers.get("x-rekindle-timestamp", "")
    signature = incoming.headers.get("x-rekindle-signature", "")
    if not secret or not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= len("9999999999")):
        return False
    moment = int(timestamp)
    right = signed(secret, incoming.body, moment)["X-Rekindle-Signature"]
    return hmac.compare_digest(right.encode(), signature.encode()) and abs(now.timestamp() - moment) <= WINDOW


def twilio_signature(token: str, url: str, form: Iterable[tuple[str, str]]) -> str:
    """Twilio's signature: the whole address, then all fields in the order of their names, under HMAC-SHA1 in Base64.

    Source: Twilio, "Validating Signatures from Twilio".
    """
    text = url + "".join(name + value for name, value in sorted(set(form)))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def is_twilios(token: str, url: str, incoming: Incoming) -> bool:
    """Whether Twilio sent a request to this address; never without a token."""
    told = incoming.headers.get("x-twilio-signature", "")
    return bool(token) and hmac.compare_digest(twilio_signature(token, url, incoming.form).encode(), told.encode())
