"""What goes wrong next, as it was told or drawn from a seed, for the servers that stand in for others."""

from __future__ import annotations

import random
import threading
from collections import Counter, deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Offered:
    """A message that was offered to a server, and what went wrong with it; empty where nothing did."""

    recipient: str
    mishap: str


class Mishaps:
    """Says what goes wrong; safe in many threads. An empty name means that nothing does.

    `counted` is what has gone wrong so far.
    """

    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._next: deque[str] = deque()
        self._always: tuple[str, ...] = ()
        self._chance, self._share = random.Random(0), 0.0
        self._among: Collection[str] = ()

    def come(self, *names: str) -> None:
        """Let these go wrong next, one each time; "" lets one time pass."""
        with self._lock:
            self._next.extend(names)

    def always(self, *names: str) -> None:
        """Let these go wrong each time, until it is said otherwise; no name ends it."""
        with self._lock:
            self._always = names

    def draw(self, seed: int, share: float, among: Collection[str]) -> None:
        """Let a share of the times, from 0 to 1, go wrong in one of these ways, drawn by lot."""
        with self._lock:
            self._chance, self._share, self._among = random.Random(seed), share, tuple(among)

    def end(self) -> None:
        """From now on nothing goes wrong any more."""
        with self._lock:
            self._next.clear()
            self._always, self._share = (), 0.0

    def next(self, possible: Sequence[str], *, counts: bool = True) -> str:
        """Say what goes wrong this time, of what is possible now; where it does not count, no time passes for it."""
        with self._lock:
            name = self._named(possible, counts=counts)
            if name:
                self.counted[name] += 1
            return name

    def _named(self, possible: Sequence[str], *, counts: bool) -> str:
        if self._next and (self._next[0] in possible or (counts and not self._next[0])):
            return self._next.popleft()
        for name in self._always:
            if name in possible:
                return name
        among = [name for name in possible if name in self._among]
        return self._chance.choice(among) if among and self._chance.random() < self._share else ""
