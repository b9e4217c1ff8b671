"""Hands messages to delivery exactly as they were approved, and looks once more when they leave."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, select, update

from care import draft_life, occasions, reaching, suppressions
from care.checks import Circumstances, blocking, checks, goes_at
from care.circumstances import circumstances, intended
from care.outreach_policy import Policy
from customers.groups import chunks
from customers.outreach_tables import batches, drafts
from customers.tables import customers, reps
from database.engine import Database
from delivery import Message, put_all
from delivery.channel import Row
from delivery.mime import Unsendable, address
from delivery.outcomes import Later
from delivery.planning import withdraw
from delivery.tables import outbox
from words.rendering import html
from words.templates import EMAIL

JOB = "outreach"
# A message that could not leave for so long would come as a surprise.
LATEST = timedelta(days=3)
# What a channel says of an address that must not be written to again, see delivery's channels.
SUPPRESSED = "suppressed:"
AMBIGUOUS = "ambiguous"
# Batches whose messages' fates are written down at once.
AT_ONCE = 100
_FATE = (
    drafts.c.id, drafts.c.batch_id, outbox.c.state, outbox.c.reason, outbox.c.finished_at, outbox.c.kind,
    outbox.c.recipient,
)  # fmt: skip


@dataclass(frozen=True)
class Settled:
    """What became of messages since the last look: the batches whose cards must be drawn anew."""

    batches: frozenset[int]


def queue(db: Connection, policy: Policy, rows: Sequence[Any], *, send_at: datetime, at: datetime) -> datetime:
    """Write approved drafts into the outbox and hold them; `rows` are rows of drafts, `send_at` ends the hold window.

    The payload and its hash are fixed here: nothing is rendered again. Returns when the first of them leaves: later
    than `send_at` where all customers sleep then, and for a wish whose day is still to come.
    """
    if not rows:
        return send_at
    answers = _answer_to(db, {row.customer_id for row in rows})
    reached = reaching.reach(db, {row.customer_id for row in rows}, region=policy.region, zone=policy.zone)
    messages = []
    for row in rows:
        way = reached[row.customer_id]
        earliest = max(send_at, occasions.not_before(row.template, row.given, way.zone) or send_at)
        due = goes_at(_somewhere(row, way), policy, earliest)
        made = payload(row, policy, answers.get(row.customer_id), due)
        messages.append(Message(row.recipient, made, due, due + LATEST, kind=row.channel))
    ids = put_all(db, JOB, [(message, None) for message in messages])
    draft_life.move(db, [row.id for row in rows], "held", by=None, at=at)
    placed = [
        {"which": row.id, "outbox": id, "hash": digest(message.payload)}
        for row, id, message in zip(rows, ids, messages, strict=True)
    ]
    db.execute(_PLACED, placed)
    return min(message.due for message in messages)


def payload(row: Any, policy: Policy, reply_to: str | None, at: datetime) -> dict[str, Any]:
    """What a channel is handed for a draft; see the channels in delivery."""
    if row.channel != EMAIL:
        return {"to": row.recipient, "text": row.text}
    offers = row.purpose == "marketing"
    link, domain = policy.unsubscribe(row.token), policy.mail_from.rpartition("@")[2].rstrip("> ")
    ways = []
    if offers:
        ways = [link] if policy.public_url else []
        ways += [f"mailto:{policy.unsubscribe_mailto}?subject=unsubscribe"] if policy.unsubscribe_mailto else []
    return {
        "from": policy.mail_from,
        "to": row.recipient,
        "reply_to": reply_to,
        "subject": row.subject,
        "text": row.text,
        "html": html(row.text, [link] if offers and policy.public_url else []),
        # The draft's number lets an event that comes back find it; the rest keeps the number from being guessed.
        "message_id": f"<rekindle.{row.id}.{secrets.token_urlsafe(9)}@{domain or 'localhost'}>",
        "date": at.isoformat(timespec="seconds"),
        "unsubscribe": ways,
        "one_click": offers and bool(policy.public_url),
    }


def digest(made: Mapping[str, Any]) -> str:
    """The hash of a payload, as delivery computes it of what it stores."""
    return hashlib.sha256(json.dumps(made, ensure_ascii=False).encode()).hexdigest()


def take_back(db: Connection, outbox_ids: Mapping[int, int | None], reason: str, at: datetime) -> set[int]:
    """Take messages back that have not begun to leave; `outbox_ids` by draft. Returns the drafts it got.

    Their words and addresses are kept no longer: approved again, a draft belongs to a new message, and nothing would
    lead from its customer to the old one.
    """
    back = withdraw(db, [id for id in outbox_ids.values() if id is not None], reason, at)
    for some in chunks(back):
        db.execute(update(outbox).where(outbox.c.id.in_(some)).values(payload=None, recipient=""))
    return {draft for draft, outbox_id in outbox_ids.items() if outbox_id in back}


class Gate:
    """Asked by delivery in the moment before a message leaves: all checks once more; safe in many threads."""

    def __init__(self, database: Database, policy: Policy, clock: Callable[[], datetime]) -> None:
        self._database, self._policy, self._clock = database, policy, clock

    def __call__(self, row: Row) -> str | Later | None:
        """None to send, the code of a reason not to, or how long to wait."""
        now, policy = self._clock(), self._policy
        with self._database.reading() as db:
            draft = db.execute(_DRAFT, {"outbox": row.id}).first()
            if draft is None or draft.state != draft_life.HELD:
                return "taken_back"
            if hashlib.sha256(row.stored.encode()).hexdigest() != draft.payload_hash:
                return "altered"
            found = _circumstances(db, policy, draft, now)
        stopped = blocking(checks(found, policy, now.astimezone(policy.zone).date(), now))
        if stopped:
            return f"check_{stopped[0].name}"
        moment = goes_at(found, policy, now)
        return None if moment <= now else Later((moment - now).total_seconds(), "quiet_hours")


def anything_settled(db: Connection) -> bool:
    """Whether `settle` has something to write down; cheap."""
    return db.execute(_news(drafts.c.id).limit(1)).first() is not None


def settle(db: Connection, now: datetime) -> Settled:
    """Write down what became of messages that delivery has done with; cheap where nothing is new.

    What somebody else is just changing is left for the next time.
    """
    changed: set[int] = set()
    for some in chunks(db.scalars(_news(drafts.c.batch_id).distinct()).all(), AT_ONCE):
        free = select(batches.c.id).where(batches.c.id.in_(some)).order_by(batches.c.id)
        mine = db.scalars(free.with_for_update(skip_locked=True)).all()
        rows = db.execute(_news(*_FATE).where(drafts.c.batch_id.in_(mine)).order_by(drafts.c.id)).all()
        sent = [row for row in rows if row.state == "sent"]
        if sent:
            draft_life.move(db, [row.id for row in sent], "sent", by=None, at=now)
            db.execute(_SENT, [{"which": row.id, "moment": row.finished_at} for row in sent])
        doubtful = [row.id for row in rows if row.state == "waiting"]
        for few in chunks(doubtful):
            db.execute(update(drafts).where(drafts.c.id.in_(few)).values(reason=AMBIGUOUS))
        for row in rows:
            if row.state in ("dead", "skipped"):
                _failed(db, row, now)
        changed.update(row.batch_id for row in rows)
    return Settled(frozenset(changed))


def _news(*columns: ColumnElement[Any]) -> Select[Any]:
    """Of held drafts whose message has ended, or of which nobody can say whether it has (told once)."""
    ended = outbox.c.state.in_(("sent", "dead", "skipped")) | (
        (outbox.c.state == "waiting") & drafts.c.reason.is_(None)
    )
    held = select(*columns).join_from(drafts, outbox, outbox.c.id == drafts.c.outbox_id)
    return held.where(drafts.c.state == draft_life.HELD, ended)


def _failed(db: Connection, row: Any, now: datetime) -> None:
    reason = row.reason or "unknown"
    if reason.startswith(SUPPRESSED):
        suppressions.suppress(db, row.kind, row.recipient, reason.removeprefix(SUPPRESSED), now)
    draft_life.move(db, [row.id], "failed", by=None, at=now, reason=reason)


def _answer_to(db: Connection, customer_ids: Collection[int]) -> dict[int, str]:
    """The address of each customer's rep, to whom the customer's answers go."""
    found: dict[int, str] = {}
    owned = select(customers.c.id, reps.c.email).join(reps, (reps.c.id == customers.c.owner_id) & reps.c.active)
    for some in chunks(customer_ids):
        found |= {row.id: row.email for row in db.execute(owned.where(customers.c.id.in_(some))) if _takes(row.email)}
    return found


def _takes(email: str) -> bool:
    """Whether mail servers take an address: a rep with another one must not keep the customers' messages back."""
    try:
        return bool(address(email))
    except Unsendable:
        return False


def _somewhere(row: Any, way: reaching.Reach) -> Circumstances:
    """As much of the circumstances as the hour depends on."""
    return Circumstances(row.channel, row.purpose, row.recipient, row.text, way.zone, consent=None)


def _circumstances(db: Connection, policy: Policy, draft: Any, now: datetime) -> Circumstances:
    reached = reaching.reach(db, [draft.customer_id], region=policy.region, zone=policy.zone)
    return circumstances(db, [intended(draft)], reached, policy, now=now, zone=policy.zone)[0]


_DRAFT = select(drafts).where(drafts.c.outbox_id == bindparam("outbox"))
_PLACED = (
    update(drafts)
    .where(drafts.c.id == bindparam("which"))
    .values(outbox_id=bindparam("outbox"), payload_hash=bindparam("hash"))
)
_SENT = (
    update(drafts)
    .where(drafts.c.id == bindparam("which"))
    .values(sent_at=bindparam("moment", type_=drafts.c.sent_at.type))
)
