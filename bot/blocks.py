"""Small drawing functions for Block Kit: they read like the screen, and keep Slack's limits for any data."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from bot.desk import Block

# Slack's limits, in characters or items; a longer text is cut with an ellipsis instead of being refused.
HEADER, SECTION, FIELD, FIELDS, CONTEXT = 150, 3_000, 2_000, 10, 2_000
BUTTON, OPTION, OPTIONS, PLACEHOLDER = 75, 75, 100, 150
TITLE, CONTEXT_ITEMS, BUTTONS, LABEL, BLOCKS = 24, 10, 25, 2_000, 50
CHART_TITLE, CHART_LABEL, CHART_POINTS = 50, 20, 6
OVERFLOW, TICKS = 5, 10
# Slack names no limit for exact text; a whole message has 40,000 characters at most, and our letters half of that.
EXACT = 20_000
HOME_BLOCKS = 100

# Characters that turn the direction of writing or hide in it: a name could pretend to be another one with them.
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b-\x1f]")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def cut(text: str, limit: int) -> str:
    """Shorten a text to a limit with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def safe(text: str) -> str:
    """Make text that came from data harmless within mrkdwn: no mentions, no links, no reversed writing."""
    return _UNSEEN.sub("", text).translate(_ESCAPES)


def plain(text: str, limit: int) -> Block:
    """A plain text object, never empty (Slack refuses an empty one)."""
    return {"type": "plain_text", "text": cut(_UNSEEN.sub("", text), limit) or "–", "emoji": False}


def mrkdwn(text: str, limit: int = SECTION) -> Block:
    """A mrkdwn text object; data within it must have gone through `safe`. Bare URLs and @names stay text (verbatim)."""
    return {"type": "mrkdwn", "text": _cut_safely(text, limit) or "–", "verbatim": True}


