"""Holds the connection to Slack (Socket Mode) and comes back by itself after it is lost."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from slack_bolt import App
from slack_bolt.context.ack import Ack
from slack_sdk.errors import SlackApiError

from bot.envelopes import Handler
from bot.settings import Settings
from words.errors import FixSetup

# Seconds until Slack must have greeted us at the start.
GREETING = 30
# Seconds that the reading thread may take to see that its socket has ended; it takes milliseconds.
NOTICING = 2


@contextmanager
def connected(
    app: App, settings: Settings, arrived: Callable[[Ack, dict[str, Any], dict[str, Any]], None]
) -> Iterator[None]:
    """Be connected until the end of the block; `arrived` hears of each request at once (see `Handler`).

    Of the clients that slack_sdk offers, this one is back half a second after a connection is reset; its builtin one
    needs a minute. Raises `FixSetup` where Slack refuses the token or cannot be reached.
    """
    handler = Handler(app, settings.slack_app_token.get_secret_value(), arrived)
    greeted = threading.Event()

    def greeting(_client: Any, message: dict[str, Any], _raw: str | None) -> None:
        if message.get("type") == "hello":
            greeted.set()

    handler.client.message_listeners.append(greeting)
    try:
        handler.connect()  # type: ignore[no-untyped-call]  # bolt
        if not greeted.wait(GREETING):
            raise FixSetup("Slack did not greet us within {seconds} s: is SLACK_API_URL right?", seconds=GREETING)
        yield
    except SlackApiError as refused:
        word = str(refused.response.get("error"))
        raise FixSetup("Slack refused SLACK_APP_TOKEN ({word}): see the README.", word=word) from refused
    finally:
        _hang_up(handler.client)
        handler.close()


def _hang_up(client: Any) -> None:
    """Wake the threads that read, which would otherwise notice the end up to ten seconds later."""
    for log in (client.logger, logging.getLogger("websocket")):
        log.setLevel(logging.CRITICAL)  # what they say from here on is our own doing
    client.auto_reconnect_enabled, client.closed = False, True
    client.message_queue.put('{"type": "closing"}')
    session = client.current_session
    wire = session.sock.sock if session is not None and session.sock is not None else None
    if wire is None:
        return
    noticed = threading.Event()
    client.on_close_listeners.append(lambda _session: noticed.set())
    try:
        wire.shutdown(socket.SHUT_RDWR)
    except OSError:  # it is closed already
        return
    # The socket may only be closed once the reader has seen its end: a closed one never wakes it.
    noticed.wait(NOTICING)
