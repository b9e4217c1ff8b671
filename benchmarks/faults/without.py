"""Takes one protection out of the way that production's code goes, and nothing else: so its worth is seen."""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, update

from bot.post import SlackPosts
from delivery import Message, Run, dispatcher, leasing, planning
from delivery.channel import Row
from delivery.clock import Clock
from delivery.leasing import Leasing
from delivery.outcomes import Finding, NotFound
from delivery.tables import outbox


def take_out(name: str, slack: SlackPosts) -> None:
    """Take a protection out of this process: claim, lookup, lease or outbox; "" takes none out."""
    if name:
        TAKE_OUT[name](slack)


def _claim(_slack: SlackPosts) -> None:
    """A run is written down, but whoever wants it gets it."""
    claiming: Callable[..., dict[Run, int]] = planning.take

    def take(db: Connection, wanted: Sequence[Run], at: datetime, **options: Any) -> dict[Run, int | None]:
        won = claiming(db, wanted, at, **options)
        return {run: won.get(run) for run in wanted}

    planning.take = take  # type: ignore[assignment]


def _lookup(_slack: SlackPosts) -> None:
    """What is unknown is sent again without looking."""

    def find(_self: SlackPosts, _row: Row) -> Finding:
        return NotFound()

    SlackPosts.find = find  # type: ignore[assignment, method-assign]


def _lease(_slack: SlackPosts) -> None:
    """Nobody holds a message: it stays for everybody as it is, and everybody may write what came of it."""
    leased, everybody = leasing.lease, "everybody"

    def lease(
        db: Connection, clock: Clock, kinds: Collection[str], blind: Collection[str], most: int, numbers: Leasing
    ) -> list[Row]:
        rows = leased(db, clock, kinds, blind, most, numbers)
        for row in rows:
            as_it_was = {"state": "unknown" if row.uncertain else "pending", "ready_at": row.leased_at}
            there = update(outbox).where(outbox.c.id == row.id)
            db.execute(there.values(as_it_was | {"lease_token": everybody, "lease_until": None}))
        return [replace(row, token=everybody) for row in rows]

    dispatcher.lease = lease  # type: ignore[attr-defined]


def _outbox(slack: SlackPosts) -> None:
    """A run is claimed, and its messages are kept in memory until they are sent."""
    kept: queue.Queue[Message] = queue.Queue()

    def put(db: Connection, job: str, messages: Sequence[Message], *, run_id: int | None = None) -> tuple[int, ...]:
        del db, job, run_id
        for message in messages:
            kept.put(message)
        return ()

    def send() -> None:
        while True:
            message = kept.get()
            time.sleep(max(0.0, message.due.timestamp() - time.time()))
            slack.send(_row(message), lambda: True)

    planning.put = put
    threading.Thread(target=send, daemon=True).start()


def _row(message: Message) -> Row:
    return Row(
        id=0,
        key="",
        job="",
        kind=message.kind,
        recipient=message.recipient,
        action=message.action,
        earlier_reference=None,
        stored=json.dumps(message.payload),
        due=message.due,
        latest=message.latest,
        attempts=0,
        lookups=0,
        first_attempt_at=message.due,
        place=None,
        uncertain=False,
        token="",
        leased_at=message.due,
        lease_until=message.due + timedelta(hours=1),
        leased_steadily=0.0,
    )


TAKE_OUT: dict[str, Callable[[SlackPosts], None]] = {
    "claim": _claim,
    "lookup": _lookup,
    "lease": _lease,
    "outbox": _outbox,
}
