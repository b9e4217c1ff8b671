"""Erases one contact of a company that stays a customer: what says who that was goes, the company keeps the rest.

All of it happens in the caller's transaction, or none. It cannot be undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, tuple_, update

from care import contacts_held, draft_life, forgetting, reaching, suppressions
from care.contact_names import Naming, naming_of
from care.contact_texts import forget_in_texts, forget_notes
from care.erasing import ERASED, of_others, remember, stop_drafts, stop_messages
from care.forgetting import Candidates
from care.personal_data import WORDLESS
from customers import cards, erased, search_index
from customers.notice_tables import notices
from customers.outreach_tables import batches, draft_steps, drafts
from customers.tables import access_log, contacts, customers, interactions
from customers.writing import take_turns
from delivery.health import FINAL
from delivery.tables import outbox, places
from words.speech import message

CONTACT_ERASED = "contact_erased"
"""The reason of drafts and messages that were stopped, and the word in the access log."""
LABEL = message("(a contact who was erased)")


@dataclass(frozen=True)
class ContactErasure:
    """What was done: messages with alerts and batches of drafts that must be drawn anew in Slack, and numbers.

    `forgotten` counts messages to our people from which the contact was taken out, `stopped` drafts that wait no more,
    `changed` texts from which the contact was taken, `left` those in which the name may mean something else.
    """

    customer_id: int
    alert_messages: frozenset[int]
    batches: frozenset[int]
    forgotten: int
    stopped: int
    changed: int
    left: int


def look(db: Connection, customer_id: int, contact_id: int, *, region: str) -> Candidates:
    """Look through all messages that are kept for a contact: for a transaction that only reads, this may take long."""
    return forgetting.look_for(db, naming_of(db, contacts_held.one(db, customer_id, contact_id), region=region).words)


def erase(
    db: Connection,
    customer_id: int,
    contact_id: int,
    candidates: Candidates,
    *,
    everywhere: bool,
    by: int,
    at: datetime,
    region: str,
) -> ContactErasure:
    """Erase a contact. `candidates` come from `look`; `region` is that of numbers without a country.

    `everywhere` takes a name that may mean something else out of all texts about this company. Raises `BadInput` where
    there is no such contact of this customer, and `TryLater` while a message to the contact is leaving.
    """
    take_turns(db)
    db.execute(select(customers.c.id).where(customers.c.id == customer_id).with_for_update())
    contact = contacts_held.one(db, customer_id, contact_id)
    naming = naming_of(db, contact, region=region)
    draft_life.hold(db, db.scalars(select(drafts.c.batch_id).where(drafts.c.customer_id == customer_id)))
    written = contacts_held.drafts_to(db, contact, region=region)
    stopped, concerned = _end_messages(db, contact, naming, written, everywhere, by, at)
    _suppress(db, contact, written, region, at)
    texts = forget_in_texts(db, customer_id, contact_id, naming, everywhere=everywhere)
    forgotten = forgetting.take_out(db, naming.words, candidates, naming.out_of_message, LABEL, at)
    forget_notes(db, naming)
    met = interactions.c.contact_id == contact_id
    db.execute(update(interactions).where(met).values(contact_id=None))
    told = (notices.c.customer_id == customer_id) & notices.c.subject.endswith(f":{contact_id}", autoescape=True)
    db.execute(delete(notices).where(told))
    db.execute(delete(contacts).where(contacts.c.id == contact_id))
    remember(db, erased.hashes_of_contact(customer_id, contact.key, contact.folded_name), None, by, at)
    cards.refresh(db, [customer_id])
    search_index.index(db, [customer_id])
    db.execute(insert(access_log).values(at=at, rep_id=by, customer_id=customer_id, what=CONTACT_ERASED))
    redrawn = frozenset(texts.alert_messages), frozenset(concerned)
    return ContactErasure(customer_id, *redrawn, forgotten, stopped, texts.changed, texts.left)


def _end_messages(
    db: Connection, contact: Any, naming: Naming, written: Sequence[Any], everywhere: bool, by: int, at: datetime
) -> tuple[int, set[int]]:
    """Stop what waits to be sent to the contact, or names them, and empty it; in the rest the name goes.

    Returns how many drafts were stopped, and the batches that changed.
    """
    theirs = {row.id for row in written}
    rows = db.execute(select(drafts).where(drafts.c.customer_id == contact.customer_id)).all()
    naming_them = [row for row in rows if row.id not in theirs and _names(row, naming, everywhere)]
    all_ids = theirs | {row.id for row in naming_them}
    unsent = {row.id for row in rows if row.id in all_ids and row.state not in draft_life.ENDED}
    sent = [row.outbox_id for row in rows if row.outbox_id is not None and row.id in theirs | unsent]
    stop_messages(db, outbox.c.id.in_(sent), CONTACT_ERASED, at)
    _forget_occasions(db, theirs)
    db.execute(update(draft_steps).where(draft_steps.c.draft_id.in_(theirs)).values(reason=None))
    db.execute(update(drafts).where(drafts.c.id.in_(theirs)).values(WORDLESS))
    stopped, concerned = stop_drafts(db, drafts.c.id.in_(all_ids), CONTACT_ERASED, by, at)
    mails = [row.outbox_id for row in rows if row.id in theirs and row.outbox_id is not None]
    db.execute(update(outbox).where(outbox.c.id.in_(mails)).values(payload=None, recipient=""))
    for row in naming_them:
        held = {name: getattr(row, name) for name in ("subject", "text", "written", "given")}
        new = {name: naming.inside(value, doubtful=True) for name, value in held.items()}
        db.execute(update(drafts).where(drafts.c.id == row.id).values(new))
    said = [row.outbox_id for row in naming_them if row.outbox_id is not None]
    db.execute(update(outbox).where(outbox.c.id.in_(said), outbox.c.state.in_(FINAL)).values(payload=None))
    return stopped, concerned


def _names(draft: Any, naming: Naming, everywhere: bool) -> bool:
    """Whether a draft to somebody else names the contact: a doubtful name counts where people are greeted."""
    held = [draft.subject, draft.text, draft.written, draft.given]
    if naming.inside(held, doubtful=everywhere) != held:
        return True
    greeting: str = draft.text.strip().partition("\n")[0]
    return naming.without(greeting, doubtful=True) != greeting


def _forget_occasions(db: Connection, theirs: set[int]) -> None:
    """Forget the birthday for which a batch was, where all of it went to the contact."""
    mine = select(drafts.c.batch_id).where(drafts.c.id.in_(theirs))
    others = select(drafts.c.batch_id).where(drafts.c.id.not_in(theirs))
    alone = batches.c.id.in_(mine) & batches.c.id.not_in(others)
    db.execute(update(batches).where(alone).values(occasion=None))


def _suppress(db: Connection, contact: Any, written: Sequence[Any], region: str, at: datetime) -> None:
    """Write to none of the addresses any more, unless they are somebody else's too; only hashes of them are kept."""
    # Wishes went to an own address of the contact's; other messages to the contact may have gone to the company's.
    found = {(row.channel, row.recipient) for row in written if row.recipient and row.occasion}
    found |= {("email", reaching.address(contact.email)), ("sms", reaching.number(contact.phone, region))}
    addresses = {(channel, address) for channel, address in found if address}
    raw = {text for text in (contact.email, contact.phone) if text}
    others = of_others(db, contact.customer_id, raw | {address for _, address in addresses})
    shared = {("email", reaching.address(text)) for text in others}
    shared |= {("sms", reaching.number(text, region)) for text in others}
    shared |= contacts_held.of_the_others(db, contact, region=region)
    gone = sorted(addresses - shared)
    for channel, address in gone:
        suppressions.suppress(db, channel, address, ERASED, at)
    db.execute(delete(places).where(tuple_(places.c.kind, places.c.recipient).in_(gone)))
