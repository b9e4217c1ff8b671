"""Keeps replicas running that are killed at random and at named points, or stopped and woken, and replaces them."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from typing import Any

# Seconds that a replica lives until it is killed at random.
SHORTEST_LIFE, LONGEST_LIFE = 0.3, 2.5
# One replica in so many that would die at random is stopped instead and woken after its lease; on SQLite it may hold
# the write lock meanwhile, and then everybody waits for it.
STOPPED_ONE_IN = 12
LOOK = 0.03  # seconds between two looks at the replicas


@dataclass(frozen=True)
class Ways:
    """How replicas die: each of the `points` at least `hits` times, those of `first` before the others.

    After `patience` seconds a point is given up as out of reach. `most` says how many kills there may be by now; a
    stopped replica sleeps longer than `lease` seconds.
    """

    points: Sequence[str]
    first: Sequence[str]
    hits: int
    patience: float
    lease: float
    most: Callable[[], float]


@dataclass
class _Life:
    process: BaseProcess
    point: str
    ends: float  # a monotonic second
    wakes: float | None = field(default=None)  # while it is stopped
    killed: bool = field(default=False)


class Lives:
    """Runs `replicas` processes of `live(*arguments, point)` until `calm`; then they go on unharmed until `end`.

    `harmed` are the ids of all processes that were killed or stopped.
    """

    def __init__(
        self,
        context: ForkServerContext,
        live: Callable[..., None],
        arguments: tuple[Any, ...],
        replicas: int,
        ways: Ways,
        seed: int,
    ) -> None:
        self._context, self._live, self._arguments = context, live, arguments
        self._replicas, self._ways = replicas, ways
        self.chance = random.Random(seed)
        self.hits: Counter[str] = Counter()
        self.harmed: set[int] = set()
        self.kills = self.woken = 0
        self.harming = True
        self._lives: list[_Life] = []

    def step(self) -> None:
        """Look at everything once; to be called again and again."""
        time.sleep(LOOK)
        now = time.monotonic()
        for life in list(self._lives):
            self._see(life, now)
        # Whoever is stopped has somebody else in their place: they wake among more than there should be.
        while sum(life.wakes is None for life in self._lives) < self._replicas:
            self._lives.append(self._born(now))

    @property
    def enough(self) -> bool:
        """Whether every named point has been hit often enough."""
        return all(self.hits[point] >= self._ways.hits for point in self._ways.points)

    def calm(self) -> None:
        """Harm nobody any more: wake whoever is stopped, replace whoever would still die."""
        self.harming = False
        for life in self._lives:
            if life.wakes is not None:
                self._wake(life)
            if life.point:
                self._kill(life)

    def end(self) -> None:
        """End all replicas."""
        for life in self._lives:
            life.process.kill()
            life.process.join()

    def _see(self, life: _Life, now: float) -> None:
        if not life.process.is_alive():
            life.process.join()
            if life.process.exitcode == -signal.SIGKILL and not life.killed:
                self.hits[life.point] += 1
                self.kills += 1
                self.harmed.add(life.process.pid or 0)
            self._lives.remove(life)
        elif life.wakes is not None:
            if now >= life.wakes:
                self._wake(life)
        elif self.harming and now >= life.ends and not self._killed_too_many():
            self._meets_its_end(life, now)

    def _killed_too_many(self) -> bool:
        return self.kills >= self._ways.most()

    def _meets_its_end(self, life: _Life, now: float) -> None:
        if not life.point and self.chance.randrange(STOPPED_ONE_IN) == 0:
            os.kill(int(life.process.pid or 0), signal.SIGSTOP)
            self.harmed.add(life.process.pid or 0)
            life.wakes = now + self._ways.lease * self.chance.uniform(1.1, 1.5)
        else:
            self._kill(life)

    def _wake(self, life: _Life) -> None:
        with contextlib.suppress(ProcessLookupError):  # short of memory, the system kills whoever it likes
            os.kill(int(life.process.pid or 0), signal.SIGCONT)
        life.wakes, life.ends = None, time.monotonic() + self.chance.uniform(SHORTEST_LIFE, LONGEST_LIFE)
        self.woken += 1

    def _kill(self, life: _Life) -> None:
        life.killed = True
        self.harmed.add(life.process.pid or 0)
        life.process.kill()
        self.kills += 1

    def _born(self, now: float) -> _Life:
        point, lasts = "", self.chance.uniform(SHORTEST_LIFE, LONGEST_LIFE)
        missing = [each for each in self._ways.points if self.hits[each] < self._ways.hits]
        # A point that is missing is never too many: whoever dies there has come through to it. Some die at random from
        # the beginning; and points go on being hit after they were hit often enough.
        may_die = self.harming and (missing or not self._killed_too_many())
        if may_die and self.chance.random() < (0.8 if missing else 0.2):
            running = {life.point for life in self._lives}

            def urgent(each: str) -> tuple[bool, bool, int]:
                return each in running, each not in self._ways.first, self.hits[each]

            point, lasts = min(missing or self._ways.points, key=urgent), self._ways.patience
        process = self._context.Process(target=self._live, args=(*self._arguments, point), daemon=True)
        process.start()
        return _Life(process, point, now + lasts)
