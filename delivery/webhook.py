"""A program of your own as a way to reach customers: one signed POST, for e-mails or text messages.

The body is JSON: `key` (random, the same whenever the same message comes again), `channel` (email or sms) and the
payload. The program answers 2xx once it has taken it, 429 or 503 with Retry-After to get it later, and 4xx to refuse
it, if it likes with {"reason": "bounced"}, unsubscribed or invalid: then that address is not written to any more.
"""

from __future__ import annotations

import hashlib
import hmac
import http
import http.client
import json
import time
from collections.abc import Callable

from delivery.channel import Row
from delivery.one_call import Answer, LeaseOver, NothingLeft, OneCall
from delivery.outcomes import TOO_FAST, CannotTell, Closed, Finding, Later, NotSent, Outcome, Refused, Sent, Unknown

# Seconds until the program is called again that could not be reached, and one that is busy without saying how long.
UNREACHABLE, BUSY = 30.0, 30.0
NEVER_AGAIN = ("bounced", "unsubscribed", "invalid")


class WebhookChannel:
    """The channel to a program of the tenant's own; safe in many threads. `timeout` is in seconds."""

    can_look_up = False

    def __init__(self, *, url: str, secret: str, timeout: float = 10.0) -> None:
        self._url, self._secret = url, secret
        self._call = OneCall(timeout)

    def send(self, row: Row, still_ours: Callable[[], bool]) -> Outcome:
        """Hand a message over once."""
        told = {"key": row.key, "channel": row.kind, **row.payload}
        body = json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")
        headers = signed(self._secret, body, int(time.time())) | {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": row.key,
        }
        try:
            answer = self._call(self._url, body, headers, still_ours)
        except LeaseOver:
            return NotSent()
        except NothingLeft:
            return Closed("webhook_unreachable", UNREACHABLE)
        except (OSError, http.client.HTTPException) as failure:
            return Unknown(type(failure).__name__)
        return _outcome(answer, row.key)

    def find(self, row: Row) -> Finding:
        """The program is not asked what it has taken."""
        del row
        return CannotTell("cannot_look_up")


def signed(secret: str, body: bytes, moment: int) -> dict[str, str]:
    """The headers that prove who wrote a body and when (seconds since 1970)."""
    told = f"{moment}.".encode() + body
    signature = hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()
    return {"X-Rekindle-Timestamp": str(moment), "X-Rekindle-Signature": f"v1={signature}"}


def _outcome(answer: Answer, key: str) -> Outcome:
    status = answer.status
    if 200 <= status < 300:
        return Sent(key)
    if status == http.HTTPStatus.TOO_MANY_REQUESTS:
        return Later(answer.retry_after or BUSY, TOO_FAST)
    if status == http.HTTPStatus.SERVICE_UNAVAILABLE and answer.retry_after is not None:
        return Later(answer.retry_after, "http_503")
    if status == http.HTTPStatus.UNAUTHORIZED:
        return Closed("webhook_sign_in")
    if not 400 <= status < 500 or status == http.HTTPStatus.REQUEST_TIMEOUT:
        return Unknown(f"http_{status}")
    reason = (answer.body or {}).get("reason")
    return Refused(f"suppressed:{reason}" if reason in NEVER_AGAIN else f"http_{status}")
