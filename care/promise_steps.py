"""What becomes of a follow-up: done, put off, handed over or dropped, each of which can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from care import interactions
from care.follow_ups import LONGEST, Line, Step, line
from customers import cards
from customers import reps as people
from customers.card_rows import WAITING
from customers.holding import hold
from customers.tables import interactions as interaction_rows
from customers.tables import reps
from customers.work_tables import follow_up_steps, follow_ups
from words.errors import BadInput, NotAllowed
from words.speech import message

# What can come of a follow-up that was done, each said with one click.
OUTCOMES = ("reached", "no_answer", "will_order", "lost")
# It was written down as an interaction, in the rep's own words.
NOTED = "noted"
# The values that a step may change.
_KEPT = ("state", "due", "rep_id", "outcome", "reason", "interaction_id")

SETTLED = message("This follow-up is not open any more.")
CHANGED = message("Somebody has changed this follow-up since.")


def done(db: Connection, follow_up_id: int, *, by: int, now: datetime) -> Step:
    """Mark a follow-up as done; what came of it may be added with `came_of`. Raises `BadInput` where it is settled."""
    return _change(db, follow_up_id, by, now, "done", {"state": "done"})


def came_of(
    db: Connection,
    step_id: int,
    outcome: str,
    *,
    by: int,
    day: date,
    today: date,
    zone: tzinfo,
    kind: str = "call",
    text: str = "",
) -> Step:
    """Say what came of a follow-up that was just done, and write it down as an interaction of a day in `zone`.

    `outcome` is one of OUTCOMES, or NOTED. Undoing the step takes the interaction back as well. Raises `BadInput`
    where the question has been answered, and for a day after `today`.
    """
    if outcome not in (*OUTCOMES, NOTED):
        raise BadInput(CHANGED)
    step = _step(db, step_id, by)
    hold(db, line(db, step.follow_up_id).customer_id)
    now_there = _values(db, step.follow_up_id)
    if step.what != "done" or now_there["state"] != "done" or now_there["outcome"] is not None:
        raise BadInput(CHANGED)
    found = line(db, step.follow_up_id)
    written = interactions.log(
        db,
        customer_id=found.customer_id,
        rep_id=by,
        kind=kind,
        day=day,
        today=today,
        zone=zone,
        text=text.strip() or found.what,
        outcome=None if outcome == NOTED else outcome,
    )
    values = {"outcome": outcome, "interaction_id": written}
    db.execute(update(follow_ups).where(follow_ups.c.id == found.id).values(values))
    before, after = step.before | dict.fromkeys(values), step.after | values
    db.execute(update(follow_up_steps).where(follow_up_steps.c.id == step_id).values(before=before, after=after))
    return Step(step_id, line(db, found.id))


def put_off(db: Connection, follow_up_id: int, day: date, *, by: int, today: date, now: datetime) -> Step:
    """Snooze a follow-up until a day, on which it comes back by itself.

    Raises `BadInput` for a day that is not after `today`, and where it is settled.
    """
    if day <= today:
        raise BadInput("A follow-up can only be put off to a day that is still to come.")
    return _change(db, follow_up_id, by, now, "snoozed", {"state": "snoozed", "due": day})


def hand_over(db: Connection, follow_up_id: int, rep_id: int, *, by: int, today: date, now: datetime) -> Step:
    """Give a follow-up to another rep, who must see the customer in full.

    Raises `BadInput` where that person has it already, has left, or would see the customer masked.
    """
    found = line(db, follow_up_id)
    email = db.scalar(select(reps.c.email).where(reps.c.id == rep_id))
    receiver = people.load(db, email, today) if email else None
    if receiver is None:
        raise BadInput("This person does not work here any more.")
    if found.rep_id == rep_id:
        raise BadInput("This follow-up is {name}'s already.", name=receiver.name)
    if not receiver.sight.full(found.owner_id):
        raise BadInput(
            "{name} does not see this customer in full. Change the owner on the card first.", name=receiver.name
        )
    return _change(db, follow_up_id, by, now, "handed_over", {"rep_id": rep_id})


def drop(db: Connection, follow_up_id: int, reason: str, *, by: int, now: datetime) -> Step:
    """Drop a follow-up, and keep why. Raises `BadInput` without a reason, and where it is settled."""
    words = " ".join(reason.split())[:LONGEST]
    if not words:
        raise BadInput("Please say why: whoever reads this later will want to know.")
    return _change(db, follow_up_id, by, now, "dropped", {"state": "dropped", "reason": words})


def undo(db: Connection, step_id: int, *, by: int, now: datetime) -> Line:
    """Take a step back; returns the follow-up as it is then, or as it was, where the step had made it.

    Only who took a step may take it back. Raises `BadInput` where the follow-up has been changed since.
    """
    step = _step(db, step_id, by)
    found = line(db, step.follow_up_id)
    hold(db, found.customer_id)
    now_there = _values(db, found.id)
    if any(now_there[name] != value for name, value in step.after.items()):
        raise BadInput(CHANGED)
    if step.what == "made":
        later = select(follow_up_steps.c.id).where(follow_up_steps.c.follow_up_id == found.id)
        if db.execute(later.where(follow_up_steps.c.id > step_id, follow_up_steps.c.undone_at.is_(None))).first():
            raise BadInput(CHANGED)
        db.execute(delete(follow_ups).where(follow_ups.c.id == found.id))
        cards.refresh(db, [found.customer_id])
        return found
    db.execute(
        update(follow_ups).where(follow_ups.c.id == found.id).values(_stored(step.before) | {"settled_at": None})
    )
    if step.after.get("interaction_id"):
        db.execute(delete(interaction_rows).where(interaction_rows.c.id == step.after["interaction_id"]))
    db.execute(update(follow_up_steps).where(follow_up_steps.c.id == step_id).values(undone_at=now))
    cards.refresh(db, [found.customer_id])
    return line(db, found.id)


def line_of(db: Connection, step_id: int) -> Line:
    """The follow-up that a step was about; raises `BadInput` where there is none."""
    found = db.scalar(select(follow_up_steps.c.follow_up_id).where(follow_up_steps.c.id == step_id))
    return line(db, found or 0)


def _change(db: Connection, follow_up_id: int, by: int, now: datetime, what: str, values: Mapping[str, Any]) -> Step:
    hold(db, line(db, follow_up_id).customer_id)
    found = line(db, follow_up_id)
    if found.state not in WAITING:
        raise BadInput(SETTLED)
    before = _values(db, follow_up_id)
    settled = {"settled_at": now} if values.get("state") in ("done", "dropped") else {}
    db.execute(update(follow_ups).where(follow_ups.c.id == follow_up_id).values(**values, **settled))
    after = _values(db, follow_up_id)
    step = {
        "follow_up_id": follow_up_id,
        "rep_id": by,
        "at": now,
        "what": what,
        "before": {name: before[name] for name in values},
        "after": {name: after[name] for name in values},
    }
    step_id = int(db.execute(insert(follow_up_steps).values(step).returning(follow_up_steps.c.id)).scalar_one())
    cards.refresh(db, [found.customer_id])
    return Step(step_id, line(db, follow_up_id))


def _step(db: Connection, step_id: int, by: int) -> Any:
    row = db.execute(select(follow_up_steps).where(follow_up_steps.c.id == step_id)).first()
    if row is None or row.undone_at is not None:
        raise BadInput("This has been taken back already.")
    if row.rep_id != by:
        raise NotAllowed("Only the person who did this can take it back.")
    return row


def _values(db: Connection, follow_up_id: int) -> dict[str, Any]:
    """The values that steps change, as a step keeps them: days as text."""
    row = db.execute(select(*(follow_ups.c[name] for name in _KEPT)).where(follow_ups.c.id == follow_up_id)).one()
    return dict(row._mapping) | {"due": row.due.isoformat()}


def _stored(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {name: date.fromisoformat(value) if name == "due" else value for name, value in kept.items()}
