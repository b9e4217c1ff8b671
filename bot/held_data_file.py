"""Everything that we hold about a customer as one page that anybody can read, print and hand on (HTML)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from html import escape
from typing import Any

from bot.blocks import cut
from bot.desk import Attachment, Desk, Reply
from care.personal_data import HOLDINGS, Holding
from care.privacy import Held, Row, target_of
from words.errors import NotAllowed
from words.held_data import CODES, TECHNICAL, label, title
from words.speech import CHINESE, Speech
from words.terms import term

STYLE = """
body { font: 15px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", sans-serif; margin: 2rem auto; max-width: 70rem;
       padding: 0 1rem; color: #1d1c1d; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; } td, th { border: 1px solid #ddd; padding: .3rem .6rem; text-align: left;
        vertical-align: top; white-space: pre-wrap; } th { background: #f6f6f6; font-weight: 600; }
.hint { color: #616061; }
@media print { .scroll { overflow: visible; } h2 { break-after: avoid; } }
"""
_NOTHING: tuple[Any, ...] = (None, "", {}, [])


def page(held: Held, name: str, at: datetime, say: Speech) -> bytes:
    """The page in the reader's language; `name` is what the customer is called there."""
    heading = say("What we hold about {name}", name=name)
    made = say("As of {moment}. Days are local, moments in {zone}.", moment=say.moment(at), zone=str(say.zone))
    hint = say("Internal numbers and links are in the JSON file beside this one.")
    parts = [f"<h1>{escape(heading)}</h1>", f'<p class="hint">{escape(made)}<br>{escape(hint)}</p>']
    written, empty = _Written(held, say), []
    for holding in HOLDINGS:
        rows = held.tables.get(holding.name)
        if rows:
            count = f" ({say.number(len(rows))})" if len(rows) > 1 else ""
            parts.append(f"<h2>{escape(title(say, holding.name) + count)}</h2>")
            parts.append(f'<div class="scroll">{written.table(holding, rows)}</div>')
        elif rows is not None:
            empty.append(title(say, holding.name))
    if empty:
        nothing = say("Nothing is there of:")
        parts.append(f"<h2>{escape(nothing)}</h2><p>{escape(say.listing(empty))}</p>")
    language = "zh-CN" if say.language == CHINESE else "en"
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(heading)}</title>'
    body = "\n".join(parts)
    document = (
        f'<!doctype html>\n<html lang="{language}"><head>{head}<style>{STYLE}</style></head>\n<body>{body}</body>'
    )
    return f"{document}</html>\n".encode()


def check_may_leave(desk: Desk, command: str) -> None:
    """Raise `NotAllowed` where personal data stay out of Slack, naming the command that does it in the terminal."""
    if not desk.shows_amounts:
        raise NotAllowed(
            "This installation lets no personal data leave for Slack (SLACK_SHOWS). In the terminal it goes: {command}",
            command=f"`{command}`",
        )


def handed(held: Held, called: str, file: str, content: str, desk: Desk, say: Speech) -> Reply:
    """Both files for the officer's DM: `content` as JSON and the page to read, each named after `file` and the day."""
    name = f"{file}-{desk.today.isoformat()}"
    heading = cut(say("What we hold about {name}", name=called), 100)
    files = (
        Attachment(f"{name}.json", heading, content.encode()),
        Attachment(f"{name}.html", heading, page(held, called, desk.now, say)),
    )
    text = say(
        "The files {json} and {html} are in your DM with Rekindle. They name your own people too: look through them "
        "before you hand them on.",
        json=f"`{files[0].name}`",
        html=f"`{files[1].name}`",
    )
    return Reply(text, beside=True, attachments=files)


@dataclass
class _Written:
    """Writes the rows of everything that is held, with names in place of ids and words in place of codes."""

    held: Held
    say: Speech

    def table(self, holding: Holding, rows: Sequence[Row]) -> str:
        """The rows with the columns that people understand and in which something stands; a single row is upright."""
        told = {name for name in rows[0] if any(row[name] not in _NOTHING for row in rows)}
        if "birthday" not in told:  # how it is meant says nothing without it
            told -= {"birthday_is_lunar", "birthday_year_known"}
        names = [name for name in rows[0] if name in told and name not in TECHNICAL]
        heads = [f"<th>{escape(label(self.say, name))}</th>" for name in names]
        lines = [[f"<td>{self._cell(holding, name, row)}</td>" for name in names] for row in rows]
        if len(rows) == 1:
            lines = [[head, cell] for head, cell in zip(heads, lines[0], strict=True)]
        else:
            lines.insert(0, heads)
        drawn = [f"<tr>{''.join(line)}</tr>" for line in lines]
        return f"<table>{''.join(drawn)}</table>"

    def _cell(self, holding: Holding, column: str, row: Row) -> str:
        value = row[column]
        if value in _NOTHING:
            return ""
        target = target_of(holding, column)
        if target is not None:
            return escape(self.held.names.get(target, {}).get(value, f"#{value}"))
        if column == "order_id":
            return escape(self._order_keys.get(value, f"#{value}"))
        code = CODES.get(f"{holding.table.name}.{column}", CODES.get(column))
        if code is not None and isinstance(value, str):
            return escape(term(self.say, code, value))
        return escape(_said(value, self.say))

    @cached_property
    def _order_keys(self) -> dict[int, str]:
        return {order["id"]: order["key"] for order in self.held.tables.get("orders", ())}


def _said(value: Any, say: Speech) -> str:
    if isinstance(value, datetime):
        return say.moment(value.astimezone(UTC))
    if isinstance(value, Mapping | list):
        return json.dumps(value, ensure_ascii=False)
    return say.value(value)
