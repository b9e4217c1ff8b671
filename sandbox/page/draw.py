"""Drawing: Block Kit and the whole page, from what the app sent to HTML that is safe to show."""

from __future__ import annotations

import functools
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from jinja2 import ChainableUndefined, Environment, PackageLoader
from markupsafe import Markup

from sandbox.page import charts, elements, markdown, mrkdwn, rich_text
from sandbox.page.emoji import with_signs
from sandbox.page.phrases import speaker
from sandbox.page.reader import Reader

Json = dict[str, Any]

HUES = 8  # as many colours for faces as the style sheet has
KEPT_LINES = 1000  # the newest hundred messages of some ten open pages; a card takes about 5 kB


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


class Lines:
    """The messages that were drawn lately: after a change only what is new is drawn, the rest is taken from here."""

    def __init__(self) -> None:
        self._drawn: OrderedDict[tuple[str, str], Markup] = OrderedDict()
        self._lock = threading.Lock()

    def drawer(self, reader: Reader, seen: Json) -> Callable[..., Markup]:
        """Return the function that draws one line of the stream for this reader, or finds it drawn."""
        names = (reader.locale, reader.tz, reader.people, reader.channels)
        # "Yesterday" is drawn into a message, so each day draws anew.
        today = reader.now.astimezone(reader.zone).date()
        frame = repr((names, today, seen["seat"].url(), seen["message_shortcuts"]))

        @functools.cache
        def message_template() -> Any:
            return (
                environment().get_template("message.html").make_module({"reader": reader, "_": speaker(reader), **seen})
            )

        def line(one: Json, *, in_thread: bool = False) -> Markup:
            key = (frame, repr((one, in_thread)))
            with self._lock:
                if key in self._drawn:
                    self._drawn.move_to_end(key)
                    return self._drawn[key]
            drawn = Markup(message_template().line(one, in_thread))
            with self._lock:
                self._drawn[key] = drawn
                while len(self._drawn) > KEPT_LINES:
                    self._drawn.popitem(last=False)
            return drawn

        return line


def draw_page(reader: Reader, seen: Json, lines: Lines) -> str:
    """Draw the page for one person; `seen` is what `sandbox.page.screen` found for them."""
    page = environment().get_template("page.html")
    return page.render(reader=reader, _=speaker(reader), line=lines.drawer(reader, seen), **seen)
