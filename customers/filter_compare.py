"""Compares a column of the database with what a filter says: above, below, between, the same."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, ColumnElement, func, or_

from customers.filter_tree import Ago, Ahead, Between, Compare, Condition, Is
from database.types import Money

_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
# More days ago is an earlier day.
_TURNED = {">": "<", "<": ">", ">=": "<=", "<=": ">="}


def compared(column: Column[Any], one: Condition, today: date) -> ColumnElement[bool] | None:
    """What a column must fulfil, None where it must be empty; a number of days is counted from `today`."""
    match one:
        case Compare(sign, Ago(days)):
            return _signed(_TURNED[sign], column, _before(today, days))
        case Compare(sign, Ahead(days)):
            return _signed(sign, column, _after(today, days))
        case Compare(sign, value):
            return _signed(sign, column, _bound(column, value))
        case Between(Ahead(sooner), Ahead(later)):
            return column.between(_after(today, sooner), _after(today, later))
        case Between(Ago(newer), Ago(older)):
            return column.between(_before(today, older), _before(today, newer))
        case Between(low, high):
            return column.between(_bound(column, low), _bound(column, high))
        case Is(Ago(days)):
            return column == _before(today, days)
        case Is(Ahead(days)):
            return column == _after(today, days)
        case Is(str() as text):
            return same(column, text)
        case Is(value):
            return _signed("=", column, _bound(column, value))
    return None


def days_ago(column: Column[Any], one: Condition, today: date) -> ColumnElement[bool] | None:
    """The same of a column with a day, for the number of days since then."""
    match one:
        case Compare(sign, value):
            return compared(column, Compare(sign, Ago(_whole(value))), today)
        case Between(low, high):
            return compared(column, Between(Ago(_whole(low)), Ago(_whole(high))), today)
        case Is(value):
            return compared(column, Is(Ago(_whole(value))), today)
    return None


def _whole(value: Any) -> int:
    return int(Decimal(value))


def _before(today: date, days: int) -> date:
    return today - timedelta(days=min(days, today.toordinal() - 1))


def _after(today: date, days: int) -> date:
    return today + timedelta(days=min(days, date.max.toordinal() - today.toordinal()))


def _signed(sign: str, column: Column[Any], value: Any) -> ColumnElement[bool]:
    holds: ColumnElement[bool] = _SIGNS[sign](column, value)
    return holds


def _bound(column: Column[Any], value: Any) -> Any:
    """The value as the driver takes it: only amounts of money are kept as Decimal."""
    if not isinstance(value, Decimal) or isinstance(column.type, Money):
        return value
    return int(value) if value == int(value) else float(value)


def same(column: Column[Any], text: str) -> ColumnElement[bool]:
    """Equal in any case. SQLite lowers only the letters a to z, hence the spellings beside."""
    alike: ColumnElement[bool] = or_(
        func.lower(column) == text.lower(), column.in_(sorted({text, text.upper(), text.title(), text.lower()}))
    )
    return alike
