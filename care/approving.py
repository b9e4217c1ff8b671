"""Who approves a message to a customer, what the decision does, and how it is taken back before anything has left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, update

from care import campaigns, draft_life, occasions, reaching, sending
from care.checks import Check, blocking, checks
from care.circumstances import Intended, circumstances
from care.outreach_policy import Policy
from customers.deputies import stand_ins
from customers.morning_tables import slack_users
from customers.outreach_tables import batches, drafts
from customers.reps import Person
from customers.tables import customers, reps
from words.errors import BadInput, NotAllowed
from words.speech import message

NOBODY = message(
    "Nobody can approve this: it needs a manager who did not write it. Ask your operator to name one (rekindle grant)."
)
GONE = message("This draft is not here any more.")


class AlreadyDecided(BadInput):
    """Somebody was quicker, or it has expired: show the card as it is now."""


@dataclass(frozen=True)
class Approved:
    """What an approval led to, in numbers of drafts: `failed` did not pass a check in the last moment."""

    held: int
    withheld: int
    failed: int
    send_at: datetime


def approvers(db: Connection, author: int | None, day: date, *, second_person: bool) -> list[int]:
    """Who may be asked to approve, in the order in which they are asked.

    The author's manager and the managers above; then every other manager; last, where nobody has to look over it, the
    author, if a manager. Whoever is away, or cannot be reached in Slack, comes after all others.
    """
    rows = db.execute(
        select(reps.c.id, reps.c.manager_id, reps.c.roles, slack_users.c.user_id, slack_users.c.trouble)
        .outerjoin(slack_users, slack_users.c.rep_id == reps.c.id)
        .where(reps.c.active)
        .order_by(reps.c.id)
    ).all()
    above = {row.id: row.manager_id for row in rows}
    leads = [row.id for row in rows if "manager" in row.roles.split(",")]
    chain: list[int] = []
    at = above.get(author) if author is not None else None
    while at is not None and at not in chain:
        chain.append(at)
        at = above.get(at)
    ordered = [each for each in chain if each in leads and each != author]
    ordered += [each for each in leads if each not in ordered and each != author]
    if author in leads and not second_person:
        ordered.append(author)  # type: ignore[arg-type]  # it is in leads
    away = stand_ins(db, day).deputies
    lost = {row.id for row in rows if row.user_id is None or row.trouble is not None}
    return sorted(ordered, key=lambda each: each in away or each in lost)


def ask(db: Connection, policy: Policy, batch_id: int, *, by: int, at: datetime, day: date, zone: tzinfo) -> int:
    """Ask for approval of a batch; returns the rep who is asked.

    Raises `BadInput` where none of it could go, where nobody can approve it, and where it was asked before.
    """
    batch = one(db, batch_id)
    if batch.state != "making":
        raise AlreadyDecided(message("This draft has been submitted already."))
    ids = [row.id for row, made in examined(db, policy, batch_id, now=at, zone=zone) if not blocking(made)]
    if not ids:
        raise BadInput("Nothing of this can be sent yet: see the checks above.")
    asked = next(iter(approvers(db, batch.made_by, day, second_person=batch.second_person)), None)
    if asked is None:
        raise BadInput(NOBODY)
    values = {"state": "asked", "asked_at": at, "asked_of": asked, "asked_of_since": at}
    _take(db, batch_id, "making", values)
    draft_life.move(db, _proposed(db, batch_id), "asked", by=by, at=at)
    return asked


def may_decide(batch: Any, edited_by: Sequence[int | None], person: Person) -> None:
    """Raise `NotAllowed` where a person may not approve or reject a batch."""
    if "manager" not in person.roles:
        raise NotAllowed("A manager approves messages to customers. Yours has been asked.")
    if batch.second_person and (person.id == batch.made_by or person.id in edited_by):
        raise NotAllowed("Four eyes: whoever wrote this cannot approve it as well. Another manager has to.")


def approve(db: Connection, policy: Policy, batch_id: int, *, by: Person, at: datetime, zone: tzinfo) -> Approved:
    """Approve a batch: what passes all checks waits for the end of the hold window, and then leaves.

    Raises `AlreadyDecided` where somebody was quicker, `NotAllowed` for who may not, `BadInput` where nothing could go.
    """
    batch = one(db, batch_id)
    _refuse_decided(db, batch)
    looked = examined(db, policy, batch_id, now=at, zone=zone)
    may_decide(batch, [row.edited_by for row, _ in looked], by)
    send_at = at + policy.hold
    values = {"state": "approved", "decided_by": by.id, "decided_at": at, "send_at": send_at, "reason": None}
    _take(db, batch_id, "asked", values)
    stopped = {row.id: blocking(made)[0].name for row, made in looked if blocking(made)}
    able = [row for row, _ in looked if row.id not in stopped]
    if not able:
        raise BadInput("Nothing of this can be sent: see the checks above.")
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
    leaves = sending.queue(db, policy, going, send_at=send_at, at=at)
    if leaves != send_at:
        db.execute(update(batches).where(batches.c.id == batch_id).values(send_at=leaves))
    return Approved(len(going), len(kept), len(stopped), leaves)


def reject(db: Connection, batch_id: int, *, by: Person, reason: str, at: datetime) -> None:
    """Reject a batch with a reason. Raises `AlreadyDecided` where somebody was quicker, `NotAllowed` for others."""
    batch, reason = one(db, batch_id), " ".join(reason.split())[:500]
    if not reason:
        raise BadInput("Say in a few words why: its author reads it.")
    _refuse_decided(db, batch)
    if "manager" not in by.roles:
        raise NotAllowed("A manager approves messages to customers. Yours has been asked.")
    _take(db, batch_id, "asked", {"state": "rejected", "decided_by": by.id, "decided_at": at, "reason": reason})
    draft_life.move(db, _proposed(db, batch_id), "rejected", by=by.id, at=at, reason="rejected")


def undo(db: Connection, batch_id: int, *, by: int, at: datetime) -> int:
    """Take an approved batch back as far as nothing has left yet; returns how many drafts wait for approval again.

    Raises `BadInput` where all of it is on its way.
    """
    one(db, batch_id)
    held = select(drafts.c.id, drafts.c.outbox_id).where(drafts.c.batch_id == batch_id, drafts.c.state == "held")
    taken = sending.take_back(db, dict(tuple(row) for row in db.execute(held)), "undone", at)
    if not taken:
        raise BadInput("It is too late: this has left already.")
    draft_life.move(db, taken, "undone", by=by, at=at)
    again = {"state": "asked", "decided_by": None, "decided_at": None, "send_at": None, "asked_of_since": at}
    db.execute(update(batches).where(batches.c.id == batch_id).values(again))
    return len(taken)


def escalate(db: Connection, policy: Policy, now: datetime, day: date) -> list[tuple[int, int]]:
    """Ask the next one where nobody answered in time; returns (batch, whom). Those asked before may still decide."""
    late = select(batches).where(batches.c.state == "asked", batches.c.asked_of_since <= now - policy.approval)
    found = []
    for batch in db.execute(late).all():
        order = approvers(db, batch.made_by, day, second_person=batch.second_person)
        place = order.index(batch.asked_of) + 1 if batch.asked_of in order else 0
        if place >= len(order):
            continue
        mine = (batches.c.id == batch.id) & (batches.c.state == "asked") & (batches.c.asked_of == batch.asked_of)
        asked = {"asked_of": order[place], "asked_of_since": now}
        if db.execute(update(batches).where(mine).values(asked)).rowcount == 1:
            found.append((batch.id, order[place]))
    return found


def expire(db: Connection, before: datetime, now: datetime) -> list[int]:
    """End batches that nobody decided about since a moment, and wishes whose day is over.

    Returns those that had been asked for.
    """
    old = (batches.c.state.in_(("making", "asked"))) & ((batches.c.made_at < before) | _wish_is_late(now))
    ended = []
    for batch in db.execute(select(batches.c.id, batches.c.state).where(old)).all():
        _take(db, batch.id, batch.state, {"state": "expired", "decided_at": now})
        draft_life.move(db, _proposed(db, batch.id), "expired", by=None, at=now, reason="expired")
        if batch.state == "asked":
            ended.append(batch.id)
    return ended


def anything_late(db: Connection, policy: Policy, now: datetime) -> bool:
    """Whether `escalate` or `expire` may have something to do; cheap."""
    b, old = batches.c, now - timedelta(days=policy.draft_days)
    unanswered = (b.state == "asked") & (b.asked_of_since <= now - policy.approval)
    late = unanswered | (b.state.in_(("making", "asked")) & ((b.made_at < old) | _wish_is_late(now)))
    return db.execute(select(b.id).where(late).limit(1)).first() is not None


def examined(
    db: Connection, policy: Policy, batch_id: int, *, now: datetime, zone: tzinfo
) -> list[tuple[Any, tuple[Check, ...]]]:
    """Each proposed draft of a batch with its checks as things are now; rows have the columns of `drafts`."""
    rows = db.execute(
        select(drafts).where(drafts.c.batch_id == batch_id, drafts.c.state == "proposed").order_by(drafts.c.id)
    ).all()
    return list(zip(rows, checked(db, policy, rows, now=now, zone=zone), strict=True))


def checked(
    db: Connection, policy: Policy, rows: Sequence[Any], *, now: datetime, zone: tzinfo
) -> list[tuple[Check, ...]]:
    """The checks of drafts (rows of that table), in their order."""
    reached = reaching.reach(db, {row.customer_id for row in rows}, region=policy.region, zone=policy.zone)
    meant = [
        Intended(row.customer_id, row.channel, row.purpose, row.template, row.recipient, row.text, row.id)
        for row in rows
    ]
    today = now.astimezone(zone).date()
    found = circumstances(db, meant, reached, policy, now=now, zone=zone)
    return [checks(each, policy, today, now) for each in found]


def one(db: Connection, batch_id: int) -> Any:
    """A batch as a row; raises `BadInput` where it is gone."""
    row = db.execute(select(batches).where(batches.c.id == batch_id)).first()
    if row is None:
        raise BadInput(GONE)
    return row


def owners_of(db: Connection, batch_id: int) -> set[int | None]:
    """The owners of the customers of a batch: who sees them in full, sees the batch."""
    owned = select(customers.c.owner_id).join(drafts, drafts.c.customer_id == customers.c.id)
    return set(db.scalars(owned.where(drafts.c.batch_id == batch_id).distinct()))


def _wish_is_late(now: datetime) -> ColumnElement[bool]:
    """The condition that the day of a batch's occasion is over."""
    over, occasion = occasions.newest_day_over(now).isoformat(), batches.c.occasion
    day = func.substr(occasion, func.length(occasion) - len(over) + 1)  # birthday:2026-12-01
    return occasion.like("%:____-__-__") & (day <= over)


def _proposed(db: Connection, batch_id: int) -> list[int]:
    return list(db.scalars(select(drafts.c.id).where(drafts.c.batch_id == batch_id, drafts.c.state == "proposed")))


def _take(db: Connection, batch_id: int, state: str, values: dict[str, Any]) -> None:
    """Change a batch if it is still in this state: of several who want to, one succeeds."""
    changed = update(batches).where(batches.c.id == batch_id, batches.c.state == state).values(values)
    if db.execute(changed).rowcount != 1:
        _refuse_decided(db, one(db, batch_id), state)


def _refuse_decided(db: Connection, batch: Any, wanted: str = "asked") -> None:
    if batch.state == wanted:
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
