"""Writes the text for one customer from a message template."""

from __future__ import annotations

import html as markup
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from words.errors import BadInput
from words.speech import CHINESE, Speech, message
from words.template_environment import compiled
from words.template_fields import FIELDS, IN_ROWS, meaning
from words.templates import EMAIL, SMS, Template

# What a message may hold, in characters: a long letter; ten parts of a text message; a subject that is still shown.
LONGEST_TEXT = {EMAIL: 20_000, SMS: 1_500}
LONGEST_SUBJECT = 200
# What a field may hold: a paragraph, and as many things as a list in a letter can have.
LONGEST_VALUE = 2_000
MOST_ITEMS = 20
MISSING = message("“{title}” cannot be written: {fields} missing. Choose another text, or complete what is known.")


@dataclass(frozen=True)
class Rendered:
    """A finished message in plain text; `subject` is empty for a text message."""

    subject: str
    text: str


class MissingFields(BadInput):
    """A text cannot be written because something is not known of the customer; `fields` says what."""

    def __init__(self, template: Template, fields: tuple[str, ...]) -> None:
        super().__init__(
            MISSING,
            title=template.title,
            fields=list(fields),
        )
        self.fields = fields

    def said(self, say: Speech) -> str:
        """The same with the meanings of the fields, in the reader's language."""
        return say(self.message, title=self.values["title"], fields=say.listing([meaning(say, f) for f in self.fields]))


def render(template: Template, values: Mapping[str, Any]) -> Rendered:
    """Write the message for one customer. `values` are fields (see `words.template_fields`) as plain values.

    None, an empty text and an empty list mean that a field is missing. The same template and values give the same text.
    Raises `MissingFields`, `BadInput` for a text that became too long, and TypeError or ValueError for a value that no
    field may have.
    """
    given = {name: _plain(name, values.get(name)) for name in template.asks | {"today"}}
    missing = tuple(name for name in FIELDS if _is_needed(name, template) and given.get(name) in (None, "", []))
    if missing:
        raise MissingFields(template, missing)
    text = _written(template, template.body, given, LONGEST_TEXT[template.channel])
    subject = _written(template, template.subject, given, LONGEST_SUBJECT) if template.subject else ""
    return Rendered(" ".join(subject.split()), _tidy_sms(template, text) if template.channel == SMS else _tidy(text))


def html(text: str, links: Iterable[str] = ()) -> str:
    """The HTML part of a message, made from its plain text; `links` in it can be clicked."""
    paragraphs = [markup.escape(paragraph).replace("\n", "<br>\n") for paragraph in text.split("\n\n")]
    body = "\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    for link in links:
        safe = markup.escape(link)
        body = body.replace(safe, f'<a href="{safe}">{safe}</a>')
    return body


def _written(template: Template, source: str, values: Mapping[str, Any], longest: int) -> str:
    """The text piece by piece, so that it ends where it becomes too long."""
    pieces, length = [], 0
    for piece in compiled(template.language, source).generate(values):
        length += len(piece)
        if length > longest:
            raise BadInput(
                "“{title}” became longer than {longest} characters. Shorten what you added.",
                title=template.title,
                longest=longest,
            )
        pieces.append(piece)
    return "".join(pieces)


def _is_needed(name: str, template: Template) -> bool:
    return name in template.fields or (name in template.asks and FIELDS[name].source == "always")


def _plain(name: str, value: Any) -> Any:
    """A value as a template may have it: plain, one line, of limited length."""
    match value:
        case None | date():
            return value
        case bool():
            raise TypeError(f"{name}: a field is no bool")
        case int() | float() | Decimal():
            return value
        case str():
            return _one_line(value)
        case list() | tuple():
            if len(value) > MOST_ITEMS:
                raise ValueError(f"{name}: at most {MOST_ITEMS} items")
            return [_plain(name, item) for item in value]
        case dict():
            return {key: _plain(name, value.get(key)) for key in (*IN_ROWS, "amount", "currency")}
    raise TypeError(f"{name}: a {type(value).__name__} cannot be handed to a template")


def _one_line(text: str) -> str:
    """A value without line breaks and signs that nobody sees, so that none can forge a line or turn a text around."""
    if len(text) > LONGEST_VALUE:
        raise BadInput("A text for a message may have {n} characters at most. Shorten it.", n=LONGEST_VALUE)
    return " ".join(_seen(text).split())


def lines_seen(text: str) -> str:
    """A text of several lines without signs that nobody sees: whoever reads it reads all that is in it."""
    return "\n".join(_seen(line).rstrip() for line in text.strip().splitlines())


def _seen(text: str) -> str:
    if text.isprintable():
        return text
    # The joiners belong to emoji and to some scripts.
    kept = (
        sign for sign in text if sign in "\u200c\u200d" or unicodedata.category(sign) not in ("Cf", "Cs", "Co", "Cn")
    )
    return "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in kept)


def _tidy(text: str) -> str:
    """A letter without blanks at the ends of lines and without gaps that a condition left."""
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def _tidy_sms(template: Template, text: str) -> str:
    """A text message in one line; Chinese has no blanks between sentences."""
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return ("" if template.language == CHINESE else " ").join(line for line in lines if line)
