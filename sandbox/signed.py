"""The other way to reach the app: requests over HTTP with Slack's signature on them."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

from sandbox.records import Delivery, Json
from sandbox.state import State

ANSWER_SECONDS = 3.0  # Slack: an HTTP request is answered within three seconds
SENDERS = 20  # as many people as press at once in a small team; each waits for its own answer


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return X-Slack-Signature of `body` (Slack's v0 scheme: HMAC-SHA256 of version, timestamp and body)."""
    signed = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def request(delivery: Delivery) -> tuple[str, bytes]:
    """Return content type and body of what Slack posts for `delivery`."""
    if delivery.kind == "events_api":
        return "application/json", json.dumps(delivery.payload).encode()
    form = delivery.payload if delivery.kind == "slash_commands" else {"payload": json.dumps(delivery.payload)}
    return "application/x-www-form-urlencoded", urlencode(form).encode()


class SignedRequests:
    """Posts deliveries to the app's request URL and hands its answers back."""

    def __init__(
        self, state: State, acknowledge: Callable[[str, Json | None], None], refused: Callable[[str], None]
    ) -> None:
        self._state = state
        self._refused = refused
        self._acknowledge = acknowledge
        self._pool: ThreadPoolExecutor | None = None

    def post(self, url: str, delivery: Delivery) -> None:
        """Post `delivery` in the background; an answer other than 2xx, or none at all, is a refusal."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(SENDERS, "sandbox sender")
        self._pool.submit(self._post, url, delivery, delivery.envelope_id)

    def headers(self, body: bytes, kind: str) -> dict[str, str]:
        """Return the headers with which Slack signs `body`, now."""
        timestamp = str(int(self._state.now()))
        secret = self._state.installed().signing_secret
        return {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(secret, timestamp, body),
        }

    def close(self) -> None:
        """Wait for the requests on their way; each ends within three seconds."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def _post(self, url: str, delivery: Delivery, envelope_id: str) -> None:
        kind, body = request(delivery)
        headers = self.headers(body, kind)
        if delivery.attempt:
            headers |= {"X-Slack-Retry-Num": str(delivery.attempt), "X-Slack-Retry-Reason": "http_timeout"}
        parts = urlsplit(url)
        https = parts.scheme == "https"
        connect = http.client.HTTPSConnection if https else http.client.HTTPConnection
        connection = connect(parts.netloc, timeout=ANSWER_SECONDS)
        try:
            connection.request("POST", parts.path or "/", body, headers)
            answer = connection.getresponse()
            text = answer.read()
            if 200 <= answer.status < 300:
                self._acknowledge(envelope_id, _answer(text))
            else:
                self._state.complain(f"The app answered a signed request with the HTTP status {answer.status}.")
                self._refused(envelope_id)
        except TimeoutError:
            self._state.complain(f"The app did not answer a signed request within {ANSWER_SECONDS:g} s.")
        except OSError as trouble:
            self._state.complain(f"The app could not be reached at its request URL: {trouble}")
            self._refused(envelope_id)
        finally:
            connection.close()


def _answer(text: bytes) -> Json | None:
    if not text:
        return None
    try:
        told = json.loads(text)
    except ValueError:
        return {"text": text.decode("utf-8", "replace")}
    return told if isinstance(told, dict) else None
