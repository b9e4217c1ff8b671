"""Takes a customer who is erased out of messages to our own people: those that wait, and those that stand in Slack."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from care import campaigns
from care.mentions import Words, without, words_of
from customers.filter_language import parse
from customers.filter_tree import All, Either, Filter, Is, Node, Not, Where
from customers.folding import fold
from customers.groups import chunks
from customers.morning_tables import held_back, slack_users
from customers.outreach_tables import batches
from customers.outreach_tables import campaigns as campaign_rows
from customers.tables import access_log, reps, saved_segments
from delivery import SLACK, Message, put
from delivery.health import FINAL
from delivery.tables import outbox
from words.errors import BadInput
from words.speech import Speech, message

LABEL = message("(a customer who was erased)")
# A message that could not be changed for so long has scrolled out of sight.
WORTH_CHANGING = timedelta(days=2)
# The states in which a message stands in Slack, or will.
SHOWN = ("pending", "leased", "unknown", "sent")
# Fields of a filter that name a customer.
NAMING = ("name", "parent", "key", "email", "phone")


Take = Callable[[Mapping[str, Any], str], dict[str, Any] | None]
"""Takes somebody out of a message, for whom a label stands then; None where the message does not name them."""


@dataclass(frozen=True)
class Candidates:
    """What a look without holding anybody up has found: messages that may name somebody, up to the newest one."""

    words: Words
    ids: tuple[int, ...]
    newest: int


def look(db: Connection, customer_id: int) -> Candidates:
    """Look through all messages that are kept for a customer: for a transaction that only reads, this may take long."""
    return look_for(db, words_of(db, customer_id))


def look_for(db: Connection, words: Words) -> Candidates:
    """The same for whomever some words name."""
    newest = db.scalar(select(func.max(outbox.c.id))) or 0
    return Candidates(words, tuple(_naming(db, words, 0)), newest)


def forget_in_messages(db: Connection, customer_id: int, candidates: Candidates, at: datetime) -> int:
    """Take the customer out of every message to our people, and out of what was noted in passing.

    What waits to be said is said without the customer, and what stands in Slack is changed (whoever knows how a card
    is drawn may do so once more). Returns how many messages named the customer.
    """
    words = words_of(db, customer_id)
    named = take_out(db, words, candidates, lambda payload, label: without(payload, words, label), LABEL, at)
    _forget_notes(db, words)
    return named


def take_out(db: Connection, words: Words, candidates: Candidates, take: Take, label: str, at: datetime) -> int:
    """Have `take` take somebody out of every message to our people in which `words` stand.

    `label` is the message that stands in their place. Returns how many messages there were.
    """
    after = candidates.newest if words == candidates.words else 0
    ids = {*(candidates.ids if after else ()), *_naming(db, words, after)}
    rows = [row for some in chunks(ids) for row in db.execute(select(outbox).where(outbox.c.id.in_(some)))]
    named = [row for row in rows if take(json.loads(row.payload), "") is not None]
    for root in sorted({row.earlier_id if row.action == "update" else row.id for row in named}):
        _draw_anew(db, root, take, label, at)
    for row in named:
        _forget(db, row, take, label)
    return len(named)


def _naming(db: Connection, words: Words, after: int) -> Sequence[int]:
    if not words.names:
        return []
    kept = (outbox.c.kind == SLACK) & outbox.c.payload.is_not(None) & (outbox.c.id > after)
    return db.scalars(select(outbox.c.id).where(kept, words.stored_in(outbox.c.payload))).all()


def _draw_anew(db: Connection, root: int, take: Take, label: str, at: datetime) -> None:
    """Have a message that stands in Slack changed, if its newest version names whom `take` takes out."""
    versions = (outbox.c.id == root) | ((outbox.c.earlier_id == root) & (outbox.c.action == "update"))
    newest = db.execute(
        select(outbox).where(versions, outbox.c.state.in_(SHOWN)).order_by(outbox.c.id.desc()).limit(1)
    ).first()
    if newest is None or newest.payload is None or (newest.id == root and newest.state == "pending"):
        return  # what was not said yet is changed where it waits
    told = take(json.loads(newest.payload), _label(db, newest.recipient, label))
    if told is not None:
        put(db, newest.job, [Message(newest.recipient, told, at, at + WORTH_CHANGING, action="update", earlier=root)])


def _forget(db: Connection, row: Any, take: Take, label: str) -> None:
    """Drop what was said; what is still to be said is kept without whom `take` takes out."""
    mine = outbox.c.id == row.id
    if db.scalar(select(outbox.c.state).where(mine)) in FINAL:
        db.execute(update(outbox).where(mine).values(payload=None))
        return
    told = take(json.loads(row.payload), _label(db, row.recipient, label))
    text = json.dumps(told, ensure_ascii=False)
    hashed = hashlib.sha256(text.encode()).hexdigest()
    db.execute(update(outbox).where(mine).values(payload=text, payload_hash=hashed))


def _label(db: Connection, user_id: str, label: str) -> str:
    """What stands in place of whoever is taken out, in the language of who reads it."""
    chosen = select(reps.c.language, slack_users.c.language).join(slack_users, slack_users.c.rep_id == reps.c.id)
    row = db.execute(chosen.where(slack_users.c.user_id == user_id)).first()
    return Speech((row[0] or row[1]) if row else "en")(label)


def _forget_notes(db: Connection, words: Words) -> None:
    """Drop what may name the customer beside the tables about customers; all of it is short, and read in full."""
    lines = db.execute(select(held_back.c.id, held_back.c.line)).all()
    db.execute(delete(held_back).where(held_back.c.id.in_([id for id, line in lines if words.about(line)])))
    log = access_log.c
    exports = select(log.id, log.what).where(log.customer_id.is_(None), log.what.startswith("export "))
    named = [id for id, what in db.execute(exports).all() if words.name_in(what)]
    db.execute(update(access_log).where(access_log.c.id.in_(named)).values(what="export"))
    for column in (batches.c.segment, batches.c.reason):
        rows = db.execute(select(batches.c.id, column).where(column.is_not(None))).all()
        about = [id for id, text in rows if words.about(text)]
        db.execute(update(batches).where(batches.c.id.in_(about)).values({column.name: None}))
    for id, name in db.execute(select(campaign_rows.c.id, campaign_rows.c.name)).all():
        if words.about(name):
            campaigns.rename(db, id)
    names = {fold(name) for name in words.names}
    saved = db.execute(select(saved_segments)).all()
    gone = [row.id for row in saved if row.folded_name in names or _names(row.filter, names)]
    db.execute(delete(saved_segments).where(saved_segments.c.id.in_(gone)))


def _names(text: str, names: set[str]) -> bool:
    """Whether a filter asks for the customer by name, id or address."""
    try:
        return _asks(parse(text), names)
    except BadInput:  # saved by an older version
        return False


def _asks(part: Filter | Node, names: set[str]) -> bool:
    match part:
        case Filter(root):
            return _asks(root, names)
        case Not(inner):
            return _asks(inner, names)
        case All(parts) | Either(parts):
            return any(_asks(each, names) for each in parts)
        case Where(field, conditions):
            said = (fold(str(each.value)) for each in conditions if isinstance(each, Is))
            return field in NAMING and any(word in names for word in said)
