"""What a rep does with a lost-customer alert: follow up, put it off, say why they left, call it useful or noise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import Connection

from bot.alert_messages import pressed, redraw
from bot.blocks import entry, text_field
from bot.cards import alert as cards
from bot.cards import promise
from bot.cards.alert import Spot, spotted
from bot.desk import Block, Desk, Press, Reply, Sent, Sheet
from bot.looking import refuse_hidden, see_in_full, show_card
from bot.promising import country_of, own_today, reader_of
from care import alerts, follow_ups, promise_steps, working_days
from care.alerts import NOT_LOST, Alert
from care.follow_ups import LONGEST
from customers.reps import Person
from plugins import button, form
from words.errors import BadInput
from words.speech import Speech, message
from words.terms import term

# What the form proposes: whoever slips away should hear from us within days.
SOON = timedelta(days=1)
SETTLED = message("This has been settled in the meantime.")


@button("alert.page")
def turn(press: Press, desk: Desk) -> Reply:
    """Turn to another page."""
    return pressed(press.person, press.say, desk, spotted(press.value)[1])


@button("alert.card")
def open_card(press: Press, desk: Desk) -> Reply:
    """Show the customer's card, beside the alerts."""
    with desk.reading() as db:
        found = alerts.theirs(db, press.person, int(spotted(press.value)[0]))
    return replace(show_card(press.person, press.say, desk, found.customer_id), beside=True)


@button("alert.follow_up")
def open_follow_up(press: Press, desk: Desk) -> Reply:
    """Open the form for a follow-up with the customer of an alert."""
    say, (number, spot) = press.say, spotted(press.value)
    with desk.reading() as db:
        found = alerts.theirs(db, press.person, int(number))
    see_in_full(desk, press.person, found.customer_id, "follow_up")
    day = working_days.on_working_day(own_today(say, desk) + SOON, country_of(press.person, desk))
    blocks = [cards.about(found, reader_of(press.person, say, desk)), *promise.fields(day, "", say)]
    return Reply(sheet=Sheet("alert.follow_up", say("Follow up"), say("Save"), blocks, _memory(found, spot)))


@form("alert.follow_up")
def follow_up(sent: Sent, desk: Desk) -> Reply:
    """Keep the promise in the form; the alert stays open until the customer buys, or somebody settles it."""
    say, today = sent.say, own_today(sent.say, desk)
    wanted, what = date.fromisoformat(sent.values["day"]), (sent.values.get("what") or "").strip()
    day = working_days.on_working_day(wanted, country_of(sent.person, desk)) if wanted >= today else wanted
    try:
        with desk.transaction() as db:
            found = alerts.theirs(db, sent.person, int(sent.memory["alert"]))
            step = follow_ups.make(
                db,
                customer_id=found.customer_id,
                rep_id=sent.person.id,
                day=day,
                today=today,
                what=what,
                by=sent.person.id,
                now=desk.now,
                rule="alert",
            )
            _elsewhere(db, desk, found, _spot(sent))
    except BadInput as wrong:
        return Reply(faults={"day": say.error(wrong)})
    name = cards.name_of(found, reader_of(sent.person, say, desk))
    words = say("{name}: follow-up on {day}.", name=name, day=say.weekday(step.line.due))
    undo = ("alert.undo_follow_up", _spot(sent).value(step.id))
    return _answer(sent.person, say, desk, _spot(sent), words, undo)


@button("alert.undo_follow_up")
def undo_follow_up(press: Press, desk: Desk) -> Reply:
    """Take back a follow-up that was just made."""
    number, spot = spotted(press.value)
    with desk.transaction() as db:
        line = promise_steps.undo(db, int(number), by=press.person.id, now=desk.now)
    reader = reader_of(press.person, press.say, desk)
    name = line.customer_name if reader.shows != "ids" else line.customer_key or f"#{line.customer_id}"
    return _answer(press.person, press.say, desk, spot, press.say("{name}: taken back.", name=name))


@button("alert.snooze")
def snooze(press: Press, desk: Desk) -> Reply:
    """Put an alert off to a day; on that morning it is told again."""
    chosen, _, this = press.value.partition("|")
    number, spot = spotted(this)
    day = max(date.fromisoformat(chosen), own_today(press.say, desk) + timedelta(days=1))
    found, changed = _change(
        press, desk, int(number), spot, lambda db: alerts.snooze(db, int(number), day, by=press.person.id, now=desk.now)
    )
    if not changed:
        return _answer(press.person, press.say, desk, spot, press.say(SETTLED))
    words = press.say("{name}: comes back on {day}.", name=_name(found, press, desk), day=press.say.weekday(day))
    return _answer(press.person, press.say, desk, spot, words)


