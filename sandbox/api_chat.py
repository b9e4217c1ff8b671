"""The part of the Web API that says something: post, change, delete, react, and read what was said."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sandbox import payloads, posting
from sandbox.records import Channel, Json, Message, RateLimited, SlackError
from sandbox.workspace import Workspace

BURST = 10.0
"""Messages that one channel takes at once before one a second holds: Slack allows short bursts of unsaid size."""
MOST_METADATA = 8_000  # Slack: characters of metadata with a message

HISTORY_SCOPES = {"channel": "channels:history", "private": "groups:history", "dm": "im:history"}


def find_channel(workspace: Workspace, args: Json, key: str = "channel") -> Channel:
    """Return the channel that `args` names and the app can see; raises SlackError channel_not_found."""
    name = str(args.get(key) or "")
    channel = workspace.channels.get(name)
    if channel is None and name in workspace.people and not workspace.people[name].is_bot:
        return workspace.dm(workspace.people[name])
    if channel is None:
        plain = name.removeprefix("#")
        channel = next((each for each in workspace.channels.values() if plain and each.name == plain), None)
    app = workspace.installed()
    if channel is None or (channel.kind != "channel" and app.bot_user_id not in channel.members):
        raise SlackError("channel_not_found")
    return channel


def writable(workspace: Workspace, args: Json) -> Channel:
    """Return the channel to write to; raises SlackError channel_not_found, not_in_channel, is_archived."""
    channel = find_channel(workspace, args)
    app = workspace.installed()
    if channel.archived:
        raise SlackError("is_archived")
    if app.bot_user_id not in channel.members and "chat:write.public" not in app.scopes:
        raise SlackError("not_in_channel")
    return channel


def need_history(workspace: Workspace, channel: Channel) -> None:
    """Raise SlackError missing_scope or not_in_channel unless the app may read `channel`."""
    app = workspace.installed()
    scope = HISTORY_SCOPES[channel.kind]
    if scope not in app.scopes:
        raise SlackError("missing_scope", needed=scope, provided=",".join(sorted(app.scopes)))
    if app.bot_user_id not in channel.members:
        raise SlackError("not_in_channel")


def _slow_down(workspace: Workspace, channel: Channel) -> None:
    """Raise RateLimited when a channel gets more than about one message a second, after a burst."""
    if not workspace.rate_limits:
        return
    with workspace.lock:
        now = workspace.now()
        left, since = workspace.post_budget.get(channel.id, (BURST, now))
        left = min(BURST, left + now - since)
        if left < 1:
            workspace.post_budget[channel.id] = (left, now)
            raise RateLimited(max(1, round(1 - left)))
        workspace.post_budget[channel.id] = (left - 1, now)


def _metadata(args: Json) -> Json | None:
    raw = args.get("metadata")
    if raw in (None, ""):
        return None
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except ValueError:
            raise SlackError("invalid_metadata_format") from None
    if not isinstance(raw, dict) or not isinstance(raw.get("event_payload"), dict) or not raw.get("event_type"):
        raise SlackError("invalid_metadata_schema")
    if len(json.dumps(raw)) > MOST_METADATA:
        raise SlackError("metadata_too_large")
    return raw


def _fallback(workspace: Workspace, said: posting.Content, method: str) -> None:
    if said.blocks and not said.text:
        workspace.complain(f"{method} had blocks but no text: a notification or screen reader would have nothing.")


def post_message(workspace: Workspace, args: Json) -> Json:
    """chat.postMessage."""
    channel = writable(workspace, args)
    said = posting.content(workspace, args, cut=True)
    metadata = _metadata(args)
    _slow_down(workspace, channel)
    _fallback(workspace, said, "chat.postMessage")
    broadcast = posting.truthy(args.get("reply_broadcast"))
    thread = args.get("thread_ts")
    posted = posting.post(workspace, channel, said, thread_ts=thread, metadata=metadata, reply_broadcast=broadcast)
    workspace.courier.announce(posted)
    told = payloads.message(workspace, posted)
    if metadata:
        told["metadata"] = metadata
    return {"channel": channel.id, "ts": posted.ts, "message": told}


def post_ephemeral(workspace: Workspace, args: Json) -> Json:
    """chat.postEphemeral."""
    channel = writable(workspace, args)
    if workspace.installed().bot_user_id not in channel.members:
        raise SlackError("not_in_channel")
    person = str(args.get("user") or "")
    if person not in channel.members:
        raise SlackError("user_not_in_channel" if person in workspace.people else "user_not_found")
    said = posting.content(workspace, args)
    _fallback(workspace, said, "chat.postEphemeral")
    posted = posting.post(workspace, channel, said, ephemeral_for=person, thread_ts=args.get("thread_ts"))
    return {"message_ts": posted.ts}


def _own(workspace: Workspace, args: Json, refusal: str) -> tuple[Channel, Message]:
    channel = find_channel(workspace, args)
    message = channel.find(str(args.get("ts") or ""))
    if message is None or message.ephemeral_for is not None:
        raise SlackError("message_not_found")
    if message.bot_id != workspace.installed().bot_id:
        raise SlackError(refusal)
    return channel, message


def update(workspace: Workspace, args: Json) -> Json:
    """chat.update."""
    with workspace.lock:
        channel, message = _own(workspace, args, "cant_update_message")
        said = posting.content(workspace, args)
        _fallback(workspace, said, "chat.update")
        if "metadata" in args:
            message.metadata = _metadata(args)
        posting.update(workspace, message, said)
        told = payloads.message(workspace, message)
        return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": told}


def delete(workspace: Workspace, args: Json) -> Json:
    """chat.delete."""
    channel, message = _own(workspace, args, "cant_delete_message")
    posting.delete(workspace, message)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(workspace: Workspace, args: Json) -> Json:
    """chat.getPermalink."""
    channel = find_channel(workspace, args)
    message = channel.find(str(args.get("message_ts") or ""))
    if message is None or message.ephemeral_for is not None:
        raise SlackError("message_not_found")
    link = f"https://{workspace.domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": link}


def history(workspace: Workspace, args: Json) -> Json:
    """conversations.history: newest first, without ephemeral messages and without replies in threads."""
    channel = find_channel(workspace, args)
    need_history(workspace, channel)

    def stands(message: Message) -> bool:
        return message.thread_ts in (None, message.ts) or message.reply_broadcast

    with workspace.lock:
        found = [each for each in reversed(channel.messages) if stands(each)]
        return _page(workspace, channel, found, args)


def replies(workspace: Workspace, args: Json) -> Json:
    """conversations.replies: a thread, its first message first."""
    channel = find_channel(workspace, args)
    need_history(workspace, channel)
    ts = str(args.get("ts") or "")
    with workspace.lock:
        if channel.find(ts) is None:
            raise SlackError("thread_not_found")
        found = [each for each in channel.messages if ts in (each.ts, each.thread_ts)]
        return _page(workspace, channel, found, args)


def _page(workspace: Workspace, channel: Channel, found: list[Message], args: Json) -> Json:
    oldest, latest = _stamp(args, "oldest", 0.0), _stamp(args, "latest", float("inf"))
    inclusive = posting.truthy(args.get("inclusive"))

    def within(message: Message) -> bool:
        ts = float(message.ts)
        return oldest <= ts <= latest if inclusive else oldest < ts < latest

    seen = [each for each in found if not each.deleted and each.ephemeral_for is None and within(each)]
    page, cursor = paged(seen, args, most=999)
    with_metadata = posting.truthy(args.get("include_all_metadata"))
    told = [_told(workspace, channel, each, with_metadata=with_metadata) for each in page]
    return {"messages": told, "has_more": bool(cursor), "response_metadata": {"next_cursor": cursor}}


def _stamp(args: Json, name: str, default: float) -> float:
    try:
        return float(args.get(name) or default)
    except (TypeError, ValueError):
        raise SlackError(f"invalid_ts_{name}") from None


def _told(workspace: Workspace, channel: Channel, message: Message, *, with_metadata: bool) -> Json:
    told = payloads.message(workspace, message)
    if message.metadata and with_metadata:
        told["metadata"] = message.metadata
    if message.thread_ts == message.ts:
        told["reply_count"] = sum(
            each.thread_ts == message.ts and each is not message and not each.deleted and each.ephemeral_for is None
            for each in channel.messages
        )
    return told


def paged(found: list[Any], args: Json, most: int = 1000) -> tuple[list[Any], str]:
    """Return one page of `found` and the cursor of the next one, empty at the end; raises SlackError invalid_cursor."""
    try:
        start = int(args.get("cursor") or 0)
        limit = min(int(args.get("limit") or 100), most)
    except (TypeError, ValueError):
        raise SlackError("invalid_cursor") from None
    if limit < 1:
        raise SlackError("invalid_limit")
    end = start + limit
    return found[start:end], str(end) if end < len(found) else ""


def add_reaction(workspace: Workspace, args: Json) -> Json:
    """reactions.add."""
    channel = find_channel(workspace, args)
    message = channel.find(str(args.get("timestamp") or ""))
    name = str(args.get("name") or "").strip(":")
    if message is None:
        raise SlackError("message_not_found")
    if not name:
        raise SlackError("invalid_name")
    with workspace.lock:
        who = message.reactions.setdefault(name, [])
        me = workspace.installed().bot_user_id
        if me in who:
            raise SlackError("already_reacted")
        who.append(me)
        workspace.touch()
    return {}


METHODS: dict[str, tuple[str, Callable[[Workspace, Json], Json]]] = {
    "chat.postMessage": ("chat:write", post_message),
    "chat.postEphemeral": ("chat:write", post_ephemeral),
    "chat.update": ("chat:write", update),
    "chat.delete": ("chat:write", delete),
    "chat.getPermalink": ("", get_permalink),
    "conversations.history": ("", history),
    "conversations.replies": ("", replies),
    "reactions.add": ("reactions:write", add_reaction),
}
"""Method name to (scope, what it does)."""
