"""A process that is killed while it sends to a customer loses nothing and makes nobody read anything twice."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from delivery import Message, put
from delivery.clock import Clock
from delivery.dispatcher import Dispatcher
from sandbox.mail import MailServer
from sandbox.text_messages import TextServer
from tests.delivery.customers import EMAIL, SMS, email, text_message
from tests.delivery.doubles import state
from tests.delivery.dying_sender import channel_to

ROOT = Path(__file__).resolve().parents[2]
NOT_THERE = ("leased", "about to send", "half sent")
PERHAPS_THERE = ("body sent",)
THERE = ("sent", "settling")


class AfterTheLease(Clock):
    def now(self, db):
        return super().now(db) + timedelta(seconds=200)


@pytest.fixture(params=[EMAIL, SMS])
def customers(request):
    """The kind, where the customers of that kind are reached, and what they received."""
    if request.param == EMAIL:
        with MailServer() as server:
            yield EMAIL, str(server.port), server.messages
    else:
        with TextServer() as server:
            yield SMS, server.api_url, server.messages


def killed_at(point, database, kind, place):
    url = database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.delivery.dying_sender", url, kind, place]
    environment = os.environ | {"REKINDLE_DIES_AT": point, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


def after_a_death(point, database, customers):
    kind, place, received = customers
    now = datetime.now(UTC)
    payload = email() if kind == EMAIL else text_message()
    with database.transaction() as db:
        (id,) = put(db, "outreach", [Message("ann", payload, now, now + timedelta(hours=8), kind=kind)])
    killed_at(point, database, kind, place)
    for clock in (Clock(), AfterTheLease(), AfterTheLease()):
        channel = channel_to(kind, place)
        sending = Dispatcher(database, {kind: channel}, clock=clock, workers=1)
        sending.once()
        sending.stop()
    return id, len(received)


@pytest.mark.parametrize("point", [*NOT_THERE, *PERHAPS_THERE, *THERE])
def test_whoever_comes_after_sends_nothing_again_and_asks_a_person(point, sqlite, customers):
    id, received = after_a_death(point, sqlite, customers)
    assert state(sqlite, id) == ("waiting", "cannot_look_up")
    assert (
        received
        in {NOT_THERE: (0,), PERHAPS_THERE: (0, 1), THERE: (1,)}[
            next(group for group in (NOT_THERE, PERHAPS_THERE, THERE) if point in group)
        ]
    )


def test_what_was_written_down_before_the_death_is_sent(sqlite, customers):
    id, received = after_a_death("settled", sqlite, customers)
    assert (state(sqlite, id), received) == (("sent", None), 1)


@pytest.mark.postgres
def test_the_same_on_postgresql(postgres, customers):
    id, received = after_a_death("sent", postgres, customers)
    assert (state(postgres, id), received) == (("waiting", "cannot_look_up"), 1)
