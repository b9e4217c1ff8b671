"""What arrives at the public web, and what its answers are made from."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from bot.settings import Settings
from database.engine import Database

# Links that nobody knows which one address may try within a minute. A link that leads somewhere is never refused:
# mail programs unsubscribe thousands of people from a few addresses.
LOOKS, PER_SECONDS = 30, 60.0
# Addresses that are remembered at once.
ADDRESSES = 10_000


@dataclass(frozen=True)
class Incoming:
    """One request: header names are in any case, `client` is the address that it came from."""

    method: str
    headers: Mapping[str, str]
    path: Mapping[str, Any]
    query: str
    body: bytes
    client: str

    @property
    def form(self) -> list[tuple[str, str]]:
        """The fields of a body that a form sent; none where it is no such body."""
        if not self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return []
        return parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)


class Doorkeeper:
    """Counts who tries links that lead nowhere, so that nobody tries them by the thousand. Safe in many threads."""

    def __init__(self) -> None:
        self._looks: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()

    def lets_in(self, address: str) -> bool:
        """Whether this address may try once more now."""
        now = time.monotonic()
        with self._lock:
            began, looks = self._looks.get(address, (now, 0))
            if now - began >= PER_SECONDS:
                began, looks = now, 0
            if address not in self._looks and len(self._looks) >= ADDRESSES:
                self._looks.clear()  # forgetting is kinder than refusing
            self._looks[address] = (began, looks + 1)
            return looks < LOOKS


@dataclass(frozen=True)
class Web:
    """What the answers of the public web are made from."""

    settings: Settings
    database: Database
    clock: Callable[[], datetime]
    changed: Callable[[Collection[int]], None]  # told the drafts of which something else is known now
    doorkeeper: Doorkeeper
