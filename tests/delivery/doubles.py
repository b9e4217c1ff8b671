"""A channel and a clock that do what a test says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from delivery import Message, Run, plan
from delivery.clock import Clock
from delivery.dispatcher import Dispatcher
from delivery.leasing import Leasing
from delivery.outcomes import NotFound, NotSent, Sent
from delivery.tables import outbox

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
DAY = date(2026, 3, 5)
SLACK = "slack"


class StillClock(Clock):
    """Both clocks stand still until they are moved, together or apart."""

    def __init__(self, now: datetime = NOW) -> None:
        self.at, self.steadily = now, 1000.0

    def now(self, db):
        return self.at

    def steady(self):
        return self.steadily

    def pass_time(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.steadily += seconds

    def jump(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Script:
    """A channel that answers what it was told to, in turn; then that everything was sent."""

    def __init__(self, *outcomes, finds=(), can_look_up=True) -> None:
        self.outcomes, self.finds = list(outcomes), list(finds)
        self.can_look_up = can_look_up
        self.sent, self.looked_for = [], []
        self.while_sending: Callable[[], None] = lambda: None

    def send(self, row, still_ours):
        if not still_ours():
            return NotSent()
        self.while_sending()
        payload = row.payload
        self.sent.append(payload["text"])
        outcome = self.outcomes.pop(0) if self.outcomes else Sent(f"D1 {len(self.sent)}.0", "D1")
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def find(self, row):
        self.looked_for.append(row.payload["text"])
        return self.finds.pop(0) if self.finds else NotFound()


def message(text="hello", *, recipient="U1", due=NOW, latest=NOW + timedelta(hours=4), **more) -> Message:
    return Message(recipient, {"text": text}, due, latest, **more)


def planned(database, *messages: Message, subject="rita") -> tuple[int, ...]:
    with database.transaction() as db:
        ids = plan(db, Run("reminders", subject, DAY), messages or [message()], NOW)
    assert ids is not None
    return ids


def dispatcher(database, channel, clock, *, check=None, numbers=None) -> Dispatcher:
    return Dispatcher(
        database, {SLACK: channel}, check=check, clock=clock, numbers=numbers or Leasing(120, 10, 3), workers=2
    )


def row(database, row_id: int):
    with database.reading() as db:
        return db.execute(select(outbox).where(outbox.c.id == row_id)).one()


def state(database, row_id: int) -> tuple[str, str | None]:
    found = row(database, row_id)
    return found.state, found.reason
