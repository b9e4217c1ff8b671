"""Making a follow-up: a form from the card, or plain words whose day is shown before it counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import Connection

from bot.blocks import bold, safe, section
from bot.cards import choices
from bot.cards import promise as cards
from bot.cards.follow_ups import placed
from bot.desk import Desk, Press, Reply, Sent, Sheet
from bot.looking import refuse_hidden, see_in_full, show_card
from bot.promising import country_of, own_today
from care import follow_ups, promise_steps, spoken_promises, working_days
from care.follow_ups import Step
from customers import search
from customers.reps import Person
from customers.search import Found
from plugins import button, form
from words.errors import BadInput
from words.speech import Speech

# What the form proposes: a week is what people say most often.
USUAL = timedelta(days=7)


def proposed(person: Person, say: Speech, desk: Desk, text: str) -> Reply:
    """Understand a promise in plain words, and ask whether it was understood rightly; nothing is kept yet."""
    refuse_hidden(desk)
    spoken = spoken_promises.understood(text, own_today(say, desk))
    with desk.reading() as db:
        name, what, found = _meant(db, person, desk, spoken.readings)
    if found.exact is not None:
        return _confirm(person, say, desk, found.exact, spoken.day, what)
    if found.hits:
        return cards.which(name, found.hits, spoken.day, what, say)
    return choices.nothing_found(name, found.closest, say)


@button("promise.choose")
def choose(press: Press, desk: Desk) -> Reply:
    """One of several customers is meant."""
    return _confirm(press.person, press.say, desk, *cards.unpacked(press.value))


@button("promise.confirm")
def confirm(press: Press, desk: Desk) -> Reply:
    """Keep the promise that was understood."""
    customer_id, day, what = cards.unpacked(press.value)
    name, step, _ = _make(press.person, press.say, desk, customer_id, day, what)
    return cards.made(customer_id, name, step.line.due, what, step.id, press.say)


@button("promise.change")
def change(press: Press, desk: Desk) -> Reply:
    """Open the form with what was understood."""
    customer_id, day, what = cards.unpacked(press.value)
    return _form(press, desk, customer_id, day, what, card=False)


@button("promise.cancel")
def cancel(press: Press, desk: Desk) -> Reply:
    """Let go of what was understood."""
    return Reply(press.say("Nothing was kept."))


@button("promise.undo")
def undo(press: Press, desk: Desk) -> Reply:
    """Take back a promise that was just made."""
    with desk.transaction() as db:
        line = promise_steps.undo(db, int(placed(press.value)[0]), by=press.person.id, now=desk.now)
    return Reply(press.say("{name}: taken back.", name=line.customer_name))


@button("customer.follow_up")
def open_form(press: Press, desk: Desk) -> Reply:
    """Open the form for a follow-up with the customer of the card."""
    day = working_days.on_working_day(own_today(press.say, desk) + USUAL, country_of(press.person, desk))
    return _form(press, desk, int(press.value), day, "", card=True)


@form("promise.make")
def make(sent: Sent, desk: Desk) -> Reply:
    """Keep the promise in the form."""
    customer_id, say = int(sent.memory["customer"]), sent.say
    wanted, what = date.fromisoformat(sent.values["day"]), (sent.values.get("what") or "").strip()
    try:
        name, step, moved = _make(sent.person, say, desk, customer_id, wanted, what)
    except BadInput as wrong:
        return Reply(faults={"day": say.error(wrong)})
    if not sent.memory["card"]:
        return cards.made(customer_id, name, step.line.due, what, step.id, say)
    note = say("Follow-up on {day}.", day=say.weekday(step.line.due))
    if moved:
        note += " " + cards.moved(wanted, say)
    value = f"{step.id}|card|{customer_id}"
    return show_card(sent.person, say, desk, customer_id, note=note, undo=("followup.undo", value))


def _meant(db: Connection, person: Person, desk: Desk, readings: Sequence[tuple[str, str]]) -> tuple[str, str, Found]:
    """The first way to read a sentence in which a customer is found, with what the search brought.

    Of several customers those are offered that the person sees in full.
    """
    reading, found = ("", ""), Found()
    for reading in readings:
        name = reading[0]
        found = search.find(db, person.sight, name, region=desk.settings.default_region)
        if found.exact is not None:
            break
        theirs = tuple(hit for hit in found.hits if person.sight.full(hit.owner_id))
        if theirs:
            found = Found(exact=theirs[0].id) if len(theirs) == 1 else Found(hits=theirs)
            break
        found = Found(closest=found.hits or found.closest)
    return *reading, found


def _confirm(person: Person, say: Speech, desk: Desk, customer_id: int, wanted: date, what: str) -> Reply:
    seen = see_in_full(desk, person, customer_id, "follow_up")
    day = working_days.on_working_day(wanted, country_of(person, desk))
    return cards.confirm(customer_id, seen.customer.name, day, wanted, what, say)


def _make(person: Person, say: Speech, desk: Desk, customer_id: int, wanted: date, what: str) -> tuple[str, Step, bool]:
    """Keep a promise; returns the customer's name, the step, and whether the day had to be moved."""
    seen = see_in_full(desk, person, customer_id, "follow_up")
    today = own_today(say, desk)
    day = working_days.on_working_day(wanted, country_of(person, desk)) if wanted >= today else wanted
    with desk.transaction() as db:
        step = follow_ups.make(
            db,
            customer_id=customer_id,
            rep_id=person.id,
            day=day,
            today=today,
            what=what,
            by=person.id,
            now=desk.now,
        )
    return seen.customer.name, step, day != wanted


def _form(press: Press, desk: Desk, customer_id: int, day: date, what: str, *, card: bool) -> Reply:
    seen, say = see_in_full(desk, press.person, customer_id, "follow_up"), press.say
    blocks = [section(bold(safe(seen.customer.name))), *cards.fields(day, what, say)]
    memory = {"customer": customer_id, "card": card}
    return Reply(sheet=Sheet("promise.make", say("Follow up"), say("Save"), blocks, memory))
