"""Who approves a message to a customer: in which order people are asked, and who may decide."""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select, update

from care.outreach_policy import Policy
from customers.computed_tables import customer_facts
from customers.deputies import stand_ins
from customers.groups import chunks
from customers.morning_tables import slack_users
from customers.outreach_tables import batches, draft_cards, draft_steps, drafts
from customers.reps import Person
from customers.tables import reps
from words.errors import NotAllowed


def approvers(db: Connection, author: int | None, day: date, *, second_person: bool) -> list[int]:
    """Who may be asked to approve, in the order in which they are asked.

    The author's manager and the managers above; then every other manager; last, where nobody has to look over it, the
    author, if a manager. Whoever is away, or cannot be reached in Slack, comes after all others.
    """
    ordered, absent = _ordered(db, author, day, second_person=second_person)
    return sorted(ordered, key=lambda each: each in absent)


def escalate(db: Connection, policy: Policy, now: datetime, day: date) -> list[tuple[int, int]]:
    """Ask the next one where nobody answered in time; returns (batch, whom). Those asked before may still decide."""
    late = select(batches).where(batches.c.state == "asked", batches.c.asked_of_since <= now - policy.approval)
    found = []
    for batch in db.execute(late.order_by(batches.c.id)).all():
        ordered, absent = _ordered(db, batch.made_by, day, second_person=batch.second_person)
        told = _told(db, batch.id) - {batch.made_by}  # its author has a card as well
        chosen = _next(ordered, absent, told, batch.asked_of)
        if chosen is None:
            continue
        mine = (batches.c.id == batch.id) & (batches.c.state == "asked") & (batches.c.asked_of == batch.asked_of)
        asked = {"asked_of": chosen, "asked_of_since": now}
        if db.execute(update(batches).where(mine).values(asked)).rowcount == 1:
            found.append((batch.id, chosen))
    return found


def needs_second(db: Connection, policy: Policy, customer_ids: Collection[int]) -> bool:
    """Whether nobody approves alone what goes to these customers: they are many, or one of them is of high value."""
    if len(customer_ids) > policy.batch_alone:
        return True
    valuable = select(customer_facts.c.customer_id).where(customer_facts.c.value == "high").limit(1)
    return any(
        db.execute(valuable.where(customer_facts.c.customer_id.in_(some))).first() is not None
        for some in chunks(customer_ids)
    )


def may_decide(db: Connection, policy: Policy, batch: Any, customer_ids: Collection[int], person: Person) -> None:
    """Raise `NotAllowed` where a person may not approve a batch that goes to these customers."""
    if "manager" not in person.roles:
        raise NotAllowed("A manager approves messages to customers. Yours has been asked.")
    two = batch.second_person or needs_second(db, policy, customer_ids)
    if two and (person.id == batch.made_by or _has_edited(db, batch.id, person.id)):
        raise NotAllowed("Four eyes: whoever wrote this cannot approve it as well. Another manager has to.")
    if person.id == batch.made_by and person.id != batch.asked_of:
        raise NotAllowed("You wrote this yourself, and another manager has been asked to approve it.")


def _ordered(db: Connection, author: int | None, day: date, *, second_person: bool) -> tuple[list[int], set[int]]:
    """Who may be asked, in their order, and which people are away or out of reach."""
    rows = db.execute(
        select(reps.c.id, reps.c.manager_id, reps.c.roles, reps.c.active, slack_users.c.user_id, slack_users.c.trouble)
        .outerjoin(slack_users, slack_users.c.rep_id == reps.c.id)
        .order_by(reps.c.id)
    ).all()
    above = {row.id: row.manager_id for row in rows}
    leads = [row.id for row in rows if row.active and "manager" in row.roles.split(",")]
    chain: list[int] = []
    at = above.get(author) if author is not None else None
    while at is not None and at not in chain:
        chain.append(at)
        at = above.get(at)
    ordered = [each for each in chain if each in leads and each != author]
    ordered += [each for each in leads if each not in ordered and each != author]
    if author is not None and author in leads and not second_person:
        ordered.append(author)
    lost = {row.id for row in rows if row.user_id is None or row.trouble is not None}
    return ordered, lost | set(stand_ins(db, day).deputies)


def _next(ordered: Sequence[int], absent: Set[int], told: Set[int], asked: int | None) -> int | None:
    """Whom to ask after `asked`; None where all have been asked. `told` are those who have been asked and are here."""
    if asked in absent:  # whoever went away since stands behind all others, so none of them would come after
        others = [each for each in ordered if each not in absent | told]
        if others:
            return others[0]
    by_order = sorted(ordered, key=lambda each: each in absent)
    place = by_order.index(asked) + 1 if asked in by_order else 0
    return by_order[place] if place < len(by_order) else None


def _told(db: Connection, batch_id: int) -> set[int]:
    """Who has a card of a batch."""
    return set(db.scalars(select(draft_cards.c.rep_id).where(draft_cards.c.batch_id == batch_id)))


def _has_edited(db: Connection, batch_id: int, rep_id: int) -> bool:
    """Whether a person has ever changed words of a batch: also what others changed afterwards may hold some of them."""
    edited = select(draft_steps.c.id).join(drafts, drafts.c.id == draft_steps.c.draft_id)
    mine = (drafts.c.batch_id == batch_id) & (draft_steps.c.what == "edited") & (draft_steps.c.rep_id == rep_id)
    return db.execute(edited.where(mine).limit(1)).first() is not None
