"""An answer goes to Slack at the moment it is given, once, whatever it holds."""

from __future__ import annotations

import json
import socket
import threading

import pytest
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.envelopes import Handler
from sandbox.server import serve
from sandbox.workspace import Workspace


class Connection:
    """What was sent, in order."""

    def __init__(self) -> None:
        self.sent: list[dict] = []
        self.changed = threading.Condition()

    def send_message(self, text: str) -> None:
        with self.changed:
            self.sent.append(json.loads(text))
            self.changed.notify_all()

    def wait(self, count: int = 1) -> list[dict]:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.sent) >= count, 10)
        return self.sent


@pytest.fixture
def app():
    workspace = Workspace("Test", "test")
    token = workspace.install({"display_information": {"name": "Test"}}).bot_token
    with serve(workspace) as serving:
        client = WebClient(token=token, base_url=serving.api_url)
        yield App(client=client, process_before_response=True, token_verification_enabled=False)


@pytest.fixture
def handler(app):
    heard = []
    made = Handler(app, "xapp-unused", lambda ack, context, body: heard.append((ack, context["ack"], body)))
    made.heard = heard
    yield made
    made.close()


def command(envelope_id: str = "E1") -> SocketModeRequest:
    body = {"command": "/one", "text": "", "team_id": "T00000001", "user_id": "U1", "channel_id": "C1"}
    return SocketModeRequest(type="slash_commands", envelope_id=envelope_id, payload=body)


def test_the_answer_goes_while_its_listener_still_works(app, handler):
    go_on, connection = threading.Event(), Connection()

    @app.command("/one")
    def one(ack):
        ack(text="茶 & “tea”", blocks=[{"type": "divider"}])
        go_on.wait(10)

    handler.handle(connection, command())
    assert connection.wait() == [
        {"envelope_id": "E1", "payload": {"text": "茶 & “tea”", "blocks": [{"type": "divider"}]}}
    ]
    go_on.set()


def test_only_the_first_acknowledgement_goes(app, handler):
    connection = Connection()

    @app.command("/one")
    def one(ack):
        ack()
        ack("too late")

    handler.handle(connection, command("E1"))
    connection.wait()
    handler.handle(connection, command("E2"))
    assert connection.wait(2) == [{"envelope_id": "E1"}, {"envelope_id": "E2"}]


def test_a_plain_text_is_a_payload_with_that_text(app, handler):
    connection = Connection()
    app.command("/one")(lambda ack: ack('a "quoted" text'))
    handler.handle(connection, command())
    assert connection.wait() == [{"envelope_id": "E1", "payload": {"text": 'a "quoted" text'}}]


def test_an_event_is_acknowledged_before_anybody_listens(app, handler):
    go_on, connection = threading.Event(), Connection()
    app.event("app_mention")(lambda: go_on.wait(10))
    body = {"type": "event_callback", "team_id": "T00000001", "event": {"type": "app_mention", "user": "U1"}}
    handler.handle(connection, SocketModeRequest(type="events_api", envelope_id="E1", payload=body))
    assert connection.wait() == [{"envelope_id": "E1"}]
    go_on.set()


def test_a_request_that_nobody_takes_is_not_acknowledged(app, handler):
    connection = Connection()
    app.command("/one")(lambda ack: ack("yes"))
    nonsense = command("E1")
    nonsense.payload["command"] = "/two"
    handler.handle(connection, nonsense)
    handler.handle(connection, command("E2"))
    assert connection.wait() == [{"envelope_id": "E2", "payload": {"text": "yes"}}]


def test_whoever_watches_hears_of_a_request_with_the_acknowledgement_that_its_listener_gets(app, handler):
    connection, given = Connection(), []

    @app.command("/one")
    def one(ack):
        given.append(ack)
        ack()

    handler.handle(connection, command())
    connection.wait()
    [(ack, in_context, body)] = handler.heard
    assert given == [ack]
    assert ack is in_context
    assert body["command"] == "/one"


def test_one_connection_is_opened_at_the_start_and_not_a_second_one(app):
    asked = []
    made = Handler(app, "xapp-unused", lambda ack, context, body: None)
    looked = threading.Event()
    look = made.client._monitor_current_session

    def looks():
        look()
        looked.set()

    made.client.current_app_monitor.target = looks
    with socket.create_server(("127.0.0.1", 0)) as silent:
        made.client.issue_new_wss_url = lambda: asked.append(1) or f"ws://127.0.0.1:{silent.getsockname()[1]}/"
        made.connect()
        assert looked.wait(10)
        assert asked == [1]
        made.client.auto_reconnect_enabled = False
    made.close()
