"""What will have to happen later: an answer that stayed away, an event that must be sent again."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable

LINGER_SECONDS = 5.0
"""An idle clock thread ends by itself after this long: longer than the 3 s that Slack waits for most answers."""


class Timetable:
    """Calls functions when the time has come, in one thread that exists only while there is something to wait for."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._wake = threading.Condition()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._busy = False

    def at(self, when: float, act: Callable[[], None]) -> None:
        """Call `act` once at `when`, Unix seconds by the clock handed in."""
        with self._wake:
            heapq.heappush(self._due, (when, next(self._order), act))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="sandbox timetable", daemon=True)
                self._thread.start()
            elif self._due[0][2] is act:
                self._wake.notify_all()

    def catch_up(self) -> None:
        """Look at the clock again, because somebody moved it, and return when all that is due by it was done."""
        with self._wake:
            self._wake.notify_all()
            self._wake.wait_for(lambda: not self._busy and not (self._due and self._due[0][0] <= self._now()))

    def close(self) -> None:
        """Forget everything and end the thread."""
        with self._wake:
            self._closed = True
            self._due.clear()
            self._wake.notify_all()
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()
        self._closed = False

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._closed and (not self._due or self._due[0][0] > self._now()):
                    idle = not self._due
                    woken = self._wake.wait(LINGER_SECONDS if idle else max(0.0, self._due[0][0] - self._now()))
                    if idle and not woken and not self._due:
                        self._thread = None
                        return
                if self._closed:
                    return
                act = heapq.heappop(self._due)[2]
                self._busy = True
            try:
                act()
            finally:
                with self._wake:
                    self._busy = False
                    self._wake.notify_all()
