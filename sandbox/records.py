"""What a workspace is made of: people, channels, messages, forms, files, and what is on its way to the app."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
"""One JSON object as it travels between Slack and an app."""

SLACKBOT = "USLACKBOT"
"""The id of the person whose words are Slack's own."""


@dataclass(slots=True)
class Person:
    """Somebody in the workspace; `tz_offset` is seconds east of UTC, now."""

    id: str
    team_id: str
    name: str
    real_name: str
    email: str
    locale: str = "en-US"
    tz: str = "America/Los_Angeles"
    tz_offset: int = -28800
    tz_label: str = "Pacific Standard Time"
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    is_email_confirmed: bool = True
    deleted: bool = False


@dataclass(slots=True)
class Message:
    """One message in a channel; `ts` names it there. `ephemeral_for` is the only person who sees it, if any."""

    ts: str
    channel_id: str
    user: str
    text: str = ""
    bot_id: str | None = None
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: Json | None = None
    ephemeral_for: str | None = None
    files: list[str] = field(default_factory=list)
    """File ids, see `Workspace.files`."""
    edited: str | None = None
    """The ts of the last edit."""
    deleted: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)
    """Emoji name to the ids of those who reacted."""
    reply_broadcast: bool = False
    client_msg_id: str | None = None


@dataclass(slots=True)
class Channel:
    """A place where messages stand, oldest first; a "dm" holds one person and the app."""

    id: str
    name: str
    kind: Literal["channel", "private", "dm"]
    members: list[str]
    messages: list[Message] = field(default_factory=list)
    is_ext_shared: bool = False
    archived: bool = False
    topic: str = ""
    by_ts: dict[str, Message] = field(default_factory=dict)

    def find(self, ts: str) -> Message | None:
        """Return the message with this ts unless it was deleted."""
        found = self.by_ts.get(ts)
        return None if found is None or found.deleted else found


@dataclass(slots=True)
class View:
    """A modal or an App Home of one person; `errors` stand beneath fields (block_id to words), `error` above all."""

    id: str
    type: Literal["modal", "home"]
    person_id: str
    team_id: str
    blocks: list[Json]
    hash: str
    title: Json | None = None
    submit: Json | None = None
    close: Json | None = None
    callback_id: str = ""
    private_metadata: str = ""
    external_id: str = ""
    clear_on_close: bool = False
    notify_on_close: bool = False
    previous_view_id: str | None = None
    root_view_id: str = ""
    values: dict[str, dict[str, Json]] = field(default_factory=dict)
    """What stands in the fields: block_id to action_id to Slack's state value."""
    errors: dict[str, str] = field(default_factory=dict)
    error: str = ""
    busy: bool = False
    """A submission is on its way and not answered."""
    closed: bool = False


@dataclass(slots=True)
class File:
    """An uploaded file; it is in `channel_ids` once the upload was completed and shared."""

    id: str
    name: str
    title: str
    owner: str
    secret: str
    size: int
    created: int
    content: bytes = b""
    uploaded: bool = False
    completed: bool = False
    channel_ids: list[str] = field(default_factory=list)

    @property
    def filetype(self) -> str:
        """The name's ending, as Slack's `filetype`."""
        return self.name.rsplit(".", 1)[-1].lower() if "." in self.name else "binary"


@dataclass(slots=True)
class Trigger:
    """A short-lived right to open a form for the person who just did something; times are Unix seconds."""

    id: str
    person_id: str
    expires: float
    used: bool = False
    view_id: str | None = None
    """The modal in which it arose, so that a push knows its stack."""


@dataclass(slots=True)
class ResponseUrl:
    """A place to answer one command or click: five times within half an hour."""

    token: str
    channel_id: str
    person_id: str
    expires: float
    uses_left: int = 5
    message_ts: str | None = None
    """The message whose button was pressed: what `replace_original` replaces."""
    thread_ts: str | None = None
    from_click: bool = False
    """Born from a click on a message: then an answer replaces that message unless the app says otherwise."""


@dataclass(slots=True)
class Installation:
    """The app as it is installed: its secrets, its own user, and what its manifest asked for."""

    app_id: str
    bot_id: str
    bot_user_id: str
    bot_token: str
    app_token: str
    signing_secret: str
    manifest: Json
    scopes: frozenset[str]
    events: frozenset[str]
    commands: dict[str, Json]
    shortcuts: dict[str, Json]


@dataclass(slots=True)
class Delivery:
    """Something on its way to the app: a command, a click, an event; `state` tells what became of it.

    waiting: not acknowledged yet; answered: in time; late: after 3 s (the person has been told); refused: never sent,
    see `reason`; undelivered: no connection of the app took it.
    """

    envelope_id: str
    kind: Literal["slash_commands", "interactive", "events_api"]
    payload: Json
    person_id: str
    channel_id: str | None = None
    view_id: str | None = None
    state: Literal["waiting", "answered", "late", "refused", "undelivered"] = "waiting"
    reason: str = ""
    answer: Json | None = None
    attempt: int = 0
    sent_at: float = 0.0
    response_url: str | None = None
    done: threading.Event = field(default_factory=threading.Event)
    acknowledgements: int = 0
    """How often the app acknowledged it, also when it was brought again."""

    def wait(self, timeout: float = 10) -> Delivery:
        """Return when it is no longer waiting; raises AssertionError after `timeout` seconds."""
        if not self.done.wait(timeout):
            raise AssertionError(f"the app has not answered {self.kind} {self.envelope_id} within {timeout:g} s")
        return self


class SlackError(Exception):
    """A refusal in Slack's own error word, with what else Slack puts beside it."""

    def __init__(self, word: str, /, **beside: Any) -> None:
        super().__init__(word)
        self.word = word
        self.beside = beside


class RateLimited(SlackError):
    """Too many calls; `retry_after` is whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after
