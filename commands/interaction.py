"""Logging what happened with a customer: a form from the card, from a shortcut, or from a message in a channel."""

from __future__ import annotations

from datetime import date

from bot.blocks import bold, capital, choice_field, date_field, entry, safe, search_menu, section, text_field
from bot.desk import Ask, Desk, Press, Reply, Sent, Sheet, Typing
from bot.looking import see_in_full, show_card
from care import interactions
from commands.customer import fitting
from plugins import button, form, shortcut, type_ahead
from words.errors import BadInput, NotAllowed
from words.speech import Speech
from words.terms import term


@button("customer.log")
def open_log(press: Press, desk: Desk) -> Reply:
    """Open the form for an interaction with the customer of the card."""
    customer_id = int(press.value)
    seen = see_in_full(desk, press.person, customer_id, "log")
    with desk.reading() as db:
        contacts = interactions.contact_names(db, customer_id)
    blocks = [section(bold(safe(seen.customer.name))), *_fields(press.say, desk)]
    if contacts:
        field = entry("contact", press.say("With whom"), choice_field(contacts), optional=True)
        blocks.insert(3, field)
    return Reply(sheet=_sheet(blocks, press.say, {"customer": customer_id}))


@shortcut("interaction.log", title="Log an interaction")
def log_anywhere(ask: Ask, desk: Desk) -> Reply:
    """Log an interaction from anywhere in Slack."""
    return Reply(sheet=_sheet([_which(ask.say), *_fields(ask.say, desk)], ask.say, {}))


@shortcut("interaction.message", title="Log on a customer", kind="message")
def log_message(ask: Ask, desk: Desk) -> Reply:
    """Log a message of a channel as an interaction with a customer."""
    return Reply(sheet=_sheet([_which(ask.say), *_fields(ask.say, desk, "note", text=ask.text)], ask.say, {}))


@type_ahead("interaction.customer")
def offer_customers(typing: Typing, desk: Desk) -> list[tuple[str, str]]:
    """Offer the customers that fit what is typed, as far as the person sees them in full."""
    return fitting(typing, desk, full_only=True)


@form("interaction.log")
def log(sent: Sent, desk: Desk) -> Reply:
    """Write the interaction down and show it on the card."""
    customer_id = int(sent.memory.get("customer") or sent.values["customer"])
    day = date.fromisoformat(sent.values["day"])
    try:
        see_in_full(desk, sent.person, customer_id, "log")
        with desk.transaction() as db:
            interactions.log(
                db,
                customer_id=customer_id,
                rep_id=sent.person.id,
                kind=sent.values["kind"],
                day=day,
                today=_latest_today(sent.say, desk),
                zone=desk.settings.zone,
                text=sent.values["text"],
                outcome=sent.values.get("outcome"),
                contact_id=int(sent.values["contact"]) if sent.values.get("contact") else None,
            )
    except NotAllowed as refused:
        return Reply(faults={"customer": sent.say.error(refused)}) if "customer" in sent.values else _raise(refused)
    except BadInput as wrong:
        return Reply(faults={"day": sent.say.error(wrong)})
    note = sent.say("{kind} logged.", kind=capital(term(sent.say, "interaction", sent.values["kind"])))
    return show_card(sent.person, sent.say, desk, customer_id, note=note)


@button("complaint.resolved")
def resolved(press: Press, desk: Desk) -> Reply:
    """Close a complaint of the card."""
    with desk.reading() as db:
        customer_id = interactions.customer_of(db, int(press.value))
    if customer_id is None:
        raise BadInput("This complaint is not open any more.")
    see_in_full(desk, press.person, customer_id, "complaint")
    with desk.transaction() as db:
        interactions.resolve_complaint(db, int(press.value), desk.now)
    return show_card(press.person, press.say, desk, customer_id, note=press.say("Complaint resolved."))


def _own_today(say: Speech, desk: Desk) -> date:
    return desk.now.astimezone(say.zone).date()


def _latest_today(say: Speech, desk: Desk) -> date:
    """The latest day that has begun: the tenant's, or the person's own further east."""
    return max(desk.today, _own_today(say, desk))


def _raise(problem: Exception) -> Reply:
    raise problem


def _which(say: Speech) -> dict[str, object]:
    return entry("customer", say("Customer"), search_menu("interaction.customer", say("Type a name")))


def _fields(say: Speech, desk: Desk, likely: str = "call", text: str = "") -> list[dict[str, object]]:
    kinds = [(capital(term(say, "interaction", kind)), kind) for kind in interactions.KINDS]
    return [
        entry("kind", say("What was it"), choice_field(kinds, likely)),
        entry("day", say("When"), date_field(_own_today(say, desk))),
        entry("text", say("What happened"), text_field(text, lines=True)),
        entry("outcome", say("What came of it"), text_field(longest=300), optional=True),
    ]


def _sheet(blocks: list[dict[str, object]], say: Speech, memory: dict[str, object]) -> Sheet:
    return Sheet("interaction.log", say("Log an interaction"), say("Save"), blocks, memory)
