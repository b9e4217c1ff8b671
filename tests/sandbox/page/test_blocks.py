"""Every kind of block is drawn, with its hooks, and whatever a customer is called stays text."""

from __future__ import annotations

import html
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox.page.draw import draw_blocks
from sandbox.page.reader import Reader
from tests.sandbox.page import samples
from tests.sandbox.page.samples import HOSTILE, button, option, plain, words

READER = Reader("U1", "en-US", "UTC", datetime(2026, 3, 5, 12, tzinfo=UTC), {"U1": "Rita Stone"}, {"C1": "sales"})
CHINESE = Reader("U2", "zh-CN", "Asia/Shanghai", datetime(2026, 3, 5, 12, tzinfo=UTC))


def everything() -> list[dict[str, Any]]:
    """All blocks of the samples, and the rarer ones."""
    first, second = samples.charts(chinese=False)
    picture = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "Word"}
    more = [
        {**picture, "block_id": "i", "title": plain("Word")},
        {"type": "context", "elements": [picture]},
        {"type": "markdown", "text": "**Word**"},
        {"type": "file", "external_id": "Word", "source": "remote"},
        {"type": "invented", "text": "Word"},
        {
            "type": "actions",
            "block_id": "menus",
            "elements": [
                {"type": "static_select", "action_id": "groups", "option_groups": [
                    {"label": plain("Word"), "options": [option("Word", "w")]}]},
                {"type": "external_select", "action_id": "ext", "initial_option": option("Word", "w")},
                {"type": "multi_users_select", "action_id": "users", "initial_users": ["U1"]},
                {"type": "channels_select", "action_id": "channels"},
                {"type": "datetimepicker", "action_id": "moment", "initial_date_time": 1772712000},
                {"type": "radio_buttons", "action_id": "radio", "options": [option("Word", "w")]},
            ],
        },
    ]  # fmt: skip
    forms = samples.form(chinese=False)["blocks"]
    return [*samples.card("", chinese=False), *samples.tables(), *first, *second, *forms, *more]


def poisoned(thing: Any, key: str = "") -> Any:
    """The same block with hostile words wherever an app may put words."""
    if isinstance(thing, dict):
        return {name: poisoned(value, name) for name, value in thing.items()}
    if isinstance(thing, list):
        return [poisoned(value, key) for value in thing]
    if isinstance(thing, str) and key not in ("type", "style", "initial_date", "initial_time", "align", "min_value"):
        return HOSTILE
    return thing


@pytest.mark.parametrize("block", everything(), ids=lambda block: block["type"])
def test_hostile_words_in_any_place_of_a_block_stay_words(block: dict[str, Any]):
    drawn = draw_blocks([poisoned(block)], READER)
    assert "<script" not in drawn
    assert "onerror=alert(1)>" not in drawn.replace("onerror=alert(1)&gt;", "")
    assert 'href="javascript' not in drawn
    assert 'data-url="javascript' not in drawn


@pytest.mark.parametrize("block", everything(), ids=lambda block: block["type"])
def test_each_block_says_its_words_in_both_languages(block: dict[str, Any]):
    for reader in (READER, CHINESE):
        assert len(draw_blocks([block], reader)) > 20 or block["type"] == "divider"


def test_a_button_carries_what_a_test_and_the_page_need():
    block = {"type": "actions", "block_id": "b1", "elements": [button("Save", "save", "v1", style="primary")]}
    drawn = draw_blocks([block], READER)
    assert 'data-action-id="save" data-block-id="b1"' in drawn
    assert 'class="button primary"' in drawn
    assert 'data-value="v1"' in drawn


def test_a_confirm_dialog_travels_as_harmless_json():
    confirm = {"title": plain(HOSTILE), "text": words("really"), "confirm": plain("Yes"), "deny": plain("No")}
    drawn = str(
        draw_blocks([{"type": "actions", "block_id": "b", "elements": [button("x", "x", confirm=confirm)]}], READER)
    )
    attribute = drawn.split('data-confirm="')[1].split('"')[0]
    assert "<" not in attribute
    assert json.loads(html.unescape(attribute))["confirm"] == "Yes"


def test_what_a_person_chose_is_shown_instead_of_what_the_app_chose():
    element = {"type": "static_select", "action_id": "s", "options": [option("A", "a"), option("B", "b")],
               "initial_option": option("A", "a")}  # fmt: skip
    block = {"type": "actions", "block_id": "b", "elements": [element]}
    held = {"b": {"s": {"type": "static_select", "selected_option": option("B", "b")}}}
    assert '<option value="a" selected>' in draw_blocks([block], READER)
    assert '<option value="b" selected>' in draw_blocks([block], READER, held)


def test_a_block_that_is_not_known_is_named_and_not_lost():
    assert "Not drawn here: hologram" in draw_blocks([{"type": "hologram"}], READER)
    assert "此处无法显示: hologram" in draw_blocks([{"type": "hologram"}], CHINESE)


def test_a_picture_is_only_loaded_over_https():
    block = {"type": "image", "image_url": "http://127.0.0.1/x.png", "alt_text": "x"}
    assert "127.0.0.1" not in draw_blocks([block], READER)


def test_a_long_data_table_shows_its_first_page_and_how_many_there_are():
    drawn = draw_blocks([samples.tables()[1]], READER)
    assert drawn.count("<tr hidden>") == 3
    assert "Show all 8 rows" in drawn
    assert '<th scope="row"' in drawn
