"""Charts show the numbers they were given, also to those who cannot see them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sandbox.page.charts import picture
from sandbox.page.reader import Reader
from tests.sandbox.page.samples import HOSTILE, charts

READER = Reader("U1", "en-US", "UTC", datetime(2026, 3, 5, tzinfo=UTC))
CHINESE = Reader("U2", "zh-CN", "Asia/Shanghai", datetime(2026, 3, 5, tzinfo=UTC))
ALL = [block for pair in charts(chinese=False) for block in pair]


@pytest.mark.parametrize("block", ALL, ids=lambda block: block["chart"]["type"])
def test_every_number_of_a_chart_is_said_in_words_too(block: dict):
    drawn = picture(block["chart"], READER, block["title"])
    chart = block["chart"]
    given = [one["value"] for one in chart.get("segments", [])]
    given += [point["value"] for one in chart.get("series", []) for point in one["data"]]
    said = drawn.svg.split('aria-label="')[1].split('"')[0]
    cells = [cell for row in drawn.rows for cell in row]
    for value in given:
        assert f"{value:,}" in said
        assert f"{value:,}" in cells


def test_a_bar_is_as_high_as_its_share_of_the_axis():
    series = [{"name": "n", "data": [{"label": "a", "value": 50}, {"label": "b", "value": 100}]}]
    chart = {"type": "bar", "series": series, "axis_config": {"categories": ["a", "b"]}}
    heights = [float(part.split('"')[0]) for part in picture(chart, READER, "t").svg.split('height="')[1:]]
    assert heights[1] == pytest.approx(2 * heights[0], abs=0.2)


def test_what_is_counted_has_no_halves_on_its_axis():
    def axis(*values: float) -> list[str]:
        points = [{"label": str(place), "value": value} for place, value in enumerate(values)]
        svg = picture({"type": "bar", "series": [{"name": "n", "data": points}]}, READER, "t").svg
        return [part.split("</text>")[0].split(">")[1] for part in svg.split('class="end"')[1:]]

    assert axis(1, 2) == ["0", "1", "2"]
    assert axis(0, 10) == ["0", "5", "10"]
    assert axis(0.5, 2) == ["0", "0.5", "1", "1.5", "2"]


def test_a_ring_of_one_part_is_whole():
    drawn = picture({"type": "pie", "segments": [{"label": "all", "value": 3}]}, READER, "t")
    assert drawn.legend == [("s0", "all", "100%")]
    assert "A92.0 92.0 0 1 1" in drawn.svg


@pytest.mark.parametrize("kind", ["pie", "bar", "line", "area"])
def test_a_chart_without_numbers_or_with_nonsense_is_drawn_empty(kind: str):
    for value in (0, "many", float("nan"), None):
        points = [{"label": "a", "value": value}]
        chart = {"type": kind, "segments": points, "series": [{"name": "n", "data": points}]}
        drawn = picture(chart, READER, "t")
        assert "nan" not in drawn.svg
        assert drawn.rows[0][:2] == ["a", "0"]


def test_names_in_a_chart_stay_names():
    point = [{"label": HOSTILE, "value": 1}]
    for kind in ("pie", "bar", "line"):
        chart = {"type": kind, "segments": point, "series": [{"name": HOSTILE, "data": point}]}
        assert "<script" not in picture(chart, READER, HOSTILE).svg


def test_large_amounts_are_short_in_the_readers_language():
    series = [{"name": "n", "data": [{"label": "a", "value": 120000}]}]
    chart = {"type": "bar", "series": series, "axis_config": {"categories": ["a"]}}
    assert "150K" in picture(chart, READER, "t").svg
    assert "15万" in picture(chart, CHINESE, "t").svg
