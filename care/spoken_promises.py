"""Understands a promise in plain words: `follow up acme in 2 weeks: call about the price`, `下周三回访 晨曦`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from care import plain_dates
from words.errors import WrongUsage
from words.speech import message

# What may stand before the customer's name. The words in the second group say what is to be done; the first do not.
_ENGLISH = re.compile(
    r"(?:please\s+)?(?:remind\s+me\s+to\s+|i\s+will\s+|i['’]ll\s+)?"
    r"(?:(?:follow[\s-]?ups?(?:\s+(?:with|on))?|get\s+back\s+to|check\s+in\s+with|contact)\s+"
    r"|(?P<what>call|phone|ring|visit|meet|e-?mail|write\s+to|see)\s+)",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"(?:请|提醒我|记得|我要|要)*(?:跟进一下|跟进|联系一下|联系|(?P<what>回访|拜访|打电话给|致电|约见))\s*"
)
_CALL = re.compile(r"给\s*(?P<who>.+?)\s*(?P<what>打个?电话|发个?邮件|写信)")
_REMIND = re.compile(r"(?:please\s+)?remind\s+me(?:\s+to)?|(?:请|记得)?提醒我|记得", re.IGNORECASE)
# A sentence with one of these and a day sounds like a promise, wherever they stand in it.
_VERB = re.compile(
    r"\b(?:follow[\s-]?ups?|remind\s+me|call|phone|ring|visit|meet|e-?mail|write\s+to|contact|get\s+back\s+to)\b"
    r"|回访|跟进|联系|拜访|致电|电话|邮件|提醒|约见",
    re.IGNORECASE,
)
# Signs that separate the parts of a sentence, at either end of a part.
_SIGNS = " \t\n,，、。.;；!！:：-–—"

NO_DAY = message(
    "Which day? For example: acme in 2 weeks: call about the price. "
    "Also: tomorrow, in 3 days, next Wednesday, 5 March, 2027-03-05."
)
NO_CUSTOMER = message("Which customer? For example: acme in 2 weeks: call about the price.")


@dataclass(frozen=True)
class Spoken:
    """A promise as it was spoken: the day, and the ways to read the rest, likeliest first, as (customer, what)."""

    day: date
    words: str  # those that named the day
    readings: tuple[tuple[str, str], ...]


def recognises(text: str) -> bool:
    """Whether a sentence sounds like a promise: something to do with somebody, on a day."""
    starts = (part for part in re.split(r"[\s,，]+", text) if part)
    verb = _ENGLISH.match(text) or _REMIND.match(text) or _CHINESE.search(text) or _CALL.search(text)
    return bool(verb or any(_ENGLISH.match(text[text.find(part) :]) for part in starts)) and plain_dates.names_a_day(
        text
    )


def understood(text: str, today: date) -> Spoken:
    """Take a sentence apart. Raises `WrongUsage` without a day or a customer, `BadInput` for a day that cannot be."""
    head, _, note = text.replace("：", ":").partition(":")
    found, what = plain_dates.find(head, today), note.strip(_SIGNS)
    if found is None:
        found = plain_dates.find(note, today)
        if found is None:
            raise WrongUsage(NO_DAY)
        who, what = head, f"{found.before} {found.after}".strip(_SIGNS)
    else:
        before = found.before.strip(_SIGNS)
        if _REMIND.fullmatch(before):
            before = ""
        who = before or found.after
        if before and not what:
            what = found.after.strip(_SIGNS)
    readings = _readings(who.strip(_SIGNS), what)
    if not readings:
        raise WrongUsage(NO_CUSTOMER)
    return Spoken(found.day, found.words, readings)


def _readings(who: str, what: str) -> tuple[tuple[str, str], ...]:
    """The whole as the customer's name, then without the verb before it, then up to a comma."""
    found = [(who, what)]
    for verb in (_ENGLISH, _CHINESE):
        match = verb.match(f"{who} ")
        if match:
            found.append((who[match.end() :].strip(_SIGNS), what or (match["what"] or "")))
    called = _CALL.fullmatch(who)
    if called:
        found.append((called["who"], what or called["what"]))
    for name, note in list(found):
        first, comma, rest = name.replace("，", ",").partition(",")
        if comma:
            found.append((first.strip(_SIGNS), note or rest.strip(_SIGNS)))
    # A sentence may be nothing but a verb and a day.
    kept = [(name, note) for name, note in dict.fromkeys(found) if name and not _bare_verb(name)]
    return tuple(kept)


def _bare_verb(name: str) -> bool:
    return any((match := verb.match(f"{name} ")) and match.end() >= len(name) for verb in (_ENGLISH, _CHINESE))
