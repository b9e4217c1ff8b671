"""One contact of a company, for privacy officers: what we hold, a file of it, and erasing that contact alone."""

from __future__ import annotations

from bot import erasing
from bot.cards import privacy_contacts as cards
from bot.desk import Desk, Press, Reply, Sent
from bot.held_data_file import check_may_leave, handed
from care import contacts_held
from care.contact_names import naming_of
from commands.privacy import allow, see
from customers.folding import fold
from customers.reps import Person
from plugins import button, form
from words.errors import BadInput


@button("privacy.contact")
def open_contact(press: Press, desk: Desk) -> Reply:
    """Show what we hold about a contact."""
    allow(press.person, desk, press.say)
    customer_id, contact_id = _ids(press.value)
    company = _company(press.person, desk, customer_id, "privacy contact")
    with desk.reading() as db:
        contact = contacts_held.one(db, customer_id, contact_id)
        held = contacts_held.everything(db, customer_id, contact_id, region=desk.settings.default_region)
    counts = {name: len(rows) for name, rows in held.tables.items() if rows}
    return cards.card(contact, company, counts, press.say, named=desk.shows_amounts)


@button("privacy.contact_export")
def export_contact(press: Press, desk: Desk) -> Reply:
    """Hand what we hold about a contact to the officer: as JSON and as a page to read, in the DM."""
    allow(press.person, desk, press.say)
    check_may_leave(desk, "rekindle privacy export --contact")
    customer_id, contact_id = _ids(press.value)
    _company(press.person, desk, customer_id, "privacy contact export")
    with desk.reading() as db:
        contact = contacts_held.one(db, customer_id, contact_id)
        held = contacts_held.everything(db, customer_id, contact_id, region=desk.settings.default_region)
    content = contacts_held.as_json(held, contact_id, desk.now)
    return handed(held, contact.name, f"contact-{contact_id}", content, desk, press.say)


@button("privacy.contact_erase")
def open_erasing(press: Press, desk: Desk) -> Reply:
    """Open the form that says what erasing a contact does and asks for the name."""
    allow(press.person, desk, press.say)
    customer_id, contact_id = _ids(press.value)
    company = _company(press.person, desk, customer_id, "privacy contact erase")
    with desk.reading() as db:
        contact = contacts_held.one(db, customer_id, contact_id)
        naming = naming_of(db, contact, region=desk.settings.default_region)
    doubtful = naming.doubtful and naming.name is not None
    return Reply(sheet=cards.form(contact, company, doubtful, press.say, named=desk.shows_amounts))


@form("privacy.contact_erase")
def erase_contact(sent: Sent, desk: Desk) -> Reply:
    """Erase the contact, if the name that was typed is the contact's."""
    allow(sent.person, desk, sent.say)
    customer_id, contact_id, say = int(sent.memory["customer"]), int(sent.memory["contact"]), sent.say
    company = _company(sent.person, desk, customer_id, "privacy contact erase")
    with desk.reading() as db:
        contact = contacts_held.one(db, customer_id, contact_id)
    called = cards.called(contact, named=desk.shows_amounts)
    if fold(sent.values.get("name") or "") != fold(called):
        return Reply(faults={"name": say("This is not the name that stands above: {name}", name=called)})
    everywhere = bool(sent.values.get(cards.EVERYWHERE))
    done, scrubbed = erasing.erase_contact(sent.person, desk, customer_id, contact_id, everywhere=everywhere)
    lines = cards.told(done.forgotten, done.stopped, done.changed, done.left, scrubbed, say)
    return cards.erased(customer_id, company, lines, say)


def _company(person: Person, desk: Desk, customer_id: int, what: str) -> str:
    """The name of the company, and the look is logged."""
    seen = see(person, desk, customer_id, what)
    if seen is None:
        raise BadInput("This customer has been erased already.")
    return str(seen.customer.name)


def _ids(value: str) -> tuple[int, int]:
    customer_id, _, contact_id = value.partition(":")
    return int(customer_id), int(contact_id)