def _cut_safely(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return re.sub(r"&[a-z]{0,3}$", "", text[: limit - 1]).rstrip() + "…"  # never half of an escaped character


def bold(text: str) -> str:
    """Words in bold within mrkdwn."""
    return f"*{text}*"


def capital(word: str) -> str:
    """A word as it begins a line; Chinese knows no capitals."""
    return word[:1].upper() + word[1:]


def header(text: str) -> Block:
    """A large line."""
    return {"type": "header", "text": plain(text, HEADER)}


def section(text: str, accessory: Block | None = None) -> Block:
    """A paragraph, with a button or menu beside it where given."""
    block: Block = {"type": "section", "text": mrkdwn(text)}
    return block | {"accessory": accessory} if accessory else block


def fields(pairs: Sequence[tuple[str, str]]) -> Block:
    """Up to ten labelled values in two columns."""
    return {
        "type": "section",
        "fields": [mrkdwn(f"*{label}*\n{value}", FIELD) for label, value in pairs[:FIELDS]],
    }


def context(*texts: str) -> Block:
    """Small print."""
    return {"type": "context", "elements": [mrkdwn(text, CONTEXT) for text in texts[:CONTEXT_ITEMS]]}


def quote(text: str) -> Block:
    """Words exactly as they are, set off from our own: nothing in them is markup."""
    return _exact("rich_text_quote", text)


def verbatim(text: str) -> Block:
    """The same in type of one width, for lines that are compared."""
    return _exact("rich_text_preformatted", text)


def _exact(kind: str, text: str) -> Block:
    shown = cut(_UNSEEN.sub("", text), EXACT) or "–"
    return {"type": "rich_text", "elements": [{"type": kind, "elements": [{"type": "text", "text": shown}]}]}


def divider() -> Block:
    """A line between two parts."""
    return {"type": "divider"}


def actions(*elements: Block) -> Block:
    """Buttons and menus in a row."""
    return {"type": "actions", "elements": list(elements[:BUTTONS])}


def button(
    text: str, action: str, value: str = "", *, style: str | None = None, confirm: tuple[str, str, str] | None = None
) -> Block:
    """A button; `action` is the plug-in's name, with `:something` behind it where a message has several of one kind.

    `confirm` is (question, yes, no).
    """
    block: Block = {"type": "button", "text": plain(text, BUTTON), "action_id": action}
    if value:
        block["value"] = value
    if style:
        block["style"] = style
    if confirm:
        question, yes, no = confirm
        block["confirm"] = {
            "title": plain(text, 100),
            "text": plain(question, 300),
            "confirm": plain(yes, 30),
            "deny": plain(no, 30),
        }
    return block


def option(text: str, value: str) -> Block:
    """One choice of a menu."""
    return {"text": plain(text, OPTION), "value": value}


def menu(action: str, placeholder: str, choices: Sequence[tuple[str, str]], chosen: str | None = None) -> Block:
    """A menu of (text, value) choices."""
    options = [option(text, value) for text, value in choices[:OPTIONS]]
    block: Block = {
        "type": "static_select",
        "action_id": action,
        "placeholder": plain(placeholder, PLACEHOLDER),
        "options": options,
    }
    initial = next((each for each in options if each["value"] == chosen), None)
    return block | {"initial_option": initial} if initial else block


def overflow(action: str, choices: Sequence[tuple[str, str]]) -> Block:
    """A menu behind three dots, of at most five (text, value) choices: for what is done less often."""
    return {
        "type": "overflow",
        "action_id": action,
        "options": [option(text, value) for text, value in choices[:OVERFLOW]],
    }


def search_menu(action: str, placeholder: str, chosen: tuple[str, str] | None = None) -> Block:
    """A menu whose choices come while one types (see `plugins.type_ahead`)."""
    block: Block = {
        "type": "external_select",
        "action_id": action,
        "placeholder": plain(placeholder, PLACEHOLDER),
        "min_query_length": 1,
    }
    return block | {"initial_option": option(*chosen)} if chosen else block


def entry(name: str, label: str, element: Block, *, optional: bool = False, hint: str = "") -> Block:
    """A labelled field of a form; its value comes back under `name`."""
    block: Block = {
        "type": "input",
        "block_id": name,
        "label": plain(label, LABEL),
        "element": {"action_id": name} | element,
        "optional": optional,
    }
    return block | {"hint": plain(hint, LABEL)} if hint else block


def text_field(initial: str = "", *, lines: bool = False, placeholder: str = "", longest: int = 3_000) -> Block:
    """A field for text, of one line or several."""
    block: Block = {"type": "plain_text_input", "multiline": lines, "max_length": longest}
    if initial:
        block["initial_value"] = cut(initial, longest)
    if placeholder:
        block["placeholder"] = plain(placeholder, PLACEHOLDER)
    return block


def date_field(initial: date | None = None) -> Block:
    """A field for a calendar day."""
    block: Block = {"type": "datepicker"}
    return block | {"initial_date": initial.isoformat()} if initial else block


def choice_field(choices: Sequence[tuple[str, str]], chosen: str | None = None) -> Block:
    """A field with (text, value) choices."""
    block = menu("", "…", choices, chosen)
    del block["action_id"], block["placeholder"]
    return block


def tick_field(choices: Sequence[tuple[str, str]], ticked: Collection[str]) -> Block:
    """A field with up to ten (text, value) choices, of which any number can be ticked."""
    options = [option(text, value) for text, value in choices[:TICKS]]
    initial = [each for each in options if each["value"] in ticked]
    block: Block = {"type": "checkboxes", "options": options}
    return block | {"initial_options": initial} if initial else block


def bar_chart(title: str, series: Mapping[str, Mapping[str, float]]) -> Block:
    """A bar chart: name of a series to its values by label (at most six of either; longer words are cut)."""
    labels = list(dict.fromkeys(cut(label, CHART_LABEL) for values in series.values() for label in values))
    drawn: list[dict[str, Any]] = [
        {
            "name": cut(name, CHART_LABEL),
            "data": [{"label": cut(label, CHART_LABEL), "value": value} for label, value in values.items()],
        }
        for name, values in list(series.items())[:CHART_POINTS]
    ]
    return {
        "type": "data_visualization",
        "title": cut(title, CHART_TITLE),
        "chart": {"type": "bar", "series": drawn, "axis_config": {"categories": labels}},
    }


def without_charts(blocks: Sequence[Block]) -> list[Block]:
    """The same message for a Slack that refuses charts; the numbers always stand in the text as well."""
    return [block for block in blocks if block["type"] != "data_visualization"]
