"""The fields of a form for what a text to a customer can say and only its author knows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.blocks import capital, date_field, entry, text_field
from bot.desk import Block
from care.drafting import UNSUBSCRIBE
from words.errors import BadInput
from words.speech import Speech
from words.template_fields import DAY, FIELDS, meaning
from words.templates import templates

# Characters of one such field: a sentence or three.
LONGEST = 300


def entries(key: str, given: Mapping[str, Any], say: Speech) -> list[Block]:
    """A field of a form for everything that a text can say and only its author knows."""
    sorts = [each for each in templates() if each.key == key]
    names = [name for name in FIELDS if name != UNSUBSCRIBE and any(name in sort.given for sort in sorts)]
    if not names:
        raise BadInput("This text needs nothing more from you.")
    blocks = []
    for name in names:
        known = given.get(name)
        if FIELDS[name].kind == DAY:
            field = date_field(date.fromisoformat(known) if known else None)
        else:
            field = text_field(str(known or ""), lines=True, longest=LONGEST)
        needed = all(name in sort.fields for sort in sorts)
        blocks.append(entry(name, capital(meaning(say, name)), field, optional=not needed))
    return blocks


def values_given(given: Mapping[str, Any]) -> dict[str, str | date]:
    """What a form, or a stored draft, gives of these fields: texts, and days as dates; what is empty is left out."""
    return {
        name: date.fromisoformat(value) if FIELDS[name].kind == DAY else str(value)
        for name, value in given.items()
        if name in FIELDS and value
    }
