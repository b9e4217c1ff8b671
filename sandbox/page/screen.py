"""What one person sees: their places, the messages of the one they are in, the form that is open."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from sandbox.page.attached import attached
from sandbox.page.phrases import IN_SCRIPTS, speaker
from sandbox.page.reader import Reader
from sandbox.workspace import SLACKBOT, Channel, Message, Person, View, Workspace

Json = dict[str, Any]

SHOWN = 100  # messages drawn at first: about what one scrolls through, and drawn in well under a tenth of a second
FOLLOWS_SECONDS = 300  # messages of one person within five minutes stand beneath one name


@dataclass(frozen=True)
class Seat:
    """Who looks at which place; `tab` is "home" or empty, `thread` the ts of an open one, `last` how much is shown."""

    person: Person
    channel: Channel
    tab: str = ""
    thread: str = ""
    last: int = SHOWN

    def url(self, **other: Any) -> str:
        """Return the address of this seat, or of one that differs in `other`."""
        seat = replace(self, **other)
        query: Json = {"as": seat.person.id, "channel": seat.channel.id}
        for name, value, usual in (("tab", seat.tab, ""), ("thread", seat.thread, ""), ("last", seat.last, SHOWN)):
            if value != usual:
                query[name] = value
        return "/?" + urlencode(query)


@dataclass(frozen=True)
class Place:
    """A channel or conversation as it stands in the sidebar."""

    channel: Channel
    title: str
    sign: str
    url: str
    unread: int
    current: bool
    is_app: bool
    note: str

    @property
    def label(self) -> str:
        """The name with the sign that says what kind of place it is."""
        return self.title if self.channel.kind == "dm" else f"{self.sign} {self.title}"


class Unread:
    """Up to where each person has read each channel; what was there before the page counts as read."""

    def __init__(self, since: float) -> None:
        self._since = f"{since:.6f}"
        self._read: dict[tuple[str, str], str] = {}

    def mark(self, seat: Seat) -> None:
        """Count everything in the place that is looked at as read."""
        if seat.tab != "home" and seat.channel.messages:
            self._read[seat.person.id, seat.channel.id] = seat.channel.messages[-1].ts

    def count(self, workspace: Workspace, person: Person, channel: Channel) -> int:
        """Count what others wrote since then, replies in threads left out."""
        since = self._read.get((person.id, channel.id), self._since)
        if not channel.messages or channel.messages[-1].ts <= since:
            return 0
        return sum(
            message.ts > since and message.user != person.id and _in_stream(message)
            for message in workspace.visible_to(person, channel)
        )


def people_of(workspace: Workspace) -> list[Person]:
    """Return those whom one may act as, in the order in which they joined."""
    return [one for one in list(workspace.people.values()) if not one.is_bot and not one.deleted]


def take_seat(workspace: Workspace, asked: Mapping[str, str]) -> Seat:
    """Find the person and place of an address; what is missing or not theirs becomes the conversation with the app.

    Raises LookupError in a workspace without people.
    """
    people = people_of(workspace)
    if not people:
        raise LookupError("nobody is in this workspace yet: add_person first")
    person = next((one for one in people if one.id == asked.get("as")), people[0])
    own = workspace.dm(person)
    channel = next((one for one in workspace.channels_of(person) if one.id == asked.get("channel")), own)
    last = asked.get("last", "")
    return Seat(
        person,
        channel,
        tab="home" if asked.get("tab") == "home" and channel is own else "",
        thread=asked.get("thread", "") if channel.find(asked.get("thread", "")) else "",
        last=int(last) if last.isascii() and last.isdigit() else SHOWN,
    )


def reader_for(workspace: Workspace, person: Person) -> Reader:
    """Return how this person reads: language, time zone and the names they know."""
    return Reader(
        person.id,
        person.locale,
        person.tz,
        datetime.fromtimestamp(workspace.now(), UTC),
        {one.id: one.real_name for one in list(workspace.people.values()) if one.id != SLACKBOT},
        {one.id: one.name for one in workspace.channels_of(person) if one.kind != "dm"},
    )


def screen(workspace: Workspace, seat: Seat, reader: Reader, unread: Unread) -> Json:
    """Gather all that the page template shows to the person in this seat."""
    say = speaker(reader)
    places = [_place(workspace, one, seat, unread, reader) for one in workspace.channels_of(seat.person)]
    # What changes together is seen together: a form that is refused is no longer busy.
    with workspace.lock:
        messages = [copy(message) for message in workspace.visible_to(seat.person, seat.channel)]
        modals = [copy(view) for view in workspace.modals_of(seat.person)]
        home = copy(workspace.home_of(seat.person)) if seat.tab == "home" else None
    stream = [message for message in messages if _in_stream(message)]
    app = workspace.app
    commands = [
        {"name": name, "hint": each.get("usage_hint", ""), "about": each.get("description", "")}
        for name, each in (app.commands.items() if app else ())
    ]
    shortcuts = list(app.shortcuts.values()) if app else []
    return {
        "workspace_name": workspace.name,
        "seat": seat,
        "people": [
            {"person": one, "url": _other_person(workspace, seat, one), "about": _about(one, reader)}
            for one in people_of(workspace)
        ],
        "place": next(one for one in places if one.current),
        "app_place": next(one for one in places if one.is_app),
        "channels": [one for one in places if one.channel.kind != "dm"],
        "talks": [one for one in places if one.channel.kind == "dm" and not one.is_app],
        "unread_elsewhere": any(one.unread for one in places if not one.current),
        "faults": list(workspace.errors),
        "has_home": bool(app and app.manifest.get("features", {}).get("app_home", {}).get("home_tab_enabled")),
        "home": home,
        "earlier": len(stream) > seat.last,
        "lines": _lines(workspace, stream[-seat.last :], messages, seat, reader),
        "thread": _thread(workspace, messages, seat, reader) if seat.thread else [],
        "modal": modals[-1] if modals else None,
        "modal_depth": len(modals),
        "faults_of": lambda view: _faults_of(view, reader),
        "mailbox": _mailbox(workspace, seat),
        "shortcuts": [one for one in shortcuts if one.get("type") == "global"],
        "message_shortcuts": [one for one in shortcuts if one.get("type") == "message"],
        "facts": {
            "commands": commands,
            "mentions": [workspace.people[app.bot_user_id].real_name] if app else [],
            "words": {words: say(words) for words in IN_SCRIPTS},
        },
    }


def _mailbox(workspace: Workspace, seat: Seat) -> Json | None:
    """Return where the customers' mailbox is and how much in it is new; None where there is no mailbox."""
    if workspace.mailbox is None:
        return None
    return {"url": "/mailbox?" + urlencode({"as": seat.person.id}), "unread": workspace.mailbox.unread()}


