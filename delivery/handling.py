"""What is done with one message: look it up if need be, check it, send it once, and write what came of it."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from database.engine import Database
from delivery.channel import Channel, Row
from delivery.clock import Clock
from delivery.dying import may_die
from delivery.leasing import Leasing, still_held
from delivery.outcomes import CannotTell, Later, NotFound, NotSent, Outcome, Refused, Skipped
from delivery.settling import report
from delivery.together import Together
from words.failures import noted

log = logging.getLogger("rekindle.delivery")

DATABASE_FAILS = (SQLAlchemyError, sqlite3.Error, psycopg.Error)
"""What is raised where the database is locked, away or restarted."""
Check = Callable[[Row], str | Later | None]
"""Asked at the moment of sending: None to send, the code of a reason to skip, or `Later`."""
CLOCK = "clock"
"""The name of the trouble that a clock which jumped is reported under."""


class Handling:
    """Handles messages one by one; safe in many threads."""

    def __init__(
        self, database: Database, channels: Mapping[str, Channel], check: Check | None, clock: Clock, numbers: Leasing
    ) -> None:
        self._database, self._channels, self._check = database, channels, check
        self._clock, self._numbers = clock, numbers
        self._together = Together(database, clock, numbers)

    def handle(self, row: Row) -> Outcome | CannotTell | None:
        """Bring one message on its way, and write what came of it; None where the lease was lost.

        What fails in it is the fault of this message alone: it is dead, with a reference to the log. Where the database
        fails nothing is written: the lease runs out, and whoever gets the message next looks it up.
        """
        try:
            outcome = self._outcome(row)
            written = self._together.settle(row, outcome)
            may_die("settled")
        except DATABASE_FAILS as failure:
            log.warning(
                "outbox=%s is looked up after its lease: the database failed (%s)", row.id, type(failure).__name__
            )
            return None
        except Exception as failure:  # its outcome cannot be written: it stays unknown
            noted(failure, f"outbox={row.id} job={row.job}")
            return None
        if not written:
            log.warning("outbox=%s was handled by another process: this one held it too long", row.id)
        return outcome if written else None

    def _outcome(self, row: Row) -> Outcome | CannotTell:
        try:
            if row.uncertain and row.action != "update":  # the same update once more changes nothing
                found = self._channels[row.kind].find(row)
                may_die("looked up")
                if not isinstance(found, NotFound):
                    return found
                row = replace(row, uncertain=False)
            return self._sent(row)
        except DATABASE_FAILS:
            raise
        except Exception as failure:
            return Refused(f"broken:{noted(failure, f'outbox={row.id} job={row.job}')}")

    def _sent(self, row: Row) -> Outcome:
        refusal = self._check(row) if self._check else None
        if isinstance(refusal, Later):
            return refusal
        if refusal is not None:
            return Skipped(refusal)
        with self._database.reading() as db:
            now = still_held(db, self._clock, row)
        if now is None or not self.has_time(row) or not self._clocks_agree(row, now.timestamp()):
            return NotSent()
        if now > row.latest:
            return Skipped("too_late")
        may_die("about to send")
        outcome = self._channels[row.kind].send(row, lambda: self.has_time(row))
        may_die("sent")
        return outcome

    def has_time(self, row: Row) -> bool:
        """Whether a message may still leave under this lease."""
        return self._clock.steady() - row.leased_steadily < self._numbers.begin_within

    def _clocks_agree(self, row: Row, now: float) -> bool:
        """Whether the database's clock went on as time did since the lease; a jump of half a lease is reported."""
        passed = self._clock.steady() - row.leased_steadily
        jumped = now - row.leased_at.timestamp() - passed
        if abs(jumped) <= self._numbers.seconds / 2:
            return True
        log.error("the database's clock jumped by %.1f s: messages wait until leases can be trusted again", jumped)
        with self._database.transaction() as db:
            report(db, CLOCK, "jumped", self._clock.now(db))
        return False
