"""An office for tests: a Slack workspace on this machine, a small database, and the real bot connected to both.

A test is a dialogue: `office.talk("Rita: /customer acme", "bot: Acme GmbH", "bot: silent for")`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy import Connection, select

from bot.app import Plugs
from bot.importing import import_files
from bot.joining import Working, answering, discovered
from bot.manifest import manifest
from bot.settings import Settings
from care.working_days import is_working_day
from database.engine import Database
from database.upgrade import opened
from delivery.clock import Clock
from delivery.tables import outbox
from sandbox.server import Serving, serve
from sandbox.workspace import Channel, Message, Person, View, Workspace

PEOPLE = {
    # name: (e-mail, locale, time zone, guest, stranger)
    "Rita": ("rita@example.com", "en-US", "Europe/Berlin", False, False),
    "李娜": ("li@example.com", "zh-CN", "Asia/Shanghai", False, False),
    "Mona": ("mona@example.com", "en-US", "Europe/Berlin", False, False),
    "Gus": ("gus@example.com", "en-US", "Europe/Berlin", True, False),
    "Stan": ("stan@elsewhere.example.com", "en-US", "Europe/Berlin", False, True),
    "Nora": ("nora@example.com", "en-US", "Europe/Berlin", False, False),
}


def files(folder: Path, today: date) -> list[Path]:
    """Write the small tenant that the tests talk about: two teams, a manager, eight customers."""

    def ago(days: int) -> str:
        return (today - timedelta(days=days)).isoformat()

    tables = {
        "reps.csv": [
            "name,email,role,team,manager,country,time_zone",
            "Mona Berg,mona@example.com,manager,,,DE,Europe/Berlin",
            "Rita Roth,rita@example.com,rep,Berlin,mona@example.com,DE,Europe/Berlin",
            "李娜,li@example.com,rep,Shanghai,mona@example.com,CN,Asia/Shanghai",
        ],
        "customers.csv": [
            "id,name,city,country,industry,owner,email,phone,consent_email,tags",
            "A1,Acme GmbH,Berlin,DE,Food,rita@example.com,info@acme.example.com,+49 30 1234567,yes,vip",
            "A2,Acme Tools Ltd,London,GB,Tools,rita@example.com,tools@example.com,+44 20 79460000,no,",
            "B1,Blauer See,Bremen,DE,Food,rita@example.com,,,,",
            "B2,Bold & <Brave>,Bonn,DE,Food,rita@example.com,,,,",
            "C1,上海晨曦文具有限公司,上海,CN,文具,li@example.com,chenxi@example.com,+86 138 0013 8000,yes,",
            "C2,杭州清源茶业有限公司,杭州,CN,茶叶,li@example.com,,,,",
            "D1,Drifting Ltd,Dover,GB,Boats,rita@example.com,,,,",
            "N1,Nobody's Own,Nice,FR,Food,,,,,",
        ],
        "contacts.csv": ["customer,name,title,email,phone", "A1,Anna Apfel,Buyer,anna@example.com,+49 30 7654321"],
        "orders.csv": [
            "id,customer,date,amount,currency,status",
            # Acme buys every 20 days and is silent for three times as long.
            *(f"O{n},A1,{ago(60 + 20 * n)},{1000 + n},USD," for n in range(6)),
            *(f"T{n},A2,{ago(3 + 10 * n)},200,USD," for n in range(4)),
            *(f"P{n},C1,{ago(5 + 15 * n)},3500,USD," for n in range(9)),
            f"D-1,D1,{ago(500)},900,USD,",
            f"D-2,D1,{ago(480)},900,USD,",
            f"D-3,D1,{ago(470)},900,USD,cancelled",
            f"X-1,B1,{ago(10)},70,SEK,",
        ],
        "interactions.csv": [
            "id,customer,kind,date,rep,text,outcome",
            f"I1,A1,complaint,{ago(12)},rita@example.com,Two boxes were broken.,",
            f"I2,A1,call,{ago(40)},rita@example.com,Wants the new price list.,sent",
        ],
    }
    written = []
    for name, lines in tables.items():
        path = folder / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        written.append(path)
    return written


class Ahead(Clock):
    """The database's clock, moved by as much as the office's."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def now(self, db: Connection) -> datetime:
        """The moment at which it is in the office."""
        return super().now(db) + self._office.ahead

    def steady(self) -> float:
        """Seconds that passed in the office."""
        return super().steady() + self._office.ahead.total_seconds()


