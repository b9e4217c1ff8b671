"""Keeps messages to customers going: who is to approve them, what became of them, and what nobody decided in time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from bot.desk import Desk
from bot.draft_messages import batches_of, redraw, tell, untold
from care import approvers, approving, consents, sending
from plugins import job
from words.failures import noted


@job("outreach", rank=30)
def outreach(desk: Desk) -> None:
    """Show on the cards what became of messages, ask the next approver where one does not answer, end what is old."""
    with desk.reading() as db:
        if not (
            sending.anything_settled(db)
            or approving.anything_late(db, desk.settings.outreach, desk.now)
            or untold(db)
            or consents.unwanted(db)
        ):
            return
    for step in STEPS:
        _alone(desk, partial(_redrawn, step))
    with desk.reading() as db:
        waiting = untold(db)
    for batch_id, rep_id in waiting:
        _alone(desk, partial(_told, batch_id, rep_id))
    desk.wake()


def _alone(desk: Desk, do: Callable[[Connection, Desk], object]) -> None:
    """Do something in a transaction of its own; where it fails that is noted, and the rest is done all the same."""
    try:
        with desk.transaction() as db:
            do(db, desk)
    except Exception as failure:
        noted(failure)


def _redrawn(step: Callable[[Connection, Desk], Iterable[int]], db: Connection, desk: Desk) -> None:
    redraw(db, desk, step(db, desk))


def _told(batch_id: int, rep_id: int, db: Connection, desk: Desk) -> None:
    tell(db, desk, batch_id, rep_id)


def _settle(db: Connection, desk: Desk) -> Iterable[int]:
    return sending.settle(db, desk.now).batches


def _stop(db: Connection, desk: Desk) -> Iterable[int]:
    """What an import withdrew; the other ways to withdraw stop it by themselves."""
    return batches_of(db, consents.stop_unwanted(db, by=None, at=desk.now))


def _expire(db: Connection, desk: Desk) -> Iterable[int]:
    return approving.expire(db, desk.now - timedelta(days=desk.settings.outreach.draft_days), desk.now)


def _escalate(db: Connection, desk: Desk) -> Iterable[int]:
    return [batch_id for batch_id, _ in approvers.escalate(db, desk.settings.outreach, desk.now, desk.today)]


STEPS = (_settle, _stop, _expire, _escalate)
