"""What shall be said, to whom and when: written down in the same transaction that takes the run, so it is said once."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from delivery.dying import may_die
from delivery.tables import outbox, runs

SLACK = "slack"
# Runs taken, or messages taken back, by one statement.
AT_ONCE = 100
Action = Literal["post", "reply", "update"]


@dataclass(frozen=True)
class Run:
    """What a job does for one subject (a rep, a customer ...) on one local day: the key under which it happens once."""

    job: str
    subject: str
    local_date: date


@dataclass(frozen=True)
class Message:
    """Something to say to one recipient between two moments.

    `recipient` is what the channel understands: in Slack a user or channel id. `payload` is JSON: `text` (always, plain
    words), `blocks`. With `action` "update" the payload takes the place of the earlier message of the outbox id
    `earlier`, with "reply" it is said in that message's thread. Not before `due`, never after `latest`.
    """

    recipient: str
    payload: Mapping[str, Any]
    due: datetime
    latest: datetime
    action: Action = "post"
    earlier: int | None = None
    kind: str = SLACK


def plan(db: Connection, run: Run, messages: Sequence[Message], at: datetime) -> tuple[int, ...] | None:
    """Take a run and write its messages, all in the caller's transaction; a run may have none.

    Returns the messages' ids in the outbox, or None where the run was taken before (then nothing is written).
    """
    won = take(db, [run], at)
    return put(db, run.job, messages, run_id=won[run]) if run in won else None


def skip(db: Connection, run: Run, reason: str, at: datetime) -> bool:
    """Write that a run does not happen, with the code of the reason; False where it was taken before."""
    return bool(take(db, [run], at, state="skipped", reason=reason))


def take(
    db: Connection, wanted: Sequence[Run], at: datetime, *, state: str = "planned", reason: str | None = None
) -> dict[Run, int]:
    """Take several runs that share a message (say: every follow-up that one reminder names).

    Returns those that nobody had taken before, with their ids: only these belong into the message, see `put`.
    """
    dialect = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    won: dict[Run, int] = {}
    # In one order, so that two planners who want the same runs wait for each other instead of for ever.
    ordered = sorted(set(wanted), key=lambda run: (run.job, run.subject, run.local_date))
    for start in range(0, len(ordered), AT_ONCE):
        rows = [
            {"job": run.job, "subject": run.subject, "local_date": run.local_date, "state": state, "reason": reason}
            for run in ordered[start : start + AT_ONCE]
        ]
        statement = dialect(runs).values([row | {"at": at} for row in rows]).on_conflict_do_nothing()
        taken = statement.returning(runs.c.id, runs.c.job, runs.c.subject, runs.c.local_date)
        won |= {Run(job, subject, day): int(id) for id, job, subject, day in db.execute(taken)}
    may_die("run taken")
    return won


def put(db: Connection, job: str, messages: Sequence[Message], *, run_id: int | None = None) -> tuple[int, ...]:
    """Write messages into the outbox in the caller's transaction; returns their ids.

    For messages of several runs that were taken together, and for those that no job's run stands behind (a card that
    changes because somebody pressed a button). An update makes older updates of the same message that wait superfluous.
    """
    return put_all(db, job, [(message, run_id) for message in messages])


def put_all(db: Connection, job: str, messages: Sequence[tuple[Message, int | None]]) -> tuple[int, ...]:
    """The same for many messages, each with the id of its run (see `take`); ids in the order of the messages."""
    if not messages:
        may_die("messages written")
        return ()
    rows = [_row(job, message, run_id) for message, run_id in messages]
    written = insert(outbox).returning(outbox.c.id, sort_by_parameter_order=True)
    ids = tuple(int(id) for id in db.scalars(written, rows))
    for (message, _), id in zip(messages, ids, strict=True):
        if message.action == "update":
            _supersede(db, message.earlier, id, message.due)
    may_die("messages written")
    return ids


def withdraw(db: Connection, outbox_ids: Collection[int], reason: str, at: datetime) -> set[int]:
    """Take back messages that nobody has begun to send, with the code of the reason; returns those it got.

    The others were sent, are held by a worker, may have been sent, or were settled before.
    """
    wanted, got = sorted(set(outbox_ids)), set[int]()
    done = {"state": "skipped", "reason": reason, "ready_at": None, "finished_at": at}
    for start in range(0, len(wanted), AT_ONCE):
        some = outbox.c.id.in_(wanted[start : start + AT_ONCE])
        # In one order, so that two who take back the same messages wait for each other instead of for ever.
        waiting = select(outbox.c.id).where(some, outbox.c.state == "pending").order_by(outbox.c.id).with_for_update()
        ids = db.scalars(waiting).all()
        if ids:
            db.execute(update(outbox).where(outbox.c.id.in_(ids)).values(done))
            got.update(ids)
    return got


def _row(job: str, message: Message, run_id: int | None) -> dict[str, Any]:
    text = json.dumps(message.payload, ensure_ascii=False)
    return {
        "key": secrets.token_urlsafe(18),
        "run_id": run_id,
        "job": job,
        "kind": message.kind,
        "recipient": message.recipient,
        "action": message.action,
        "earlier_id": message.earlier,
        "payload": text,
        "payload_hash": hashlib.sha256(text.encode()).hexdigest(),
        "state": "pending",
        "due": message.due,
        "latest": message.latest,
        "ready_at": message.due,
        "attempts": 0,
        "lookups": 0,
    }


def _supersede(db: Connection, earlier: int | None, newest: int, at: datetime) -> None:
    older = (outbox.c.earlier_id == earlier) & (outbox.c.action == "update") & (outbox.c.id < newest)
    done = {"state": "skipped", "reason": "superseded", "ready_at": None, "finished_at": at}
    db.execute(update(outbox).where(older, outbox.c.state == "pending").values(done))
