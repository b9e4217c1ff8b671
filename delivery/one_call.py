"""One HTTP call and never a second one, with a last look at the lease in the moment before it leaves."""

from __future__ import annotations

import http.client
import json
import ssl
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from delivery.dying import may_die

# More than any answer to a message: what is longer is no such answer.
LONGEST_ANSWER = 1_000_000


class NothingLeft(Exception):
    """The call was not made: nothing that anybody could act upon has left this machine."""


class LeaseOver(NothingLeft):
    """The lease had too little time left when the call was about to leave."""


@dataclass(frozen=True)
class Answer:
    """What came back: `body` is None where it is no JSON object, `retry_after` is in seconds."""

    status: int
    body: dict[str, Any] | None
    retry_after: float | None


class _Body(bytes):
    """The part of a request without which nobody can act."""


@dataclass
class _Leaving:
    """Whether the body may leave, and whether it has begun to."""

    may_leave: Callable[[], bool]
    has_begun: bool = field(default=False)


class _Request(urllib.request.Request):
    leaving: _Leaving


class _Watched(http.client.HTTPConnection):
    """A connection that asks whether the body may leave when all before it, the slow part, is done."""

    def __init__(self, *arguments: Any, leaving: _Leaving, **options: Any) -> None:
        self._leaving = leaving
        super().__init__(*arguments, **options)

    def send(self, data: Any) -> None:
        """Send a part of the request."""
        if not isinstance(data, _Body):
            super().send(data)
            return
        may_die("half sent")
        if not self._leaving.may_leave():
            raise LeaseOver
        self._leaving.has_begun = True
        super().send(data)
        may_die("body sent")


class _WatchedSecurely(_Watched, http.client.HTTPSConnection):
    """The same over TLS."""


class _Handler(urllib.request.HTTPHandler):
    def http_open(self, req: Any) -> Any:
        return self.do_open(partial(_Watched, leaving=req.leaving), req)


class _SecureHandler(urllib.request.HTTPSHandler):
    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(context=context)
        self._tls = context

    def https_open(self, req: Any) -> Any:
        return self.do_open(partial(_WatchedSecurely, leaving=req.leaving, context=self._tls), req)


class OneCall:
    """Makes one HTTP request for each call: nothing is repeated or redirected. `timeout` is in seconds."""

    def __init__(self, timeout: float, context: ssl.SSLContext | None = None) -> None:
        self._timeout = timeout
        self._opener = urllib.request.OpenerDirector()
        self._opener.add_handler(urllib.request.ProxyHandler())
        self._opener.add_handler(_Handler())
        self._opener.add_handler(_SecureHandler(context or ssl.create_default_context()))

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str], may_leave: Callable[[], bool]) -> Answer:
        """Post a body once.

        Raises `LeaseOver` and `NothingLeft` where the call was not made, OSError and http.client.HTTPException where
        nobody can say whether it was.
        """
        request = _Request(url, data=_Body(body), headers=dict(headers), method="POST")
        request.leaving = _Leaving(may_leave)
        try:
            with self._opener.open(request, timeout=self._timeout) as response:
                return _read(response)
        except (OSError, http.client.HTTPException) as failure:
            if not request.leaving.has_begun:
                raise NothingLeft from failure
            raise


def _read(response: Any) -> Answer:
    text = response.read(LONGEST_ANSWER)
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    after = response.headers.get("Retry-After", "")
    return Answer(response.status, body if isinstance(body, dict) else None, float(after) if after.isdigit() else None)
