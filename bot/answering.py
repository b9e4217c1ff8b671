"""Brings a reply to the person who asked, and to nobody else, by whichever way Slack allows at that moment."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Sequence
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot import blocks
from bot.acknowledging import Acknowledgement
from bot.desk import Attachment, Block, Reply, Sheet

log = logging.getLogger("rekindle")

# Seconds that one call to Slack may take.
TIMEOUT = 10
# The form in which an answer is shown to somebody who pressed a button on the Home, where nothing can be said.
ASIDE = "aside"


class Answering:
    """The ways back to a person: the acknowledgement, the response_url, a DM, a form."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._dms: dict[str, str] = {}
        self._lock = threading.Lock()

    def command(self, reply: Reply, ack: Acknowledgement, body: dict[str, Any]) -> None:
        """Answer a slash command: within the acknowledgement if that is still open, else by the response_url.

        A chart goes by the response_url, because only there Slack says that it does not take it.
        """
        shown = _shown(reply)
        if not _files(reply) and reply.sheet is None and shown and "data_visualization" not in _kinds(reply.blocks):
            if ack.give(response_type="ephemeral", **shown):
                return
            self.respond(body["response_url"], shown)
            return
        ack.give()
        self._extras(reply, body)
        if shown:
            self.respond(body["response_url"], shown)

    def message(self, reply: Reply, event: dict[str, Any]) -> None:
        """Answer words in a DM with a message there, words in a channel with one that only the asker sees."""
        user, channel, shown = event["user"], event["channel"], _shown(reply)
        thread = {"thread_ts": event["thread_ts"]} if event.get("thread_ts") else {}
        self._upload_all(user, reply)
        if not shown:
            return
        if event.get("channel_type") == "im":
            self._post(lambda content: self._client.chat_postMessage(channel=channel, **thread, **content), shown)
        else:
            self._post(
                lambda content: self._client.chat_postEphemeral(channel=channel, user=user, **thread, **content), shown
            )

    def press(self, reply: Reply, body: dict[str, Any]) -> None:
        """Answer a press: in place of the pressed message, beside it, with a form, or in a form that is open."""
        self._extras(reply, body)
        if reply.home:
            self.publish(body["user"]["id"], reply)
            return
        if reply.share:
            shared = {"response_type": "in_channel", "replace_original": False, "text": blocks.safe(reply.text)}
            self.respond(body["response_url"], shared | {"blocks": list(reply.share)})
            return
        shown = _shown(reply)
        if not shown:
            return
        if "response_url" in body:
            self.respond(body["response_url"], {"replace_original": not reply.beside} | shown)
        elif _on_home(body.get("view")):
            self._aside(reply, body)
        else:  # a shortcut, or pressed in a form: neither has a response_url
            self.dm(body["user"]["id"], shown)

    def sent(self, reply: Reply, user: str, origin: dict[str, Any]) -> None:
        """Answer a form: where the form was opened from if that is known and still open, else in a DM."""
        self._upload_all(user, reply)
        if reply.home:
            self.publish(user, reply)
            return
        shown = _shown(reply)
        if not shown:
            return
        url, view_id = origin.get("url"), origin.get("view")
        if url and self.respond(url, {"replace_original": not reply.beside} | shown):
            return
        if view_id and self._shown_in(view_id, reply):
            return
        self.dm(user, shown)

    def publish(self, user: str, reply: Reply) -> None:
        """Draw a person's Home tab; no chart can stand there."""
        drawn_blocks = blocks.without_charts(reply.blocks or [blocks.section(blocks.safe(reply.text))])
        self._client.views_publish(user_id=user, view={"type": "home", "blocks": drawn_blocks[: blocks.HOME_BLOCKS]})

    def respond(self, url: str, content: dict[str, Any]) -> bool:
        """Send to a response_url once; without the charts if Slack refuses them. Returns whether Slack took it."""
        webhook = WebhookClient(url, timeout=TIMEOUT, retry_handlers=[])
        response = webhook.send_dict(content)
        if response.status_code != 200 and "invalid_blocks" in response.body and content.get("blocks"):
            response = webhook.send_dict(content | {"blocks": blocks.without_charts(content["blocks"])})
        if response.status_code != 200:
            log.warning("Slack did not take an answer: status=%s word=%s", response.status_code, response.body[:60])
        return response.status_code == 200

    def dm(self, user: str, content: dict[str, Any]) -> None:
        """Write to a person in the DM with the bot."""
        channel = self._dm(user)
        self._post(lambda parts: self._client.chat_postMessage(channel=channel, **parts), content)

    def upload(self, user: str, attachment: Attachment) -> None:
        """Give a file to a person in the DM with the bot: a file cannot be shown to one person in a channel."""
        self._client.files_upload_v2(
            channel=self._dm(user), filename=attachment.name, title=attachment.title, content=attachment.content
        )

    def _upload_all(self, user: str, reply: Reply) -> None:
        for attachment in _files(reply):
            self.upload(user, attachment)

    def _dm(self, user: str) -> str:
        with self._lock:
            known = self._dms.get(user)
        if known is None:
            known = str(self._client.conversations_open(users=[user])["channel"]["id"])
            with self._lock:
                self._dms[user] = known
        return known

    def _extras(self, reply: Reply, body: dict[str, Any]) -> None:
        if reply.sheet:
            self._open(reply.sheet, body)
        self._upload_all(_user(body), reply)

    def _aside(self, reply: Reply, body: dict[str, Any]) -> None:
        """Answer a press on the Home in a form that only shows, and a press in there in its place or before it."""
        view, pressed = _as_view(reply), body["view"]
        try:
            if pressed["type"] == "home":
                self._client.views_open(trigger_id=body["trigger_id"], view=view)
            elif reply.beside and not pressed.get("previous_view_id"):
                self._client.views_push(trigger_id=body["trigger_id"], view=view)
            else:
                self._client.views_update(view_id=pressed["id"], view=view)
        except SlackApiError as refused:
            if refused.response.get("error") not in ("expired_trigger_id", "not_found"):
                raise
            self.dm(body["user"]["id"], _shown(reply))  # it took longer than Slack lets a form open

    def _shown_in(self, view_id: str, reply: Reply) -> bool:
        """Show an answer in a form that only shows; returns whether it is still open."""
        try:
            self._client.views_update(view_id=view_id, view=_as_view(reply))
        except SlackApiError as refused:
            if refused.response.get("error") != "not_found":
                raise
            return False
        return True

    def _open(self, sheet: Sheet, body: dict[str, Any]) -> None:
        pressed = body.get("view") or {}
        origin = {"view": pressed["id"]} if pressed.get("callback_id") == ASIDE else {"url": body.get("response_url")}
        view = drawn(sheet, origin)
        if pressed.get("type") == "modal":
            self._client.views_push(trigger_id=body["trigger_id"], view=view)
        else:
            self._client.views_open(trigger_id=body["trigger_id"], view=view)

    def _post(self, call: Any, content: dict[str, Any]) -> None:
        try:
            call(content)
        except SlackApiError as refused:
            if refused.response.get("error") != "invalid_blocks":
                raise
            call(content | {"blocks": blocks.without_charts(content["blocks"])})


