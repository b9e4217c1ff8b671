"""Text messages as a way to reach customers: one call of Twilio's Messages API, and nothing is sent twice.

The payload: `to` (+4915112345678) and `text`. Codes by Twilio's dictionary of errors.
"""

from __future__ import annotations

import base64
import http
import http.client
from collections.abc import Callable, Mapping
from urllib.parse import quote, urlencode

from delivery.channel import Row
from delivery.mime import INVALID
from delivery.one_call import Answer, LeaseOver, NothingLeft, OneCall
from delivery.outcomes import TOO_FAST, CannotTell, Closed, Finding, Later, NotSent, Outcome, Refused, Sent, Unknown

# Seconds until Twilio is called again that could not be reached, and one that wants fewer messages without saying when.
UNREACHABLE, BUSY = 30.0, 30.0
UNSUBSCRIBED = "suppressed:unsubscribed"
_STOPPED = 21610
# No telephone number, or one of a line that takes no text messages.
_NO_NUMBER = (21211, 21614, 21635)
# More is queued than the sender may have.
_TOO_MANY = (20429, 21611, 14107)
# The number or service that TWILIO_FROM names is not one that this account may send from.
_SENDER = (21212, 21603, 21606, 21659, 21660, 21701, 21703)
_SIGN_IN = (http.HTTPStatus.UNAUTHORIZED, http.HTTPStatus.FORBIDDEN, http.HTTPStatus.NOT_FOUND)


class TwilioChannel:
    """The channel of text messages; safe in many threads. `timeout` is what one call may take, in seconds.

    `sender` is a number or a Messaging Service (MG...). Twilio reports what becomes of a message to `status_url`.
    """

    can_look_up = False

    def __init__(
        self,
        *,
        account: str,
        token: str,
        sender: str,
        api_url: str = "https://api.twilio.com/",
        timeout: float = 10.0,
        status_url: str | None = None,
    ) -> None:
        self._url = f"{api_url}2010-04-01/Accounts/{quote(account, safe='')}/Messages.json"
        pair = base64.b64encode(f"{account}:{token}".encode()).decode("ascii")
        self._headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/x-www-form-urlencoded"}
        self._sender = {"MessagingServiceSid" if sender.startswith("MG") else "From": sender}
        self._status_url = status_url
        self._call = OneCall(timeout)

    def send(self, row: Row, still_ours: Callable[[], bool]) -> Outcome:
        """Hand a message over once."""
        payload = row.payload
        form = {"To": payload["to"], "Body": payload["text"]} | self._sender
        if self._status_url:  # the key names the message even where Twilio reports before we know its id
            form["StatusCallback"] = f"{self._status_url}?{urlencode({'key': row.key})}"
        try:
            answer = self._call(self._url, urlencode(form).encode("ascii"), self._headers, still_ours)
        except LeaseOver:
            return NotSent()
        except NothingLeft:
            return Closed("twilio_unreachable", UNREACHABLE)
        except (OSError, http.client.HTTPException) as failure:
            return Unknown(type(failure).__name__)
        return _outcome(answer)

    def find(self, row: Row) -> Finding:
        """Twilio keeps no key of ours, so one of two equal messages could not be told from the other."""
        del row
        return CannotTell("cannot_look_up")


def _outcome(answer: Answer) -> Outcome:
    body: Mapping[str, object] = answer.body or {}
    code, sid = body.get("code"), body.get("sid")
    if answer.status == http.HTTPStatus.TOO_MANY_REQUESTS or code in _TOO_MANY:
        return Later(answer.retry_after or BUSY, TOO_FAST)
    if answer.status in _SIGN_IN:
        return Closed("twilio_sign_in")
    if 200 <= answer.status < 300 and isinstance(sid, str) and sid:
        return Sent(sid)
    if not 400 <= answer.status < 500:
        return Unknown(f"http_{answer.status}")
    if code in _SENDER:
        return Closed("twilio_sender")
    if code == _STOPPED:
        return Refused(UNSUBSCRIBED)
    if code in _NO_NUMBER:
        return Refused(INVALID)
    return Refused(f"twilio_{code}" if isinstance(code, int) else f"http_{answer.status}")
