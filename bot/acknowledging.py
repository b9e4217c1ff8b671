"""Acknowledges to Slack in time, whatever happens: with the answer itself if it is ready soon, else without."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

# Slack waits 3 s. One second leaves room for a queue in front of us and for the way back.
PATIENCE = 1.0
# Those that are due within this time are looked at together: nearly all have been acknowledged long before, and waking
# up for each of them would slow the others down.
TOGETHER = 0.1


class Acknowledgement:
    """One request's acknowledgement; whoever comes first gives it, and it is given once."""

    def __init__(self, ack: Callable[..., Any]) -> None:
        self._ack, self._lock, self._given = ack, threading.Lock(), False
        self.due = time.monotonic() + PATIENCE

    def give(self, **payload: Any) -> bool:
        """Acknowledge, with an answer where there is one; False when that had been done before."""
        with self._lock:
            if self._given:
                return False
            self._given = True
        self._ack(**payload)
        return True


class Watch:
    """A single thread that acknowledges what nobody has acknowledged after `PATIENCE` seconds."""

    def __init__(self) -> None:
        self._waiting: deque[Acknowledgement] = deque()
        self._woken = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="acknowledging", daemon=True)
        self._thread.start()

    def over(self, ack: Callable[..., Any]) -> Acknowledgement:
        """Watch over one request."""
        watched = Acknowledgement(ack)
        with self._woken:
            self._waiting.append(watched)
            if len(self._waiting) == 1:
                self._woken.notify()
        return watched

    def close(self) -> None:
        """Stop watching."""
        with self._woken:
            self._closed = True
            self._woken.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._woken:
                while not self._waiting and not self._closed:
                    self._woken.wait()
                if self._closed:
                    return
                # All wait equally long, so the first to come is the first to be due.
                pause = self._waiting[0].due - time.monotonic()
                if pause > 0:
                    self._woken.wait(pause + TOGETHER)
                    continue
                overdue = []
                while self._waiting and self._waiting[0].due <= time.monotonic():
                    overdue.append(self._waiting.popleft())
            for waiting in overdue:
                waiting.give()
