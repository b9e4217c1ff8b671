"""Holds the connection to Slack (Socket Mode) and comes back by itself after it is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from slack_bolt import App
from slack_bolt.adapter.socket_mode.websocket_client import SocketModeHandler
from slack_sdk.errors import SlackApiError

from bot.settings import Settings
from words.errors import FixSetup

# Requests taken from Slack at once; each waits for its acknowledgement only.
CONCURRENCY = 50


@contextmanager
def connected(app: App, settings: Settings) -> Iterator[None]:
    """Be connected until the end of the block.

    Of the clients that slack_sdk offers, this one is back half a second after a connection is reset; its builtin one
    needs a minute. Raises `FixSetup` where Slack refuses the token.
    """
    handler = SocketModeHandler(app, settings.slack_app_token.get_secret_value(), concurrency=CONCURRENCY)
    try:
        handler.connect()  # type: ignore[no-untyped-call]  # bolt
        yield
    except SlackApiError as refused:
        word = str(refused.response.get("error"))
        raise FixSetup("Slack refused SLACK_APP_TOKEN ({word}): see the README.", word=word) from refused
    finally:
        handler.close()  # type: ignore[no-untyped-call]  # bolt