def drawn(sheet: Sheet, origin: dict[str, Any]) -> Block:
    """Draw a form as Slack's view; what it must remember, and where it was opened, travel with it."""
    view: Block = {
        "type": "modal",
        "callback_id": sheet.name,
        "title": blocks.plain(sheet.title, blocks.TITLE),
        "blocks": list(sheet.blocks),
        "private_metadata": json.dumps({"memory": dict(sheet.memory), "origin": origin}, ensure_ascii=False),
    }
    if sheet.send:
        view["submit"] = blocks.plain(sheet.send, blocks.TITLE)
    return view


def _as_view(reply: Reply) -> Block:
    """An answer as a form that only shows it; no chart can stand there."""
    text = blocks.section(blocks.safe(reply.text))
    return {
        "type": "modal",
        "callback_id": ASIDE,
        "title": blocks.plain("Rekindle", blocks.TITLE),
        "blocks": blocks.without_charts(reply.blocks) or [text],
    }


def _on_home(view: dict[str, Any] | None) -> bool:
    """Whether something was pressed on the Home, or in what the Home opened."""
    return view is not None and (view["type"] == "home" or view.get("callback_id") == ASIDE)


def _shown(reply: Reply) -> dict[str, Any]:
    text = blocks.safe(reply.text)  # it holds names and what people typed
    if reply.blocks:
        return {"text": text, "blocks": list(reply.blocks)}
    return {"text": text} if text else {}


def _kinds(drawn_blocks: Sequence[Block]) -> set[str]:
    return {block["type"] for block in drawn_blocks}


def _files(reply: Reply) -> list[Attachment]:
    return [*([reply.attachment] if reply.attachment else []), *reply.attachments]


def _user(body: dict[str, Any]) -> str:
    return str(body.get("user_id") or body["user"]["id"])
