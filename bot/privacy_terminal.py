"""Privacy in the terminal, for whoever works without Slack or may not show it customers: export, erase, who looked.

Everything is done in the name of a privacy officer, who stands in the access log.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bot import erasing, held_data_file
from bot.cards import privacy as cards
from bot.cards import privacy_contacts
from bot.desk import Desk
from care import contacts_held, privacy
from customers import reps, search
from customers.loading import load
from customers.reps import Person
from words.errors import BadInput, WrongUsage
from words.speech import Speech


def officer(desk: Desk, email: str) -> Person:
    """The privacy officer with this e-mail address; raises `BadInput` for everybody else."""
    with desk.reading() as db:
        person = reps.load(db, email, desk.today)
    if person is None or "privacy" not in person.roles:
        raise BadInput("{email} is no privacy officer: rekindle grant {email} privacy", email=email)
    return person


def find(desk: Desk, person: Person, text: str, what: str) -> tuple[int, str]:
    """The id and name of the customer that is meant, and the look is logged as `what`; raises `BadInput` for none."""
    with desk.reading() as db:
        sight = privacy.sees_everybody(db)
        found = search.find(db, sight, text, region=desk.settings.default_region)
    chosen = int(text[1:]) if text.startswith("#") and text[1:].isdecimal() else found.exact
    if chosen is None:
        hits = [f"#{hit.id} {hit.name}" for hit in (*found.hits, *found.closest)]
        raise BadInput(
            "“{text}” is not the name of one customer. Take the number of one of these: {hits}",
            text=text,
            hits=", ".join(hits) or "–",
        )
    seen = load(desk.database, desk.looks, replace(person, sight=sight), chosen, what)
    if seen is not None:
        return chosen, str(seen.customer.name)
    with desk.reading() as db:
        erased = privacy.erasure_of(db, chosen)
    if erased is None:
        raise BadInput("This customer is not here any more.")
    desk.looks.record(person.id, chosen, what)
    return chosen, cards.erased_name(chosen, Speech())


def export(desk: Desk, person: Person, text: str, folder: Path, language: str) -> list[Path]:
    """Write everything that we hold about a customer into a folder, as JSON and as a page to read; returns the files.

    Raises `WrongUsage` where the folder is none.
    """
    if not folder.is_dir():
        raise WrongUsage("--out {folder} is no folder: make it first.", folder=folder)
    customer_id, called = find(desk, person, text, "privacy export")
    with desk.reading() as db:
        held = privacy.everything(db, customer_id)
    return _written(desk, folder, f"customer-{customer_id}", privacy.as_json(held, desk.now), held, called, language)


def export_contact(desk: Desk, person: Person, text: str, contact: str, folder: Path, language: str) -> list[Path]:
    """The same of one contact, named by `contact`; raises `BadInput` where that is not one contact of the customer."""
    if not folder.is_dir():
        raise WrongUsage("--out {folder} is no folder: make it first.", folder=folder)
    customer_id, _ = find(desk, person, text, "privacy contact export")
    with desk.reading() as db:
        one = contacts_held.meant(db, customer_id, contact)
        held = contacts_held.everything(db, customer_id, one.id, region=desk.settings.default_region)
    content = contacts_held.as_json(held, one.id, desk.now)
    return _written(desk, folder, f"contact-{one.id}", content, held, one.name, language)


def _written(
    desk: Desk, folder: Path, name: str, content: str, held: privacy.Held, called: str, language: str
) -> list[Path]:
    """Write both files so that only their owner reads them."""
    page = held_data_file.page(held, called, desk.now, Speech(language, zone=desk.settings.zone))
    written = []
    for ending, told in (("json", content.encode()), ("html", page)):
        path = folder / f"{name}-{desk.today.isoformat()}.{ending}"
        path.touch(mode=0o600)
        path.write_bytes(told)
        written.append(path)
    return written


def looks(desk: Desk, person: Person, text: str) -> Iterator[str]:
    """Who looked at a customer, a line for each look, the newest first."""
    customer_id, called = find(desk, person, text, "privacy looks")
    say = Speech(zone=desk.settings.zone)
    yield called
    page, more = 0, True
    while more:
        with desk.reading() as db:
            found = privacy.looks_at(db, customer_id, page)
        for look in found.shown:
            yield cards.line_of(look, say)
        page, more = page + 1, found.more


def erase(desk: Desk, person: Person, text: str) -> Iterator[str]:
    """Erase a customer; says what was kept. Raises as `care.erasing.erase` does."""
    customer_id, _ = find(desk, person, text, "privacy erase")
    done, scrubbed = erasing.erase(person, desk, customer_id)
    say = Speech(zone=desk.settings.zone)
    with desk.reading() as db:
        counts = privacy.counts(db, customer_id)
    yield cards.erased_name(customer_id, say)
    yield from cards.told(done.forgotten, done.stopped, scrubbed, say)
    yield from cards.kept(counts, say)
    yield cards.beyond_reach(say)


def erase_contact(desk: Desk, person: Person, text: str, contact: str, *, everywhere: bool) -> Iterator[str]:
    """Erase one contact of a customer; says what was kept. Raises as `care.erasing_contact.erase` does."""
    customer_id, called = find(desk, person, text, "privacy contact erase")
    with desk.reading() as db:
        one = contacts_held.meant(db, customer_id, contact)
    done, scrubbed = erasing.erase_contact(person, desk, customer_id, one.id, everywhere=everywhere)
    say = Speech(zone=desk.settings.zone)
    yield called
    yield from privacy_contacts.told(done.forgotten, done.stopped, done.changed, done.left, scrubbed, say)
    yield cards.beyond_reach(say)
