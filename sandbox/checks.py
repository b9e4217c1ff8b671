"""What Slack refuses in messages, forms and Home tabs, and in which words it says so."""

from __future__ import annotations

import secrets
from typing import Any, Literal

from sandbox.check_elements import ELEMENTS, accessory, filled, pressed
from sandbox.check_parts import (
    Rule,
    anything,
    by_type,
    flag,
    group,
    items,
    menu,
    picture_address,
    plain,
    plain_option,
    say,
    shape,
    string,
    text,
)
from sandbox.check_tables import chart, data_table, rich_elements, table
from sandbox.records import Json

Surface = Literal["message", "modal", "home"]
MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
MOST_MARKDOWN = 12_000  # Slack: over all markdown blocks of a message
MOST_CHARTS = 2  # Slack: data_visualization blocks in a message

BLOCK_ID: dict[str, Rule] = {"block_id": string(255)}


def _section(value: Json, at: str, wrong: list[str]) -> None:
    shape(
        {}, {**BLOCK_ID, "text": text(3000), "fields": items(text(2000), 1, 10), "accessory": accessory, "expand": flag}
    )(value, at, wrong)
    if "text" not in value and "fields" not in value:
        say(wrong, "must define either `text` or `fields`", at)


def _image(value: Json, at: str, wrong: list[str]) -> None:
    rules: dict[str, Rule] = {**BLOCK_ID, "image_url": picture_address, "slack_file": anything, "title": plain(2000)}
    shape({"alt_text": string(2000)}, rules)(value, at, wrong)
    if ("image_url" in value) == ("slack_file" in value):
        say(wrong, "must define either `image_url` or `slack_file`", at)


CONTEXT_ELEMENT = by_type(
    {
        "image": ELEMENTS["image"],
        "plain_text": shape({"text": string(2000)}, {"emoji": flag}),
        "mrkdwn": shape({"text": string(2000)}, {"verbatim": flag}),
    }
)

BLOCKS: dict[str, Rule] = {
    "section": _section,
    "divider": shape({}, BLOCK_ID),
    "header": shape({"text": plain(150)}, BLOCK_ID),
    "context": shape({"elements": items(CONTEXT_ELEMENT, 1, 10)}, BLOCK_ID),
    "actions": shape({"elements": items(pressed, 1, 25)}, BLOCK_ID),
    "image": _image,
    "input": shape(
        {"label": plain(2000), "element": filled},
        {**BLOCK_ID, "hint": plain(2000), "optional": flag, "dispatch_action": flag},
    ),
    "rich_text": shape({"elements": rich_elements}, BLOCK_ID),
    "markdown": shape({"text": string(MOST_MARKDOWN)}, BLOCK_ID),
    "table": table,
    "data_table": data_table,
    "data_visualization": shape({"title": string(50), "chart": chart}, BLOCK_ID),
}
"""Block type to its rule."""

ONLY_IN_MESSAGES = ("markdown", "table", "data_table", "data_visualization")


def check_blocks(blocks: list[Json], surface: Surface, at: str = "/blocks") -> list[str]:
    """Return what Slack would refuse in `blocks`, each with its JSON pointer; an empty list means that all is well."""
    wrong: list[str] = []
    here = {kind: rule for kind, rule in BLOCKS.items() if surface == "message" or kind not in ONLY_IN_MESSAGES}
    items(by_type(here), 0, MOST_BLOCKS[surface])(blocks, at, wrong)
    if not wrong:
        _check_together(blocks, at, wrong)
    return wrong


def _check_together(blocks: list[Json], at: str, wrong: list[str]) -> None:
    seen: set[str] = set()
    focused = 0
    for index, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id is not None:
            if block_id in seen:
                say(wrong, f"`block_id` {block_id} already exists", f"{at}/{index}/block_id")
            seen.add(block_id)
        actions: set[str] = set()
        for element in _elements(block):
            action_id = element.get("action_id")
            focused += element.get("focus_on_load") is True
            if action_id is not None:
                if action_id in actions:
                    say(wrong, f"`action_id` {action_id} already exists in this block", f"{at}/{index}")
                actions.add(action_id)
    kinds = [block["type"] for block in blocks]
    if focused > 1:
        say(wrong, "only one element may have focus_on_load", at)
    if kinds.count("table") > 1:
        say(wrong, "only_one_table_allowed", at)
    if kinds.count("data_visualization") > MOST_CHARTS:
        say(wrong, f"no more than {MOST_CHARTS} data_visualization blocks allowed", at)
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MOST_MARKDOWN:
        say(wrong, f"must be less than {MOST_MARKDOWN + 1} characters over all markdown blocks", at)


def _elements(block: Json) -> list[Json]:
    single = [block[name] for name in ("accessory", "element") if name in block]
    return [*single, *(block["elements"] if block["type"] == "actions" else ())]


VIEW = {
    "blocks": anything,
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}
MODAL = shape(
    {"title": plain(24), "blocks": anything},
    {
        **VIEW,
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": flag,
        "notify_on_close": flag,
        "submit_disabled": flag,
    },
)
HOME = shape({"blocks": anything}, dict(VIEW))


def check_view(view: Json, at: str = "/view") -> list[str]:
    """Return what Slack would refuse in a modal or Home, each with its JSON pointer."""
    wrong: list[str] = []
    by_type({"modal": MODAL, "home": HOME})(view, at, wrong)
    if view.get("type") in ("modal", "home") and "blocks" in view:
        wrong += check_blocks(view["blocks"], view["type"], f"{at}/blocks")
        asks = isinstance(view["blocks"], list) and any(
            isinstance(block, dict) and block.get("type") == "input" for block in view["blocks"]
        )
        if view["type"] == "modal" and asks and not view.get("submit"):
            say(wrong, "submit is required when an input block is within the blocks array", at)
    return wrong


def check_options(answer: Json) -> list[str]:
    """Return what Slack would refuse in the answer to a type-ahead."""
    wrong: list[str] = []
    shape({}, {"options": items(plain_option, 0, 100), "option_groups": items(group, 0, 100)})(answer, "", wrong)
    menu(answer, "", wrong)
    return wrong


def name_blocks(blocks: list[Any]) -> None:
    """Give every block and element that has none an id, as Slack does."""
    for block in blocks:
        if not block.get("block_id"):
            block["block_id"] = secrets.token_urlsafe(4)
        for element in _elements(block):
            if element["type"] != "image" and not element.get("action_id"):
                element["action_id"] = secrets.token_urlsafe(4)
