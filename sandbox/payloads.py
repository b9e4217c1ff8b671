"""What Slack tells an app about people, messages, forms and clicks, in the shape that Slack tells it."""

from __future__ import annotations

import html
import re
from typing import Any

from sandbox.records import Channel, File, Json, Message, Person, View
from sandbox.state import State

SECRET_WORD = "verification"  # Slack's deprecated verification token: present in every payload, trusted by nobody
CHANNEL_TYPES = {"channel": "channel", "private": "group", "dm": "im"}
"""Our kind of channel to `channel_type` in Slack's message events."""


def typed(state: State, text: str) -> str:
    """Return what somebody typed as Slack passes it on: & < > escaped, @names turned into mentions."""
    text = html.escape(text, quote=False)
    if "@" not in text:
        return text
    by_name = {person.name.lower(): person.id for person in state.people.values()}
    by_name |= {person.real_name.lower(): person.id for person in state.people.values()}
    text = re.sub(r"&lt;@([A-Z0-9]+)&gt;", r"<@\1>", text)

    def mention(found: re.Match[str]) -> str:
        person_id = by_name.get(found[1].lower())
        return f"<@{person_id}>" if person_id else found[0]

    return re.sub(r"(?<![\w<.])@([\w.-]*\w)", mention, text)


def rich(text: str) -> list[Json]:
    """Return the rich_text block that Slack puts beside the text of a person's message."""
    parts: list[Json] = []
    for piece in re.split(r"(<@[A-Z0-9]+>)", text):
        if piece.startswith("<@"):
            parts.append({"type": "user", "user_id": piece[2:-1]})
        elif piece:
            parts.append({"type": "text", "text": html.unescape(piece)})
    section = {"type": "rich_text_section", "elements": parts}
    return [{"type": "rich_text", "block_id": "typed", "elements": [section]}]


def user(state: State, person: Person) -> Json:
    """Return the short form of a person in interactive payloads."""
    domain = "elsewhere" if person.is_stranger else state.domain
    return {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team_id, "domain": domain}


def channel_of(channel: Channel) -> Json:
    """Return the short form of a channel in interactive payloads."""
    return {"id": channel.id, "name": "directmessage" if channel.kind == "dm" else channel.name}


def message(state: State, said: Message) -> Json:
    """Return a message as the Web API and events show it."""
    app = state.app
    told: Json = {"type": "message", "user": said.user, "ts": said.ts, "text": said.text, "team": state.team_id}
    if said.client_msg_id:
        told["client_msg_id"] = said.client_msg_id
    if said.bot_id and app:
        told |= {"bot_id": said.bot_id, "app_id": app.app_id}
        name = app.manifest.get("display_information", {}).get("name", "")
        told["bot_profile"] = {
            "id": app.bot_id,
            "app_id": app.app_id,
            "name": name,
            "team_id": state.team_id,
            "deleted": False,
        }
    if said.blocks:
        told["blocks"] = said.blocks
    if said.attachments:
        told["attachments"] = said.attachments
    if said.thread_ts:
        told["thread_ts"] = said.thread_ts
        if said.thread_ts != said.ts:
            parent = state.channels[said.channel_id].find(said.thread_ts)
            if parent is not None:
                told["parent_user_id"] = parent.user
    if said.files:
        told["files"] = [file(state, state.files[each]) for each in said.files]
    if said.edited:
        told["edited"] = {"user": said.user, "ts": said.edited}
    if said.reactions:
        told["reactions"] = [
            {"name": name, "users": users, "count": len(users)} for name, users in said.reactions.items() if users
        ]
    return told


def file(state: State, it: File) -> Json:
    """Return an uploaded file as the Web API shows it."""
    base = f"{state.public_url}/files/{state.team_id}-{it.id}"
    return {
        "id": it.id,
        "created": it.created,
        "timestamp": it.created,
        "name": it.name,
        "title": it.title,
        "filetype": it.filetype,
        "pretty_type": it.filetype.upper(),
        "user": it.owner,
        "size": it.size,
        "mode": "hosted",
        "is_external": False,
        "is_public": False,
        "url_private": f"{base}/{it.name}",
        "url_private_download": f"{base}/download/{it.name}",
        "permalink": f"{base}/{it.name}",
        "channels": [each for each in it.channel_ids if each.startswith("C")],
        "ims": [each for each in it.channel_ids if each.startswith("D")],
        "groups": [],
    }


def view(state: State, it: View) -> Json:
    """Return a modal or Home as the Web API and payloads show it, with what stands in its fields."""
    app = state.installed()
    told: Json = {
        "id": it.id,
        "team_id": state.team_id,
        "type": it.type,
        "blocks": it.blocks,
        "private_metadata": it.private_metadata,
        "callback_id": it.callback_id,
        "state": {"values": it.values},
        "hash": it.hash,
        "title": it.title or {"type": "plain_text", "text": "View Title", "emoji": True},
        "clear_on_close": it.clear_on_close,
        "notify_on_close": it.notify_on_close,
        "close": it.close,
        "submit": it.submit,
        "previous_view_id": it.previous_view_id,
        "root_view_id": it.root_view_id,
        "app_id": app.app_id,
        "external_id": it.external_id,
        "app_installed_team_id": state.team_id,
        "bot_id": app.bot_id,
    }
    return told


def base(state: State, kind: str, person: Person) -> Json:
    """Return what every interactive payload holds; `kind` is its type."""
    return {
        "type": kind,
        "user": user(state, person),
        "api_app_id": state.installed().app_id,
        "token": SECRET_WORD,
        "team": {"id": state.team_id, "domain": state.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def command(state: State, person: Person, channel: Channel, name: str, text: str, url: str, trigger: str) -> Json:
    """Return the payload of a slash command; `url` is its response_url."""
    return {
        "token": SECRET_WORD,
        "team_id": person.team_id,
        "team_domain": "elsewhere" if person.is_stranger else state.domain,
        "channel_id": channel.id,
        "channel_name": channel_of(channel)["name"] if channel.kind != "private" else "privategroup",
        "user_id": person.id,
        "user_name": person.name,
        "command": name,
        "text": text,
        "api_app_id": state.installed().app_id,
        "is_enterprise_install": "false",
        "response_url": url,
        "trigger_id": trigger,
    }


def event(state: State, happened: Json, *, is_ext_shared: bool = False) -> Json:
    """Wrap one event in the envelope of the Events API."""
    app = state.installed()
    bot = {
        "enterprise_id": None,
        "team_id": state.team_id,
        "user_id": app.bot_user_id,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    event_id = state.new_id("Ev")
    return {
        "token": SECRET_WORD,
        "team_id": state.team_id,
        "context_team_id": state.team_id,
        "context_enterprise_id": None,
        "api_app_id": app.app_id,
        "event": happened,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(state.now()),
        "authorizations": [bot],
        "is_ext_shared_channel": is_ext_shared,
        "event_context": f"4-{event_id}",
    }


def said_event(state: State, said: Message, channel: Channel, kind: str) -> Json:
    """Return the inner event for a message: `kind` is "message" or "app_mention"."""
    told: dict[str, Any] = message(state, said)
    told |= {"type": kind, "channel": channel.id, "event_ts": said.ts}
    speaker = state.people[said.user]
    told["team"] = speaker.team_id
    if speaker.is_stranger:
        told |= {"user_team": speaker.team_id, "source_team": speaker.team_id}
    if kind == "message":
        told["channel_type"] = CHANNEL_TYPES[channel.kind]
    return told
