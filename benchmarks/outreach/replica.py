"""One of several processes that approve, send and keep the books: production's code, with what the bench hands in."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from benchmarks.outreach import mail
from benchmarks.outreach import plan as plans
from benchmarks.outreach.notes import Notes
from benchmarks.outreach.numbers import POLICY, SENDER_NUMBER, TIMEOUT, Numbers
from benchmarks.outreach.preparing import APPROVER, who
from benchmarks.outreach.without import take_out
from care import approving
from care.examining import proposed, seal
from care.outreach_policy import Policy
from care.sending import Gate
from customers.outreach_tables import batches
from customers.reps import Person
from database.engine import Database
from delivery import dispatcher
from delivery.channel import Channel, Row
from delivery.clock import Clock
from delivery.dispatcher import Dispatcher
from delivery.email import EmailChannel
from delivery.handling import DATABASE_FAILS, Check
from delivery.leasing import Leasing
from delivery.outcomes import TOO_FAST, Closed, Finding, Later, Outcome, Unknown
from delivery.text_messages import TwilioChannel

# Messages of one kind that one process sends at once: a kill leaves as few in doubt as can be.
WORKERS = 1
# Channels ask for patience of half a minute up to an hour; here it may be so many seconds at most.
LONGEST_PAUSE = 0.5
# Seconds between two looks at what is to be approved and at what became of messages.
PAUSE = 0.2
# Where the servers are: the port of the mail server, and address, account and token of the other.
Servers = tuple[int, str, str, str]


def live(numbers: Numbers, servers: Servers, start: float, dies_at: str) -> None:
    """Approve what comes up and send it, until killed; with `dies_at` it kills itself at that point."""
    gc.freeze()  # what was imported before the fork stays shared
    os.environ["REKINDLE_DIES_AT"] = dies_at
    logging.getLogger("rekindle").setLevel(logging.CRITICAL)  # what fails here is meant to fail
    notes = Notes(numbers.notes)
    _note_leases(notes)
    port, api_url, account, token = servers
    email = EmailChannel(host="127.0.0.1", port=port, security="starttls", timeout=TIMEOUT)
    texts = TwilioChannel(account=account, token=token, sender=SENDER_NUMBER, api_url=api_url, timeout=TIMEOUT)
    database = Database(numbers.database_url, pool_size=4)
    gate: Check = Gate(database, POLICY, lambda: datetime.now(UTC))
    policy, gate = take_out(numbers.without, POLICY, gate)
    channels: dict[str, Channel] = {"email": Hurried(email, notes), "sms": Hurried(texts, notes)}

    def check(row: Row) -> str | Later | None:
        notes.write("checking", row.id)
        return gate(row)

    sending = Dispatcher(database, channels, check=check, numbers=numbers.leasing, workers=WORKERS)
    sending.start()
    due = {planned.batch: start + planned.due for planned in plans.read(numbers.plan)}
    while True:
        with contextlib.suppress(*DATABASE_FAILS):  # locked: the next look does it
            if _approve(database, policy, due):
                sending.wake()
            mail.settle(database)
        time.sleep(PAUSE)


class Hurried:
    """A channel whose patience is that of a bench, and which notes when no answer came in time."""

    def __init__(self, channel: Channel, notes: Notes) -> None:
        self._channel, self._notes = channel, notes

    @property
    def can_look_up(self) -> bool:
        """As the channel has it."""
        return self._channel.can_look_up

    def send(self, row: Row, still_ours: Callable[[], bool]) -> Outcome:
        """Try once."""
        begun = time.monotonic()
        outcome = self._channel.send(row, still_ours)
        match outcome:
            case Unknown() if time.monotonic() - begun >= TIMEOUT:
                self._notes.write("gave up waiting", row.id)
            case Later(seconds, reason):
                # Whoever is told so often to slow down would send one message a second for the rest of the run.
                return Later(min(seconds, LONGEST_PAUSE), "busy" if reason == TOO_FAST else reason)
            case Closed(reason, seconds):
                return Closed(reason, min(seconds, LONGEST_PAUSE))
        return outcome

    def find(self, row: Row) -> Finding:
        """As the channel has it."""
        return self._channel.find(row)


def _approve(database: Database, policy: Policy, due: dict[int, float]) -> int:
    """Be the manager who approves everything as soon as it comes up; how many batches were approved."""
    with database.reading() as db:
        asked = db.execute(select(batches.c.id, batches.c.segment).where(batches.c.state == "asked")).all()
        mia = who(db, APPROVER)
    now, approved = datetime.now(UTC), 0
    for batch in asked:
        if due[int(batch.segment)] > now.timestamp():
            continue
        with contextlib.suppress(approving.AlreadyDecided, approving.WordsChanged):
            approved += _decide(database, policy, batch.id, mia)
    return approved


def _decide(database: Database, policy: Policy, batch_id: int, mia: Person) -> bool:
    """Look at a batch and approve what was seen; reject it, and return False, where nobody of it may get it."""
    with database.reading() as db:
        seen = seal(proposed(db, batch_id))
    try:
        with database.transaction() as db:
            approving.approve(db, policy, batch_id, seen=seen, by=mia, at=datetime.now(UTC), zone=UTC)
    except (approving.AlreadyDecided, approving.WordsChanged):
        raise
    except approving.Overtaken:
        with database.transaction() as db:
            approving.reject(db, batch_id, by=mia, reason="Nobody of these may get it", at=datetime.now(UTC))
        return False
    return True


def _note_leases(notes: Notes) -> None:
    """Have this process note which messages it takes, before it can be known to anybody else."""
    leasing: Callable[..., list[Row]] = dispatcher.lease  # type: ignore[attr-defined]

    def lease(
        db: Connection, clock: Clock, kinds: Collection[str], blind: Collection[str], most: int, numbers: Leasing
    ) -> list[Row]:
        rows = leasing(db, clock, kinds, blind, most, numbers)
        for row in rows:
            notes.write("leased", row.id)
        return rows

    dispatcher.lease = lease  # type: ignore[attr-defined]
