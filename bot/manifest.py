"""Slack's app manifest, printed from what the program can do, so that both always agree."""

from __future__ import annotations

from typing import Any

from bot.app import Plugs

# What each permission is for; Slack shows them when the app is installed.
SCOPES = {
    "app_mentions:read": "answer after an @mention",
    "chat:write": "answer in DMs",
    "commands": "slash commands and shortcuts",
    "files:write": "hand an export to the asker",
    "im:history": "understand commands in a DM",
    "im:write": "open the DM with a person",
    "users:read": "know the language, the time zone and whether somebody is a guest",
    "users:read.email": "recognise a person by the confirmed e-mail address",
}
EVENTS = ("app_home_opened", "app_mention", "message.im")


def manifest(plugs: Plugs) -> dict[str, Any]:
    """The manifest (version 2) of an app that uses Socket Mode, hence has no addresses in it."""
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Rekindle",
            "description": "Knows every customer's buying history, notices who slips away, and sends what you approve",
            "background_color": "#7a3b1d",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Rekindle", "always_online": True},
            "slash_commands": [
                {
                    "command": command.name,
                    "description": command.purpose,
                    **({"usage_hint": command.usage} if command.usage else {}),
                    "should_escape": False,
                }
                for command in plugs.commands.values()
            ],
            "shortcuts": [
                {
                    "name": shortcut.title,
                    "type": shortcut.kind,
                    "callback_id": shortcut.name,
                    "description": (shortcut.handler.__doc__ or "").strip().split("\n")[0].rstrip("."),
                }
                for shortcut in plugs.shortcuts.values()
            ],
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True},
            "org_deploy_enabled": False,
            "socket_mode_enabled": True,
            "token_rotation_enabled": False,
        },
    }
