"""How words reach a channel: checked as Slack checks them, posted, changed, or answered through a response address."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sandbox.checks import check_blocks, name_blocks
from sandbox.records import Channel, Json, Message, SlackError
from sandbox.state import State

LONGEST_TEXT = 40_000
"""Slack cuts a posted text here and refuses a longer one everywhere else."""
MOST_ATTACHMENTS = 100  # Slack: too_many_attachments


@dataclass(slots=True)
class Content:
    """The checked substance of a message; None means that it was not given."""

    text: str | None
    blocks: list[Json] | None
    attachments: list[Json] | None


def content(state: State, args: Json, *, cut: bool = False) -> Content:
    """Return the checked text, blocks and attachments of `args`; with `cut` a too long text is cut, not refused.

    Raises SlackError: no_text, msg_too_long, invalid_blocks (with what is wrong and where), invalid_blocks_format,
    invalid_attachments, too_many_attachments.
    """
    text = args.get("text")
    blocks = listed(args.get("blocks"), "invalid_blocks_format")
    attachments = listed(args.get("attachments"), "invalid_attachments")
    if text is not None and not isinstance(text, str):
        text = str(text)
    if not text and not blocks and not attachments:
        raise SlackError("no_text")
    if text and len(text) > LONGEST_TEXT:
        if not cut:
            raise SlackError("msg_too_long")
        state.complain(f"A text of {len(text)} characters was posted; Slack cuts it at {LONGEST_TEXT}.")
        text = text[:LONGEST_TEXT]
    if blocks:
        refuse(state, check_blocks(blocks, "message"))
        name_blocks(blocks)
    if attachments:
        if len(attachments) > MOST_ATTACHMENTS:
            raise SlackError("too_many_attachments")
        for at, each in enumerate(attachments):
            inner = each.get("blocks") if isinstance(each, dict) else None
            if inner:
                refuse(state, check_blocks(inner, "message", f"/attachments/{at}/blocks"), "invalid_attachments")
                name_blocks(inner)
    return Content(text, blocks, attachments)


def refuse(state: State, wrong: list[str], word: str = "invalid_blocks") -> None:
    """Raise SlackError(word) as Slack words it if anything is wrong, and write it down for the app's author."""
    if wrong:
        messages = [f"[ERROR] {each}" for each in wrong]
        state.complain(f"{word}: {'; '.join(wrong)}")
        raise SlackError(word, errors=wrong, response_metadata={"messages": messages})


def listed(raw: Any, word: str) -> list[Json] | None:
    """Return a list that came as JSON or as a text of JSON; raises SlackError(word) for anything else."""
    if raw in (None, ""):
        return None
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except ValueError:
            raise SlackError(word) from None
    if not isinstance(raw, list):
        raise SlackError(word)
    return raw


def post(
    state: State,
    channel: Channel,
    said: Content,
    *,
    ephemeral_for: str | None = None,
    thread_ts: str | None = None,
    metadata: Json | None = None,
    reply_broadcast: bool = False,
) -> Message:
    """Post in the app's name and return the message; raises SlackError thread_not_found."""
    app = state.installed()
    with state.lock:
        if thread_ts:
            first = channel.find(thread_ts)
            if first is None:
                raise SlackError("thread_not_found")
            if ephemeral_for is None and first.thread_ts is None:
                first.thread_ts = first.ts
        return state.add_message(
            channel,
            Message(
                state.new_ts(),
                channel.id,
                app.bot_user_id,
                said.text or "",
                bot_id=app.bot_id,
                blocks=said.blocks or [],
                attachments=said.attachments or [],
                thread_ts=thread_ts or None,
                metadata=metadata,
                ephemeral_for=ephemeral_for,
                reply_broadcast=reply_broadcast,
            ),
        )


def replace(state: State, message: Message, said: Content) -> None:
    """Put other words in the place of a message; nothing of the old ones stays."""
    with state.lock:
        message.text, message.blocks = said.text or "", said.blocks or []
        message.attachments = said.attachments or []
        message.edited = state.new_ts()
        forget_filled(state, message)
        state.touch()


def update(state: State, message: Message, said: Content) -> None:
    """Change a message as chat.update does.

    A text alone takes the old blocks away; attachments that are not given stay; only a text marks it as edited.
    """
    with state.lock:
        if said.text is not None:
            message.text = said.text
        if said.blocks is not None or said.text:
            message.blocks = said.blocks or []
        if said.attachments is not None:
            message.attachments = said.attachments
        if not said.blocks:
            message.edited = state.new_ts()
        forget_filled(state, message)
        state.touch()


def delete(state: State, message: Message) -> None:
    """Take a message away."""
    with state.lock:
        message.deleted = True
        forget_filled(state, message)
        state.touch()


def forget_filled(state: State, message: Message) -> None:
    """Forget what people had chosen in a message that is another one now."""
    place = f"{message.channel_id}/{message.ts}"
    for key in [key for key in state.filled if key[1] == place]:
        del state.filled[key]


def respond(state: State, token: str, body: Json) -> None:
    """Answer through a response address as the app asked in `body`.

    After a click the answer takes the place of the message, unless `replace_original` is false; after a command there
    is no original, so `replace_original` and `delete_original` find nothing, as in Slack.
    Raises SlackError expired_url, used_url (both travel as 404) and those of `content`.
    """
    with state.lock:
        url = state.response_urls.get(token)
        if url is None or state.now() > url.expires:
            if url is not None:
                state.complain("A response_url was used after 30 minutes: expired_url.")
            raise SlackError("expired_url")
        if url.uses_left == 0:
            state.complain("A response_url was used more than 5 times: used_url.")
            raise SlackError("used_url")
        channel = state.channels[url.channel_id]
        original = channel.find(url.message_ts) if url.message_ts else None
        if truthy(body.get("delete_original")):
            if original is not None:
                delete(state, original)
            url.uses_left -= 1
            return
        said = content(state, body)
        url.uses_left -= 1
        if original is not None and truthy(body.get("replace_original", url.from_click)):
            replace(state, original, said)
            return
        only = None if body.get("response_type") == "in_channel" else url.person_id
        thread = body.get("thread_ts") or url.thread_ts
        post(state, channel, said, ephemeral_for=only, thread_ts=thread, metadata=body.get("metadata"))


def truthy(raw: Any) -> bool:
    """Tell whether a flag is set, sent as JSON or as a word in a form."""
    return raw in (True, 1, "1", "true", "True")
