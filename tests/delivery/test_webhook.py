"""A program of the tenant's own gets each message once, signed, and its answers are understood."""

import hashlib
import hmac
import json
import time

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from delivery.outcomes import TOO_FAST, Closed, Later, NotSent, Refused, Sent, Unknown
from delivery.webhook import WebhookChannel
from sandbox.listening import Listener
from tests.delivery.customers import EMAIL, email, planned, sent
from tests.delivery.doubles import StillClock, state


class Program:
    """Keeps what it was sent, and answers as it was told."""

    def __init__(self):
        self.calls, self.next = [], []
        self.listener = Listener(Starlette(routes=[Route("/take", self.take, methods=["POST"])]), 0)
        self.url = f"{self.listener.url}/take"
        self.listener.start()

    async def take(self, request):
        self.calls.append((dict(request.headers), await request.body()))
        answer = self.next.pop(0) if self.next else PlainTextResponse("thanks")
        if answer == "reset":
            self.listener.cut(request.client)
            return PlainTextResponse("")
        return answer


@pytest.fixture
def program():
    running = Program()
    yield running
    running.listener.close()


class Row:
    key, kind, payload = "random-key", EMAIL, email()


def tried(program, still_ours=lambda: True):
    return WebhookChannel(url=program.url, secret="shared", timeout=2).send(Row(), still_ours)


def test_a_message_is_signed_and_carries_its_key(program):
    assert tried(program) == Sent("random-key")
    ((headers, body),) = program.calls
    moment = headers["x-rekindle-timestamp"]
    expected = hmac.new(b"shared", moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["x-rekindle-signature"] == f"v1={expected}"
    assert abs(int(moment) - time.time()) < 60
    assert headers["idempotency-key"] == "random-key"
    assert json.loads(body) == {"key": "random-key", "channel": "email", **email()}


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (PlainTextResponse("", 204), Sent("random-key")),
        (PlainTextResponse("", 429), Later(30.0, TOO_FAST)),
        (PlainTextResponse("", 429, {"Retry-After": "7"}), Later(7.0, TOO_FAST)),
        (PlainTextResponse("", 503, {"Retry-After": "9"}), Later(9.0, "http_503")),
        (PlainTextResponse("", 503), Unknown("http_503")),
        (PlainTextResponse("", 500), Unknown("http_500")),
        (PlainTextResponse("", 302, {"Location": "/take"}), Unknown("http_302")),
        (PlainTextResponse("", 408), Unknown("http_408")),
        (PlainTextResponse("", 401), Closed("webhook_sign_in")),
        (PlainTextResponse("no", 400), Refused("http_400")),
        (JSONResponse({"reason": "bounced"}, 422), Refused("suppressed:bounced")),
        (JSONResponse({"reason": "unsubscribed"}, 410), Refused("suppressed:unsubscribed")),
        (JSONResponse({"reason": "whatever"}, 422), Refused("http_422")),
    ],
)
def test_its_answers_are_understood(program, answer, outcome):
    program.next = [answer]
    assert tried(program) == outcome
    assert len(program.calls) == 1


def test_a_reset_is_ambiguous_and_where_nobody_listens_nothing_was_said(program):
    program.next = ["reset"]
    assert isinstance(tried(program), Unknown)
    program.url = "http://127.0.0.1:9/take"
    assert tried(program) == Closed("webhook_unreachable", 30.0)


def test_nothing_leaves_when_the_lease_is_over_in_the_last_moment(program):
    assert tried(program, still_ours=lambda: False) == NotSent()
    assert program.calls == []


def test_an_ambiguous_message_waits_for_a_person_and_is_sent_once(database, program):
    program.next = ["reset", PlainTextResponse("thanks")]
    ids = planned(database, EMAIL, email(1), email(2))
    sent(database, EMAIL, WebhookChannel(url=program.url, secret="shared", timeout=2), StillClock(), rounds=3)
    assert [state(database, each) for each in ids] == [("waiting", "cannot_look_up"), ("sent", None)]
    assert len(program.calls) == 2
