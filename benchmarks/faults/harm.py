"""Harms replicas of the fault bench and what they share: the database, Slack's history, the clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from ctypes import c_double
from multiprocessing.context import ForkServerContext

from benchmarks.faults import replica
from benchmarks.faults.databases import Troubled
from benchmarks.faults.lives import Lives, Ways
from benchmarks.faults.numbers import LEASE, Numbers
from delivery.dying import POINTS

# These can only be hit while there is something to plan, so they come first.
WHILE_PLANNING = ("run taken", "messages written")
LIFE_FOR_A_POINT = 3.0  # seconds
# So many kills there are in the beginning, and one more for so many messages that have come through since: on a slow
# machine nobody would come through at all if the rate of the kills were fixed.
KILLS, MESSAGES_PER_KILL = 15 * len(POINTS), 12
# Seconds between two troubles of the database, two closings of the history and two settings of the clock; the clock's
# are further apart than a lease, because half a lease is what one lease may see of them.
DATABASE_EVERY, HISTORY_EVERY, CLOCK_EVERY = 12.0, 9.0, 1.2 * LEASE
HISTORY_CLOSED = 1.5  # seconds; shorter than all look-ups of a message together


class Harm(Lives):
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
        # Without a lock, which a killed replica would keep for ever: a number of eight bytes is read in one piece.
        self.shift: c_double = context.Value("d", 0.0, lock=False)

        def most() -> float:
            return KILLS + come_through() / MESSAGES_PER_KILL

        handed = (numbers, *arguments, self.shift)
        ways = Ways(POINTS, WHILE_PLANNING, numbers.hits, LIFE_FOR_A_POINT, LEASE, most)
        super().__init__(context, replica.live, handed, numbers.replicas, ways, numbers.seed)
        self._database, self._close_history = database, close_history
        self.troubles = self.clock_steps = 0
        self._trouble: threading.Thread | None = None
        now = time.monotonic()
        self._next = {"database": now + DATABASE_EVERY / 2, "history": now + 3.0, "clock": now + CLOCK_EVERY}
        self._history_opens: float | None = None

    def step(self) -> None:
        """Look at everything once; to be called again and again."""
        super().step()
        if self.harming:
            self._harm_what_is_shared(time.monotonic())

    def calm(self) -> None:
        """Harm nobody any more: wake whoever is stopped, set the clock right, let the database be."""
        if self._trouble is not None:
            self._trouble.join()
        self._close_history(False)
        self.shift.value = 0.0
        super().calm()

    def _harm_what_is_shared(self, now: float) -> None:
        if now >= self._next["database"] and (self._trouble is None or not self._trouble.is_alive()):
            self._next["database"] = now + DATABASE_EVERY
            seconds = self.chance.uniform(0.3, 0.6 * LEASE)
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
            self.shift.value = 0.0 if self.shift.value else self.chance.uniform(-half, half)
            self.clock_steps += 1
