"""A promise in plain words as it was understood, before it counts; and as it was kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from bot.blocks import actions, bold, button, context, cut, date_field, entry, safe, section, text_field
from bot.cards.choices import NAMED_BACK
from bot.cards.follow_ups import Place
from bot.desk import Block, Reply
from care.follow_ups import LONGEST
from customers.search import Hit
from words.speech import Speech


def which(asked: str, hits: Sequence[Hit], day: date, what: str, say: Speech) -> Reply:
    """Several customers fit: a button for each."""
    title = say("Several customers fit “{asked}”. Did you mean:", asked=cut(asked, NAMED_BACK))
    blocks = [section(safe(title))]
    for place, hit in enumerate(hits):
        where = "  ·  ".join(safe(part) for part in (hit.city, hit.owner_name or say("no owner")) if part)
        chosen = button(say("This one"), f"promise.choose:{place}", packed(hit.id, day, what))
        blocks.append(section(f"*{safe(hit.name)}*\n{where}", chosen))
    return Reply(title, blocks)


def confirm(customer_id: int, name: str, day: date, wanted: date, what: str, say: Speech) -> Reply:
    """What was understood, with the day; `wanted` is the day that was named, where nobody works on it."""
    title = say("Follow up with {name} on {day}?", name=name, day=say.weekday(day))
    # The whole line is bold: between Chinese characters Slack does not see where a part of one would begin.
    blocks = [section(bold(safe(title)) + (f"\n{safe(what)}" if what else ""))]
    if day != wanted:
        blocks.append(context(moved(wanted, say)))
    value = packed(customer_id, day, what)
    buttons = (
        button(say("Yes, remind me"), "promise.confirm", value, style="primary"),
        button(say("Change"), "promise.change", value),
        button(say("Cancel"), "promise.cancel", value),
    )
    return Reply(title, [*blocks, actions(*buttons)])


def made(customer_id: int, name: str, day: date, what: str, step_id: int, say: Speech) -> Reply:
    """The promise is kept: the day, undo, and the way to the card."""
    words = say("Follow-up with {name} on {day}.", name=name, day=say.weekday(day))
    undo = button(say("Undo"), "promise.undo", Place("made").value(step_id))
    open_card = button(say("Open the card"), "customer.show", str(customer_id))
    note = f"✅ {safe(words)}" + (f"\n{safe(what)}" if what else "")
    return Reply(words, [section(note), actions(open_card, undo)])


def fields(day: date, what: str, say: Speech) -> list[Block]:
    """The fields of the form: when, and what for."""
    placeholder = say("Call about the price list")
    return [
        entry("day", say("When"), date_field(day), hint=say("On a day off it moves to the next working day.")),
        entry("what", say("What for"), text_field(what, longest=LONGEST, placeholder=placeholder), optional=True),
    ]


def moved(wanted: date, say: Speech) -> str:
    """Why the day is another one than was named."""
    return say("{day} is a day off, so it is the next working day.", day=say.weekday(wanted))


def packed(customer_id: int, day: date, what: str) -> str:
    """A promise as the value of a button."""
    return json.dumps([customer_id, day.isoformat(), cut(what, LONGEST)], ensure_ascii=False)


def unpacked(value: str) -> tuple[int, date, str]:
    """The promise that a button carries."""
    customer_id, day, what = json.loads(value)
    return int(customer_id), date.fromisoformat(day), str(what)
