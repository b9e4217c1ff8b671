"""A Slack workspace in this process, people who type in it, and a bot in a process of its own that answers them."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import make_url

from benchmarks import tenant
from benchmarks.apart import environment
from benchmarks.bench import HOME_CURRENCY, REGION, Bench
from bot.joining import discovered
from bot.manifest import manifest
from customers.folding import fold
from sandbox.server import Serving, serve
from sandbox.workspace import Channel, Installation, Message, Person, Workspace

# Slack's own limit is 3 s; one that takes longer is measured all the same.
LONGEST_WAIT = 60


@dataclass(frozen=True)
class Asked:
    """What one question brought: seconds from typing to the finished answer, and that answer."""

    seconds: float
    answer: Message


class Office:
    """The workspace, served on this machine, with everybody of the tenant who asks in the benches."""

    def __init__(self, manifest: dict[str, Any], reps: int) -> None:
        self.workspace = Workspace("Bench", "bench")
        self.workspace.rate_limits = False
        self.installation: Installation = self.workspace.install(manifest)
        self.serving: Serving = serve(self.workspace)
        self.head = self._joins("head", tenant.HEAD, "en-US")
        # Every other one reads Chinese.
        self.reps = [
            self._joins(f"rep{number}", tenant.rep_email(number), "zh-CN" if number % 2 else "en-US")
            for number in range(1, reps + 1)
        ]

    def close(self) -> None:
        """End the workspace."""
        self.serving.close()

    def ask(self, person: Person, line: str) -> Asked:
        """Type a command in the person's DM with the bot and wait until its answer stands there."""
        place = self.workspace.dm(person)
        before = len(place.messages)
        begun = time.perf_counter()
        self.workspace.act_as(person).command(place, line).wait(LONGEST_WAIT)
        return Asked(self._stands(place, before, begun), place.messages[-1])

    def press(self, person: Person, message: Message, action_id: str) -> Asked:
        """Press a button and wait until the answer has taken the message's place."""
        before = message.edited
        begun = time.perf_counter()
        self.workspace.act_as(person).press(message, action_id)
        self.workspace.wait_for(lambda: message.edited != before, LONGEST_WAIT)
        return Asked(time.perf_counter() - begun, message)

    def at_once(self, people: Sequence[Person], lines: Sequence[Sequence[str]]) -> tuple[float, list[Asked]]:
        """Let each person ask their lines one after the other, all people at once; seconds for everything, answers."""
        with ThreadPoolExecutor(len(people)) as pool:
            begun = time.perf_counter()
            asked = list(
                pool.map(lambda pair: [self.ask(pair[0], line) for line in pair[1]], zip(people, lines, strict=True))
            )
            return time.perf_counter() - begun, [one for each in asked for one in each]

    def connected(self, begun: float, timeout: float = LONGEST_WAIT) -> float:
        """Seconds since `begun` when the bot is connected; waits for that."""
        self.workspace.wait_for(lambda: self.workspace.courier.connections, timeout)
        return time.perf_counter() - begun

    def reset(self) -> float:
        """Cut the bot off with a TCP reset; seconds until it is connected again."""
        [lost] = self.workspace.courier.connections
        begun = time.perf_counter()
        self.serving.reset_sockets()
        self.workspace.wait_for(lambda: lost not in self.workspace.courier.connections, LONGEST_WAIT)
        return self.connected(begun)

    def _stands(self, place: Channel, before: int, begun: float) -> float:
        if len(place.messages) == before:  # not within the acknowledgement
            self.workspace.wait_for(lambda: len(place.messages) > before, LONGEST_WAIT)
        return time.perf_counter() - begun

    def _joins(self, name: str, email: str, locale: str) -> Person:
        return self.workspace.add_person(name, name, email, locale=locale, tz="Europe/Berlin")


@dataclass(frozen=True)
class Running:
    """A bot that runs: its process, and how many seconds it took to be connected."""

    pid: int
    connected: float


@contextmanager
def running(office: Office, program: Sequence[str], folder: Path, database_url: str = "") -> Iterator[Running]:
    """Start a bot in a process of its own, wait until it is connected, and end it after the block."""
    settings = {
        "SLACK_BOT_TOKEN": office.installation.bot_token,
        "SLACK_APP_TOKEN": office.installation.app_token,
        "SLACK_API_URL": office.serving.api_url,
        "DATABASE_URL": database_url,
        "HOME_CURRENCY": HOME_CURRENCY,
        "DEFAULT_REGION": REGION,
        "TIME_ZONE": "UTC",
    }
    with (folder / "bot.log").open("ab") as log:
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *program], env=environment(**settings), cwd=folder, stdout=log, stderr=log
        )
        try:
            yield Running(process.pid, office.connected(begun))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(LONGEST_WAIT)


@contextmanager
def opened(manifest: dict[str, Any], reps: int) -> Iterator[Office]:
    """An office until the end of the block, in which the bot must have done nothing that Slack refuses."""
    with ExitStack() as stack:
        office = Office(manifest, reps)
        stack.callback(office.close)
        yield office
        if office.workspace.errors:
            raise RuntimeError(f"Slack would have refused: {office.workspace.errors[:3]}")


@contextmanager
def bot_at_work(run: Bench, office: Office) -> Iterator[Running]:
    """The bot as `rekindle run` starts it, on the database of this run, which the machine has not in memory."""
    forget_pages(run.database_url)
    with running(office, ["-m", "bot", "run"], run.folder, run.database_url) as bot:
        yield bot


def rekindle_manifest() -> dict[str, Any]:
    """The manifest that `rekindle manifest` prints."""
    return manifest(discovered())


def forget_pages(database_url: str) -> None:
    """Let the machine forget what it holds of the database's file; a PostgreSQL server keeps its own memory."""
    address = make_url(database_url)
    if address.get_backend_name() != "sqlite" or not hasattr(os, "posix_fadvise"):
        return
    with open(str(address.database), "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def buttons(message: Message) -> list[str]:
    """The action_ids of all buttons of a message."""
    parts = [part for block in message.blocks for part in (*block.get("elements", ()), block.get("accessory", {}))]
    return [part["action_id"] for part in parts if "action_id" in part]


def customers_to_ask(run: Bench, rng: Random) -> list[tuple[str, int]]:
    """Every (name, rep number of the owner) that only one customer of the tenant has, in random order."""
    with (run.folder / "customers.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["name"], int(row["owner"][3:6])) for row in csv.DictReader(file)]
    seen: dict[str, int] = {}
    for name, _ in rows:
        seen[fold(name)] = seen.get(fold(name), 0) + 1
    alone = [row for row in rows if seen[fold(row[0])] == 1]
    rng.shuffle(alone)
    return alone
