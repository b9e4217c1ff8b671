"""Slack's rules for charts, tables and rich text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.check_parts import (
    Rule,
    anything,
    by_type,
    flag,
    items,
    number,
    one_of,
    say,
    shape,
    string,
    web_address,
    whole,
)
from sandbox.records import Json

MOST_CELL_TEXT = 10_000
"""Slack: characters over all cells of one table."""

LABEL = string(20)  # Slack: labels of segments, categories and series
AXIS = shape({"categories": items(LABEL, 1, 20)}, {"x_label": string(50), "y_label": string(50)})
POINT = shape({"label": LABEL, "value": number})
SERIES = items(shape({"name": LABEL, "data": items(POINT, 1, 20)}), 1, 6)


def _pie(value: Json, at: str, wrong: list[str]) -> None:
    shape({"segments": items(POINT, 1, 6)})(value, at, wrong)
    for index, segment in enumerate(_dicts(value.get("segments"))):
        share = segment.get("value")
        if isinstance(share, int | float) and share <= 0:
            say(wrong, "must be more than 0", f"{at}/segments/{index}/value")


def _axes(value: Json, at: str, wrong: list[str]) -> None:
    shape({"series": SERIES, "axis_config": AXIS})(value, at, wrong)
    series = _dicts(value.get("series"))
    names = [each.get("name") for each in series]
    if len({str(name) for name in names}) < len(names):
        say(wrong, "series names must be unique", f"{at}/series")
    axis = value.get("axis_config")
    categories = axis.get("categories") if isinstance(axis, dict) else None
    for index, each in enumerate(series):
        labels = [point.get("label") for point in _dicts(each.get("data"))]
        if isinstance(categories, list) and sorted(map(str, labels)) != sorted(map(str, categories)):
            say(wrong, "data labels must match the axis categories", f"{at}/series/{index}/data")


chart = by_type({"pie": _pie, "bar": _axes, "line": _axes, "area": _axes})
"""What a data_visualization block draws."""

STYLE = shape({}, {"bold": flag, "italic": flag, "strike": flag, "code": flag, "underline": flag})
INLINE = by_type(
    {
        "text": shape({"text": string(40_000)}, {"style": STYLE}),
        "link": shape({"url": web_address}, {"text": string(40_000), "unsafe": flag, "style": STYLE}),
        "user": shape({"user_id": string(255)}, {"style": STYLE}),
        "usergroup": shape({"usergroup_id": string(255)}, {"style": STYLE}),
        "channel": shape({"channel_id": string(255)}, {"style": STYLE}),
        "emoji": shape({"name": string(255)}, {"unicode": string(255), "skin_tone": whole(1, 6), "style": STYLE}),
        "broadcast": shape({"range": one_of("here", "channel", "everyone")}),
        "color": shape({"value": string(255)}),
        "date": shape({"timestamp": number, "format": string(255)}, {"url": web_address, "fallback": string(255)}),
    }
)
LINES = items(INLINE, 0, 10_000)
SECTION = shape({"elements": LINES})
RICH: dict[str, Rule] = {
    "rich_text_section": SECTION,
    "rich_text_preformatted": shape({"elements": LINES}, {"border": anything, "language": string(255)}),
    "rich_text_quote": shape({"elements": LINES}, {"border": anything}),
    "rich_text_list": shape(
        {"style": one_of("bullet", "ordered"), "elements": items(by_type({"rich_text_section": SECTION}), 1, 10_000)},
        {"indent": whole(0, 8), "offset": whole(0, 100_000), "border": anything},
    ),
}
rich_elements = items(by_type(RICH), 1, 10_000)
"""The elements of a rich_text block."""

RICH_CELL = shape({"elements": rich_elements}, {"block_id": string(255)})
CELL = by_type({"raw_text": shape({"text": string(MOST_CELL_TEXT)}), "rich_text": RICH_CELL})
HEAD_CELL = by_type({"raw_text": shape({"text": string(MOST_CELL_TEXT)}), "raw_number": shape({"value": number})})
DATA_CELL = by_type(
    {
        "raw_text": shape({"text": string(MOST_CELL_TEXT)}),
        "raw_number": shape({"value": number}, {"text": string(255)}),
        "rich_text": RICH_CELL,
    }
)
COLUMN = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": flag})
TABLE = shape(
    {"rows": items(items(CELL, 1, 20), 1, 100)},
    {"block_id": string(255), "column_settings": items(COLUMN, 0, 20)},
)
DATA_TABLE = shape(
    {"rows": items(items(DATA_CELL, 1, 20), 2, 101), "caption": string(255)},
    {"block_id": string(255), "page_size": whole(1, 100), "row_header_column_index": whole(0, 19)},
)


def table(value: Json, at: str, wrong: list[str]) -> None:
    """A table block: 100 rows of 20 cells, all rows of one length."""
    TABLE(value, at, wrong)
    _even(value, at, wrong)


def data_table(value: Json, at: str, wrong: list[str]) -> None:
    """A data_table block: a header and 1 to 100 rows, numbers as numbers, no rich text in the header."""
    DATA_TABLE(value, at, wrong)
    _even(value, at, wrong)
    rows = value.get("rows")
    if isinstance(rows, list) and rows and isinstance(rows[0], list):
        for index, cell in enumerate(rows[0]):
            HEAD_CELL(cell, f"{at}/rows/0/{index}", wrong)


def _even(value: Json, at: str, wrong: list[str]) -> None:
    there = value.get("rows")
    rows = [row for row in there if isinstance(row, list)] if isinstance(there, list) else []
    if len({len(row) for row in rows}) > 1:
        say(wrong, "all rows must have the same number of cells", f"{at}/rows")
    if sum(len(words) for row in rows for words in _words(row)) > MOST_CELL_TEXT:
        say(wrong, f"must be less than {MOST_CELL_TEXT + 1} characters over all cells", f"{at}/rows")


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        words = value.get("text")
        if isinstance(words, str):
            yield words
        for inner in value.values():
            yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)


def _dicts(value: Any) -> list[Json]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
