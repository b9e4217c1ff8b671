"""Asks for approval of messages to customers, does what was decided, and takes it back before anything has left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, update

from care import campaigns, draft_life, occasions, sending
from care.approvers import approvers, may_decide, needs_second
from care.checks import blocking
from care.examining import examined, proposed, seal
from care.outreach_policy import Policy
from customers.holding import hold_all
from customers.outreach_tables import batches, drafts
from customers.reps import Person
from customers.tables import reps
from words.errors import BadInput, NotAllowed
from words.speech import message

NOBODY = message(
    "Nobody can approve this: it needs a manager who did not write it. Ask your operator to name one (rekindle grant)."
)
STOPPED = message("Nothing of this can be sent: see the checks.")
GONE = message("This draft is not here any more.")


class Overtaken(BadInput):
    """Something happened since the card was drawn: show it as it is now."""


class AlreadyDecided(Overtaken):
    """Somebody was quicker, or it has expired."""


class WordsChanged(Overtaken):
    """What would go is not what was seen."""


@dataclass(frozen=True)
class Approved:
    """What an approval led to, in numbers of drafts: `failed` did not pass a check in the last moment."""

    held: int
    withheld: int
    failed: int
    send_at: datetime


def ask(db: Connection, policy: Policy, batch_id: int, *, by: int, at: datetime, day: date, zone: tzinfo) -> int:
    """Ask for approval of a batch; returns the rep who is asked.

    Raises `BadInput` where nobody can approve it, `Overtaken` where none of it could go or it was asked before.
    """
    batch = alone(db, batch_id)
    if batch.state != "making":
        raise AlreadyDecided(message("This draft has been submitted already."))
    able = [row for row, made in examined(db, policy, batch_id, now=at, zone=zone) if not blocking(made)]
    if not able:
        raise Overtaken(STOPPED)
    # Somebody may have become valuable since it was written.
    two = batch.second_person or needs_second(db, policy, [row.customer_id for row in able])
    asked = next(iter(approvers(db, batch.made_by, day, second_person=two)), None)
    if asked is None:
        raise BadInput(NOBODY)
    values = {"state": "asked", "asked_at": at, "asked_of": asked, "asked_of_since": at, "second_person": two}
    _change(db, batch_id, values)
    draft_life.move(db, [row.id for row in proposed(db, batch_id)], "asked", by=by, at=at)
    return asked


def unask(db: Connection, batch_id: int, *, by: int, at: datetime) -> int | None:
    """Take back what its author asked for, before anybody has decided; returns who had been asked.

    Raises `AlreadyDecided` where somebody was quicker.
    """
    batch = alone(db, batch_id)
    _refuse_decided(db, batch)
    _change(db, batch_id, {"state": "making", "asked_at": at, "asked_of": None, "asked_of_since": None})
    draft_life.move(db, [row.id for row in proposed(db, batch_id)], "unasked", by=by, at=at)
    return None if batch.asked_of is None else int(batch.asked_of)


def approve(
    db: Connection, policy: Policy, batch_id: int, *, seen: str, by: Person, at: datetime, zone: tzinfo
) -> Approved:
    """Approve a batch: what passes all checks waits for the end of the hold window, and then leaves.

    `seen` is the seal of what the approver looked at (see `examining.seal`). Raises `AlreadyDecided` where somebody was
    quicker, `WordsChanged` where it is another now, `Overtaken` where nothing could go, `NotAllowed` for who may not.
    """
    # Of two batches for one customer that are approved at once, the second one must see the first.
    hold_all(db, set(db.scalars(select(drafts.c.customer_id).where(drafts.c.batch_id == batch_id))))
    batch = alone(db, batch_id)
    _refuse_decided(db, batch)
    looked = examined(db, policy, batch_id, now=at, zone=zone)
    may_decide(db, policy, batch, [row.customer_id for row, _ in looked], by)
    if seal([row for row, _ in looked]) != seen:
        raise WordsChanged(message("This has changed since you looked at it: read it once more, then decide."))
    stopped = {row.id: blocking(made)[0].name for row, made in looked if blocking(made)}
    able = [row for row, _ in looked if row.id not in stopped]
    if not able:
        raise Overtaken(STOPPED)
    for reason in sorted(set(stopped.values())):
        ids = [id for id, why in stopped.items() if why == reason]
        draft_life.move(db, ids, "failed", by=None, at=at, reason=f"check_{reason}")
    draft_life.move(db, [row.id for row in able], "approved", by=by.id, at=at)
    control: set[int] = set()
    if batch.campaign_id is not None:
        control = campaigns.assign(db, batch.campaign_id, [row.customer_id for row in able], at)
    kept = [row.id for row in able if row.customer_id in control]
    if kept:
        draft_life.move(db, kept, "withheld", by=None, at=at)
    going = [row for row in able if row.customer_id not in control]
    leaves = sending.queue(db, policy, going, send_at=at + policy.hold, at=at)
    values = {"state": "approved", "decided_by": by.id, "decided_at": at, "send_at": leaves, "reason": None}
    _change(db, batch_id, values)
    return Approved(len(going), len(kept), len(stopped), leaves)


def reject(db: Connection, batch_id: int, *, by: Person, reason: str, at: datetime) -> None:
    """Reject a batch with a reason. Raises `AlreadyDecided` where somebody was quicker, `NotAllowed` for others."""
    batch, reason = alone(db, batch_id), " ".join(reason.split())[:500]
    if not reason:
        raise BadInput("Say in a few words why: its author reads it.")
    _refuse_decided(db, batch)
    if "manager" not in by.roles:
        raise NotAllowed("A manager approves messages to customers. Yours has been asked.")
    _change(db, batch_id, {"state": "rejected", "decided_by": by.id, "decided_at": at, "reason": reason})
    ids = [row.id for row in proposed(db, batch_id)]
    draft_life.move(db, ids, "rejected", by=by.id, at=at, reason="rejected")


def undo(db: Connection, batch_id: int, *, by: int, at: datetime) -> int:
    """Take an approved batch back as far as nothing has left yet; returns how many drafts wait for approval again.

    What may have been sent already stays as it is. Raises `AlreadyDecided` where nothing can be taken back.
    """
    batch = alone(db, batch_id)
    if batch.state == "asked":
        raise AlreadyDecided(message("This has been taken back already, and waits for approval again."))
    held = (drafts.c.batch_id == batch_id) & (drafts.c.state == draft_life.HELD) & drafts.c.reason.is_(None)
    waiting = select(drafts.c.id, drafts.c.outbox_id).where(held).order_by(drafts.c.id).with_for_update()
    taken = sending.take_back(db, dict(tuple(row) for row in db.execute(waiting)), "undone", at)
    if not taken:
        raise AlreadyDecided(message("It is too late: nothing of this waits to be sent any more."))
    draft_life.move(db, taken, "undone", by=by, at=at)
    again = {"decided_by": None, "decided_at": None, "asked_at": at, "asked_of_since": at}
    _change(db, batch_id, {"state": "asked"} | again)
    return len(taken)


def expire(db: Connection, before: datetime, now: datetime) -> list[int]:
    """End batches that nobody decided about since a moment, and wishes whose day is over.

    Returns those that had been asked for.
    """
    ended = []
    old = select(batches.c.id, batches.c.state).where(_is_old(before, now)).order_by(batches.c.id)
    for batch in db.execute(old).all():
        mine = (batches.c.id == batch.id) & (batches.c.state == batch.state)
        if db.execute(update(batches).where(mine).values(state="expired", decided_at=now)).rowcount != 1:
            continue  # somebody has just decided
        ids = [row.id for row in proposed(db, batch.id)]
        draft_life.move(db, ids, "expired", by=None, at=now, reason="expired")
        if batch.state == "asked":
            ended.append(batch.id)
    return ended


def anything_late(db: Connection, policy: Policy, now: datetime) -> bool:
    """Whether `approvers.escalate` or `expire` may have something to do; cheap."""
    b, old = batches.c, now - timedelta(days=policy.draft_days)
    unanswered = (b.state == "asked") & (b.asked_of_since <= now - policy.approval)
    return db.execute(select(b.id).where(unanswered | _is_old(old, now)).limit(1)).first() is not None


def one(db: Connection, batch_id: int) -> Any:
    """A batch as a row; raises `BadInput` where it is gone."""
    row = db.execute(select(batches).where(batches.c.id == batch_id)).first()
    if row is None:
        raise BadInput(GONE)
    return row


def alone(db: Connection, batch_id: int) -> Any:
    """The same, once nobody else changes it or its drafts, and then until the transaction ends."""
    draft_life.hold(db, [batch_id])
    return one(db, batch_id)


def _wish_is_late(now: datetime) -> ColumnElement[bool]:
    """The condition that the day of a batch's occasion is over."""
    over, occasion = occasions.newest_day_over(now).isoformat(), batches.c.occasion
    day = func.substr(occasion, func.length(occasion) - len(over) + 1)  # birthday:2026-12-01
    return occasion.like("%:____-__-__") & (day <= over)


def _is_old(before: datetime, now: datetime) -> ColumnElement[bool]:
    """The condition that nothing was decided about a batch since a moment before `before`.

    Its days begin anew where it was asked for, and where that, or an approval, was taken back.
    """
    b = batches.c
    return b.state.in_(("making", "asked")) & ((func.coalesce(b.asked_at, b.made_at) < before) | _wish_is_late(now))


def _change(db: Connection, batch_id: int, values: dict[str, Any]) -> None:
    db.execute(update(batches).where(batches.c.id == batch_id).values(values))


def _refuse_decided(db: Connection, batch: Any) -> None:
    if batch.state == "asked":
        return
    who = db.scalar(select(reps.c.name).where(reps.c.id == batch.decided_by)) if batch.decided_by else None
    if batch.state == "expired":
        raise AlreadyDecided(message("This draft has expired: nobody approved it in time."))
    if who is None:
        raise AlreadyDecided(message("This draft has not been submitted, or was taken back."))
    told = {
        "approved": message("{person} has approved this already."),
        "rejected": message("{person} has rejected this already."),
    }
    raise AlreadyDecided(told[batch.state], person=who)
