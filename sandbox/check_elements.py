"""Slack's rules for what can be pressed, chosen or filled in."""

from __future__ import annotations

import re
from typing import Any

from sandbox.check_parts import (
    Rule,
    anything,
    by_type,
    confirm,
    flag,
    group,
    items,
    menu,
    number,
    one_of,
    option,
    picture_address,
    plain,
    plain_option,
    say,
    shape,
    string,
    web_address,
    whole,
)
from sandbox.records import Json

ACTION_ID = string(255)
CHANNEL_FILTER = shape({}, {"include": anything, "exclude_external_shared_channels": flag, "exclude_bot_users": flag})
DISPATCH = shape({}, {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 1, 2)})


def pattern(form: str, words: str) -> Rule:
    """A string that fits a regular expression."""

    def rule(value: Any, at: str, wrong: list[str]) -> None:
        if not isinstance(value, str) or not re.fullmatch(form, value):
            say(wrong, words, at)

    return rule


def _numeral(value: Any, at: str, wrong: list[str]) -> None:
    if not isinstance(value, str) or not re.fullmatch(r"-?\d+(\.\d+)?", value):
        number(value, at, wrong)


DATE = pattern(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", "must be a date in the format YYYY-MM-DD")
TIME = pattern(r"([01]\d|2[0-3]):[0-5]\d", "must be a time in the format HH:mm")
ANY_ID = string(255)

BASE: dict[str, Rule] = {"action_id": ACTION_ID}
SELECT: dict[str, Rule] = {**BASE, "placeholder": plain(150), "confirm": confirm, "focus_on_load": flag}
MULTI: dict[str, Rule] = {**SELECT, "max_selected_items": whole(1, 1000)}
FIELD: dict[str, Rule] = {
    **BASE,
    "placeholder": plain(150),
    "focus_on_load": flag,
    "dispatch_action_config": DISPATCH,
}


def _static(rules: dict[str, Rule]) -> Rule:
    outline = shape({}, {**rules, "options": items(plain_option, 1, 100), "option_groups": items(group, 1, 100)})

    def rule(value: Any, at: str, wrong: list[str]) -> None:
        outline(value, at, wrong)
        menu(value, at, wrong)
        _initial_is_offered(value, at, wrong)

    return rule


def _choices(most: int, initial: dict[str, Rule]) -> Rule:
    outline = shape({"options": items(option, 1, most)}, {**BASE, **initial, "confirm": confirm, "focus_on_load": flag})

    def rule(value: Any, at: str, wrong: list[str]) -> None:
        outline(value, at, wrong)
        _initial_is_offered(value, at, wrong)

    return rule


def _initial_is_offered(value: Json, at: str, wrong: list[str]) -> None:
    """What is chosen at first must stand in the menu, exactly; and no value may stand there twice."""
    grouped = [each for one in _dicts(value.get("option_groups")) for each in _dicts(one.get("options"))]
    offered = [*_dicts(value.get("options")), *grouped]
    values = [each.get("value") for each in offered]
    if len(set(map(str, values))) < len(values):
        say(wrong, "option values must be unique", f"{at}/options")
    for name in ("initial_option", "initial_options"):
        first = value.get(name)
        chosen = first if isinstance(first, list) else [first] if first else []
        if any(_essence(each) not in [_essence(one) for one in offered] for each in chosen):
            say(wrong, f"{name} must match one of the options", f"{at}/{name}")


def _dicts(value: Any) -> list[Json]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _essence(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    words = value.get("text")
    return value.get("value"), words.get("text") if isinstance(words, dict) else words


ELEMENTS: dict[str, Rule] = {
    "button": shape(
        {"text": plain(75)},
        {
            **BASE,
            "url": web_address,
            "value": string(2000, 0),
            "style": one_of("primary", "danger"),
            "confirm": confirm,
            "accessibility_label": string(75),
        },
    ),
    "image": shape({"alt_text": string(2000)}, {"image_url": picture_address, "slack_file": anything}),
    "overflow": shape({"options": items(plain_option, 1, 5)}, {**BASE, "confirm": confirm}),
    "static_select": _static({**SELECT, "initial_option": plain_option}),
    "multi_static_select": _static({**MULTI, "initial_options": items(plain_option, 1, 100)}),
    "external_select": shape({}, {**SELECT, "initial_option": plain_option, "min_query_length": whole(0, 1000)}),
    "multi_external_select": shape(
        {}, {**MULTI, "initial_options": items(plain_option, 1, 100), "min_query_length": whole(0, 1000)}
    ),
    "users_select": shape({}, {**SELECT, "initial_user": ANY_ID}),
    "multi_users_select": shape({}, {**MULTI, "initial_users": items(ANY_ID, 0, 1000)}),
    "conversations_select": shape(
        {},
        {
            **SELECT,
            "initial_conversation": ANY_ID,
            "default_to_current_conversation": flag,
            "response_url_enabled": flag,
            "filter": CHANNEL_FILTER,
        },
    ),
    "multi_conversations_select": shape(
        {},
        {
            **MULTI,
            "initial_conversations": items(ANY_ID, 0, 1000),
            "default_to_current_conversation": flag,
            "filter": CHANNEL_FILTER,
        },
    ),
    "channels_select": shape({}, {**SELECT, "initial_channel": ANY_ID, "response_url_enabled": flag}),
    "multi_channels_select": shape({}, {**MULTI, "initial_channels": items(ANY_ID, 0, 1000)}),
    "datepicker": shape({}, {**SELECT, "initial_date": DATE}),
    "timepicker": shape({}, {**SELECT, "initial_time": TIME, "timezone": string(255)}),
    "datetimepicker": shape(
        {}, {**BASE, "initial_date_time": whole(0, 9_999_999_999), "confirm": confirm, "focus_on_load": flag}
    ),
    "checkboxes": _choices(10, {"initial_options": items(option, 1, 10)}),
    "radio_buttons": _choices(10, {"initial_option": option}),
    "plain_text_input": shape(
        {},
        {
            **FIELD,
            "initial_value": string(3000, 0),
            "multiline": flag,
            "min_length": whole(0, 3000),
            "max_length": whole(1, 3000),
        },
    ),
    "email_text_input": shape({}, {**FIELD, "initial_value": string(3000, 0)}),
    "url_text_input": shape({}, {**FIELD, "initial_value": string(3000, 0)}),
    "number_input": shape(
        {"is_decimal_allowed": flag},
        {**FIELD, "initial_value": _numeral, "min_value": _numeral, "max_value": _numeral},
    ),
    "rich_text_input": shape({}, {**FIELD, "initial_value": anything}),
    "file_input": shape({}, {**BASE, "filetypes": items(string(50), 1, 100), "max_files": whole(1, 10)}),
}
"""Element type to its rule."""

MENUS = [name for name in ELEMENTS if "select" in name or "picker" in name]
PRESSED = ["button", "overflow", "checkboxes", "radio_buttons", *MENUS]
FILLED = [
    "checkboxes",
    "radio_buttons",
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "rich_text_input",
    "file_input",
    *MENUS,
]


def only(names: list[str]) -> Rule:
    """One of these elements, under its own rule."""
    return by_type({name: ELEMENTS[name] for name in names})


accessory = only([*PRESSED, "image"])
"""What may stand beside the text of a section."""
pressed = only(PRESSED)
"""What may stand in an actions block."""
filled = only(FILLED)
"""What may stand in an input block."""
