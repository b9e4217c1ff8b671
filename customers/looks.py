"""Writes down who looked at which customer; looks that arrive together share one transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from customers.tables import access_log
from database.engine import Database
from database.keyed import KeyedWrite

_ENTRIES = KeyedWrite(access_log, "at", "rep_id", "customer_id", "what")
_Entry = tuple[datetime, int, int | None, str]


@dataclass(eq=False)
class _Batch:
    """The looks that one transaction will write, and how that went."""

    rows: list[_Entry] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)
    error: BaseException | None = None


def _now() -> datetime:
    return datetime.now(UTC)


class Looks:
    """The access log, safe to use from many threads.

    The first to come writes for all who come while the transaction before is being written. So fifty looks at once
    cost a few commits, and each answer still waits for its own.
    """

    def __init__(self, database: Database, *, now: Callable[[], datetime] = _now) -> None:
        self._database = database
        self._now = now
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._gathering = _Batch()

    def record(self, rep_id: int, customer_id: int | None, what: str) -> None:
        """Write one look and return when it is committed.

        `what` is card, masked card, timeline, share, export ... Raises what the database raised, to everybody whose
        look was in the same transaction: nobody may see a customer without an entry.
        """
        self._record(rep_id, [customer_id], what)

    def record_all(self, rep_id: int, customer_ids: Sequence[int], what: str) -> None:
        """Write that these customers were looked at together, as in a list; none of them is no look.

        All are committed when it returns. Raises as `record` does.
        """
        if customer_ids:
            self._record(rep_id, customer_ids, what)

    def _record(self, rep_id: int, customer_ids: Sequence[int | None], what: str) -> None:
        at = self._now()
        rows = [(at, rep_id, customer_id, what) for customer_id in customer_ids]
        with self._lock:
            batch = self._gathering
            first = not batch.rows
            batch.rows += rows
        if first:
            self._write(batch)
        else:
            batch.done.wait()
        if batch.error is not None:
            raise batch.error

    def _write(self, batch: _Batch) -> None:
        try:
            with self._writing:
                with self._lock:
                    self._gathering = _Batch()  # whoever comes from now on is in the next transaction
                _ENTRIES.write(self._database, batch.rows)
        except BaseException as error:  # whatever it was, the others who wait must hear of it; record() raises it
            batch.error = error
        finally:
            batch.done.set()
