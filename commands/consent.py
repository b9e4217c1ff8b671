"""What a customer allows us to send: shown and entered from the card, with undo."""

from __future__ import annotations

from dataclasses import replace

from bot.blocks import safe, section
from bot.cards.consent import sheet, understood
from bot.cards.draft_buttons import spotted
from bot.desk import Desk, Press, Reply, Sent
from bot.draft_making import own
from bot.draft_messages import batches_of, redraw, shown
from bot.looking import see_in_full, show_card
from care import consent_entries, consents, reaching, suppressions
from plugins import button, form
from words.errors import BadInput
from words.speech import Speech


@button("customer.consent")
def open_consent(press: Press, desk: Desk) -> Reply:
    """Show what the customer allows, since when and how, and let it be changed."""
    return _form(press, desk, int(press.value))


@button("draft.consent")
def open_consent_of_draft(press: Press, desk: Desk) -> Reply:
    """The same from a draft that lacks consent; the draft is shown again afterwards."""
    with desk.reading() as db:
        waiting = own(db, press.person, spotted(press.value))
    return _form(press, desk, waiting.customer_id, draft=press.value)


def _form(press: Press, desk: Desk, customer_id: int, *, draft: str = "") -> Reply:
    one = see_in_full(desk, press.person, customer_id, "consent").customer
    settings = desk.settings
    with desk.reading() as db:
        standing = consents.current(db, [one.id])[one.id]
        reached = reaching.reach(db, [one.id], region=settings.default_region, zone=settings.zone)
        closed = suppressions.suppressed(db, reached[one.id].addresses.items())
    form = sheet(one.name, standing, closed, press.say, customer_id=one.id, zone=settings.zone)
    return Reply(sheet=replace(form, memory={**form.memory, "draft": draft}))


@form("customer.consent")
def record(sent: Sent, desk: Desk) -> Reply:
    """Write down what the customer told; the card offers to undo it."""
    customer_id, say = int(sent.memory["customer"]), sent.say
    shut = sent.memory.get("closed") or {}
    wanted = {channel: shut[channel] for channel in sent.values.get("works") or () if channel in shut}
    see_in_full(desk, sent.person, customer_id, "address reopened" if wanted else "consent")
    try:
        with desk.transaction() as db:
            again = [address for channel, address in wanted.items() if suppressions.reopen(db, channel, address)]
            entered = consent_entries.record(
                db,
                customer_id,
                shown=understood(sent.memory["shown"]),
                wanted=understood(sent.values.get("allowed") or ()),
                how=sent.values.get("how") or "",
                by=sent.person.id,
                at=desk.now,
            )
            drawn = redraw(db, desk, batches_of(db, entered.stopped))
    except BadInput as wrong:
        return Reply(faults={"how": say.error(wrong)})
    if drawn:
        desk.wake()
    draft = str(sent.memory.get("draft") or "")
    note = _told(entered, again, say)
    if draft:
        return shown(sent.person, say, desk, spotted(draft), [section(f"✅ {safe(note)}")])
    undo = ("consent.undo", ",".join(map(str, entered.entries))) if entered.entries else None
    return show_card(sent.person, say, desk, customer_id, note=note, undo=undo)


def _told(entered: consent_entries.Entered, again: list[str], say: Speech) -> str:
    """What was done, in words."""
    told = [say("Consent written down.")] if entered.entries else []
    if entered.stopped:
        told = [
            say.count(
                "Consent written down. {n} message that waited to be sent was stopped.",
                "Consent written down. {n} messages that waited to be sent were stopped.",
                len(entered.stopped),
            )
        ]
    if again:
        told.append(say("Messages may go to {addresses} again.", addresses=say.listing(again)))
    return say.sentences(told) if told else say("Nothing was changed.")


@button("consent.undo")
def take_back(press: Press, desk: Desk) -> Reply:
    """Take back what was just entered about consent."""
    entries = [int(id) for id in press.value.split(",")]
    with desk.transaction() as db:
        who = press.person
        customer_id, stopped = consent_entries.undo(db, entries, by=who.id, sight=who.sight, at=desk.now)
        drawn = redraw(db, desk, batches_of(db, stopped))
    if drawn:
        desk.wake()
    return show_card(press.person, press.say, desk, customer_id, note=press.say("Taken back."))
