"""Sends what is due, from a thread of its own: as much at once as is sensible, and each message effectively once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from sqlalchemy import Connection

from database.engine import Database
from delivery.channel import Channel, KeepsOpen, Row
from delivery.clock import Clock
from delivery.dying import may_die
from delivery.handling import CLOCK, DATABASE_FAILS, Check, Handling
from delivery.leasing import Leasing, kinds_due, lease, release
from delivery.outcomes import TOO_FAST, CannotTell, Closed, Later, Outcome, Sent
from delivery.pace import Pace
from delivery.settling import is_over, report
from words.failures import noted

log = logging.getLogger("rekindle.delivery")

# Seconds between two looks at the outbox while nobody has said that there is something.
LOOK = 1.0
# Messages held beyond those that are being sent, so that no worker waits for the next transaction.
AHEAD = 2


class Dispatcher:
    """Sends the messages of the outbox; several, in several processes, share one database safely.

    `channels` are the ways to reach people by kind, `check` is asked at the moment of sending. `workers` messages of
    each kind are on their way at once, each kind at a pace of its own: a mail server that is slow or wants patience
    keeps nothing back in Slack.
    """

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        *,
        check: Check | None = None,
        numbers: Leasing | None = None,
        workers: int = 16,
        clock: Clock | None = None,
    ) -> None:
        self._database, self._channels = database, channels
        self._clock, self._numbers = clock or Clock(), numbers or Leasing()
        self._handling = Handling(database, channels, check, self._clock, self._numbers)
        self._blind = {kind for kind, channel in channels.items() if not channel.can_look_up}
        self._paces = {kind: Pace(self._clock.steady) for kind in channels}
        self._closed: dict[str, float] = {}  # channel kind to the steady second at which it is tried again
        self._complained: set[str] = set()  # kinds whose trouble has been told
        self._proven: set[str] = set()  # kinds that have taken a message since
        self._workers = workers
        self._held: dict[str, dict[Future[None], Row]] = {kind: {} for kind in channels}
        self._lock = threading.Lock()
        self._awake, self._ending = threading.Event(), threading.Event()
        self._failing = False
        self._last_tick: tuple[float, float] | None = None  # the steady second and the database's one
        self._pools = {kind: ThreadPoolExecutor(workers, thread_name_prefix=f"delivery {kind}") for kind in channels}
        self._thread = threading.Thread(target=self._loop, name="delivery", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def wake(self) -> None:
        """Look at the outbox now instead of within a second: something has been planned."""
        self._awake.set()

    def stop(self) -> None:
        """Finish what is being sent, leave the rest for later, and end."""
        self._ending.set()
        self._awake.set()
        if self._thread.ident is not None:
            self._thread.join()
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)
        for pool in self._pools.values():
            pool.shutdown(wait=True)
        with self._lock:
            left = [row for held in self._held.values() for row in held.values()]
            for held in self._held.values():
                held.clear()
        if left:
            self._release(left)
        for channel in self._channels.values():
            if isinstance(channel, KeepsOpen):
                channel.close()

    def once(self) -> int:
        """Handle what is due now in the calling thread, without `start`; returns how many messages were handled."""
        handled = 0
        while rows := self._lease(list(self._channels), self._workers):
            for row in rows:
                self._work(row)
            handled += len(rows)
        return handled

    def _loop(self) -> None:
        while not self._ending.is_set():
            self._awake.clear()
            try:
                wait = self._fill()
                if self._failing:
                    log.warning("the outbox can be read again: messages go out")
                self._failing = False
            except Exception as failure:  # whatever it is, the next look may find it mended
                if not self._failing:
                    log.error("the outbox cannot be read, messages wait: reference=%s", noted(failure))
                self._failing, wait = True, LOOK
            self._awake.wait(wait)

    def _fill(self) -> float:
        """Give the workers something to do; returns the seconds until the next look."""
        hungry = [kind for kind in self._channels if self._room(kind) >= self._workers]
        # Where none is, whoever finishes next wakes this thread.
        return min((self._feed(kind) for kind in self._due(hungry)), default=LOOK) if hungry else LOOK

    def _feed(self, kind: str) -> float:
        """Give the workers of one kind something to do; returns the seconds until the next look."""
        pace, room = self._paces[kind], self._room(kind)
        granted = pace.allowance(room)
        rows = self._lease([kind], granted) if granted else []
        pace.give_back(granted - len(rows))
        for row in rows:
            self._give(row)
        if granted == room:
            return 0.0 if len(rows) == room else LOOK
        return 1 / (pace.rate or 1.0)

    def _room(self, kind: str) -> int:
        with self._lock:
            return self._workers * AHEAD - len(self._held[kind])

    def _due(self, kinds: Sequence[str]) -> list[str]:
        with self._database.reading() as db:
            found = kinds_due(db, self._clock, kinds)
            steadily, now = self._clock.steady(), self._clock.now(db).timestamp()
        if self._last_tick is not None:
            self._watch_the_clock(now - self._last_tick[1] - (steadily - self._last_tick[0]))
        self._last_tick = (steadily, now)
        return found

    def _watch_the_clock(self, jumped: float) -> None:
        if abs(jumped) <= self._numbers.seconds / 2:
            return
        log.error("the database's clock jumped by %.1f s, more than half a lease: check the server's time", jumped)
        self._note(lambda db: report(db, CLOCK, "jumped", self._clock.now(db)))

    def _lease(self, wanted: Sequence[str], most: int) -> list[Row]:
        now = self._clock.steady()
        kinds = [kind for kind in wanted if self._closed.get(kind, now) <= now]
        if not kinds:
            return []
        with self._database.transaction() as db:
            rows = lease(db, self._clock, kinds, self._blind, most, self._numbers)
        if rows:
            may_die("leased")
        return rows

    def _give(self, row: Row) -> None:
        with self._lock:
            task = self._pools[row.kind].submit(self._work, row)
            self._held[row.kind][task] = row
        task.add_done_callback(partial(self._done, row.kind))

    def _done(self, kind: str, task: Future[None]) -> None:
        with self._lock:
            if not task.cancelled():  # a message that nobody began to handle is given back by `stop`
                self._held[kind].pop(task, None)
        if self._room(kind) >= self._workers:
            self._awake.set()

    def _work(self, row: Row) -> None:
        if self._closed.get(row.kind, float("-inf")) > self._clock.steady():
            self._release([row])
            return
        self._learn(row.kind, self._handling.handle(row))

    def _release(self, rows: Sequence[Row]) -> None:
        try:
            with self._database.transaction() as db:
                release(db, rows, self._clock.now(db))
        except DATABASE_FAILS:  # their leases run out, and they are looked up
            log.warning("%d messages could not be given back: they wait for the end of their lease", len(rows))

    def _learn(self, kind: str, outcome: Outcome | CannotTell | None) -> None:
        """Draw from one outcome what it says about all messages."""
        match outcome:
            case Later(reason=reason) if reason == TOO_FAST:
                self._paces[kind].refused()
            case Sent():
                self._paces[kind].taken()
                self._open(kind)
            case Closed(reason, seconds):
                self._close(kind, reason, seconds)

    def _close(self, kind: str, reason: str, seconds: float) -> None:
        now = self._clock.steady()
        with self._lock:
            known = self._closed.get(kind, now) > now
            self._closed[kind] = now + seconds
            told = kind in self._complained
            self._complained.add(kind)
            self._proven.discard(kind)
        if not told:
            log.error("%s takes no messages (%s): they wait, and it is tried again every %.0f s", kind, reason, seconds)
        if not known:
            self._note(lambda db: report(db, kind, reason, self._clock.now(db)))

    def _open(self, kind: str) -> None:
        with self._lock:
            told, proven = kind in self._complained, kind in self._proven
            self._complained.discard(kind)
            self._proven.add(kind)
        if told:
            log.warning("%s takes messages again", kind)
        if not proven:  # the trouble may have been told by a process that is no more
            self._note(lambda db: is_over(db, kind))

    def _note(self, write: Callable[[Connection], None]) -> None:
        try:
            with self._database.transaction() as db:
                write(db)
        except DATABASE_FAILS:  # it stands in the log
            log.warning("what keeps messages back could not be written down")
