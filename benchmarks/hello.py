"""The smallest bot there can be, with bolt's defaults: what Rekindle's answers are compared with."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode.websocket_client import SocketModeHandler
from slack_sdk import WebClient

MANIFEST = {
    "display_information": {"name": "Hello"},
    "features": {"slash_commands": [{"command": "/hello", "description": "Say hello"}]},
    "oauth_config": {"scopes": {"bot": ["commands"]}},
    "settings": {"socket_mode_enabled": True},
}
"""How it is installed."""


def main() -> None:
    """Answer `/hello` until SIGTERM."""
    client = WebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    app = App(client=client)

    @app.command("/hello")
    def hello(ack: Callable[..., Any]) -> None:
        ack("hello")

    handler = SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"])
    end = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: end.set())
    handler.connect()  # type: ignore[no-untyped-call]  # bolt
    end.wait()
    handler.close()  # type: ignore[no-untyped-call]  # bolt


if __name__ == "__main__":
    main()