class Office:
    """The workspace, the bot's database, and the people one can act as."""

    working: Working

    def __init__(self, workspace: Workspace, serving: Serving, database: Database, settings: Settings) -> None:
        self.workspace, self.serving, self.database, self.settings = workspace, serving, database, settings
        self.people: dict[str, Person] = {}
        for name, (email, locale, zone, guest, stranger) in PEOPLE.items():
            self.people[name] = workspace.add_person(
                name, name, email, locale=locale, tz=zone, is_restricted=guest, is_stranger=stranger
            )
        self.sales = workspace.add_channel("sales", list(self.people.values()), with_app=True)
        self._place: dict[str, Channel] = {}
        self.ahead = timedelta()

    @property
    def now(self) -> datetime:
        """The moment at which it is in the office: the real one, until a morning is asked for."""
        return datetime.now(UTC) + self.ahead

    @property
    def today(self) -> date:
        """The tenant's day."""
        return self.now.date()

    def morning_of(self, name: str, *, country: str = "DE", wall: time = time(8, 31)) -> date:
        """Let it become the next working morning of a person, and plan it; returns the person's day."""
        zone = ZoneInfo(PEOPLE[name][2])
        day = self.now.astimezone(zone).date() + timedelta(days=1)
        while not is_working_day(day, country):
            day += timedelta(days=1)
        self.go_to(datetime.combine(day, wall, zone))
        return day

    def to_noon(self) -> None:
        """Let it become the next noon of the tenant, when it is the same day where everybody is."""
        day = self.today + timedelta(days=self.now.hour >= 12)
        self.ahead += datetime.combine(day, time(12), UTC) - self.now

    def go_to(self, moment: datetime) -> None:
        """Let it become this moment, and let the jobs look at it; what is being sent would find its lease over."""
        self.workspace.wait_for(lambda: not self._sending())
        self.ahead += moment - self.now
        self.working.jobs.tick()

    def _sending(self) -> bool:
        with self.database.reading() as db:
            return db.execute(select(outbox.c.id).where(outbox.c.state == "leased").limit(1)).first() is not None

    def read_dm(self, name: str) -> None:
        """Let a person go to their DM with the bot: that is where they talk from now on."""
        self._place[name] = self.workspace.dm(self.people[name])

    def talk(self, *lines: str) -> Message:
        """Play a dialogue: `Name: words` is typed by that person, `bot: words` must stand in the bot's newest answer.

        `Name presses Label` presses a button there, `Name in DM: words` writes to the bot. Returns the newest answer.
        """
        speaker, answer = "", None
        before: list[tuple[str, str]] = []
        for line in lines:
            who, _, words = line.partition(": ")
            if who == "bot":
                person = self.people[speaker]
                answer = self.workspace.wait_for(lambda p=person, b=before, w=words: self._answer(p, b, w))
            elif " presses " in line:
                speaker, _, label = line.partition(" presses ")
                before = self._said(self.people[speaker])
                self.workspace.act_as(self.people[speaker]).press(self.newest(speaker), label=label)
            else:
                speaker = who.removesuffix(" in DM")
                person = self.people[speaker]
                place = self.workspace.dm(person) if who.endswith(" in DM") else self.sales
                self._place[speaker] = place
                before = self._said(person)
                acting = self.workspace.act_as(person)
                if words.startswith("/"):
                    acting.command(place, words)
                else:
                    acting.say(place, words)
        assert answer is not None, "the dialogue has no line of the bot"
        return answer

    def press(self, name: str, label: str) -> None:
        """Press a button of the bot's newest message, where that opens a form and says nothing."""
        self.workspace.act_as(self.people[name]).press(self.newest(name), label=label).wait()

    def pick(self, name: str, choice: str) -> None:
        """Choose in the first menu behind three dots of the bot's newest message."""
        message = self.newest(name)
        menus = [part for block in message.blocks for part in block.get("elements", ()) if part["type"] == "overflow"]
        self.workspace.act_as(self.people[name]).choose(message, menus[0]["action_id"], choice).wait()

    def newest(self, name: str) -> Message:
        """The bot's newest message that a person sees where they talk."""
        return self._of_bot(self.people[name])[-1]

    def form(self, name: str) -> View:
        """The form that is open in front of a person; waits for it."""
        return self.workspace.wait_for(lambda: (self.workspace.modals_of(self.people[name]) or [None])[-1])

    def submit(self, name: str, values: dict[str, Any]) -> View:
        """Fill in and send the form in front of a person; returns it, so that its errors can be read."""
        view = self.form(name)
        self.workspace.act_as(self.people[name]).submit(view, values).wait()
        return view

    def _of_bot(self, person: Person) -> list[Message]:
        place = self._place.get(person.name, self.sales)
        return [message for message in self.workspace.visible_to(person, place) if message.user != person.id]

    def _said(self, person: Person) -> list[tuple[str, str]]:
        return [(message.ts, shown(message)) for message in self._of_bot(person)]

    def _answer(self, person: Person, before: list[tuple[str, str]], words: str) -> Message | None:
        """The newest message, once there is something new and the words stand in it."""
        if self._said(person) == before:
            return None
        newest = self._of_bot(person)[-1]
        return newest if words in shown(newest) else None


