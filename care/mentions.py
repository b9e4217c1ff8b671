"""Finds the words that name a customer in messages to our own people, and takes them out of what was or will be said.

Messages are Slack's: a text, and blocks. A paragraph about the customer becomes one line that says so; in a list of
several customers only the lines about this one do.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, or_, select

from customers.alert_tables import alerts
from customers.outreach_tables import drafts
from customers.tables import contacts, customers, interactions
from customers.work_tables import follow_ups

# Shorter words would be found in every other sentence; an id of digits alone must be long enough to be no amount.
SHORTEST, SHORTEST_NUMBER = 2, 5
# A line that says as much as this of what was written about the customer is about the customer, with or without a name.
SHORTEST_QUOTE = 12
# What stands around the words of a line in mrkdwn, and before the lines that an edit changed.
_AROUND = " \t>*_…•⚠️💬🧾👉☑️+-"

# What stands below a paragraph and belongs to it.
_BESIDE = ("actions", "context")
# Under these names people read something in a block; `name` and `label` are those of charts.
_SAID = frozenset({"text", "title", "label", "name", "alt_text"})

Block = dict[str, Any]


@dataclass(frozen=True)
class Words:
    """What names a customer (its name and id, people, addresses), and what was written about it."""

    names: tuple[str, ...]
    texts: tuple[str, ...] = ()

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        parts = [whole(name) for name in sorted(self.names, key=len, reverse=True)]
        return re.compile("|".join(parts), re.IGNORECASE) if parts else None

    @cached_property
    def _texts(self) -> str:
        return "\n".join(" ".join(text.split()) for text in self.texts)

    def name_in(self, text: str) -> bool:
        """Whether a text, as it stands in a message, names the customer."""
        return bool(self._pattern and self._pattern.search(html.unescape(text)))

    def about(self, line: str) -> bool:
        """Whether a line names the customer, or repeats what was written about it."""
        said = " ".join(html.unescape(line).split()).strip(_AROUND)
        return self.name_in(line) or (len(said) >= SHORTEST_QUOTE and said in self._texts)

    def stored_in(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """The condition that a column of JSON, as it is stored, may name the customer; `name_in` then says for sure."""
        spellings = {spelling for name in self.names for spelling in (name, html.escape(name, quote=False))}
        written = sorted(json.dumps(each, ensure_ascii=False)[1:-1] for each in spellings)
        return or_(*(column.icontains(each, autoescape=True) for each in written))


def words_of(db: Connection, customer_id: int) -> Words:
    """The words of one customer, as they stand in the tables."""
    c = customers.c
    row = db.execute(select(c.name, c.key, c.email, c.phone).where(c.id == customer_id)).first()
    found: set[str | None] = set(row or ())
    people = select(contacts.c.name, contacts.c.email, contacts.c.phone).where(contacts.c.customer_id == customer_id)
    for person in db.execute(people):
        found.update(person)
    found.update(_column(db, drafts, "recipient", customer_id))
    texts: set[str | None] = set()
    for table, columns in (
        (interactions, ("text", "outcome")),
        (follow_ups, ("what", "reason")),
        (alerts, ("words",)),
        (drafts, ("subject", "text")),
    ):
        for name in columns:
            texts.update(_column(db, table, name, customer_id))
    # What an edit changed stands on cards too.
    for fields in db.execute(select(drafts.c.written, drafts.c.given).where(drafts.c.customer_id == customer_id)):
        texts.update(text for field in fields for text in (field or {}).values() if isinstance(text, str))
    return Words(tuple(sorted(_long_enough(found))), tuple(sorted(text for text in texts if text)))


def without(payload: Mapping[str, Any], words: Words, label: str) -> dict[str, Any] | None:
    """A message without what is about the customer, for which `label` stands; None where nothing is."""
    told = dict(payload)
    if isinstance(told.get("text"), str):
        told["text"] = _lines(told["text"], words, label)
    if "blocks" in told:
        told["blocks"] = _blocks(told["blocks"], words, label)
    return None if told == payload else told


def _column(db: Connection, table: Table, name: str, customer_id: int) -> Sequence[str | None]:
    return db.scalars(select(table.c[name]).where(table.c.customer_id == customer_id)).all()


def _long_enough(found: Iterable[str | None]) -> set[str]:
    trimmed = {" ".join(word.split()) for word in found if word}
    return {word for word in trimmed if len(word) >= (SHORTEST_NUMBER if word.isdigit() else SHORTEST)}


def whole(name: str) -> str:
    """The name as a word of its own, where it is written in letters between which words end."""
    before = r"(?<![^\W_])" if name[0].isascii() and name[0].isalnum() else ""
    after = r"(?![^\W_])" if name[-1].isascii() and name[-1].isalnum() else ""
    return before + re.escape(name) + after


def _blocks(blocks: Sequence[Block], words: Words, label: str) -> list[Block]:
    kept: list[Block] = []
    gone = False  # whether the paragraph before was about the customer: then what belongs to it goes too
    for place, block in enumerate(blocks):
        if block.get("type") in _BESIDE and gone:
            continue
        gone = _is_paragraph_about(block, blocks[place + 1 : place + 2], words)
        if gone:
            kept.append({"type": "section", "text": {"type": "mrkdwn", "text": f"_{label}_", "verbatim": True}})
        else:
            kept.append(_part(block, words, label))
    return kept


def _is_paragraph_about(block: Block, following: Sequence[Block], words: Words) -> bool:
    """Whether a paragraph with buttons of its own begins with the customer's name: it is about nobody else."""
    text = (block.get("text") or {}).get("text", "") if block.get("type") == "section" else ""
    own = "accessory" in block or any(each.get("type") in _BESIDE for each in following)
    return own and words.name_in(text.partition("\n")[0])


def _part(part: Any, words: Words, label: str) -> Any:
    """A part of a block with its words looked through; what is no words (types, the values of buttons) stays."""
    if isinstance(part, dict):
        return {
            name: _lines(value, words, label)
            if name in _SAID and isinstance(value, str)
            else _part(value, words, label)
            for name, value in part.items()
        }
    return [_part(each, words, label) for each in part] if isinstance(part, list) else part


def _value(name: str, value: Any, words: Words, label: str) -> Any:
    said = name in _SAID and isinstance(value, str)
    return _lines(value, words, label) if said else _part(value, words, label)


def _lines(text: str, words: Words, label: str) -> str:
    return "\n".join(label if words.about(line) else line for line in text.split("\n"))
