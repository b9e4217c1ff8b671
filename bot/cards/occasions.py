"""Birthdays, festivals and visits that come: for whom a message has been drafted, and for whom it could not be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.blocks import bold, button, capital, context, cut, header, safe, section
from bot.cards.draft_buttons import Spot
from bot.desk import Block, Reply
from care.celebrating import Celebrant
from care.occasions import BIRTHDAY, MID_AUTUMN, SPRING_FESTIVAL, VISIT, Occasion
from care.wishes import Judged, Written
from words.errors import RekindleError
from words.reasons import Reason
from words.rendering import MissingFields
from words.sentences import sentence
from words.speech import Speech, message
from words.terms import term

NAMES = {
    SPRING_FESTIVAL: message("Spring Festival"),
    MID_AUTUMN: message("Mid-Autumn Festival"),
}
MARKS = {BIRTHDAY: "🎂", VISIT: "🤝", SPRING_FESTIVAL: "🧧", MID_AUTUMN: "🥮"}
# Customers whose names are read in one line, and reasons that are told; the rest is counted.
NAMED, REASONS = 5, 4


@dataclass(frozen=True)
class Coming:
    """What one person is told: drafts, who cannot be written to, and how many come with the next mornings."""

    written: Sequence[Written]
    left_out: Sequence[Judged]
    later: int = 0
    without_consent: int = 0  # who keep a festival, beside those in `left_out`


@dataclass(frozen=True)
class Reader:
    """Who reads it: in which words, on which day, and what may leave for Slack."""

    say: Speech
    day: date
    currency: str
    shows: str


def coming(told: Coming, reader: Reader) -> Reply:
    """Draw the message: one line with a button for each draft, then who was left out and why."""
    say = reader.say
    title = say("Occasions")
    number = say.count("{n} draft is ready to be read", "{n} drafts are ready to be read", _drafts(told))
    blocks: list[Block] = [header(title), context(number)]
    for place, one in enumerate(told.written):
        words = _festival(one, reader) if one.occasion.kind in NAMES else _person_line(one, reader)
        opener = button(say("Open"), f"draft.open:{place}", Spot(one.batch_id).value())
        blocks.append(section(words, opener if reader.shows == "full" else None))
    blocks += _left_out(told, reader)
    if told.later:
        more = say.count("{n} more comes with the next mornings", "{n} more come with the next mornings", told.later)
        blocks.append(context(more))
    if reader.shows != "full":
        hint = say("What customers' messages say is hidden from Slack here (SLACK_SHOWS), so drafts cannot be opened.")
        return Reply(say("{title}: {state}", title=title, state=number), [*blocks, context(hint)])
    hint = say(
        "Nothing is sent by itself: read a draft, then submit it for approval. An approved birthday wish leaves on the "
        "day. Each of these comes once."
    )
    return Reply(say("{title}: {state}", title=title, state=number), [*blocks, context(hint)])


def _drafts(told: Coming) -> int:
    return sum(len(one.whose) for one in told.written)


def _person_line(one: Written, reader: Reader) -> str:
    """A birthday or a visit: who, and when."""
    say, who = reader.say, one.whose[0]
    parts = [f"{MARKS[one.occasion.kind]} {bold(_person(who, reader))}"]
    if one.occasion.kind == VISIT:
        parts.append(say("time for a visit, by {day}", day=say.short_day(one.occasion.day)))
    elif reader.shows == "full":
        parts.append(_when(one.occasion, reader))
        if who.is_lunar:
            parts.append(say("by the lunar calendar"))
    else:
        parts.append(say("has a birthday soon"))
    if who.value in ("high", "mid", "low"):
        parts.append(term(say, "tier", who.value))
    return "  ·  ".join(parts) + "\n" + capital(term(say, "channel", one.channel))


def _festival(one: Written, reader: Reader) -> str:
    say = reader.say
    title = bold(capital(say(NAMES[one.occasion.kind])))
    number = say.count("{n} customer", "{n} customers", len(one.whose))
    first = "  ·  ".join([f"{MARKS[one.occasion.kind]} {title}", _when(one.occasion, reader), number])
    channel = capital(term(say, "channel", one.channel))
    return f"{first}\n" + say("{what}: {why}", what=channel, why=_names(one.whose, reader))


def _left_out(told: Coming, reader: Reader) -> list[Block]:
    """Who could not be written to, by the reason; one that names an amount is counted where none may be shown."""
    say = reader.say
    by_reason: dict[str, list[Celebrant]] = {}
    shown = [each for each in told.left_out if reader.shows == "full" or not _names_amount(each)]
    for each in shown:
        by_reason.setdefault(_reason(each, reader), []).append(each.who)
    lines = [
        "⛔ " + say("{what}: {why}", what=_names(whose, reader, with_day=True), why=safe(reason))
        for reason, whose in list(by_reason.items())[:REASONS]
    ]
    others = len(told.left_out) - len(shown) + sum(len(whose) for whose in list(by_reason.values())[REASONS:])
    if others:
        lines.append(say.count("⛔ {n} more for other reasons", "⛔ {n} more for other reasons", others))
    if told.without_consent:
        lines.append(
            say.count(
                "⛔ {n} customer who keeps the festival has not allowed offers",
                "⛔ {n} customers who keep the festival have not allowed offers",
                told.without_consent,
            )
        )
    return [section("\n".join([bold(say("Not drafted")), *lines]))] if lines else []


def _names_amount(each: Judged) -> bool:
    return isinstance(each.why, Reason) and "amount" in each.why.numbers


def _reason(each: Judged, reader: Reader) -> str:
    say, why = reader.say, each.why
    if isinstance(why, MissingFields):
        return why.said(say)
    if isinstance(why, RekindleError):
        return say.error(why)
    return "" if why is None else sentence(say, why, reader.currency)


def _names(whose: Sequence[Celebrant], reader: Reader, *, with_day: bool = False) -> str:
    """The first names, and the number of the others; `with_day` says when each has a birthday, so that one can call."""
    say, shown = reader.say, []
    for who in whose[:NAMED]:
        name = _person(who, reader)
        if with_day and who.occasion.kind == BIRTHDAY and reader.shows == "full":
            name = say("{name} ({day})", name=name, day=say.day_of_year(who.occasion.day))
        shown.append(name)
    names, others = say.listing(shown), len(whose) - NAMED
    return names if others <= 0 else say("{names} and {n} more", names=names, n=say.number(others))


def _person(who: Celebrant, reader: Reader) -> str:
    """A name as lists show it: the contact at the customer, or the customer."""
    if reader.shows == "ids":
        return safe(who.customer_key or f"#{who.customer_id}")
    customer = safe(cut(who.customer_name, 80))
    if who.person is None:
        return customer
    return reader.say("{person} at {customer}", person=safe(cut(who.person, 60)), customer=customer)


def _when(occasion: Occasion, reader: Reader) -> str:
    say, ahead = reader.say, (occasion.day - reader.day).days
    day = say.short_day(occasion.day)
    if ahead < 1:
        return say("today, {day}", day=day)
    return say.count("in {n} day, on {day}", "in {n} days, on {day}", ahead, day=day)
