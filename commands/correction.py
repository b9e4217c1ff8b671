"""Correcting a customer's phone, e-mail or owner from the card, with undo; and the tags."""

from __future__ import annotations

from bot.blocks import bold, entry, safe, search_menu, section, text_field
from bot.desk import Desk, Press, Reply, Sent, Sheet, Typing
from bot.looking import see_in_full, show_card
from care import corrections, tags
from plugins import button, form, type_ahead
from words.errors import BadInput


@button("customer.correct")
def open_correction(press: Press, desk: Desk) -> Reply:
    """Open the form to correct phone, e-mail and owner."""
    seen = see_in_full(desk, press.person, int(press.value), "correct")
    say, one = press.say, seen.customer
    owner = (seen.owner_name, str(one.owner_id)) if seen.owner_name else None
    blocks = [
        section(bold(safe(one.name))),
        entry("phone", say("Phone"), text_field(one.phone or "", longest=200), optional=True),
        entry("email", say("E-mail"), text_field(one.email or "", longest=254), optional=True),
        entry("owner_id", say("Owner"), search_menu("customer.owner", say("Type a name"), owner), optional=True),
    ]
    return Reply(sheet=Sheet("customer.correct", say("Correct"), say("Save"), blocks, {"customer": one.id}))


@type_ahead("customer.owner")
def offer_owners(typing: Typing, desk: Desk) -> list[tuple[str, str]]:
    """Offer the reps whose name fits what is typed."""
    with desk.reading() as db:
        return corrections.owners(db, typing.text)


@form("customer.correct")
def correct(sent: Sent, desk: Desk) -> Reply:
    """Write the correction down; the card offers to undo it."""
    customer_id = int(sent.memory["customer"])
    seen = see_in_full(desk, sent.person, customer_id, "correct")
    wrong = corrections.faults(sent.values, {"phone": seen.customer.phone, "email": seen.customer.email})
    if wrong:
        return Reply(faults={field: sent.say(text) for field, text in wrong.items()})
    values = {name: (sent.values.get(name) or "").strip() for name in ("phone", "email")}
    owner = sent.values.get("owner_id")
    with desk.transaction() as db:
        correction_id = corrections.correct(
            db,
            customer_id=customer_id,
            rep_id=sent.person.id,
            values=values | {"owner_id": int(owner) if owner else None},
            now=desk.now,
        )
    if correction_id is None:
        return show_card(sent.person, sent.say, desk, customer_id, note=sent.say("Nothing was changed."))
    note = sent.say("Corrected.")
    return show_card(sent.person, sent.say, desk, customer_id, note=note, undo=("customer.undo", str(correction_id)))


@button("customer.undo")
def undo(press: Press, desk: Desk) -> Reply:
    """Take a correction back."""
    with desk.transaction() as db:
        customer_id = corrections.undo(
            db,
            correction_id=int(press.value),
            rep_id=press.person.id,
            sight=press.person.sight,
            now=desk.now,
        )
    return show_card(press.person, press.say, desk, customer_id, note=press.say("Taken back."))


@button("customer.tags")
def open_tags(press: Press, desk: Desk) -> Reply:
    """Open the form with the customer's tags."""
    seen = see_in_full(desk, press.person, int(press.value), "tags")
    say = press.say
    with desk.reading() as db:
        current = ", ".join(tags.of(db, seen.customer.id))
    field = text_field(current, longest=1_000, placeholder=say("vip, trade fair"))
    blocks = [
        section(bold(safe(seen.customer.name))),
        entry("tags", say("Tags"), field, optional=True, hint=say("Separate them with commas.")),
    ]
    return Reply(sheet=Sheet("customer.tags", say("Tags"), say("Save"), blocks, {"customer": seen.customer.id}))


@form("customer.tags")
def set_tags(sent: Sent, desk: Desk) -> Reply:
    """Make the words in the form the customer's tags."""
    customer_id = int(sent.memory["customer"])
    try:
        wanted = tags.understood(sent.values.get("tags") or "")
    except BadInput as wrong:
        return Reply(faults={"tags": sent.say.error(wrong)})
    see_in_full(desk, sent.person, customer_id, "tags")
    with desk.transaction() as db:
        tags.put(db, customer_id, wanted)
    return show_card(sent.person, sent.say, desk, customer_id, note=sent.say("Tags saved."))
