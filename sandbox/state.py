"""Everything that stands in the workspace, and how one waits for it to change; no network in here."""

from __future__ import annotations

import itertools
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_name

from sandbox.records import (
    SLACKBOT,
    Channel,
    Delivery,
    File,
    Installation,
    Json,
    Message,
    Person,
    ResponseUrl,
    SlackError,
    Trigger,
    View,
)
from sandbox.timetable import Timetable

TRIGGER_SECONDS = 3.0  # Slack: a trigger_id opens a form within three seconds
RESPONSE_URL_SECONDS = 1800.0  # Slack: half an hour
MOST_RESPONSE_URLS = 20_000  # more than people make in half an hour, small enough for a bench that runs for hours
KEPT_DELIVERIES = 1000  # enough to look back on in a test, small enough for a bench that runs for hours
LOOK_AGAIN = 0.1  # seconds: what one waits for may stand elsewhere, such as in the app's database

Found = TypeVar("Found")


class State:
    """People, channels, messages, forms and files of one workspace; every method may be called from any thread."""

    def __init__(self, name: str = "Rekindle", domain: str = "rekindle") -> None:
        self.name = name
        self.domain = domain
        self.team_id = "T00000001"
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.version = 0
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.modals: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.views: dict[str, View] = {}
        self.files: dict[str, File] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.deliveries: deque[Delivery] = deque(maxlen=KEPT_DELIVERIES)
        self.filled: dict[tuple[str, str], dict[str, dict[str, Json]]] = {}
        """What somebody chose in a message: (person id, "channel id/ts") to Slack's state values."""
        self.offered: dict[tuple[str, str, str], list[Json]] = {}
        """What the last type-ahead offered: (person id, place, action_id) to options."""
        self.errors: list[str] = []
        self.app: Installation | None = None
        self.public_url = ""
        """Where the server is reachable, without a slash at the end; empty while there is none."""
        self.closing = False
        """Set when the server ends: whoever serves a stream of changes stops then; `wait_newer` returns at once."""
        self._ids = itertools.count(1)
        self._last_ts = 0
        self._dms: dict[str, str] = {}
        self._passed = 0.0
        self.timetable = Timetable(self.now)
        self.people[SLACKBOT] = Person(SLACKBOT, self.team_id, "slackbot", "Slackbot", "", is_bot=True)

    # Time

    def now(self) -> float:
        """Unix seconds in this workspace."""
        return time.time() + self._passed

    def pass_time(self, seconds: float) -> None:
        """Let `seconds` pass at once and return when what is due by then was done: time-outs, events coming again."""
        with self.lock:
            self._passed += seconds
        self.timetable.catch_up()

    def new_ts(self) -> str:
        """Return the next message timestamp: Unix seconds with six decimals, never the same twice."""
        with self.lock:
            self._last_ts = max(self._last_ts + 1, int(self.now() * 1_000_000))
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def new_id(self, prefix: str) -> str:
        """Return an id that nothing else here has, such as U00000002."""
        return f"{prefix}{next(self._ids):08X}"

    # Change

    def touch(self) -> None:
        """Say that something changed, so that whoever waits looks again."""
        with self.changed:
            self.version += 1
            self.changed.notify_all()

    def complain(self, sentence: str) -> None:
        """Write down what the app did wrong, for its author to read."""
        with self.lock:
            self.errors.append(sentence)
            self.touch()

    def wait_newer(self, version: int, timeout: float) -> int:
        """Return the version as soon as it is above `version`, or the same one after `timeout` seconds."""
        with self.changed:
            self.changed.wait_for(lambda: self.version > version or self.closing, timeout)
            return self.version

    def wait_for(self, condition: Callable[[], Found], timeout: float = 10) -> Found:
        """Return what `condition` returns once that is true; raises AssertionError with an account of what is there."""
        ends = time.monotonic() + timeout
        while True:
            seen = self.version
            if found := condition():
                return found
            left = ends - time.monotonic()
            if left <= 0:
                raise AssertionError(f"not so after {timeout:g} s. What is there:\n{self.account()}")
            self.wait_newer(seen, min(left, LOOK_AGAIN))

    def account(self) -> str:
        """Return what stands in the workspace, to be read by whoever wonders why a test failed."""
        with self.lock:
            lines = []
            for channel in self.channels.values():
                for message in channel.messages[-10:]:
                    if not message.deleted:
                        only = f" (only for {self.name_of(message.ephemeral_for)})" if message.ephemeral_for else ""
                        kinds = "".join(f" [{block.get('type')}]" for block in message.blocks)
                        lines.append(f"{channel.name}: {self.name_of(message.user)}{only}: {message.text[:300]}{kinds}")
            for person_id, stack in self.modals.items():
                for view in stack:
                    wrong = f" {view.errors or view.error}" if view.errors or view.error else ""
                    lines.append(f"form of {self.name_of(person_id)}: {(view.title or {}).get('text', '')}{wrong}")
            waiting = [delivery for delivery in self.deliveries if delivery.state == "waiting"]
            lines += [f"not answered: {delivery.kind} {delivery.payload.get('type', '')}" for delivery in waiting]
            lines += [f"wrong: {error}" for error in self.errors]
            return "\n".join(lines) or "nothing at all"

    # People and channels

    def add_person(
        self,
        name: str,
        real_name: str = "",
        email: str = "",
        *,
        locale: str = "en-US",
        tz: str = "America/Los_Angeles",
        is_restricted: bool = False,
        is_ultra_restricted: bool = False,
        is_stranger: bool = False,
        is_email_confirmed: bool = True,
    ) -> Person:
        """Let somebody join; a stranger belongs to another workspace. The e-mail defaults to one of this workspace."""
        here = datetime.fromtimestamp(self.now(), ZoneInfo(tz))
        offset = here.utcoffset()
        person = Person(
            id=self.new_id("U"),
            team_id="T0STRANGE" if is_stranger else self.team_id,
            name=name,
            real_name=real_name or name.capitalize(),
            email=email or f"{name}@{self.domain}.example",
            locale=locale,
            tz=tz,
            tz_offset=int(offset.total_seconds()) if offset else 0,
            tz_label=get_timezone_name(here, locale="en_US"),
            is_restricted=is_restricted or is_ultra_restricted,
            is_ultra_restricted=is_ultra_restricted,
            is_stranger=is_stranger,
            is_email_confirmed=is_email_confirmed,
        )
        with self.lock:
            self.people[person.id] = person
            self.touch()
        return person

    def add_channel(
        self,
        name: str,
        members: Iterable[Person] = (),
        *,
        kind: Literal["channel", "private"] = "channel",
        is_ext_shared: bool = False,
        with_app: bool = False,
    ) -> Channel:
        """Open a channel for `members`; `with_app` invites the installed app too."""
        ids = [person.id for person in members]
        if with_app:
            ids.append(self.installed().bot_user_id)
        channel = Channel(self.new_id("C"), name, kind, ids, is_ext_shared=is_ext_shared)
        with self.lock:
            self.channels[channel.id] = channel
            self.touch()
        return channel

    def dm(self, person: Person) -> Channel:
        """Return the direct message channel between `person` and the app."""
        with self.lock:
            if person.id not in self._dms:
                app = self.installed()
                channel = Channel(self.new_id("D"), f"dm {person.name}", "dm", [person.id, app.bot_user_id])
                self.channels[channel.id] = channel
                self._dms[person.id] = channel.id
                self.touch()
            return self.channels[self._dms[person.id]]

    def channels_of(self, person: Person) -> list[Channel]:
        """Return the channels that `person` is in, the direct message with the app last."""
        with self.lock:
            mine = [channel for channel in self.channels.values() if person.id in channel.members]
            return sorted(mine, key=lambda channel: channel.kind == "dm")

    def name_of(self, person_id: str) -> str:
        """Return somebody's name for people to read, or the id itself."""
        person = self.people.get(person_id)
        return person.real_name if person else person_id

    def installed(self) -> Installation:
        """Return the app; raises LookupError while none is installed."""
        if self.app is None:
            raise LookupError("no app is installed in this workspace: call install(manifest) first")
        return self.app

    # Messages

    def add_message(self, channel: Channel, message: Message) -> Message:
        """Put `message` at the end of `channel`."""
        with self.lock:
            channel.messages.append(message)
            channel.by_ts[message.ts] = message
            self.touch()
        return message

    def slackbot_says(self, channel_id: str, person_id: str, text: str) -> Message:
        """Tell one person something in Slack's own name, visible only to them."""
        channel = self.channels[channel_id]
        words = Message(self.new_ts(), channel_id, SLACKBOT, text, ephemeral_for=person_id)
        return self.add_message(channel, words)

    def visible_to(self, person: Person, channel: Channel) -> list[Message]:
        """Return what `person` sees in `channel`, oldest first, their own ephemeral messages included."""
        with self.lock:
            if person.id not in channel.members:
                return []
            mine = (None, person.id)
            return [each for each in channel.messages if not each.deleted and each.ephemeral_for in mine]

    # Forms

    def modals_of(self, person: Person) -> list[View]:
        """Return the open forms of `person`, the one on top last."""
        with self.lock:
            return list(self.modals.get(person.id, ()))

    def home_of(self, person: Person) -> View | None:
        """Return what the app last published on its Home tab for `person`."""
        return self.homes.get(person.id)

    # Rights that run out

    def new_trigger(self, person_id: str, view_id: str | None = None) -> str:
        """Return a trigger id with which the app may open a form for this person within three seconds."""
        with self.lock:
            trigger = Trigger(
                f"{self.new_id('')}.{secrets.token_hex(8)}", person_id, self.now() + TRIGGER_SECONDS, view_id=view_id
            )
            self.triggers[trigger.id] = trigger
            if len(self.triggers) > 2 * KEPT_DELIVERIES:
                for old in list(itertools.islice(self.triggers, KEPT_DELIVERIES)):
                    del self.triggers[old]
            return trigger.id

    def use_trigger(self, trigger_id: str) -> Trigger:
        """Use a trigger up; raises SlackError with Slack's word when it is unknown, used or too old."""
        with self.lock:
            trigger = self.triggers.get(trigger_id)
            if trigger is None:
                raise SlackError("invalid_trigger_id" if trigger_id else "invalid_arguments")
            if trigger.used:
                raise SlackError("exchanged_trigger_id")
            if self.now() > trigger.expires:
                self.complain("A form was opened later than 3 s after the click or command: expired_trigger_id.")
                raise SlackError("expired_trigger_id")
            trigger.used = True
            return trigger

    def new_response_url(
        self, channel_id: str, person_id: str, message_ts: str | None = None, thread_ts: str | None = None
    ) -> str:
        """Return an address where the app may answer five times within half an hour."""
        with self.lock:
            if len(self.response_urls) > MOST_RESPONSE_URLS:
                for old in list(itertools.islice(self.response_urls, MOST_RESPONSE_URLS // 2)):
                    del self.response_urls[old]
            token = f"{self.team_id}/{self.new_id('')}/{secrets.token_urlsafe(16)}"
            self.response_urls[token] = ResponseUrl(
                token,
                channel_id,
                person_id,
                self.now() + RESPONSE_URL_SECONDS,
                message_ts=message_ts,
                thread_ts=thread_ts,
                from_click=message_ts is not None,
            )
            return f"{self.public_url}/response/{token}"

    def close(self) -> None:
        """End what still runs in the background of this workspace."""
        self.timetable.close()
