"""A manager hands all customers and promises of somebody over to somebody else, in one step that can be undone."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.blocks import bold, button, entry, safe, search_menu, section
from bot.desk import Desk, Press, Reply, Sent, Sheet, Typing
from care import corrections, handing_over
from care.handing_over import HandedOver
from customers.reps import Person
from customers.tables import reps
from plugins import button as on_button
from plugins import form, type_ahead
from words.errors import BadInput, NotAllowed
from words.speech import Speech


@on_button("handover.all")
def open_form(press: Press, desk: Desk) -> Reply:
    """Open the form that asks to whom."""
    say = press.say
    with desk.reading() as db:
        name = _name_of_theirs(db, press.person, int(press.value))
        owned, owed = handing_over.holdings(db, int(press.value))
    if not owned and not owed:
        raise BadInput("This person has no customers and no follow-ups.")
    blocks = [
        section(f"{bold(safe(name))}\n{_amount(owned, owed, say)}"),
        entry("to", say("To whom"), search_menu("handover.person", say("Type a name"))),
    ]
    return Reply(sheet=Sheet("handover.all", say("Hand over"), say("Hand over"), blocks, {"from": int(press.value)}))


@type_ahead("handover.person")
def offer_people(typing: Typing, desk: Desk) -> list[tuple[str, str]]:
    """Offer the reps whose name fits what is typed."""
    with desk.reading() as db:
        return corrections.owners(db, typing.text)


@form("handover.all")
def hand_over(sent: Sent, desk: Desk) -> Reply:
    """Make somebody else the owner of everything."""
    say, from_id, to_id = sent.say, int(sent.memory["from"]), int(sent.values["to"])
    try:
        with desk.transaction() as db:
            name = _name_of_theirs(db, sent.person, from_id)
            to = db.scalar(select(reps.c.name).where(reps.c.id == to_id)) or ""
            done = handing_over.hand_over_all(db, from_id, to_id, by=sent.person.id, now=desk.now)
    except BadInput as wrong:
        return Reply(faults={"to": say.error(wrong)})
    words = say("From {name} to {to}: {what}.", name=name, to=to, what=_done(done, say))
    undo = button(say("Undo"), "handover.undo", str(done.id))
    return Reply(words, [section(f"✅ {safe(words)}", undo)], beside=True)


@on_button("handover.undo")
def undo(press: Press, desk: Desk) -> Reply:
    """Give everything back."""
    with desk.transaction() as db:
        done = handing_over.take_back(db, int(press.value), by=press.person.id, now=desk.now)
    return Reply(press.say("Taken back: {what}.", what=_done(done, press.say)))


def _name_of_theirs(db: Connection, person: Person, rep_id: int) -> str:
    """The name of somebody whose customers a person may give away; raises `NotAllowed`."""
    name = db.scalar(select(reps.c.name).where(reps.c.id == rep_id))
    if name is None or not ("operator" in person.roles or rep_id in person.exports.owners):
        raise NotAllowed("Only a manager of this person, or an operator, can hand their customers over.")
    return str(name)


def _done(done: HandedOver, say: Speech) -> str:
    return _amount(done.customers, done.follow_ups, say)


def _amount(owned: int, owed: int, say: Speech) -> str:
    customers = say.count("{n} customer", "{n} customers", owned)
    return say.listing([customers, say.count("{n} follow-up", "{n} follow-ups", owed)])