@button("alert.not_lost")
def not_lost(press: Press, desk: Desk) -> Reply:
    """Say that the customer has not left."""
    return _dismiss(press, desk, NOT_LOST, press.value)


@button("alert.lost")
def lost(press: Press, desk: Desk) -> Reply:
    """Say why the customer left."""
    cause, _, this = press.value.partition("|")
    return _dismiss(press, desk, cause, this)


@button("alert.words")
def open_words(press: Press, desk: Desk) -> Reply:
    """Open the form to say in words why the customer left."""
    refuse_hidden(desk)
    say, (number, spot) = press.say, spotted(press.value)
    with desk.reading() as db:
        found = alerts.theirs(db, press.person, int(number))
    field = text_field(found.words or "", lines=True, longest=LONGEST)
    blocks = [
        cards.about(found, reader_of(press.person, say, desk)),
        entry("words", say("Why did they leave?"), field, optional=True),
    ]
    return Reply(sheet=Sheet("alert.words", say("In words"), say("Save"), blocks, _memory(found, spot)))


@form("alert.words")
def keep_words(sent: Sent, desk: Desk) -> Reply:
    """Keep what a rep wrote about why the customer left."""
    with desk.transaction() as db:
        found = alerts.theirs(db, sent.person, int(sent.memory["alert"]))
        alerts.add_words(db, found.id, sent.values.get("words") or "")
        _elsewhere(db, desk, found, _spot(sent))
    return _answer(sent.person, sent.say, desk, _spot(sent), sent.say("Saved."))


@button("alert.reopen")
def reopen(press: Press, desk: Desk) -> Reply:
    """Take back what was said of an alert: it is open again."""
    number, spot = spotted(press.value)
    found, changed = _change(
        press, desk, int(number), spot, lambda db: alerts.reopen(db, int(number), by=press.person.id, now=desk.now)
    )
    words = press.say("{name}: taken back.", name=_name(found, press, desk)) if changed else press.say(SETTLED)
    return _answer(press.person, press.say, desk, spot, words)


@button("alert.useful")
def useful(press: Press, desk: Desk) -> Reply:
    """Say that an alert was useful."""
    return _vote(press, desk, useful=True)


@button("alert.noise")
def noise(press: Press, desk: Desk) -> Reply:
    """Say that an alert was noise."""
    return _vote(press, desk, useful=False)


def _dismiss(press: Press, desk: Desk, cause: str, this: str) -> Reply:
    say, (number, spot) = press.say, spotted(this)
    found, changed = _change(
        press,
        desk,
        int(number),
        spot,
        lambda db: alerts.dismiss(db, int(number), cause, by=press.person.id, now=desk.now),
    )
    if not changed:
        return _answer(press.person, say, desk, spot, say(SETTLED))
    name = _name(found, press, desk)
    if cause == NOT_LOST:
        words = say("{name}: not lost. Thank you.", name=name)
    else:
        words = say("{name}: lost because of “{cause}”. Thank you.", name=name, cause=term(say, "cause", cause))
    return _answer(press.person, say, desk, spot, words)


def _vote(press: Press, desk: Desk, *, useful: bool) -> Reply:
    number, spot = spotted(press.value)
    _change(
        press,
        desk,
        int(number),
        spot,
        lambda db: alerts.vote(db, int(number), useful, by=press.person.id, now=desk.now),
    )
    return pressed(press.person, press.say, desk, spot)


def _change(
    press: Press, desk: Desk, alert_id: int, spot: Spot, change: Callable[[Connection], bool | None]
) -> tuple[Alert, bool]:
    """Change an alert that is the presser's to change; returns it as it was, and whether anything changed."""
    with desk.transaction() as db:
        found = alerts.theirs(db, press.person, alert_id)
        changed = change(db)
        elsewhere = _elsewhere(db, desk, found, spot)
    if elsewhere:
        desk.wake()
    return found, bool(changed)


def _elsewhere(db: Connection, desk: Desk, found: Alert, spot: Spot) -> int:
    """Have the message in which the alert stands changed too, where the press came from somewhere else."""
    if found.message_id is None or spot.message == str(found.message_id):
        return 0
    return redraw(db, desk, [found.message_id])


def _answer(
    person: Person, say: Speech, desk: Desk, spot: Spot, words: str, undo: tuple[str, str] | None = None
) -> Reply:
    done: list[Block] = cards.just_done(words, undo, say)
    return pressed(person, say, desk, spot, done)


def _name(found: Alert, press: Press, desk: Desk) -> str:
    return cards.name_of(found, reader_of(press.person, press.say, desk))


def _memory(found: Alert, spot: Spot) -> dict[str, str | int]:
    return {"alert": found.id, "message": spot.message, "page": spot.page}


def _spot(sent: Sent) -> Spot:
    return Spot(str(sent.memory["message"]), int(sent.memory["page"]))
