"""`/followups`: what you promised to whom and when, and what became of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.blocks import bold, capital, choice_field, date_field, entry, safe, search_menu, section, text_field
from bot.cards import follow_ups as cards
from bot.cards.follow_ups import Place, placed
from bot.desk import Ask, Block, Desk, Press, Reply, Sent, Sheet, Typing
from bot.looking import see_in_full, show_card
from bot.promising import list_again, own_today, reader_of
from care import corrections, follow_ups, interactions, promise_steps, spoken_absences, spoken_promises, visits
from care.follow_ups import Line
from commands import away, promise
from customers.reps import Person
from plugins import button, command, form, type_ahead
from words.errors import BadInput
from words.speech import Speech
from words.terms import term

# The lists by what is typed for them, in both languages.
LISTS = {
    "": "mine", "mine": "mine", "me": "mine", "我的": "mine",
    "due": "due", "today": "due", "今天": "due", "到期": "due",
    "overdue": "overdue", "逾期": "overdue", "过期": "overdue",
    "team": "team", "团队": "team",
    "team overdue": "team_overdue", "overdue team": "team_overdue",
    "团队逾期": "team_overdue", "团队 逾期": "team_overdue",
}  # fmt: skip


def recognises(text: str) -> bool:
    """Whether a sentence without a command is a promise, or says that somebody is away."""
    return spoken_absences.recognises(text) or spoken_promises.recognises(text)


@command(
    "/followups",
    usage="[mine | team | overdue], or customer and day: acme in 2 weeks: call about the price",
    words=("follow up with", "follow up", "follow-up", "跟进", "回访"),
    recognises=recognises,
)
def followups(ask: Ask, desk: Desk) -> Reply:
    """List what you promised to customers, or promise something for a day."""
    what = LISTS.get(" ".join(ask.text.lower().split()))
    if what is not None:
        return list_again(ask.person, ask.say, desk, Place(what))
    if spoken_absences.recognises(ask.text):
        return away.proposed(ask.person, ask.say, desk, ask.text)
    return promise.proposed(ask.person, ask.say, desk, ask.text)


@button("followup.page")
def turn(press: Press, desk: Desk) -> Reply:
    """Turn to another page."""
    return list_again(press.person, press.say, desk, placed(press.value)[1])


@button("followup.done")
def done(press: Press, desk: Desk) -> Reply:
    """Mark a follow-up as done, and ask what came of it."""
    number, place = placed(press.value)
    with desk.transaction() as db:
        line = follow_ups.theirs(db, press.person, int(number))
        step = promise_steps.done(db, line.id, by=press.person.id, now=desk.now)
    words = press.say("{name}: done.", name=_name(line, press.person, press.say, desk))
    asks = desk.shows_amounts and press.person.sight.full(line.owner_id)
    shown = cards.just_done(words, step.id, place, press.say, asks=asks)
    return list_again(press.person, press.say, desk, place, shown)


@button("followup.came")
def came_of(press: Press, desk: Desk) -> Reply:
    """Write down what came of a follow-up."""
    answer, place = placed(press.value)
    number, _, outcome = answer.partition(":")
    return _came_of(press.person, press.say, desk, place, int(number), outcome=outcome, day=own_today(press.say, desk))


@button("followup.note")
def open_note(press: Press, desk: Desk) -> Reply:
    """Open the form for what came of a follow-up, in words."""
    say, (number, place) = press.say, placed(press.value)
    with desk.reading() as db:
        line = promise_steps.line_of(db, int(number))
    kinds = [(capital(term(say, "interaction", kind)), kind) for kind in interactions.KINDS]
    fields = [
        entry("kind", say("What was it"), choice_field(kinds, _kind_of(line))),
        entry("day", say("When"), date_field(own_today(say, desk))),
        entry("text", say("What happened"), text_field(lines=True)),
    ]
    return Reply(sheet=_sheet("followup.note", say("What came of it"), fields, line, place, press, desk, int(number)))


@form("followup.note")
def note(sent: Sent, desk: Desk) -> Reply:
    """Write down what came of a follow-up, in words."""
    try:
        return _came_of(
            sent.person,
            sent.say,
            desk,
            _place(sent),
            int(sent.memory["of"]),
            outcome=promise_steps.NOTED,
            day=date.fromisoformat(sent.values["day"]),
            kind=sent.values["kind"],
            text=sent.values["text"],
        )
    except BadInput as wrong:
        return Reply(faults={"day": sent.say.error(wrong)})


@button("followup.snooze")
def snooze(press: Press, desk: Desk) -> Reply:
    """Put a follow-up off to the working day that the button names, or to the next one where that has come."""
    which, place = placed(press.value)
    number, _, named = which.partition(":")
    day, reader = date.fromisoformat(named), reader_of(press.person, press.say, desk)
    if day <= reader.today:  # pressed in a message of days ago
        with desk.reading() as db:
            day = reader.later(follow_ups.line(db, int(number)))
    return _put_off(press.person, press.say, desk, place, int(number), day)


@button("followup.more")
def more(press: Press, desk: Desk) -> Reply:
    """Open what is done less often: another day, another person, drop it, or see the card."""
    what, _, rest = press.value.partition("|")
    number, place = placed(rest)
    say = press.say
    with desk.reading() as db:
        line = follow_ups.theirs(db, press.person, int(number))
    match what:
        case "day":
            later = reader_of(press.person, say, desk).later(line)
            fields = [entry("day", say("Put off to"), date_field(later))]
            return Reply(sheet=_sheet("followup.day", say("Another day"), fields, line, place, press, desk))
        case "hand":
            field = search_menu("followup.person", say("Type a name"))
            fields = [entry("rep", say("To whom"), field, hint=say("They must see this customer in full."))]
            return Reply(sheet=_sheet("followup.hand", say("Hand over"), fields, line, place, press, desk))
        case "drop":
            fields = [entry("reason", say("Why"), text_field(longest=follow_ups.LONGEST))]
            return Reply(sheet=_sheet("followup.drop", say("Drop"), fields, line, place, press, desk))
    return replace(show_card(press.person, say, desk, line.customer_id), beside=True)


@type_ahead("followup.person")
def offer_people(typing: Typing, desk: Desk) -> list[tuple[str, str]]:
    """Offer the reps whose name fits what is typed."""
    with desk.reading() as db:
        return corrections.owners(db, typing.text)


@form("followup.day")
def to_another_day(sent: Sent, desk: Desk) -> Reply:
    """Put a follow-up off to the day in the form."""
    day = date.fromisoformat(sent.values["day"])
    try:
        return _put_off(sent.person, sent.say, desk, _place(sent), int(sent.memory["of"]), day)
    except BadInput as wrong:
        return Reply(faults={"day": sent.say.error(wrong)})


@form("followup.hand")
def hand_over(sent: Sent, desk: Desk) -> Reply:
    """Give a follow-up to somebody else."""
    today, to = own_today(sent.say, desk), int(sent.values["rep"])
    try:
        with desk.transaction() as db:
            line = follow_ups.theirs(db, sent.person, int(sent.memory["of"]))
            step = promise_steps.hand_over(db, line.id, to, by=sent.person.id, today=today, now=desk.now)
    except BadInput as wrong:
        return Reply(faults={"rep": sent.say.error(wrong)})
    name = _name(line, sent.person, sent.say, desk)
    words = sent.say("{name}: handed over to {person}.", name=name, person=step.line.rep_name)
    shown = cards.just_done(words, step.id, _place(sent), sent.say)
    return list_again(sent.person, sent.say, desk, _place(sent), shown)


@form("followup.drop")
def drop(sent: Sent, desk: Desk) -> Reply:
    """Drop a follow-up with the reason in the form."""
    try:
        with desk.transaction() as db:
            line = follow_ups.theirs(db, sent.person, int(sent.memory["of"]))
            step = promise_steps.drop(db, line.id, sent.values["reason"] or "", by=sent.person.id, now=desk.now)
    except BadInput as wrong:
        return Reply(faults={"reason": sent.say.error(wrong)})
    words = sent.say("{name}: dropped.", name=_name(line, sent.person, sent.say, desk))
    shown = cards.just_done(words, step.id, _place(sent), sent.say)
    return list_again(sent.person, sent.say, desk, _place(sent), shown)


@button("followup.undo")
def undo(press: Press, desk: Desk) -> Reply:
    """Take back what was done last with a follow-up."""
    number, place = placed(press.value)
    with desk.transaction() as db:
        line = promise_steps.undo(db, int(number), by=press.person.id, now=desk.now)
    if place.what == "card":
        return show_card(press.person, press.say, desk, place.page, note=press.say("Taken back."))
    words = press.say("{name}: taken back.", name=_name(line, press.person, press.say, desk))
    return list_again(press.person, press.say, desk, place, cards.taken_back(words))


def _came_of(
    person: Person,
    say: Speech,
    desk: Desk,
    place: Place,
    step_id: int,
    *,
    outcome: str,
    day: date,
    kind: str = "",
    text: str = "",
) -> Reply:
    with desk.reading() as db:
        line = promise_steps.line_of(db, step_id)
    see_in_full(desk, person, line.customer_id, "log")
    kind = kind or _kind_of(line)
    with desk.transaction() as db:
        step = promise_steps.came_of(
            db,
            step_id,
            outcome,
            by=person.id,
            day=day,
            today=max(desk.today, own_today(say, desk)),
            zone=desk.settings.zone,
            kind=kind,
            text=text or cards.what_of(line.what, line.rule, say) or say("Follow-up"),
        )
    name = _name(line, person, say, desk)
    if outcome == promise_steps.NOTED:
        words = say("{name}: written down.", name=name)
    else:
        what = term(say, "outcome", outcome)
        if kind == visits.KIND:
            words = say("{name}: {outcome}. Written down as a visit.", name=name, outcome=what)
        else:
            words = say("{name}: {outcome}. Written down as a call.", name=name, outcome=what)
    return list_again(person, say, desk, place, cards.just_done(words, step.id, place, say))


def _kind_of(line: Line) -> str:
    """What a follow-up mostly is when it was done."""
    return visits.KIND if line.rule == visits.RULE else "call"


def _put_off(person: Person, say: Speech, desk: Desk, place: Place, number: int, day: date) -> Reply:
    with desk.transaction() as db:
        line = follow_ups.theirs(db, person, number)
        step = promise_steps.put_off(db, line.id, day, by=person.id, today=own_today(say, desk), now=desk.now)
    words = say("{name}: put off to {day}.", name=_name(line, person, say, desk), day=say.weekday(day))
    return list_again(person, say, desk, place, cards.just_done(words, step.id, place, say))


def _name(line: Line, person: Person, say: Speech, desk: Desk) -> str:
    return cards.name_of(line, reader_of(person, say, desk))


def _place(sent: Sent) -> Place:
    return Place(sent.memory["what"], int(sent.memory["page"]))


def _sheet(
    name: str,
    title: str,
    fields: list[Block],
    line: Line,
    place: Place,
    press: Press,
    desk: Desk,
    of: int | None = None,
) -> Sheet:
    """A form about one follow-up; `of` is what it acts on, the follow-up itself if nothing else is named."""
    about = section(bold(safe(_name(line, press.person, press.say, desk))))
    memory = {"of": of or line.id, "what": place.what, "page": place.page}
    return Sheet(name, title, press.say("Save"), [about, *fields], memory)
