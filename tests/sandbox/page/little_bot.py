"""A workspace with a little bot that draws one of everything: what the page's tests and pictures look at."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from slack_bolt import Ack, App, Respond
from slack_bolt.adapter.socket_mode.websocket_client import SocketModeHandler
from slack_sdk import WebClient

from sandbox.server import Serving, serve
from sandbox.workspace import Channel, Person, Workspace
from tests.sandbox.page import samples

MANIFEST = {
    "display_information": {"name": "Ember"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "Ember"},
        "slash_commands": [
            {"command": "/card", "description": "Draw one of every block", "usage_hint": "[name]"},
            {"command": "/chart", "description": "Draw four charts"},
            {"command": "/form", "description": "Open a form"},
            {"command": "/hello", "description": "Say hello to you alone", "usage_hint": "<name>"},
            {"command": "/table", "description": "Draw tables"},
        ],
        "shortcuts": [
            {"name": "Log a call", "type": "global", "callback_id": "log_call", "description": "Write down a call"},
            {"name": "Log this", "type": "message", "callback_id": "log_this", "description": "Keep this message"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "commands", "chat:write", "im:history", "im:write", "app_mentions:read", "channels:history",
                "channels:read", "users:read", "files:write", "files:read",
            ]
        }
    },
    "settings": {
        "event_subscriptions": {"bot_events": ["message.im", "app_mention", "app_home_opened"]},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}  # fmt: skip


@dataclass
class Scene:
    """A served workspace with its people; `release` lets the slow button answer."""

    workspace: Workspace
    serving: Serving
    rita: Person
    li: Person
    general: Channel
    pressed: list[tuple[str, str]] = field(default_factory=list)
    submitted: list[dict] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)

    def url(self, person: Person, channel: Channel | None = None, **more: str) -> str:
        place = channel or self.workspace.dm(person)
        return f"{self.serving.url}/?as={person.id}&channel={place.id}" + "".join(f"&{k}={v}" for k, v in more.items())


@contextlib.contextmanager
def scene() -> Iterator[Scene]:
    """Serve the workspace and run the bot beside it until the block ends."""
    workspace = Workspace("Northwind", "northwind")
    installed = workspace.install(MANIFEST)
    rita = workspace.add_person("rita", "Rita Stone", tz="America/New_York")
    li = workspace.add_person("li", "李伟", locale="zh-CN", tz="Asia/Shanghai")
    workspace.add_person("gus", "Gus Guest", is_restricted=True)
    general = workspace.add_channel("sales", [rita, li], with_app=True)
    with serve(workspace) as serving:
        shown = Scene(workspace, serving, rita, li, general)
        client = WebClient(token=installed.bot_token, base_url=serving.api_url)
        app = App(client=client, signing_secret=installed.signing_secret, process_before_response=False)
        listen(app, shown)
        handler = SocketModeHandler(app, installed.app_token, web_client=client)
        handler.connect()
        try:
            workspace.wait_for(lambda: workspace.courier.connections)
            yield shown
        finally:
            shown.release.set()
            # The client waits for its next ping, up to ten seconds; a connection that is shut wakes it at once.
            handler.client.auto_reconnect_enabled = False
            reading = handler.client.current_session_runner
            reading.event.set()
            handler.client.current_session.sock.sock.shutdown(socket.SHUT_RDWR)
            reading.thread.join()
            handler.close()
            app.listener_runner.listener_executor.shutdown()


def listen(app: App, shown: Scene) -> None:
    """What the bot does."""

    @app.command("/hello")
    def hello(ack: Ack, command: dict) -> None:
        ack(f"Hello *{command['text'] or 'you'}*!")

    @app.command("/card")
    def card(ack: Ack, respond: Respond, command: dict) -> None:
        ack()
        chinese = shown.workspace.people[command["user_id"]].locale == "zh-CN"
        respond(text="A card", blocks=samples.card(command["text"], chinese=chinese))

    @app.command("/chart")
    def chart(ack: Ack, respond: Respond, command: dict) -> None:
        ack()
        chinese = shown.workspace.people[command["user_id"]].locale == "zh-CN"
        first, second = samples.charts(chinese=chinese)
        respond(text="Charts", blocks=first)
        respond(text="Charts", blocks=second)

    @app.command("/table")
    def table(ack: Ack, client: WebClient, command: dict) -> None:
        ack()
        client.chat_postMessage(channel=command["channel_id"], text="A table", blocks=samples.tables())
        direct = client.conversations_open(users=command["user_id"])["channel"]["id"]
        client.files_upload_v2(channel=direct, filename="customers.csv", title="Customers", content=samples.CSV)

    @app.command("/form")
    def form(ack: Ack, client: WebClient, command: dict) -> None:
        ack()
        chinese = shown.workspace.people[command["user_id"]].locale == "zh-CN"
        client.views_open(trigger_id=command["trigger_id"], view=samples.form(chinese=chinese))

    @app.shortcut("log_call")
    @app.shortcut("log_this")
    def log(ack: Ack, client: WebClient, shortcut: dict) -> None:
        ack()
        client.views_open(trigger_id=shortcut["trigger_id"], view=samples.form(chinese=False))

    @app.action("more")
    def more(ack: Ack, client: WebClient, body: dict) -> None:
        ack()
        client.views_push(trigger_id=body["trigger_id"], view=samples.small_form())

    @app.view("interaction")
    def taken(ack: Ack, view: dict) -> None:
        values = view["state"]["values"]
        if values["note"]["text"]["value"] == "bad":
            ack(response_action="errors", errors={"note": "That word will not do <b>"})
            return
        shown.submitted.append(values)
        ack()

    @app.view("small")
    def small(ack: Ack) -> None:
        ack()

    @app.options("product")
    def products(ack: Ack, payload: dict) -> None:
        names = [name for name in samples.PRODUCTS if payload["value"].lower() in name.lower()]
        ack(options=[{"text": {"type": "plain_text", "text": name}, "value": name} for name in names])

    @app.action("slow")
    def slow(ack: Ack, respond: Respond) -> None:
        shown.release.wait(2)
        ack()
        respond(text="Done slowly", replace_original=False)

    @app.action("replace")
    def replace(ack: Ack, respond: Respond) -> None:
        ack()
        respond(text="Replaced", replace_original=True)

    @app.action(re.compile(".*"))
    def other(ack: Ack, body: dict) -> None:
        ack()
        shown.pressed.extend((each["action_id"], str(each.get("value"))) for each in body["actions"])

    @app.event("app_home_opened")
    def home(event: dict, client: WebClient) -> None:
        if event["tab"] == "home":
            client.views_publish(user_id=event["user"], view={"type": "home", "blocks": samples.home()})

    @app.event("message")
    @app.event("app_mention")
    def heard(event: dict, client: WebClient) -> None:
        thread = event.get("thread_ts")
        client.chat_postMessage(channel=event["channel"], text=f"You said: {event.get('text', '')}", thread_ts=thread)
