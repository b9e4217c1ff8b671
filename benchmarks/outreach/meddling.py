"""What people and accidents do while messages wait and leave: consent withdrawn, sending undone, rows changed."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select, update

from benchmarks.outreach.numbers import HOLD
from benchmarks.outreach.plan import Planned
from benchmarks.outreach.preparing import APPROVER, AUTHOR, who
from care import approving, consents
from customers.outreach_tables import batches, drafts
from database.engine import Database
from delivery.handling import DATABASE_FAILS
from delivery.tables import outbox
from words.errors import BadInput

# Seconds between two looks: a message is in the hands of a worker for as little.
LOOK = 0.01
# Whoever steps in while a message waits does so in the first part of the hold window, so that it is in time for sure.
IN_TIME = 0.6


@dataclass
class Record:
    """What was done, for whoever counts."""

    approved: dict[int, str] = field(default_factory=dict)  # outbox id to the payload that was approved
    owner: dict[int, int] = field(default_factory=dict)  # outbox id to the number of the customer
    withdrawn: dict[int, float] = field(default_factory=dict)  # number to the Unix second when it had been committed
    undone: set[int] = field(default_factory=set)  # outbox ids that were taken back
    late_undone: set[int] = field(default_factory=set)  # numbers whose hold window was open, and which had left
    tampered: dict[int, str] = field(default_factory=dict)  # outbox id to what was changed


class Meddling:
    """Does what the plan says to whoever it says, in a thread of its own, from `start()` to `stop()`."""

    def __init__(self, database: Database, plan: Sequence[Planned], ids: Mapping[int, int], began: float) -> None:
        self._database, self._began = database, began
        self._planned = {ids[planned.number]: planned for planned in plan}
        self._customer = dict(ids)
        self._early = sorted((p for p in plan if p.withdrawn == "early"), key=lambda p: p.due + p.late, reverse=True)
        # By the segment that says the batch's number: whoever waits until the window is half over undoes it even if
        # everything has left by then, which must not be.
        self._undo_waiting = {str(p.batch): p for p in plan if p.undone == "waiting"}
        self._done = set[int]()
        self.record = Record()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="meddling", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._ending.set()
        self._thread.join()

    def _loop(self) -> None:
        while not self._ending.wait(LOOK):
            try:
                self._step()
            except DATABASE_FAILS:  # the next look does it
                continue

    def _step(self) -> None:
        while self._early and self._began + self._early[-1].due + self._early[-1].late - 0.5 <= time.time():
            self._withdraw(self._early[-1])
            self._early.pop()
        for batch in self._approved():
            planned = self._undo_waiting[batch.segment]
            if self._has_waited(planned, batch.decided_at):
                self._undo(planned, batch.id, batch.decided_at)
                del self._undo_waiting[batch.segment]
        for row in self._on_their_way():
            planned = self._planned[row.customer_id]
            if planned.number not in self._done and self._is_time(planned, row):
                self._meddle(planned, row)

    def _on_their_way(self) -> list[Any]:
        """Messages that wait or are leaving; whatever was approved since the last look is taken down."""
        with self._database.reading() as db:
            found = list(db.execute(_ON_THEIR_WAY).all())
            new = [row.outbox_id for row in found if row.outbox_id not in self.record.approved]
            written = select(outbox.c.id, outbox.c.payload).where(outbox.c.id.in_(new))
            self.record.approved |= {row.id: row.payload for row in db.execute(written)} if new else {}
        self.record.owner |= {row.outbox_id: self._planned[row.customer_id].number for row in found}
        return found

    def _approved(self) -> list[Any]:
        """Batches that were approved and are to be undone while they wait."""
        if not self._undo_waiting:
            return []
        with self._database.reading() as db:
            return list(db.execute(_APPROVED.where(batches.c.segment.in_(list(self._undo_waiting)))).all())

    def _is_time(self, planned: Planned, row: Any) -> bool:
        when = planned.withdrawn or ("leaving" if planned.undone == "leaving" else "")
        if when == "leaving":
            return bool(row.state == "leased")
        meant = when == "waiting" or bool(planned.tampered)
        return meant and row.state == "pending" and self._has_waited(planned, row.decided_at)

    def _has_waited(self, planned: Planned, decided_at: datetime) -> bool:
        return time.time() - decided_at.timestamp() >= planned.late * IN_TIME * HOLD

    def _meddle(self, planned: Planned, row: Any) -> None:
        if planned.withdrawn:
            self._withdraw(planned)
        elif planned.tampered:
            self._tamper(planned, row)
        else:
            self._undo(planned, row.batch_id, row.decided_at)
        self._done.add(planned.number)

    def _withdraw(self, planned: Planned) -> None:
        now = datetime.now(UTC)
        with self._database.transaction() as db:
            consents.withdraw(
                db, self._customer[planned.number], planned.channel, ("marketing",), how="link", by=None, at=now
            )
        self.record.withdrawn[planned.number] = time.time()

    def _undo(self, planned: Planned, batch_id: int, decided_at: datetime) -> None:
        """Take the batch back, and reject it if it is not to go again."""
        back: list[Any] = []
        mates = {each.number for each in self._planned.values() if each.batch == planned.batch}
        try:
            with self._database.transaction() as db:
                held = db.execute(_HELD.where(drafts.c.batch_id == batch_id)).all()
                rita, mia, now = who(db, AUTHOR), who(db, APPROVER), datetime.now(UTC)
                approving.undo(db, batch_id, by=rita.id, at=now)
                again = set(db.scalars(_AGAIN.where(drafts.c.batch_id == batch_id)))
                back = [each for each in held if each.id in again]
                if planned.then == "rejected":
                    approving.reject(db, batch_id, by=mia, reason="It was a mistake", at=now)
        except BadInput:  # all of it has left
            pass
        taken = {self._planned[each.customer_id].number for each in back}
        self.record.undone |= {each.outbox_id for each in back}
        # Whoever had to wait for the database until the window was over was too late.
        in_time = time.time() < decided_at.timestamp() + HOLD
        if in_time and planned.undone == "waiting":
            self.record.late_undone |= mates - taken

    def _tamper(self, planned: Planned, row: Any) -> None:
        if planned.tampered == "draft":
            with self._database.transaction() as db:
                db.execute(update(drafts).where(drafts.c.id == row.id).values(text="Something else"))
            return
        payload = json.loads(self.record.approved[row.outbox_id])
        stranger = f"stranger{planned.number}@bench.example" if planned.channel == "email" else planned.phone[:-1]
        changed = {"to": stranger} if planned.tampered == "address" else {"text": "Transfer the money today."}
        text = json.dumps(payload | changed, ensure_ascii=False)
        values = {"payload": text}
        if planned.tampered == "hash":
            values["payload_hash"] = hashlib.sha256(text.encode()).hexdigest()
        with self._database.transaction() as db:
            waiting = (outbox.c.id == row.outbox_id) & (outbox.c.state == "pending")
            done = db.execute(update(outbox).where(waiting).values(values)).rowcount == 1
        if done:
            self.record.tampered[row.outbox_id] = planned.tampered


def payloads(db: Connection, record: Record) -> Iterator[tuple[int, int, str]]:
    """Whatever was approved: id in the outbox, id of the customer, payload.

    One that was approved and had left between two looks was changed by nobody: if its hash is that of the draft, its
    payload is the one that was approved.
    """
    for row in db.execute(_ALL).all():
        seen = record.approved.get(row.outbox_id)
        if seen is None and hashlib.sha256((row.payload or "").encode()).hexdigest() == row.payload_hash:
            seen = row.payload
        if seen is not None:
            yield row.outbox_id, row.customer_id, seen


_ON_THEIR_WAY = (
    select(
        drafts.c.id, drafts.c.customer_id, drafts.c.batch_id, drafts.c.outbox_id, outbox.c.state, batches.c.decided_at
    )
    .join(outbox, outbox.c.id == drafts.c.outbox_id)
    .join(batches, batches.c.id == drafts.c.batch_id)
    .where(drafts.c.state == "held", outbox.c.state.in_(("pending", "leased")), batches.c.decided_at.is_not(None))
)
_APPROVED = select(batches.c.id, batches.c.segment, batches.c.decided_at).where(batches.c.state == "approved")
_HELD = select(drafts.c.id, drafts.c.customer_id, drafts.c.outbox_id).where(drafts.c.state == "held")
_AGAIN = select(drafts.c.id).where(drafts.c.state == "proposed")
_ALL = select(drafts.c.outbox_id, drafts.c.customer_id, drafts.c.payload_hash, outbox.c.payload).join(
    outbox, outbox.c.id == drafts.c.outbox_id
)
