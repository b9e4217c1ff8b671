"""A workspace with two reps and an app, by itself and served."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from slack_sdk import WebClient

from sandbox.server import Serving, serve
from sandbox.workspace import Channel, Installation, Person, Workspace

SCOPES = [
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "reactions:write",
    "team:read",
    "users:read",
    "users:read.email",
]


def manifest(**changes) -> dict:
    """Slack's manifest of a small app; `changes` replace whole parts: scopes, events, settings."""
    return {
        "display_information": {"name": "Rekindle"},
        "features": {
            "bot_user": {"display_name": "Rekindle"},
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
            "slash_commands": [{"command": "/customer", "description": "Look up", "usage_hint": "[name]"}],
            "shortcuts": [
                {"name": "Look up", "type": "global", "callback_id": "look_up", "description": "Look up"},
                {"name": "Log this", "type": "message", "callback_id": "log_this", "description": "Log"},
            ],
        },
        "oauth_config": {"scopes": {"bot": changes.get("scopes", SCOPES)}},
        "settings": {
            "event_subscriptions": {
                "bot_events": changes.get("events", ["app_home_opened", "app_mention", "message.im"])
            },
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": True,
        },
    }


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    it = Workspace("Acme", "acme")
    it.install(manifest())
    yield it
    it.close()


@pytest.fixture
def app(workspace: Workspace) -> Installation:
    return workspace.installed()


@pytest.fixture
def rita(workspace: Workspace) -> Person:
    return workspace.add_person("rita", "Rita Rep", "rita@acme.example")


@pytest.fixture
def li(workspace: Workspace) -> Person:
    return workspace.add_person("li", "李雷", locale="zh-CN", tz="Asia/Shanghai")


@pytest.fixture
def sales(workspace: Workspace, rita: Person, li: Person) -> Channel:
    return workspace.add_channel("sales", [rita, li], with_app=True)


@pytest.fixture
def serving(workspace: Workspace) -> Iterator[Serving]:
    with serve(workspace) as it:
        yield it


@pytest.fixture
def client(serving: Serving, app: Installation) -> WebClient:
    return WebClient(token=app.bot_token, base_url=serving.api_url, retry_handlers=[])
