"""Pictures of numbers (pie, bar, line, area) as drawings that a screen reader can read too."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from babel.numbers import format_compact_decimal, format_decimal, format_percent
from markupsafe import Markup, escape

from sandbox.page.reader import Reader

Json = dict[str, Any]

# Drawn in these units and scaled to the room there is: the words measure about 13 pixels on a desk, 10 on a phone.
WIDTH, HEIGHT = 360, 206
TOP, BOTTOM, RIGHT = 14, 34, 8
LETTER = 6.2  # the mean width of a Latin letter at 11 units; a Chinese sign takes about twice as much


@dataclass(frozen=True)
class Picture:
    """What a chart shows: an SVG, the legend's (css class, name, value), and the numbers as rows with a heading."""

    svg: Markup
    legend: list[tuple[str, str, str]]
    heading: list[str]
    rows: list[list[str]]


def picture(chart: Json, reader: Reader, title: str) -> Picture:
    """Draw a data_visualization's `chart`; labels and names come from the app and are escaped."""
    if chart.get("type") == "pie":
        return _pie(chart, reader, title)
    return _plot(chart, reader, title)


def _number(value: object) -> float:
    """Read a value as the app gave it; what is no finite number counts as zero."""
    try:
        number = float(str(value))
    except ValueError:
        return 0.0
    return number if math.isfinite(number) else 0.0


def _exact(value: float, reader: Reader) -> str:
    return format_decimal(round(value, 2), locale=reader.language)


def _short(value: float, reader: Reader) -> str:
    return format_compact_decimal(value, fraction_digits=1, locale=reader.language)


def _room(words: str) -> float:
    """Estimate how wide words will be, in drawing units."""
    return sum(LETTER * (1.9 if ord(letter) > 0x2E7F else 1) for letter in words)


def _clip(words: str, room: float) -> str:
    """Shorten words to the room there is; the table below the chart keeps them whole."""
    if _room(words) <= room:
        return words
    while words and _room(words + "…") > room:
        words = words[:-1]
    return words.rstrip() + "…"


def _svg(inside: Markup, title: str, description: str, *, width: int = WIDTH, height: int = HEIGHT) -> Markup:
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}" class="plot">{}</svg>').format(
        width, height, f"{title}: {description}", inside
    )


def _pie(chart: Json, reader: Reader, title: str) -> Picture:
    """Draw a ring; its parts begin at twelve o'clock and go clockwise."""
    parts = [(str(part.get("label", "")), max(_number(part.get("value")), 0.0)) for part in chart.get("segments", [])]
    total = sum(value for _, value in parts)
    inside, angle = Markup(""), 0.0
    legend: list[tuple[str, str, str]] = []
    for index, (label, value) in enumerate(parts):
        share = value / total if total else 0.0
        words = f"{label}: {_exact(value, reader)} ({format_percent(share, locale=reader.language)})"
        inside += _slice(angle, share, f"s{index % 6}", words)
        angle += share
        legend.append((f"s{index % 6}", label, format_percent(share, locale=reader.language)))
    inside += Markup('<text x="100" y="97" class="middle total">{}</text>').format(_short(total, reader))
    inside += Markup('<text x="100" y="114" class="middle">{}</text>').format("合计" if reader.chinese else "total")
    rows = [[label, _exact(value, reader), share] for (label, value), (_, _, share) in zip(parts, legend, strict=True)]
    heading = ["名称", "数值", "占比"] if reader.chinese else ["Name", "Value", "Share"]
    return Picture(_svg(inside, title, _in_words(rows), width=200, height=200), legend, heading, rows)


def _slice(start: float, share: float, css: str, words: str) -> Markup:
    """Draw one part of the ring from `start` for `share`, both fractions of a full turn."""
    outer, inner = 92.0, 56.0

    def point(turn: float, radius: float) -> str:
        angle = 2 * math.pi * turn
        return f"{100 + radius * math.sin(angle):.2f} {100 - radius * math.cos(angle):.2f}"

    # A full turn ends where it began and would vanish; a hair less does not show.
    end = start + min(share, 0.9999)
    large = 1 if share > 0.5 else 0
    path = (
        f"M{point(start, outer)}A{outer} {outer} 0 {large} 1 {point(end, outer)}"
        f"L{point(end, inner)}A{inner} {inner} 0 {large} 0 {point(start, inner)}Z"
    )
    return Markup('<path d="{}" class="slice {}"><title>{}</title></path>').format(path, css, words)


def _ticks(low: float, high: float, *, whole: bool) -> list[float]:
    """Choose about four round values (1, 2, 2.5 or 5 times a power of ten) that cover low to high.

    Of what is counted, `whole`, there are no halves.
    """
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        high = 1.0
    raw = (high - low) / 4
    power = 10 ** math.floor(math.log10(raw))
    factors = (1, 2, 5, 10) if whole else (1, 2, 2.5, 5, 10)
    step = next(factor * power for factor in factors if factor * power >= raw * 0.999)
    step = max(step, 1.0) if whole else step
    first, last = math.floor(low / step), math.ceil(high / step)
    return [index * step for index in range(first, last + 1)]


