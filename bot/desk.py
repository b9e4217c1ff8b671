"""What a handler is handed (Ask, Press, Sent, Typing and the Desk) and what it returns (Reply)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection

from bot.freshness import Freshness
from bot.people import People
from bot.settings import Settings
from customers.loading import Seen, load
from customers.looks import Looks
from customers.reps import Person
from customers.rules import Rules
from customers.sight import Sight
from database.engine import Database
from plugins import Command
from words.speech import Speech

Block = dict[str, Any]


@dataclass(frozen=True)
class Ask:
    """Somebody asks: by slash command, in a DM, after an @mention or with a shortcut.

    `text` is what follows the command.
    """

    person: Person
    say: Speech
    text: str


@dataclass(frozen=True)
class Press:
    """Somebody pressed a button or chose from a menu; `value` is the button's or the choice's value."""

    person: Person
    say: Speech
    value: str
    user_id: str  # the Slack user
    in_channel: bool = False  # whether others could read an answer that is not for the presser alone


@dataclass(frozen=True)
class Sent:
    """Somebody sent a form: `values` by field name, and what the form remembered when it was opened."""

    person: Person
    say: Speech
    values: Mapping[str, Any]
    memory: Mapping[str, Any]


@dataclass(frozen=True)
class Typing:
    """Somebody types into a menu with type-ahead."""

    person: Person
    say: Speech
    text: str


@dataclass(frozen=True)
class Attachment:
    """A file for the asker, and nobody else: it goes to the asker's DM."""

    name: str
    title: str
    content: bytes


@dataclass(frozen=True)
class Sheet:
    """A form to open; `memory` comes back with it (at most 3,000 characters as JSON)."""

    name: str
    title: str
    send: str | None
    blocks: Sequence[Block]
    memory: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Reply:
    """What a handler answers.

    `text`, plain words, is shown where blocks cannot be (notifications, screen readers). After a press a reply takes
    the place of the message that was pressed, unless `beside`. A `sheet` opens a form instead. `faults` name what is
    wrong in a sent form, by field. Files go to the asker's DM: one `attachment`, or several `attachments`. `share` is
    posted instead, for everybody in the channel where it was asked. With `home` the blocks say on top of the asker's
    Home what was done there, and the Home is drawn anew.
    """

    text: str = ""
    blocks: Sequence[Block] = ()
    beside: bool = False
    sheet: Sheet | None = None
    faults: Mapping[str, str] = field(default_factory=dict)
    attachment: Attachment | None = None
    attachments: Sequence[Attachment] = ()
    share: Sequence[Block] = ()
    home: bool = False


@dataclass(frozen=True)
class Desk:
    """What every handler may use: the database, the day, the rules, the settings and the list of commands."""

    settings: Settings
    database: Database
    looks: Looks
    rules: Rules
    freshness: Freshness
    people: People
    commands: Mapping[str, Command] = field(default_factory=dict)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    wake: Callable[[], None] = lambda: None  # to be called after messages were planned, so that they go out at once

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction that may write."""
        with self.database.transaction() as db:
            yield db

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent look that never waits for writers."""
        with self.database.reading() as db:
            yield db

    @property
    def now(self) -> datetime:
        """The present moment, in UTC."""
        return self.clock()

    @property
    def today(self) -> date:
        """The tenant's local day."""
        return self.clock().astimezone(self.settings.zone).date()

    @property
    def shows_amounts(self) -> bool:
        """Whether amounts and lists of them may leave for Slack at all."""
        return self.settings.slack_shows == "full"

    def see(self, person: Person, customer_id: int, what: str = "card") -> Seen | None:
        """Load a customer for a person and log the look; None when there is no such customer.

        It is masked for those who may not see it in full, and for everybody where SLACK_SHOWS says so.
        """
        if self.settings.slack_shows != "full":
            person = replace(person, sight=Sight())
        seen = load(self.database, self.looks, person, customer_id, what)
        if seen is not None and self.settings.slack_shows == "ids":
            nameless = seen.customer._replace(name=seen.customer.key or f"#{customer_id}", folded_name=None)
            return replace(seen, customer=nameless, owner_name=None, shown={})
        return seen
