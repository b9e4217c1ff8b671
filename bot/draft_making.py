"""Writes a draft to one customer in a person's hands, or says what is missing and which other texts there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from bot.blocks import actions, button, menu, safe, section
from bot.blocks import header as headline
from bot.cards.draft_buttons import Spot
from bot.cards.draft_form import values_given
from bot.cards.draft_words import template_title
from bot.desk import Desk, Reply
from bot.draft_messages import shown
from bot.looking import see_in_full
from care import approving, draft_life, drafting, editing
from care.drafting import Wanted
from customers.alert_tables import alerts
from customers.loading import Seen
from customers.outreach_tables import batches, drafts
from customers.reps import Person
from words.errors import BadInput, NotAllowed
from words.rendering import MissingFields
from words.speech import Speech
from words.template_fields import FIELDS
from words.templates import templates

# What is proposed to whoever named no text, by what a rep said of a lost customer, else by where the customer stands.
BY_CAUSE = {cause: f"win_back/{cause}" for cause in ("price", "quality", "service", "process", "competitor")}
WIN_BACK, NURTURE, WELCOME, VISIT = (
    "win_back/generic", "swing_nurture/check_in", "welcome/first_order", "regular_visit/arrange",
)  # fmt: skip
APOLOGY = "apology/apology"


def made(
    person: Person,
    say: Speech,
    desk: Desk,
    customer_id: int,
    key: str | None,
    *,
    alert_id: int | None = None,
    before: Any = None,
    given: Mapping[str, Any] | None = None,
    beside: bool = False,
) -> Reply:
    """Write a draft and show its card, in place of `before`, or of what its author had begun for this customer."""
    alert_id = alert_id if before is None else before.alert_id
    seen = see_in_full(desk, person, customer_id, "draft")
    alert_id, cause = _alert(desk, customer_id, alert_id)
    wanted = [key] if key else _fitting(seen, alert_id, cause)
    trouble: BadInput = BadInput("This customer is not here any more.")
    for each in wanted:
        try:
            values = values_given(given or {})
            anew = Wanted(each, given=values, alert_id=alert_id)
            anew = anew if before is None else drafting.in_place_of(before, each, values)
            batch_id = _propose(desk, person, customer_id, anew, None if before is None else before.batch_id)
        except BadInput as wrong:
            trouble = wrong
            continue
        reply = shown(person, say, desk, Spot(batch_id))
        return Reply(reply.text, reply.blocks, beside=beside)
    return _unwritten(trouble, wanted[0], customer_id, alert_id, seen.customer.name, say, beside=beside)


def made_again(person: Person, say: Speech, desk: Desk, before: Any) -> Reply:
    """Write a draft (its row, see `own`) once more from the same text, and in its author's words where they differ."""
    see_in_full(desk, person, before.customer_id, "draft")
    wanted = drafting.in_place_of(before, before.template, values_given(before.given))
    batch_id = _propose(desk, person, before.customer_id, wanted, None)
    policy, spot = desk.settings.outreach, Spot(batch_id)
    if before.text and before.written != {"subject": before.subject, "text": before.text}:
        with desk.transaction() as db:
            now = draft_on(db, spot)
            text = before.text.replace(policy.unsubscribe(before.token), policy.unsubscribe(now.token))
            for who in draft_life.editors(db, before.id) or [person.id]:  # they have written these words as well
                editing.edit(db, policy, now.id, before.subject, text, by=who, at=desk.now)
    reply = shown(person, say, desk, spot)
    return Reply(reply.text, reply.blocks, beside=True)


def _propose(desk: Desk, person: Person, customer_id: int, wanted: Wanted, before: int | None) -> int:
    with desk.transaction() as db:
        for batch_id in _begun(db, person.id, customer_id) if before is None else [before]:
            drafting.discard(db, batch_id)
        made = drafting.propose(
            db, desk.settings.outreach, wanted, [customer_id], by=person.id, at=desk.now, today=desk.today,
            zone=desk.settings.zone,
        )  # fmt: skip
    return made.batch_id


