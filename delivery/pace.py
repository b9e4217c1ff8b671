"""How fast messages go out: as fast as they are taken, and slower as soon as Slack says that it is too fast."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

# A workspace that asks to slow down gets half of what it got; several refusals within a second are one.
SLOWER, ONE_REFUSAL = 0.5, 1.0
# Each message that is taken allows two per cent more: after 35 of them it is twice as fast again.
FASTER = 1.02
SLOWEST = 1.0  # messages per second
# What a workspace takes at least, as Slack says ("several hundred messages per minute"): a process that has only begun
# has reached less, which says nothing.
USUAL = 10.0
# Above this no limit is kept any more: it is more than one process sends.
UNLIMITED = 1000.0
# Messages by which the present rate is measured.
MEASURED = 50


class Pace:
    """The adaptive limit of one process: additive patience is learnt from Slack's refusals. Safe in many threads.

    `clock` gives seconds that only ever grow.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._sent: deque[float] = deque(maxlen=MEASURED)
        self._tokens, self._counted = 0.0, clock()
        self._refused = float("-inf")
        self.rate: float | None = None  # messages per second; None while nobody has asked to slow down

    def allowance(self, wanted: int) -> int:
        """How many of `wanted` messages may go now; they are taken from the budget."""
        with self._lock:
            now = self._clock()
            if self.rate is None:
                return wanted
            # What was not used is kept for a second at most.
            gained = (now - self._counted) * self.rate
            self._tokens, self._counted = min(self._tokens + gained, max(self.rate, 1.0)), now
            granted = min(wanted, int(self._tokens))
            self._tokens -= granted
            return granted

    def give_back(self, unused: int) -> None:
        """Return what `allowance` gave and nobody needed."""
        with self._lock:
            self._tokens += unused

    def taken(self) -> None:
        """A message was taken."""
        with self._lock:
            self._sent.append(self._clock())
            if self.rate is not None:
                self.rate *= FASTER
                if self.rate > UNLIMITED:
                    self.rate = None

    def refused(self) -> None:
        """A message was refused, because they come too fast."""
        with self._lock:
            now = self._clock()
            if now - self._refused < ONE_REFUSAL:
                return
            self._refused = now
            present = self._measured(now) if self.rate is None else self.rate
            self.rate = max(SLOWEST, present * SLOWER)
            self._tokens, self._counted = 0.0, now

    def _measured(self, now: float) -> float:
        if not self._sent:
            return USUAL
        return max(USUAL, len(self._sent) / max(now - self._sent[0], 1.0))