def _in_stream(message: Message) -> bool:
    """Tell whether a message stands in the channel itself and not only in a thread."""
    return not message.thread_ts or message.thread_ts == message.ts or message.reply_broadcast


def _faults_of(view: View, reader: Reader) -> dict[str, str]:
    """Return what is wrong with the fields; Slack's own sentences in the reader's language."""
    say = speaker(reader)
    return {block_id: say(words) for block_id, words in view.errors.items()}


def _other_person(workspace: Workspace, seat: Seat, person: Person) -> str:
    """Return where another person sits down: in the same channel if they are in it."""
    if seat.channel.kind != "dm" and person.id in seat.channel.members:
        return Seat(person, seat.channel).url()
    return Seat(person, workspace.dm(person), tab=seat.tab).url()


def _about(person: Person, reader: Reader) -> str:
    """Say in a few words who this is: language, and whether a guest or from elsewhere."""
    say = speaker(reader)
    parts = [say("Simplified Chinese" if person.locale.lower().startswith("zh") else "English")]
    if person.is_restricted or person.is_ultra_restricted:
        parts.append(say("guest"))
    if person.is_stranger:
        parts.append(say("external"))
    return " · ".join(parts)


def _place(workspace: Workspace, channel: Channel, seat: Seat, unread: Unread, reader: Reader) -> Place:
    others = [workspace.people[one] for one in channel.members if one != seat.person.id and one in workspace.people]
    is_app = channel.id == workspace.dm(seat.person).id
    talk = channel.kind == "dm"
    return Place(
        channel=channel,
        title=", ".join(one.real_name for one in others) if talk else channel.name,
        sign=("✦" if is_app else "@") if talk else "🔒" if channel.kind == "private" else "#",
        url=Seat(seat.person, channel).url(),
        unread=unread.count(workspace, seat.person, channel),
        current=channel.id == seat.channel.id,
        is_app=is_app,
        note=speaker(reader)("shared with another workspace") if channel.is_ext_shared else channel.topic,
    )


