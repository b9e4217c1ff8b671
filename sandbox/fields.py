"""What can be filled in: how a choice, a date or a text stands in a form, and what a form refuses by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sandbox.records import Json

STATE_KEYS = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "rich_text_input": "rich_text_value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "checkboxes": "selected_options",
    "radio_buttons": "selected_option",
    "file_input": "files",
}
"""Element type to the key under which Slack's view state holds its value."""

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Yield (block, element) for everything in `blocks` that can be pressed, chosen or filled in."""
    for block in blocks:
        kind = block.get("type")
        if kind == "section" and "accessory" in block:
            yield block, block["accessory"]
        elif kind == "input":
            yield block, block["element"]
        elif kind in ("actions", "context_actions"):
            for element in block["elements"]:
                yield block, element


def find(
    blocks: list[Json],
    action_id: str | None = None,
    *,
    block_id: str | None = None,
    value: str | None = None,
    label: str | None = None,
) -> tuple[Json, Json]:
    """Return the first (block, element) that fits all that is given; raises LookupError naming what there is."""
    there = []
    for block, element in elements(blocks):
        said = element.get("text", {}).get("text", "") if isinstance(element.get("text"), dict) else ""
        there.append(f"{element.get('action_id')} {said}".strip())
        if (
            action_id in (None, element.get("action_id"))
            and block_id in (None, block.get("block_id"))
            and value in (None, element.get("value"))
            and label in (None, said)
        ):
            return block, element
    wanted = {"action_id": action_id, "block_id": block_id, "value": value, "label": label}
    asked = ", ".join(f"{key}={each!r}" for key, each in wanted.items() if each is not None)
    raise LookupError(f"nothing with {asked} here; there is: {'; '.join(there) or 'nothing to press'}")


def options_of(element: Json) -> list[Json]:
    """Return all options of a menu, those in groups too."""
    grouped = [option for group in element.get("option_groups", ()) for option in group["options"]]
    return [*element.get("options", ()), *grouped]


def initial(blocks: list[Json]) -> dict[str, dict[str, Json]]:
    """Return the state of untouched fields: block_id to action_id to Slack's state value."""
    values: dict[str, dict[str, Json]] = {}
    for block, element in elements(blocks):
        key = STATE_KEYS.get(element["type"])
        if key is not None:
            start = element.get("initial_" + key.removeprefix("selected_"))
            if start is None and key.endswith("s"):
                start = []
            state = {"type": element["type"], key: start}
            values.setdefault(block["block_id"], {})[element["action_id"]] = state
    return values


def chosen(element: Json, raw: Any, offered: list[Json] | None = None) -> Json:
    """Return Slack's state value of `element` for `raw`: a text, an option's value or label, a list of them, or None.

    `offered` are the options of the last type-ahead. Raises LookupError for an option that is not in the menu.
    """
    kind = element["type"]
    key = STATE_KEYS[kind]
    if isinstance(raw, dict) and raw.get("type") == kind and key in raw:
        return dict(raw)
    if key == "selected_option":
        return {"type": kind, key: None if raw in (None, "") else _option(element, raw, offered)}
    if key == "selected_options":
        many = [] if raw in (None, "") else raw if isinstance(raw, list | tuple) else [raw]
        return {"type": kind, key: [_option(element, each, offered) for each in many]}
    if key.endswith("s"):
        many = [] if raw in (None, "") else raw if isinstance(raw, list | tuple) else [raw]
        return {"type": kind, key: list(many)}
    if raw in (None, ""):
        return {"type": kind, key: None}
    if key == "selected_date_time":
        return {"type": kind, key: int(raw)}
    return {"type": kind, key: raw if key == "rich_text_value" else str(raw)}


def _option(element: Json, raw: Any, offered: list[Json] | None) -> Json:
    if isinstance(raw, dict):
        return dict(raw)
    menu: list[Json] = [*options_of(element), *(offered or ())]
    for option in menu:
        if str(raw) in (option.get("value"), option["text"]["text"]):
            return option
    there = ", ".join(option["text"]["text"] for option in menu)
    raise LookupError(f"no option {raw!r} in {element.get('action_id')}; there is: {there or 'nothing offered yet'}")


def problem(block: Json, state: Json | None) -> str:
    """Return what Slack's form says beneath a field before it sends anything, or an empty string."""
    element = block["element"]
    value = (state or {}).get(STATE_KEYS[element["type"]])
    if value in (None, "", []):
        return "" if block.get("optional") else "Please complete this required field."
    kind = element["type"]
    if kind == "plain_text_input":
        if len(value) < element.get("min_length", 0):
            return f"Please enter at least {element['min_length']} characters."
        if len(value) > element.get("max_length", 3000):
            return f"Please enter no more than {element.get('max_length', 3000)} characters."
    if kind == "email_text_input" and not EMAIL.fullmatch(value):
        return "Please enter a valid email address."
    if kind == "url_text_input" and not re.match(r"https?://\S+$", value):
        return "Please enter a valid URL."
    if kind == "number_input":
        return _number_problem(element, value)
    return ""


def _number_problem(element: Json, value: str) -> str:
    whole = r"-?\d+" if not element.get("is_decimal_allowed") else r"-?\d+(\.\d+)?"
    if not re.fullmatch(whole, value):
        return "Please enter a valid number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return ""


def action(block: Json, element: Json, state: Json | None, ts: str) -> Json:
    """Return the entry of `actions` in a block_actions payload for what was just done."""
    told: Json = {"type": element["type"], "action_id": element.get("action_id"), "block_id": block.get("block_id")}
    if element["type"] in ("button", "workflow_button"):
        told |= {key: element[key] for key in ("text", "value", "style", "url") if key in element}
    else:
        told |= {key: each for key, each in element.items() if key.startswith("initial_") or key == "placeholder"}
        told |= {key: each for key, each in (state or {}).items() if key != "type"}
    told["action_ts"] = ts
    return told
