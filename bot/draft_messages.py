"""Cards about messages to customers: drawn for whoever presses, told by DM, and changed wherever they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.blocks import safe, section
from bot.cards import draft as cards
from bot.cards.draft_buttons import APPROVER, AUTHOR, Spot
from bot.desk import Block, Desk, Reply
from bot.looking import refuse_hidden
from bot.slack_readers import slack_reader
from care import approving, draft_life, draft_views
from care.approving import Overtaken
from customers.outreach_tables import batches, draft_cards, drafts
from customers.reps import Person
from customers.tables import access_log
from delivery import Message, put
from words.errors import NotAllowed
from words.failures import noted
from words.speech import Speech

JOB = "approvals"
# Whoever is away for longer than this finds the card in /approvals, and the next one has been asked long before.
WORTH_TELLING = timedelta(days=3)


def shown(person: Person, say: Speech, desk: Desk, spot: Spot, done: Sequence[Block] = ()) -> Reply:
    """A batch as a person sees it now; raises `NotAllowed` where it is none of theirs. The look is logged."""
    policy, zone = desk.settings.outreach, desk.settings.zone
    with desk.reading() as db:
        allowed(db, desk, person, spot.batch)
        view = draft_views.view(db, policy, spot.batch, now=desk.now, zone=zone, place=spot.place)
        view = draft_views.as_seen_by(db, view, person)
    desk.looks.record(person.id, view.draft.customer_id, "draft")
    return cards.card(view, spot, say, desk.settings.home_currency, done)


def left_over(person: Person, say: Speech, desk: Desk, spot: Spot) -> Reply:
    """What stands in place of a card that was submitted, since its author has a copy in the DM."""
    policy, zone = desk.settings.outreach, desk.settings.zone
    with desk.reading() as db:
        allowed(db, desk, person, spot.batch)
        return cards.submitted(draft_views.view(db, policy, spot.batch, now=desk.now, zone=zone), say)


def overtaken(person: Person, say: Speech, desk: Desk, spot: Spot, why: Overtaken) -> Reply:
    """The card as it stands now, and above it what happened meanwhile."""
    return shown(person, say, desk, spot, [section(f"ℹ️ {safe(say.error(why))}")])


def allowed(db: Connection, desk: Desk, person: Person, batch_id: int) -> Any:
    """A batch as a row, if a person may look at it, and here; raises `NotAllowed` otherwise, `BadInput` if it is gone.

    Asked before everything that is done by a button: its value may have been made up.
    """
    refuse_hidden(desk)
    batch = approving.one(db, batch_id)
    draft_views.may_see(db, batch, person)
    return batch


def see_all_in_full(db: Connection, desk: Desk, person: Person, batch_id: int) -> None:
    """Raise `NotAllowed` unless a person sees all customers of a batch in full today."""
    refuse_hidden(desk)
    if not draft_views.sees_all(db, batch_id, person):
        raise NotAllowed("This customer belongs to another team: you see name, owner and stage only.")


def tell(db: Connection, desk: Desk, batch_id: int, rep_id: int) -> bool:
    """Write a person the card of a batch, in the caller's transaction, unless that person has it already.

    False where the person cannot be reached in Slack (yet). Call `desk.wake()` afterwards.
    """
    mine = (draft_cards.c.batch_id == batch_id) & (draft_cards.c.rep_id == rep_id)
    if db.execute(select(draft_cards.c.id).where(mine)).first() is not None:
        redraw(db, desk, [batch_id])
        return True
    drawn = _drawn(db, desk, batch_id, rep_id)
    if drawn is None:
        return False
    user_id, customer_id, reply = drawn
    payload = {"text": safe(reply.text), "blocks": list(reply.blocks)}
    dialect = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    card = dialect(draft_cards).values(batch_id=batch_id, rep_id=rep_id).on_conflict_do_nothing()
    card_id = db.scalar(card.returning(draft_cards.c.id))
    if card_id is None:  # another process has just done so
        return True
    (outbox_id,) = put(db, JOB, [Message(user_id, payload, desk.now, desk.now + WORTH_TELLING)])
    db.execute(update(draft_cards).where(draft_cards.c.id == card_id).values(outbox_id=outbox_id))
    looked = {"at": desk.now, "rep_id": rep_id, "customer_id": customer_id, "what": "draft"}
    db.execute(insert(access_log).values(looked))
    return True


def say_rejected(db: Connection, desk: Desk, batch_id: int) -> None:
    """Tell the author of a batch that it was rejected and why: a card that changes far above is not noticed.

    Call `desk.wake()` afterwards.
    """
    batch = approving.one(db, batch_id)
    to = slack_reader(db, desk, batch.made_by) if batch.made_by is not None else None
    if to is None or to.person is None or not desk.shows_amounts:
        return
    view = draft_views.view(db, desk.settings.outreach, batch_id, now=desk.now, zone=desk.settings.zone)
    reply = cards.rejection(view, Spot(batch_id, AUTHOR), to.say)
    payload = {"text": safe(reply.text), "blocks": list(reply.blocks)}
    put(db, JOB, [Message(to.user_id, payload, desk.now, desk.now + WORTH_TELLING)])


def untold(db: Connection) -> list[tuple[int, int]]:
    """The (batch, approver) of batches that wait for somebody who has no card of it."""
    carded = (draft_cards.c.batch_id == batches.c.id) & (draft_cards.c.rep_id == batches.c.asked_of)
    waits = select(batches.c.id, batches.c.asked_of).where(batches.c.state == "asked", batches.c.asked_of.is_not(None))
    rows = db.execute(waits.where(~select(draft_cards.c.id).where(carded).exists()).order_by(batches.c.id))
    return [(row.id, row.asked_of) for row in rows]


def redraw(db: Connection, desk: Desk, batch_ids: Iterable[int]) -> int:
    """Have every copy of some cards drawn anew where it stands, in the caller's transaction; returns how many.

    Call `desk.wake()` afterwards.
    """
    wanted, changed = sorted(set(batch_ids)), 0
    draft_life.hold(db, wanted)  # of two who draw a card at once, the one who knows less must not be the last
    found = select(draft_cards).where(draft_cards.c.batch_id.in_(wanted)).order_by(draft_cards.c.id)
    for row in db.execute(found).all():
        try:
            with db.begin_nested():
                changed += _redraw(db, desk, row.batch_id, row.rep_id, row.outbox_id)
        except Exception as failure:  # this copy stays as it is, the others change
            noted(failure)
    return changed


def batches_of(db: Connection, draft_ids: Iterable[int]) -> list[int]:
    """The batches of some drafts."""
    return list(db.scalars(select(drafts.c.batch_id).where(drafts.c.id.in_(sorted(draft_ids))).distinct()))


def _redraw(db: Connection, desk: Desk, batch_id: int, rep_id: int, outbox_id: int | None) -> bool:
    drawn = _drawn(db, desk, batch_id, rep_id) if outbox_id is not None else None
    if drawn is None:
        return False
    user_id, _, reply = drawn
    payload = {"text": safe(reply.text), "blocks": list(reply.blocks)}
    until = desk.now + WORTH_TELLING
    put(db, JOB, [Message(user_id, payload, desk.now, until, action="update", earlier=outbox_id)])
    return True


def _drawn(db: Connection, desk: Desk, batch_id: int, rep_id: int) -> tuple[str, int, Reply] | None:
    """The Slack user, the customer whose message is shown, and the card; None where there is nobody to show it to."""
    to = slack_reader(db, desk, rep_id)
    if to is None or to.person is None or not desk.shows_amounts:
        return None
    settings = desk.settings
    view = draft_views.view(db, settings.outreach, batch_id, now=desk.now, zone=settings.zone)
    own = rep_id == view.batch.made_by and rep_id != view.batch.asked_of
    spot = Spot(batch_id, AUTHOR if own else APPROVER)
    view = draft_views.as_seen_by(db, view, to.person)
    return to.user_id, view.draft.customer_id, cards.card(view, spot, to.say, settings.home_currency)