def shown(message: Message | View) -> str:
    """All the words that a person reads in a message or a form, in order."""
    found: list[str] = [] if isinstance(message, View) or message.blocks else [message.text]

    def read(part: Any) -> None:
        if isinstance(part, dict):
            for key, value in part.items():
                if key in ("text", "label", "title") and isinstance(value, str):
                    found.append(value)
                else:
                    read(value)
        elif isinstance(part, list):
            for each in part:
                read(each)

    read(message.blocks)
    return "\n".join(found).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@contextmanager
def open_office(
    folder: Path,
    *,
    database_url: str = "",
    prepared: Path | None = None,
    plugs: Plugs | None = None,
    **changes: Any,
) -> Iterator[Office]:
    """Open an office; `prepared` is a SQLite file with the tenant's data to start from, else it is imported."""
    plugs = plugs or discovered()
    workspace = Workspace("Test", "test")
    installation = workspace.install(manifest(plugs))
    with ExitStack() as stack:
        stack.callback(workspace.close)
        serving = stack.enter_context(serve(workspace))
        workspace.rate_limits = False
        if prepared is not None:
            shutil.copy(prepared, folder / "office.db")
        settings = Settings.model_construct(
            **{
                "database_url": database_url or f"sqlite:///{folder / 'office.db'}",
                "slack_bot_token": SecretStr(installation.bot_token),
                "slack_app_token": SecretStr(installation.app_token),
                "slack_api_url": serving.api_url,
                "home_currency": "USD",
                "default_region": "DE",
                # By the facts alone everybody here would be due for a visit, whatever a test is about.
                "visit_days_high": 0,
                "visit_days_mid": 0,
            }
            | changes
        )
        database = stack.enter_context(opened(settings.database_url))
        office = Office(workspace, serving, database, settings)
        if prepared is None:
            outcome = import_files(settings, database, files(folder, office.today))
            assert outcome.exit_code == 0, outcome.summary()
        at_work = answering(
            settings, database, plugs, clock=lambda: office.now, delivery_clock=Ahead(office), ticks=False
        )
        office.working = stack.enter_context(at_work)
        yield office
        assert workspace.errors == [], "the app did something that Slack refuses"