def _lines(
    workspace: Workspace, shown: list[Message], all_here: list[Message], seat: Seat, reader: Reader
) -> list[Json]:
    """Turn messages into lines for the template, a day above the first of each day."""
    replies: dict[str, list[str]] = {}
    for message in all_here:
        if message.thread_ts and message.thread_ts != message.ts:
            replies.setdefault(message.thread_ts, []).append(message.ts)
    lines: list[Json] = []
    day, before = "", None
    for message in shown:
        words = reader.day(float(message.ts))
        date = reader.local(float(message.ts)).date().isoformat()
        if date != day:
            lines.append({"kind": "day", "key": f"day-{date}", "words": words})
            day, before = date, None
        follows = before is not None and _follows(before, message)
        lines.append(_line(workspace, message, seat, reader, replies.get(message.ts, []), follows=follows))
        before = message
    return lines


def _follows(before: Message, message: Message) -> bool:
    """Tell whether a message goes on beneath the name above it; an app's cards each stand by themselves."""
    if message.bot_id:
        return False
    same = (before.user, before.ephemeral_for) == (message.user, message.ephemeral_for)
    return same and float(message.ts) - float(before.ts) < FOLLOWS_SECONDS


def _thread(workspace: Workspace, messages: list[Message], seat: Seat, reader: Reader) -> list[Json]:
    inside = [one for one in messages if seat.thread in (one.ts, one.thread_ts)]
    return [_line(workspace, one, seat, reader, [], follows=False) for one in inside]


def _line(
    workspace: Workspace, message: Message, seat: Seat, reader: Reader, replies: list[str], *, follows: bool
) -> Json:
    person = workspace.people.get(message.user) or Person(message.user, "", message.user, message.user, "")
    seconds = float(message.ts)
    said = message.text
    typed = not message.bot_id
    return {
        "kind": "message",
        "key": f"m-{message.ts}",
        "ts": message.ts,
        "channel_id": message.channel_id,
        "person": person,
        "follows": follows,
        "ephemeral": message.ephemeral_for is not None,
        "time": reader.clock(seconds),
        "full_time": reader.full(seconds),
        "iso": datetime.fromtimestamp(seconds, UTC).isoformat(),
        # What people type is kept by Slack as rich text too; the words alone show the same and keep their mentions.
        "drawn_blocks": [] if typed and said else message.blocks,
        "text": said,
        "held": workspace.filled.get((seat.person.id, f"{message.channel_id}/{message.ts}"), {}),
        "edited": message.edited,
        "attachments": message.attachments,
        "files": [attached(workspace.files[one], seat.person) for one in message.files if one in workspace.files],
        "reactions": [(name, len(who)) for name, who in message.reactions.items()],
        "replies": len(replies),
        "last_reply": reader.clock(float(replies[-1])) if replies else "",
    }
