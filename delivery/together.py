"""Outcomes that arrive at the same time are written in one transaction: the disk is asked once for all of them."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from database.engine import Database
from delivery.channel import Row
from delivery.clock import Clock
from delivery.leasing import Leasing
from delivery.outcomes import CannotTell, Outcome
from delivery.settling import settle


@dataclass
class _Waiting:
    row: Row
    outcome: Outcome | CannotTell
    written: bool | None = field(default=None)  # None while it is not known
    failure: Exception | None = field(default=None)


class Together:
    """Writes outcomes; safe in many threads. Whoever comes first writes for all who have come by then."""

    def __init__(self, database: Database, clock: Clock, numbers: Leasing) -> None:
        self._database, self._clock, self._numbers = database, clock, numbers
        self._waiting: list[_Waiting] = []
        self._lock, self._writing = threading.Lock(), threading.Lock()

    def settle(self, row: Row, outcome: Outcome | CannotTell) -> bool:
        """Write what came of a message, return when it is committed; False where the lease was lost.

        Raises what the database raises: then it may be written or not.
        """
        mine = _Waiting(row, outcome)
        with self._lock:
            self._waiting.append(mine)
        with self._writing:
            if mine.written is None and mine.failure is None:
                with self._lock:
                    batch, self._waiting = self._waiting, []
                self._write(batch)
        if mine.failure is not None:
            raise mine.failure
        return bool(mine.written)

    def _write(self, batch: list[_Waiting]) -> None:
        try:
            written = self._written(batch)
        except Exception as failure:
            if len(batch) > 1:  # one that cannot be written must not hold the others back
                for each in batch:
                    self._write([each])
                return
            batch[0].failure = failure
            return
        for each, done in zip(batch, written, strict=True):
            each.written = done

    def _written(self, batch: list[_Waiting]) -> list[bool]:
        with self._database.transaction() as db:
            now = self._clock.now(db)
            return [settle(db, each.row, each.outcome, now, self._numbers) for each in batch]
