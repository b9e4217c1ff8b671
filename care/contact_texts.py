"""Takes one contact's name and addresses out of what was written about the company, and out of what was noted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, select, update

from care.contact_names import Naming
from customers.alert_tables import alerts
from customers.morning_tables import held_back
from customers.outreach_tables import batches, draft_steps, drafts
from customers.tables import access_log, corrections, customer_tags, interactions, saved_segments
from customers.work_tables import follow_up_steps, follow_ups

WHERE: tuple[tuple[Table, tuple[str, ...]], ...] = (
    (interactions, ("text", "outcome")),
    (follow_ups, ("what", "reason")),
    (follow_up_steps, ("before", "after")),
    (alerts, ("words",)),
    (batches, ("segment", "reason")),
    (draft_steps, ("reason",)),
)
"""Where people write of a customer in their own words."""


@dataclass
class Texts:
    """What was done: entries changed, entries left because a word there may mean something else, alerts to redraw."""

    changed: int = 0
    left: int = 0
    alert_messages: set[int] = field(default_factory=set)


def forget_in_texts(db: Connection, customer_id: int, contact_id: int, naming: Naming, *, everywhere: bool) -> Texts:
    """Put a mark in place of the contact wherever people wrote of the company.

    A doubtful name is taken out of what is linked with the contact, and with `everywhere` out of all texts of this
    company. Asked before the contact goes, since links are lost with it.
    """
    done = Texts()
    for table, columns in WHERE:
        linked = _linked(db, table, contact_id)
        for row in db.execute(select(table).where(_of(table, customer_id))).all():
            held = {name: getattr(row, name) for name in columns}
            sure = everywhere or row.id in linked
            new = {name: naming.inside(value, doubtful=sure) for name, value in held.items()}
            if not sure and naming.inside(new, doubtful=True) != new:
                done.left += 1
            if new != held:
                db.execute(update(table).where(table.c.id == row.id).values(new))
                done.changed += 1
                if table is alerts and row.message_id is not None:
                    done.alert_messages.add(row.message_id)
    _forget_corrections(db, customer_id, naming)
    for tag in db.scalars(select(customer_tags.c.tag).where(customer_tags.c.customer_id == customer_id)).all():
        if naming.without(tag, doubtful=everywhere) != tag:
            db.execute(
                delete(customer_tags).where(customer_tags.c.customer_id == customer_id, customer_tags.c.tag == tag)
            )
            done.changed += 1
    return done


def forget_notes(db: Connection, naming: Naming) -> None:
    """Take the contact out of what is kept about no customer in particular; what others share is left."""
    for row in db.execute(select(held_back.c.id, held_back.c.line)).all():
        told = naming.out_of_message({"text": row.line}, "[…]")
        if told is not None:
            db.execute(update(held_back).where(held_back.c.id == row.id).values(line=told["text"]))
    log = access_log.c
    exports = select(log.id, log.what).where(log.customer_id.is_(None), log.what.startswith("export "))
    named = [id for id, what in db.execute(exports).all() if naming.without(what, foreign=True) != what]
    db.execute(update(access_log).where(log.id.in_(named)).values(what="export"))
    saved = db.execute(select(saved_segments.c.id, saved_segments.c.name, saved_segments.c.filter)).all()
    gone = [id for id, *texts in saved if any(naming.without(text, foreign=True) != text for text in texts)]
    db.execute(delete(saved_segments).where(saved_segments.c.id.in_(gone)))
    for row in db.execute(select(batches.c.id, batches.c.segment).where(batches.c.segment.is_not(None))).all():
        if naming.without(row.segment, foreign=True) != row.segment:
            db.execute(update(batches).where(batches.c.id == row.id).values(segment=None))


def _of(table: Table, customer_id: int) -> ColumnElement[bool]:
    if table is follow_up_steps:
        return table.c.follow_up_id.in_(select(follow_ups.c.id).where(follow_ups.c.customer_id == customer_id))
    if table is draft_steps:
        return table.c.draft_id.in_(select(drafts.c.id).where(drafts.c.customer_id == customer_id))
    if table is batches:
        others = select(drafts.c.batch_id).where(drafts.c.customer_id != customer_id)
        mine = select(drafts.c.batch_id).where(drafts.c.customer_id == customer_id)
        return table.c.id.in_(mine) & table.c.id.not_in(others)
    return table.c.customer_id == customer_id


def _linked(db: Connection, table: Table, contact_id: int) -> set[int]:
    """The rows of a table that are linked with the contact: there a name means nobody else."""
    met = select(interactions.c.id).where(interactions.c.contact_id == contact_id)
    promised = select(follow_ups.c.id).where(follow_ups.c.interaction_id.in_(met))
    if table is interactions:
        return set(db.scalars(met))
    if table is follow_ups:
        return set(db.scalars(promised))
    if table is follow_up_steps:
        return set(db.scalars(select(table.c.id).where(table.c.follow_up_id.in_(promised))))
    return set()


def _forget_corrections(db: Connection, customer_id: int, naming: Naming) -> None:
    """Empty the contact's addresses where a correction of the company's kept them."""
    for row in db.execute(select(corrections).where(corrections.c.customer_id == customer_id)).all():
        new = {"before": _emptied(row.before, naming), "after": _emptied(row.after, naming)}
        if new != {"before": row.before, "after": row.after}:
            db.execute(update(corrections).where(corrections.c.id == row.id).values(new))


def _emptied(values: dict[str, Any], naming: Naming) -> dict[str, Any]:
    return {name: None if naming.inside(value) != value else value for name, value in values.items()}
