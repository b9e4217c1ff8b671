"""Follow-ups as they are listed, with buttons on each line; what was just done stands above, and can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.blocks import actions, bold, button, capital, context, divider, header, overflow, safe, section
from bot.cards.customer import MARKS
from bot.desk import Block, Reply
from care.follow_ups import Line, Listing
from care.promise_steps import OUTCOMES
from care.working_days import next_working_day
from customers.sight import Sight
from words.speech import Speech, message
from words.terms import term

# What a list can be of: `due` is what a morning brings, the two of a team are for managers.
TITLES = {
    "mine": message("Your follow-ups"),
    "due": message("Your follow-ups that are due"),
    "overdue": message("Your overdue follow-ups"),
    "team": message("Your team's follow-ups"),
    "team_overdue": message("Your team's overdue follow-ups"),
}


@dataclass(frozen=True)
class Place:
    """Where a follow-up is shown, so that the same list is drawn again: what it is of, and which page.

    Of a customer's card, `what` is `card` and `page` the customer's id.
    """

    what: str = "mine"
    page: int = 0

    def value(self, of: int | str) -> str:
        """The value of a button that acts on something in this place."""
        return f"{of}|{self.what}|{self.page}"


def placed(value: str) -> tuple[str, Place]:
    """Take the value of a button apart again: on what it acts, and where it stands."""
    of, what, page = value.rsplit("|", 2)
    return of, Place(what, int(page))


@dataclass(frozen=True)
class Reader:
    """For whom a list is drawn: whose customers that person sees, and what may be shown at all."""

    say: Speech
    sight: Sight
    rep_id: int
    today: date  # the reader's own
    country: str  # whose working days are the reader's
    currency: str
    shows: str  # SLACK_SHOWS

    def later(self, line: Line) -> date:
        """Where one click puts a follow-up off to: the next working day after today, or after its own day."""
        return next_working_day(max(self.today, line.due), self.country)


def listing(found: Listing, place: Place, reader: Reader, done: Sequence[Block] = ()) -> Reply:
    """One page of follow-ups; `done` is what was just done (see `just_done`)."""
    say, title = reader.say, reader.say(TITLES[place.what])
    if not found.lines:
        return Reply(title, [header(title), *done, section(_nothing(place, say)), context(_how(say))])
    counted = say("{due} due, {coming} to come", due=say.number(found.due), coming=say.number(found.total - found.due))
    order, coming_up = say("most at stake first"), say("Coming up")
    blocks: list[Block] = [header(title), *done, context(f"{counted}  ·  {order}")]
    first = True
    for line in found.lines:
        if line.due > reader.today and first:
            blocks += [divider(), section(bold(coming_up))]
            first = False
        blocks += lines([line], place, reader)
    turns = []
    if found.page > 0:
        turns.append(button(say("Previous"), "followup.page:previous", Place(place.what, found.page - 1).value("page")))
    if (found.page + 1) * found.size < found.total:
        turns.append(button(say("Next"), "followup.page:next", Place(place.what, found.page + 1).value("page")))
    if turns:
        blocks += [divider(), actions(*turns)]
    return Reply(say("{title}: {state}", title=title, state=counted), [*blocks, context(_how(say))])


def lines(shown: Sequence[Line], place: Place, reader: Reader) -> list[Block]:
    """Two blocks for each follow-up: what was promised to whom, and the buttons."""
    return [block for line in shown for block in (section(_said(line, reader)), _buttons(line, place, reader))]


def just_done(words: str, step_id: int, place: Place, say: Speech, *, asks: bool = False) -> list[Block]:
    """What was just done, with undo; `asks` what came of it, each answer one click."""
    undo = button(say("Undo"), "followup.undo", place.value(step_id))
    if not asks:
        return [section(f"✅ {safe(words)}", undo)]
    answers = [
        button(capital(term(say, "outcome", outcome)), f"followup.came:{outcome}", place.value(f"{step_id}:{outcome}"))
        for outcome in OUTCOMES
    ]
    question, in_words = say("What came of it?"), button(say("In words"), "followup.note", place.value(step_id))
    return [section(f"✅ {safe(words)}\n{question}"), actions(*answers, in_words, undo)]


def taken_back(words: str) -> list[Block]:
    """That something was taken back."""
    return [section(f"↩️ {safe(words)}")]


def name_of(line: Line, reader: Reader) -> str:
    """The customer's name, or the id where no names may leave for Slack."""
    return line.customer_name if reader.shows != "ids" else line.customer_key or f"#{line.customer_id}"


def what_of(what: str, rule: str | None, say: Speech) -> str:
    """What was promised: in the rep's words, or by the rule that made it."""
    return what or (term(say, "rule", rule) if rule else "")


def _said(line: Line, reader: Reader) -> str:
    say = reader.say
    words = what_of(line.what, line.rule, say) if reader.shows != "ids" else ""
    first = f"{MARKS[line.loyalty]} *{safe(name_of(line, reader))}*" + (f"  {safe(words)}" if words else "")
    second = [_when(line, reader)]
    if reader.shows == "full" and line.at_stake and reader.sight.full(line.owner_id):
        second.append(say("{amount} a year at stake", amount=say.money(line.at_stake, reader.currency)))
    if line.rep_id != reader.rep_id and reader.shows != "ids":
        second.append(safe(line.rep_name))
    return f"{first}\n{'  ·  '.join(second)}"


def _when(line: Line, reader: Reader) -> str:
    say = reader.say
    if line.due < reader.today:
        when = "⏰ " + say("overdue since {day}", day=say.weekday(line.due))
    elif line.due == reader.today:
        when = say("due today")
    else:
        when = say("due on {day}", day=say.weekday(line.due))
    if line.due != line.promised:
        when += "  ·  " + say("put off from {day}", day=say.short_day(line.promised))
    return when


def _buttons(line: Line, place: Place, reader: Reader) -> Block:
    say, this, later = reader.say, place.value(line.id), reader.later(line)
    more = [
        (say("Another day"), f"day|{this}"),
        (say("Hand over"), f"hand|{this}"),
        (say("Drop"), f"drop|{this}"),
        (say("Open the card"), f"card|{this}"),
    ]
    return actions(
        button(say("Done"), f"followup.done:{line.id}", this, style="primary"),
        button(
            say("To {day}", day=say.short_day(later)), f"followup.snooze:{line.id}", place.value(f"{line.id}:{later}")
        ),
        overflow(f"followup.more:{line.id}", more),
    )


def _nothing(place: Place, say: Speech) -> str:
    if place.what in ("overdue", "team_overdue"):
        return say("Nothing is overdue.")
    return say("Nothing is due.") if place.what == "due" else say("No follow-up is waiting.")


def _how(say: Speech) -> str:
    example = say("/followups acme in 2 weeks: call about the price")
    return say("A new one: {example}, or “Follow up” on a customer's card.", example=f"`{example}`")
