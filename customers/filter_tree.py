"""A filter once it is understood: which fields must be how, joined by and, or and not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Ago:
    """A day that is so many days before today, whatever day that is."""

    days: int


@dataclass(frozen=True)
class Ahead:
    """A day that is so many days after today, whatever day that is."""

    days: int


Value = str | int | Decimal | bool | date | Ago | Ahead


@dataclass(frozen=True)
class Is:
    """The field equals the value (of a name or product: contains it)."""

    value: Value


@dataclass(frozen=True)
class Compare:
    """The field is above or below the value; `sign` is >, <, >= or <=. More days ago is above."""

    sign: str
    value: Value


@dataclass(frozen=True)
class Between:
    """The field lies between two values, both included."""

    low: Value
    high: Value


@dataclass(frozen=True)
class Missing:
    """The field is empty."""


@dataclass(frozen=True)
class Me:
    """The owner is whoever asks."""


Condition = Is | Compare | Between | Missing | Me


@dataclass(frozen=True)
class Where:
    """A field (by its name in `fields.FIELDS`) fulfils at least one of the conditions."""

    field: str
    conditions: tuple[Condition, ...]

    def __str__(self) -> str:
        """The test as it may be typed."""
        words = all(isinstance(one, Is) and isinstance(one.value, str) for one in self.conditions)
        comma = "," if words else ", "  # 1,200 is one number, 1, 200 are two
        return f"{self.field}:{comma.join(_condition(one) for one in self.conditions)}"


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: Node

    def __str__(self) -> str:
        """The negation as it may be typed."""
        return f"-{_within(self.part)}"


@dataclass(frozen=True)
class All:
    """All parts hold; without parts: everybody."""

    parts: tuple[Node, ...] = ()

    def __str__(self) -> str:
        """The parts as they may be typed."""
        return " ".join(_within(part) for part in self.parts)


@dataclass(frozen=True)
class Either:
    """At least one part holds."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        """The alternatives as they may be typed."""
        return " OR ".join(_within(part) for part in self.parts)


Node = Where | Not | All | Either


@dataclass(frozen=True)
class Filter:
    """A whole filter; `str(filter)` is its canonical text, which parses to an equal filter."""

    root: Node

    def __str__(self) -> str:
        """The canonical text."""
        return str(self.root)


# What may stand without quotes: nothing in it means anything to the language.
_PLAIN = re.compile(r"[^\W_](?:[\w@/#&+]|[.\-](?=\w))*")
QUOTES = '"“”„‟＂'


def quoted(text: str) -> str:
    """A text between quotes, in which quotes and backslashes are escaped."""
    return '"' + "".join("\\" + sign if sign in QUOTES + "\\" else sign for sign in text) + '"'


def _within(part: Node) -> str:
    return f"({part})" if isinstance(part, (All, Either)) else str(part)


def _condition(one: Condition) -> str:
    match one:
        case Is(value):
            return _value(value)
        case Compare(sign, value):
            return sign + _value(value)
        case Between(low, high):
            return f"{_value(low)}..{_value(high)}"
        case Missing():
            return "none"
        case Me():
            return "me"


def _value(value: Value) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case Ago(days) | Ahead(days):
            return f"{days}d"
        case str():
            return value if _PLAIN.fullmatch(value) and value.lower() not in ("none", "me") else quoted(value)
        case Decimal():
            return f"{value.normalize():f}"
    return str(value)