def _begun(db: Connection, rep_id: int, customer_id: int) -> list[int]:
    """What a person has begun to write to a customer and not submitted; what an occasion proposed stays as it is."""
    b = batches.c
    own = select(b.id).join(drafts, drafts.c.batch_id == b.id)
    own = own.where(b.made_by == rep_id, b.state == "making", b.segment.is_(None), b.occasion.is_(None))
    return list(db.scalars(own.where(drafts.c.customer_id == customer_id)))


def _alert(desk: Desk, customer_id: int, alert_id: int | None) -> tuple[int | None, str | None]:
    """An alert and what its rep said of the loss, if it is about this customer: a button's value may be made up."""
    if alert_id is None:
        return None, None
    with desk.reading() as db:
        mine = (alerts.c.id == alert_id) & (alerts.c.customer_id == customer_id)
        row = db.execute(select(alerts.c.cause).where(mine)).first()
    return (None, None) if row is None else (alert_id, row.cause)


def _fitting(seen: Seen, alert_id: int | None, cause: str | None) -> list[str]:
    """The texts that fit where a customer stands, the most fitting one first."""
    facts = seen.facts
    found = [BY_CAUSE[cause]] if cause in BY_CAUSE else []
    if seen.shown.get("complaints"):
        found.append(APOLOGY)
    if facts is not None and facts.purchases == 1:
        found.append(WELCOME)
    if cause or (facts is not None and facts.loyalty == "lost"):
        found.append(WIN_BACK)
    elif alert_id is not None or (facts is not None and facts.loyalty == "swing"):
        found.append(NURTURE)
    return [*dict.fromkeys([*found, VISIT])]


def _unwritten(
    trouble: BadInput, key: str, customer_id: int, alert_id: int | None, name: str, say: Speech, *, beside: bool
) -> Reply:
    """Why a text cannot be written, with the form for what only its author knows, and the other texts."""
    why = trouble.said(say) if isinstance(trouble, MissingFields) else say.error(trouble)
    value = f"{customer_id}|{key}|{alert_id or ''}"
    buttons = [menu("draft.make:other", say("Another text"), _texts(customer_id, key, alert_id, say))]
    if isinstance(trouble, MissingFields) and all(FIELDS[field].source == "given" for field in trouble.fields):
        buttons.insert(0, button(say("Fill in"), "draft.fill", value, style="primary"))
    title = say("Message to {customer}", customer=name)
    return Reply(title, [headline(title), section(safe(why)), actions(*buttons)], beside=beside)


def _texts(customer_id: int, but: str, alert_id: int | None, say: Speech) -> list[tuple[str, str]]:
    keys = [key for key in dict.fromkeys(each.key for each in templates()) if key != but]
    return [(template_title(key, say), f"{customer_id}|{key}|{alert_id or ''}") for key in keys]


def own(db: Connection, person: Person, spot: Spot) -> Any:
    """The draft that stands on a card, with the alert it answers; raises `NotAllowed` where somebody else wrote it."""
    batch = approving.one(db, spot.batch)
    if batch.made_by != person.id:
        raise NotAllowed("Somebody else wrote this draft.")
    return draft_on(db, spot)


def draft_on(db: Connection, spot: Spot) -> Any:
    """The draft that stands on a card, with the alert and the occasion of its batch; `BadInput` where it is gone."""
    rows = select(drafts, batches.c.alert_id, batches.c.occasion).join(batches, batches.c.id == drafts.c.batch_id)
    found = db.execute(rows.where(batches.c.id == spot.batch).order_by(drafts.c.id)).all()
    if not found:
        raise BadInput(approving.GONE)
    return found[min(spot.place, len(found) - 1)]


def packed(value: str) -> tuple[int, str | None, int | None]:
    """The customer, the text and the alert in the value of a button; the latter two may be left out."""
    customer_id, _, rest = value.partition("|")
    key, _, alert_id = rest.partition("|")
    return int(customer_id), key or None, int(alert_id) if alert_id else None
