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
        if (
            reply.attachment is None
            and reply.sheet is None
            and shown
            and "data_visualization" not in _kinds(reply.blocks)
        ):
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
        if reply.attachment:
            self.upload(user, reply.attachment)
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
        if reply.share:
            shared = {"response_type": "in_channel", "replace_original": False, "text": blocks.safe(reply.text)}
            self.respond(body["response_url"], shared | {"blocks": list(reply.share)})
            return
        shown = _shown(reply)
        if not shown:
            return
        if "response_url" in body:
            self.respond(body["response_url"], {"replace_original": not reply.beside} | shown)
        else:  # a shortcut, or pressed in a form: neither has a response_url
            self.dm(body["user"]["id"], shown)

    def sent(self, reply: Reply, user: str, origin: dict[str, Any]) -> None:
        """Answer a form: where the form was opened from if that is known and still open, else in a DM."""
        if reply.attachment:
            self.upload(user, reply.attachment)
        shown = _shown(reply)
        if not shown:
            return
        url = origin.get("url")
        if url and self.respond(url, {"replace_original": not reply.beside} | shown):
            return
        self.dm(user, shown)

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
        if reply.attachment:
            self.upload(_user(body), reply.attachment)

    def _open(self, sheet: Sheet, body: dict[str, Any]) -> None:
        view = drawn(sheet, {"url": body.get("response_url")})
        if body.get("view"):
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
        "private_metadata": json.dumps({"memory": dict(sheet.memory), "origin": origin}),
    }
    if sheet.send:
        view["submit"] = blocks.plain(sheet.send, blocks.TITLE)
    return view


def _shown(reply: Reply) -> dict[str, Any]:
    text = blocks.safe(reply.text)  # it holds names and what people typed
    if reply.blocks:
        return {"text": text, "blocks": list(reply.blocks)}
    return {"text": text} if text else {}


def _kinds(drawn_blocks: Sequence[Block]) -> set[str]:
    return {block["type"] for block in drawn_blocks}


def _user(body: dict[str, Any]) -> str:
    return str(body.get("user_id") or body["user"]["id"])
