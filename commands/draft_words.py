"""The words of a draft: written anew from another text, completed with what its author knows, or edited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from bot.blocks import entry, text_field
from bot.cards.draft_buttons import Spot, is_spot, spotted
from bot.cards.draft_form import entries
from bot.desk import Desk, Press, Reply, Sent, Sheet
from bot.draft_making import draft_on, made, own, packed
from bot.draft_messages import allowed, redraw, shown
from care import draft_life, editing, examining
from care.approving import AlreadyDecided, WordsChanged
from customers.reps import Person
from plugins import button, form
from words.errors import BadInput, NotAllowed
from words.rendering import LONGEST_SUBJECT
from words.speech import message
from words.templates import EMAIL

# Characters of a text that Slack lets one edit in a form.
EDITABLE = 3_000


@button("draft.other")
def choose_other(press: Press, desk: Desk) -> Reply:
    """Write the draft anew from another text."""
    key, _, value = press.value.partition("|")
    spot = spotted(value)
    with desk.reading() as db:
        before = own(db, press.person, spot)
    return made(press.person, press.say, desk, before.customer_id, key, before=before, given=before.given)


@button("draft.fill")
def open_fields(press: Press, desk: Desk) -> Reply:
    """Open the form for what the text can say and only its author knows."""
    if not is_spot(press.value):
        customer_id, key, alert_id = packed(press.value)
        given: Mapping[str, Any] = {}
    else:
        with desk.reading() as db:
            before = own(db, press.person, spotted(press.value))
        customer_id, key, alert_id, given = before.customer_id, before.template, before.alert_id, before.given
    say, memory = press.say, {"customer": customer_id, "key": key, "alert": alert_id, "spot": press.value}
    return Reply(sheet=Sheet("draft.fill", say("Fill in"), say("Write"), entries(str(key), given, say), memory))


@form("draft.fill")
def fill(sent: Sent, desk: Desk) -> Reply:
    """Write the draft with what was filled in."""
    given = {name: value for name, value in sent.values.items() if value}
    memory, before = sent.memory, None
    if is_spot(memory["spot"]):
        with desk.reading() as db:
            before = own(db, sent.person, spotted(memory["spot"]))
    return made(
        sent.person, sent.say, desk, int(memory["customer"]), memory["key"], alert_id=memory["alert"], before=before,
        given=given,
    )  # fmt: skip


@button("draft.edit")
def open_words(press: Press, desk: Desk) -> Reply:
    """Open the words of a draft in a form."""
    say, spot = press.say, spotted(press.value)
    with desk.reading() as db:
        row = _editable(db, desk, press.person, spot)
    if len(row.text) > EDITABLE:
        raise BadInput("This text is too long to be edited in Slack. Choose another text.")
    blocks = [entry("subject", say("Subject"), text_field(row.subject, longest=LONGEST_SUBJECT))]
    blocks = blocks if row.channel == EMAIL else []
    blocks.append(entry("text", say("Text of the message"), text_field(row.text, lines=True, longest=EDITABLE)))
    memory = {"spot": spot.value(), "seal": examining.seal([row])}
    return Reply(sheet=Sheet("draft.edit", say("Edit the message"), say("Save"), blocks, memory))


@form("draft.edit")
def edit(sent: Sent, desk: Desk) -> Reply:
    """Keep the edited words; whoever is to approve them sees them at once."""
    spot, subject = spotted(sent.memory["spot"]), sent.values.get("subject") or ""
    try:
        with desk.transaction() as db:
            draft_life.hold(db, [spot.batch])
            row = _editable(db, desk, sent.person, spot)
            if examining.seal([row]) != sent.memory["seal"]:
                raise WordsChanged(
                    message("Somebody else has changed these words meanwhile: close this and edit anew.")
                )
            editing.edit(
                db, desk.settings.outreach, row.id, subject, sent.values["text"], by=sent.person.id, at=desk.now
            )
            redraw(db, desk, [spot.batch])
    except AlreadyDecided:
        raise
    except BadInput as wrong:
        return Reply(faults={"text": sent.say.error(wrong)})
    desk.wake()
    return shown(sent.person, sent.say, desk, spot)


def _editable(db: Connection, desk: Desk, person: Person, spot: Spot) -> Any:
    """The draft on a card, if a person may change its words: its author, or whoever may approve it."""
    batch = allowed(db, desk, person, spot.batch)
    if batch.made_by != person.id and "manager" not in person.roles:
        raise NotAllowed("Somebody else wrote this draft.")
    row = draft_on(db, spot)
    if row.state != "proposed":
        raise AlreadyDecided(message("These words cannot be changed any more. Undo the sending first."))
    return row
