"""What a text for a customer may speak of: every field that a message template can ask for, and what it means."""

from __future__ import annotations

from dataclasses import dataclass

from words.speech import Speech, message

# How a field is said: a text and a number as they are; the others through a filter that knows the language.
TEXT, NUMBER, DAY, DAYS, TEXTS, ROWS, AMOUNT, SHARE = (
    "text", "number", "day", "days", "texts", "rows", "amount", "share",
)  # fmt: skip


@dataclass(frozen=True)
class Field:
    """One thing that a text may say of a customer.

    `always` holds for everybody, `known` comes from what is stored, `given` from whoever makes the draft: a person in
    a form, or the job that knows the occasion. All but `always` can be missing.
    """

    kind: str
    source: str  # always, known, given
    meaning: str


def _always(kind: str, meaning: str) -> Field:
    return Field(kind, "always", meaning)


def _known(kind: str, meaning: str) -> Field:
    return Field(kind, "known", meaning)


def _given(kind: str, meaning: str) -> Field:
    return Field(kind, "given", meaning)


FIELDS: dict[str, Field] = {
    "company": _always(TEXT, message("the name of your company")),
    "customer": _always(TEXT, message("the customer's name")),
    "today": _always(DAY, message("the day on which the text is written")),
    "person": _known(TEXT, message("whom to greet: the first contact, or the customer who is a person")),
    "owner": _known(TEXT, message("the rep who looks after the customer")),
    "owner_email": _known(TEXT, message("the e-mail address of that rep")),
    "favourite": _known(TEXT, message("the product on which the customer spent most")),
    "products": _known(TEXTS, message("up to three products on which the customer spent most")),
    "purchases": _always(NUMBER, message("the number of purchases so far")),
    "first_day": _known(DAY, message("the day of the first purchase")),
    "years": _known(NUMBER, message("whole years from the first purchase to the last, from one on")),
    "last_day": _known(DAY, message("the day of the last purchase")),
    "last_order": _known(TEXT, message("the number of the last order")),
    "last_products": _known(TEXTS, message("up to three products of the last order")),
    "last_amount": _known(AMOUNT, message("the amount of the last order")),
    "silence": _known(DAYS, message("the days since the last purchase")),
    "gap": _known(DAYS, message("the usual days between purchases, of who buys regularly to this day")),
    "former_gap": _known(DAYS, message("the usual days between purchases before the silence began")),
    "visit_day": _known(DAY, message("the day of the last visit, within two months")),
    "visitor": _known(TEXT, message("the rep who made that visit")),
    "met": _known(TEXT, message("the contact who was met there")),
    "issue_day": _known(DAY, message("the day of the newest complaint, within half a year")),
    "recommended": _known(TEXTS, message("up to three products that buyers of the same things also bought")),
    "recommendations": _known(ROWS, message("the same products, each with the reason")),
    "unsubscribe": _given(TEXT, message("the link by which the customer unsubscribes")),
    "occasion_day": _given(DAY, message("the day of the birthday or festival")),
    "issue": _given(TEXT, message("what went wrong, in a sentence to the customer")),
    "solution": _given(TEXT, message("what was done about it, in a sentence")),
    "offer": _given(TEXT, message("what you can offer, in a sentence")),
    "agreed": _given(TEXT, message("what was agreed, in a sentence")),
    "meeting_day": _given(DAY, message("the day that you propose for a visit")),
    "closed_from": _given(DAY, message("the first day on which you are closed")),
    "open_again": _given(DAY, message("the day on which you are open again")),
}

# What stands in each row of `recommendations`.
IN_ROWS = {"product": TEXT, "because": TEXT, "share": SHARE}


def meaning(say: Speech, field: str) -> str:
    """What a field means, in the reader's language."""
    return say(FIELDS[field].meaning)
