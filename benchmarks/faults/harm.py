"""Keeps replicas running, and harms them: killed at random and at named points, stopped and woken, their clock set."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from ctypes import c_double
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess

from benchmarks.faults import replica
from benchmarks.faults.databases import Troubled
from benchmarks.faults.numbers import LEASE, Numbers
from delivery.dying import POINTS

# How often each named point is hit before random kills are all there is.
HITS = 10
# These can only be hit while there is something to plan, so they come first.
WHILE_PLANNING = ("run taken", "messages written")
# Seconds that a replica lives: until it is killed at random, or until its point is given up as out of reach.
SHORTEST_LIFE, LONGEST_LIFE, LIFE_FOR_A_POINT = 0.3, 2.5, 3.0
# So many kills there are in the beginning, and one more for so many messages that have come through since: on a slow
# machine nobody would come through at all if the rate of the kills were fixed.
KILLS, MESSAGES_PER_KILL = 15 * len(POINTS), 12
# One replica in so many that would die at random is stopped instead and woken after its lease; on SQLite it may hold
# the write lock meanwhile, and then everybody waits for it.
STOPPED_ONE_IN = 12
# Seconds between two troubles of the database, two closings of the history and two settings of the clock; the clock's
# are further apart than a lease, because half a lease is what one lease may see of them.
DATABASE_EVERY, HISTORY_EVERY, CLOCK_EVERY = 12.0, 9.0, 1.2 * LEASE
HISTORY_CLOSED = 1.5  # seconds; shorter than all look-ups of a message together
LOOK = 0.03  # seconds between two looks at the replicas


@dataclass
class _Life:
    process: BaseProcess
    point: str
    ends: float  # a monotonic second
    wakes: float | None = field(default=None)  # while it is stopped
    killed: bool = field(default=False)


class Harm:
    """Runs the replicas until `calm`; then they go on unharmed until `end`."""

    def __init__(
        self,
        numbers: Numbers,
        context: ForkServerContext,
        arguments: tuple[str, str],
        database: Troubled,
        close_history: Callable[[bool], None],
        come_through: Callable[[], int],
    ) -> None:
        self._numbers, self._context, self._arguments = numbers, context, arguments
        self._database, self._close_history, self._come_through = database, close_history, come_through
        self._chance = random.Random(numbers.seed)
        # Without a lock, which a killed replica would keep for ever: a number of eight bytes is read in one piece.
        self.shift: c_double = context.Value("d", 0.0, lock=False)
        self.hits: Counter[str] = Counter()
        self.kills = self.woken = self.troubles = self.clock_steps = 0
        self._lives: list[_Life] = []
        self._harming = True
        self._trouble: threading.Thread | None = None
        now = time.monotonic()
        self._next = {"database": now + DATABASE_EVERY / 2, "history": now + 3.0, "clock": now + CLOCK_EVERY}
        self._history_opens: float | None = None

    def step(self) -> None:
        """Look at everything once; to be called again and again."""
        time.sleep(LOOK)
        now = time.monotonic()
        for life in list(self._lives):
            self._see(life, now)
        # Whoever is stopped has somebody else in their place: they wake among more than there should be.
        while sum(life.wakes is None for life in self._lives) < self._numbers.replicas:
            self._lives.append(self._born(now))
        if self._harming:
            self._harm_what_is_shared(now)

    @property
    def enough(self) -> bool:
        """Whether every named point has been hit often enough."""
        return all(self.hits[point] >= HITS for point in POINTS)

    def calm(self) -> None:
        """Harm nobody any more: wake whoever is stopped, set the clock right, let the database be."""
        self._harming = False
        if self._trouble is not None:
            self._trouble.join()
        self._close_history(False)
        self.shift.value = 0.0
        for life in self._lives:
            if life.wakes is not None:
                self._wake(life)
            if life.point:  # it would still die
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
            self._lives.remove(life)
        elif life.wakes is not None:
            if now >= life.wakes:
                self._wake(life)
        elif self._harming and now >= life.ends and not self._killed_too_many():
            self._meets_its_end(life, now)

    def _killed_too_many(self) -> bool:
        return self.kills >= KILLS + self._come_through() / MESSAGES_PER_KILL

    def _meets_its_end(self, life: _Life, now: float) -> None:
        if not life.point and self._chance.randrange(STOPPED_ONE_IN) == 0:
            os.kill(int(life.process.pid or 0), signal.SIGSTOP)
            life.wakes = now + LEASE * self._chance.uniform(1.1, 1.5)
        else:
            self._kill(life)

    def _wake(self, life: _Life) -> None:
        with contextlib.suppress(ProcessLookupError):  # short of memory, the system kills whoever it likes
            os.kill(int(life.process.pid or 0), signal.SIGCONT)
        life.wakes, life.ends = None, time.monotonic() + self._chance.uniform(SHORTEST_LIFE, LONGEST_LIFE)
        self.woken += 1

    def _kill(self, life: _Life) -> None:
        life.killed = True
        life.process.kill()
        self.kills += 1

    def _born(self, now: float) -> _Life:
        point, lasts = "", self._chance.uniform(SHORTEST_LIFE, LONGEST_LIFE)
        missing = [each for each in POINTS if self.hits[each] < HITS]
        # A point that is missing is never too many: whoever dies there has come through to it. Some die at random from
        # the beginning; and points go on being hit after they were hit often enough.
        may_die = self._harming and (missing or not self._killed_too_many())
        if may_die and self._chance.random() < (0.8 if missing else 0.2):
            running = {life.point for life in self._lives}

            def urgent(each: str) -> tuple[bool, bool, int]:
                return each in running, each not in WHILE_PLANNING, self.hits[each]

            point, lasts = min(missing or POINTS, key=urgent), LIFE_FOR_A_POINT
        arguments = (self._numbers, *self._arguments, self.shift, point)
        process = self._context.Process(target=replica.live, args=arguments, daemon=True)
        process.start()
        return _Life(process, point, now + lasts)

    def _harm_what_is_shared(self, now: float) -> None:
        if now >= self._next["database"] and (self._trouble is None or not self._trouble.is_alive()):
            self._next["database"] = now + DATABASE_EVERY
            seconds = self._chance.uniform(0.3, 0.6 * LEASE)
            self._trouble = threading.Thread(target=self._database.trouble, args=(seconds,))
            self._trouble.start()
            self.troubles += 1
        if self._history_opens is not None and now >= self._history_opens:
            self._history_opens = None
            self._close_history(False)
        if now >= self._next["history"]:
            self._next["history"] = now + HISTORY_EVERY
            self._history_opens = now + HISTORY_CLOSED
            self._close_history(True)
        if now >= self._next["clock"]:
            self._next["clock"] = now + CLOCK_EVERY
            half = LEASE / 2
            self.shift.value = 0.0 if self.shift.value else self._chance.uniform(-half, half)
            self.clock_steps += 1
