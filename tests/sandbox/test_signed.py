"""Signed requests over HTTP, taken by bolt with the app's own signing secret."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from slack_bolt import App, BoltRequest
from slack_sdk import WebClient

from sandbox import signed


class Receiver:
    """A small web server that hands Slack's requests to bolt."""

    def __init__(self, bolt: App) -> None:
        receiver = self
        self.statuses: list[int] = []
        self.retries: list[str | None] = []
        self.broken = False

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                headers = {key: [value] for key, value in self.headers.items()}
                receiver.retries.append(self.headers.get("X-Slack-Retry-Num"))
                answer = bolt.dispatch(BoltRequest(body=body, headers=headers))
                status = 500 if receiver.broken else answer.status
                receiver.statuses.append(status)
                self.send_response(status)
                for key, values in answer.headers.items():
                    self.send_header(key, values[0])
                self.end_headers()
                self.wfile.write(answer.body.encode())

            def log_message(self, *args) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/slack/events"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def bolt(serving, app) -> App:
    client = WebClient(token=app.bot_token, base_url=serving.api_url)
    it = App(client=client, signing_secret=app.signing_secret, process_before_response=True)

    @it.command("/customer")
    def customer(ack, command):
        ack(f"found {command['text']}")

    @it.event("message")
    def message(event, say):
        say(f"you said {event['text']}")

    @it.shortcut("look_up")
    def look_up(ack):
        ack()

    return it


@pytest.fixture
def receiver(bolt, workspace) -> Iterator[Receiver]:
    it = Receiver(bolt)
    workspace.request_url = it.url
    yield it
    workspace.request_url = None
    workspace.courier.close()
    it.close()


def test_a_command_comes_signed_and_its_answer_is_shown(receiver, workspace, rita, sales) -> None:
    workspace.act_as(rita).command(sales, "/customer", "acme & co").wait()
    assert workspace.visible_to(rita, sales)[-1].text == "found acme &amp; co"
    assert receiver.statuses == [200]


def test_events_and_clicks_come_signed_too(receiver, workspace, rita) -> None:
    act = workspace.act_as(rita)
    assert act.shortcut("look_up").wait().state == "answered"
    act.say(workspace.dm(rita), "acme")
    workspace.wait_for(lambda: workspace.dm(rita).messages[-1].text == "you said acme")


def test_an_answer_of_500_is_no_acknowledgement(receiver, workspace, rita, sales) -> None:
    receiver.broken = True
    assert workspace.act_as(rita).command(sales, "/customer acme").wait().state == "undelivered"
    assert "dispatch_failed" in workspace.visible_to(rita, sales)[-1].text
    assert workspace.errors == ["The app answered a signed request with the HTTP status 500."]


def test_an_event_that_was_refused_comes_again_with_its_number(receiver, workspace, rita) -> None:
    receiver.broken = True
    workspace.act_as(rita).say(workspace.dm(rita), "acme")
    workspace.wait_for(lambda: "1" in receiver.retries)


def test_an_app_that_is_not_there_is_told_to_the_person(workspace, rita, sales) -> None:
    workspace.request_url = "http://127.0.0.1:9/slack/events"
    assert workspace.act_as(rita).command(sales, "/customer acme").wait().state == "undelivered"
    assert "could not be reached" in workspace.errors[0]


def test_the_signature_is_slacks(app) -> None:
    # From Slack's page "Verifying requests from Slack".
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar"
        b"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
        b"%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10"
        b"d2c447fce8b6703c"
    )
    made = signed.signature("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body)
    assert made == "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