def _plot(chart: Json, reader: Reader, title: str) -> Picture:
    """Draw bars, lines or areas over the categories of the axis."""
    axis = chart.get("axis_config") or {}
    series = [
        (str(one.get("name", "")), {str(p.get("label", "")): _number(p.get("value")) for p in one.get("data", [])})
        for one in chart.get("series", [])
    ]
    categories = [str(name) for name in axis.get("categories", [])] or list(series[0][1] if series else [])
    values = [value for _, points in series for value in points.values()]
    whole = all(value.is_integer() for value in values)
    ticks = _ticks(min(values, default=0.0), max(values, default=0.0), whole=whole)
    tick_words = [_short(tick, reader) for tick in ticks]
    left = max((_room(words) for words in tick_words), default=0) + 10
    step = (WIDTH - left - RIGHT) / max(len(categories), 1)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (value - ticks[0]) / (ticks[-1] - ticks[0]) * (HEIGHT - TOP - BOTTOM)

    def x(index: int) -> float:
        return left + step * (index + 0.5)

    inside = Markup("")
    for tick, words in zip(ticks, tick_words, strict=True):
        css = "zero" if tick == 0 else "grid"
        inside += Markup('<line x1="{:.1f}" x2="{}" y1="{:.1f}" y2="{:.1f}" class="{}"/>').format(
            left, WIDTH - RIGHT, y(tick), y(tick), css
        )
        inside += Markup('<text x="{:.1f}" y="{:.1f}" class="end">{}</text>').format(left - 6, y(tick) + 4, words)
    # With many categories only every n-th name finds room (44 units hold about seven letters).
    every = max(math.ceil(44 / step), 1)
    for index, name in enumerate(categories):
        if index % every == 0:
            inside += Markup('<text x="{:.1f}" y="{}" class="middle">{}<title>{}</title></text>').format(
                x(index), HEIGHT - BOTTOM + 17, _clip(name, step * every - 10), name
            )
    kind = chart.get("type")
    for index, (name, points) in enumerate(series):
        known = [(place, points[one]) for place, one in enumerate(categories) if one in points]
        css = f"s{index % 6}"
        if kind == "bar":
            width = min(step * 0.72 / len(series), 46)
            first = -width * len(series) / 2 + width * index
            for place, value in known:
                words = f"{name} · {categories[place]}: {_exact(value, reader)}"
                inside += _bar(x(place) + first, width, y(value), y(0), css, words)
                if len(series) == 1 and width >= 18:
                    exact = _exact(value, reader)
                    said = exact if _room(exact) < step else _short(value, reader)
                    label_y = y(value) - 5 if value >= 0 else y(value) + 13
                    inside += Markup('<text x="{:.1f}" y="{:.1f}" class="middle value">{}</text>').format(
                        x(place), label_y, said
                    )
        elif known:
            spots = [(x(place), y(value)) for place, value in known]
            path = " ".join(f"{a:.1f},{b:.1f}" for a, b in spots)
            if kind == "area":
                corners = f"{spots[0][0]:.1f},{y(0):.1f} {path} {spots[-1][0]:.1f},{y(0):.1f}"
                inside += Markup('<polygon points="{}" class="area {}"/>').format(corners, css)
            inside += Markup('<polyline points="{}" class="line {}"/>').format(path, css)
            for (place, value), (a, b) in zip(known, spots, strict=True):
                words = f"{name} · {categories[place]}: {_exact(value, reader)}"
                inside += Markup(
                    '<circle cx="{:.1f}" cy="{:.1f}" r="3" class="dot {}"><title>{}</title></circle>'
                ).format(a, b, css, words)
    rows = [
        [one, *(_exact(points[one], reader) if one in points else "–" for _, points in series)] for one in categories
    ]
    heading = [str(axis.get("x_label") or ""), *(name for name, _ in series)]
    legend = [(f"s{index % 6}", name, "") for index, (name, _) in enumerate(series)]
    return Picture(_svg(inside, title, _in_words(rows, heading[1:])), legend, heading, rows)


def _bar(x: float, width: float, y: float, zero: float, css: str, words: str) -> Markup:
    """Draw one bar from the zero line, with a hair of space to its neighbour."""
    return Markup(
        '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="2" class="bar {}"><title>{}</title></rect>'
    ).format(x + 0.5, min(y, zero), max(width - 1, 1), max(abs(zero - y), 0.5), css, escape(words))


def _in_words(rows: list[list[str]], names: list[str] | None = None) -> str:
    """Say the numbers in one line, for those who hear the picture."""
    if names and len(names) > 1:
        return "; ".join(
            f"{row[0]}: " + ", ".join(f"{name} {cell}" for name, cell in zip(names, row[1:], strict=True))
            for row in rows
        )
    return "; ".join(f"{row[0]} {', '.join(row[1:])}" for row in rows)
