"""A rep is away for some days, and a deputy receives what would have come; and when the own day begins."""

from __future__ import annotations

from datetime import date, time

from bot.blocks import date_field, entry, search_menu
from bot.cards import work_settings as cards
from bot.desk import Desk, Press, Reply, Sent, Sheet, Typing
from bot.promising import own_today
from care import corrections, spoken_absences
from care.mornings import is_quiet
from customers import deputies, preferences
from customers.reps import Person
from plugins import button, form, type_ahead
from words.errors import BadInput
from words.speech import Speech


def proposed(person: Person, say: Speech, desk: Desk, text: str) -> Reply:
    """Understand who is away until when, and ask whether it was understood rightly; nothing is kept yet."""
    spoken = spoken_absences.understood(text, own_today(say, desk))
    with desk.reading() as db:
        found = [(name, int(id)) for name, id in corrections.owners(db, spoken.deputy) if int(id) != person.id]
    if not found:
        raise BadInput("Nobody else here is called “{name}”.", name=spoken.deputy[:60])
    return cards.confirm_absence(spoken.first, spoken.last, found, say)


@button("away.confirm")
def confirm(press: Press, desk: Desk) -> Reply:
    """Keep the absence that was understood."""
    deputy, first, last = press.value.split("|")
    return _leave(press.person, press.say, desk, int(deputy), date.fromisoformat(first), date.fromisoformat(last))


@button("away.cancel")
def cancel(press: Press, desk: Desk) -> Reply:
    """Let go of what was understood."""
    return Reply(press.say("Nothing was kept."))


@button("away.open")
def open_form(press: Press, desk: Desk) -> Reply:
    """Open the form to say who is away."""
    say, today = press.say, own_today(press.say, desk)
    blocks = [
        entry("first", say("First day away"), date_field(today)),
        entry("last", say("Last day away"), date_field()),
        entry("deputy", say("Who takes over"), search_menu("away.deputy", say("Type a name")), hint=cards.sees(say)),
    ]
    return Reply(sheet=Sheet("away.leave", say("I am away"), say("Save"), blocks))


@type_ahead("away.deputy")
def offer_deputies(typing: Typing, desk: Desk) -> list[tuple[str, str]]:
    """Offer everybody else whose name fits what is typed."""
    with desk.reading() as db:
        return [(name, id) for name, id in corrections.owners(db, typing.text) if int(id) != typing.person.id]


@form("away.leave")
def leave(sent: Sent, desk: Desk) -> Reply:
    """Keep the absence in the form."""
    first, last = (date.fromisoformat(sent.values[name]) for name in ("first", "last"))
    try:
        return _leave(sent.person, sent.say, desk, int(sent.values["deputy"]), first, last)
    except BadInput as wrong:
        return Reply(faults={"last": sent.say.error(wrong)})


@button("away.back")
def come_back(press: Press, desk: Desk) -> Reply:
    """Receive what is one's own again."""
    with desk.transaction() as db:
        today = own_today(press.say, desk)
        absence = deputies.current(db, press.person.id, today)
        deputies.come_back(db, press.person.id, today)
    if absence is not None:
        desk.people.forget(absence.deputy_email)
    return settings_of(press.person, press.say, desk, note=press.say("Welcome back: everything comes to you again."))


@button("settings.day")
def open_day(press: Press, desk: Desk) -> Reply:
    """Open the form for the morning, the quiet hours and the daily cap."""
    with desk.reading() as db:
        chosen = preferences.of(db, press.person.id, desk.settings.preferences)
    return Reply(
        sheet=Sheet("settings.day", press.say("Your day"), press.say("Save"), cards.day_fields(chosen, press.say))
    )


@form("settings.day")
def choose_day(sent: Sent, desk: Desk) -> Reply:
    """Keep when the day begins, when nothing is said, and how much at most."""
    say, values = sent.say, sent.values
    morning, until = (time.fromisoformat(values[name]) for name in ("morning", "quiet_until"))
    # None at all is kept as hours that end when they begin.
    begins = until if values["quiet_from"] == cards.NONE else time.fromisoformat(values["quiet_from"])
    if is_quiet(morning, begins, until):
        return Reply(faults={"morning": say("This is within your quiet hours.")})
    chosen = {"morning": morning, "quiet_from": begins, "quiet_until": until, "daily_cap": int(values["daily_cap"])}
    with desk.transaction() as db:
        preferences.choose(db, sent.person.id, chosen)
    return settings_of(sent.person, say, desk, note=say("Saved."))


def settings_of(person: Person, say: Speech, desk: Desk, *, note: str = "") -> Reply:
    """A person's own settings, read and drawn."""
    with desk.reading() as db:
        chosen = preferences.of(db, person.id, desk.settings.preferences)
        absence = deputies.current(db, person.id, own_today(say, desk))
    return cards.settings(person, chosen, absence, say, note)


def _leave(person: Person, say: Speech, desk: Desk, deputy_id: int, first: date, last: date) -> Reply:
    today = own_today(say, desk)
    with desk.transaction() as db:
        deputies.leave(db, rep_id=person.id, deputy_id=deputy_id, first=first, last=last, today=today, now=desk.now)
        absence = deputies.current(db, person.id, today)
    if absence is not None:
        desk.people.forget(absence.deputy_email)  # who sees the customers from now on
    return settings_of(person, say, desk, note=say("Saved."))
