"""`/rekindle privacy`: what we hold about a customer, who looked, and erasing it, for privacy officers only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot import erasing
from bot.cards import choices, details, privacy_contacts
from bot.cards import privacy as cards
from bot.desk import Desk, Press, Reply, Sent
from bot.held_data_file import check_may_leave, handed
from bot.looking import showable
from care import contacts_held, privacy
from customers import search
from customers.folding import fold
from customers.loading import Seen
from customers.reps import Person
from customers.sight import Sight
from plugins import button, form
from words.errors import BadInput, NotAllowed
from words.speech import Speech

SHOW = "privacy.open"
# Our own number of a customer: an erased one has no other name.
NUMBER = re.compile(r"#(\d{1,9})")


def privacy_of(person: Person, say: Speech, desk: Desk, text: str) -> Reply:
    """Find any customer for a privacy officer, and show what we hold; raises `NotAllowed` for everybody else."""
    allow(person, desk, say)
    if not text:
        raise BadInput("Name a customer: {usage}", usage="`/rekindle privacy acme`")
    if numbered := NUMBER.fullmatch(text):
        return _card(person, say, desk, int(numbered[1]))
    with desk.reading() as db:
        sight = privacy.sees_everybody(db) if desk.settings.slack_shows == "full" else Sight()
        found = search.find(db, sight, text, region=desk.settings.default_region)
    if found.exact is not None:
        return _card(person, say, desk, found.exact)
    hits = showable(found.hits or found.closest, desk)
    if found.hits:
        return choices.did_you_mean(text, hits, say, action=SHOW)
    return choices.nothing_found(text, hits, say, action=SHOW)


@button(SHOW)
def open_privacy(press: Press, desk: Desk) -> Reply:
    """Show what we hold about a customer that was offered."""
    allow(press.person, desk, press.say)
    return _card(press.person, press.say, desk, int(press.value))


@button("privacy.looks")
def show_looks(press: Press, desk: Desk) -> Reply:
    """Show who looked at a customer, when and how."""
    allow(press.person, desk, press.say)
    customer_id, _, page = press.value.partition(":")
    name = _name(press.person, press.say, desk, int(customer_id), "privacy looks")
    with desk.reading() as db:
        looks = privacy.looks_at(db, int(customer_id), int(page or 0))
    return cards.looked(name, int(customer_id), looks, press.say)


@button("privacy.export")
def export(press: Press, desk: Desk) -> Reply:
    """Hand everything that we hold about a customer to the officer: as JSON and as a page to read, in the DM."""
    allow(press.person, desk, press.say)
    check_may_leave(desk, "rekindle privacy export")
    customer_id = int(press.value)
    called = _name(press.person, press.say, desk, customer_id, "privacy export")
    with desk.reading() as db:
        held = privacy.everything(db, customer_id)
    return handed(held, called, f"customer-{customer_id}", privacy.as_json(held, desk.now), desk, press.say)


@button("privacy.erase")
def open_erasing(press: Press, desk: Desk) -> Reply:
    """Open the form that says what erasing does and asks for the name."""
    allow(press.person, desk, press.say)
    customer_id = int(press.value)
    seen = see(press.person, desk, customer_id, "privacy erase")
    if seen is None:
        raise BadInput("This customer has been erased already.")
    with desk.reading() as db:
        counts = privacy.counts(db, customer_id)
    return Reply(sheet=cards.form(seen.customer.name, customer_id, counts, press.say))


@form("privacy.erase")
def erase(sent: Sent, desk: Desk) -> Reply:
    """Erase the customer, if the name that was typed is the customer's."""
    allow(sent.person, desk, sent.say)
    customer_id, say = int(sent.memory["customer"]), sent.say
    seen = see(sent.person, desk, customer_id, "privacy erase")
    if seen is not None and fold(sent.values.get("name") or "") != fold(seen.customer.name):
        return Reply(faults={"name": say("This is not the name that stands above: {name}", name=seen.customer.name)})
    done, scrubbed = erasing.erase(sent.person, desk, customer_id)
    lines = cards.told(done.forgotten, done.stopped, scrubbed, say)
    return _card(sent.person, say, desk, customer_id, lines)


def _card(person: Person, say: Speech, desk: Desk, customer_id: int, done: Sequence[str] = ()) -> Reply:
    seen = see(person, desk, customer_id, "privacy card")
    with desk.reading() as db:
        counts, looks = privacy.counts(db, customer_id), privacy.looks_at(db, customer_id)
        erased = privacy.erasure_of(db, customer_id)
        people = contacts_held.of_customer(db, customer_id)
    if seen is not None:
        about, extra = details.about(seen, say), privacy_contacts.menu_of(people, say, named=desk.shows_amounts)
        return cards.card(seen.customer.name, customer_id, about, counts, looks, say, extra)
    if erased is None:  # erased in this very moment
        raise BadInput("This customer is not here any more.")
    return cards.erased(customer_id, erased, counts, looks, say, done)


def _name(person: Person, say: Speech, desk: Desk, customer_id: int, what: str) -> str:
    """What a customer is called, erased ones too; the look is logged."""
    seen = see(person, desk, customer_id, what)
    return cards.erased_name(customer_id, say) if seen is None else str(seen.customer.name)


def see(person: Person, desk: Desk, customer_id: int, what: str) -> Seen | None:
    """Load any customer for an officer, and log the look; None for one who was erased.

    Raises `BadInput` where there is none.
    """
    with desk.reading() as db:
        officer = replace(person, sight=privacy.sees_everybody(db))
        erased = privacy.erasure_of(db, customer_id) is not None
    seen = desk.see(officer, customer_id, what)
    if seen is None and not erased:
        raise BadInput("This customer is not here any more.")
    if seen is None:
        desk.looks.record(person.id, customer_id, what)
    return seen


def allow(person: Person, desk: Desk, say: Speech) -> None:
    """Raise `NotAllowed` for whoever is no privacy officer."""
    if "privacy" in person.roles:
        return
    with desk.reading() as db:
        names = privacy.officers(db)
    if names:
        raise NotAllowed("This is for privacy officers. Ask one of them: {names}.", names=say.listing(names))
    raise NotAllowed(
        "This is for privacy officers, and there is none yet. An operator names one with: {command}",
        command="`rekindle grant E-MAIL privacy`",
    )
