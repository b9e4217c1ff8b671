"""Drawing: Block Kit and the whole page, from what the app sent to HTML that is safe to show."""

from __future__ import annotations

import functools
import zlib
from typing import Any

from jinja2 import ChainableUndefined, Environment, PackageLoader
from markupsafe import Markup

from sandbox.page import charts, elements, markdown, mrkdwn, rich_text
from sandbox.page.emoji import with_signs
from sandbox.page.phrases import speaker
from sandbox.page.reader import Reader

Json = dict[str, Any]

HUES = 8  # as many colours for faces as the style sheet has


@functools.cache
def environment() -> Environment:
    """Return the templates with all they may use. Keys that the app left out count as empty, as Slack treats them."""
    templates = Environment(
        loader=PackageLoader("sandbox.page"),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {
        "mrkdwn": mrkdwn.mrkdwn,
        "plain": mrkdwn.plain,
        "signs": lambda text: with_signs(mrkdwn.unescape(str(text))),
        "rich_text": rich_text.rich_text,
        "markdown": markdown.markdown,
        "picture": charts.picture,
        "safe_url": elements.safe_url,
        "local_input": elements.local_input,
        "hue": lambda name: zlib.crc32(str(name).encode()) % HUES,
        "initial": lambda person: (person.real_name or person.name or "?")[0].upper(),
    }
    templates.globals |= {
        "input_types": elements.INPUT_TYPES,
        "option_groups_of": elements.option_groups_of,
        "chosen_options": elements.chosen_options,
        "chosen_values": elements.chosen_values,
        "chosen_names": elements.chosen_names,
        "image_url": elements.image_url,
        "confirmation": elements.confirmation,
    }
    return templates


def draw_blocks(blocks: list[Json], reader: Reader, values: Json | None = None) -> Markup:
    """Draw a list of Block Kit blocks; `values` is what stands in their fields (block_id to action_id to state)."""
    kit = environment().get_template("kit.html").make_module({"reader": reader, "_": speaker(reader)})
    return Markup(kit.blocks(blocks, values or {}))  # type: ignore[attr-defined]


def draw_page(reader: Reader, seen: Json) -> str:
    """Draw the page for one person; `seen` is what `sandbox.page.screen` found for them."""
    return environment().get_template("page.html").render(reader=reader, _=speaker(reader), **seen)
