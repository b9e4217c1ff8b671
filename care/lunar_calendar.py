"""The lunar calendar, by which many Chinese birthdays and the festivals fall."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from lunar_python import LunarYear, Solar


@dataclass(frozen=True)
class LunarDay:
    """A day of the lunar calendar: `year` begins with Spring Festival, `month` is 1 to 12, `day` 1 to 29 or 30.

    `is_leap` is a second month of the same number, which some years have; `is_last` says that the month ends with it.
    """

    year: int
    month: int
    day: int
    is_leap: bool
    is_last: bool


@dataclass(frozen=True)
class _Month:
    number: int
    is_leap: bool
    first: date
    days: int


def lunar_day(day: date) -> LunarDay:
    """The lunar day that a day is."""
    year = day.year if day >= _months(day.year)[0].first else day.year - 1
    months = _months(year)
    month = months[bisect_right([each.first for each in months], day) - 1]
    number = (day - month.first).days + 1
    return LunarDay(year, month.number, number, month.is_leap, number == month.days)


def day_of(year: int, month: int, day: int) -> date:
    """The day on which a lunar day of an ordinary month falls; the 30th of a month without one is its 29th."""
    found = next(each for each in _months(year) if each.number == month and not each.is_leap)
    return found.first + timedelta(days=min(day, found.days) - 1)


@lru_cache(maxsize=256)
def _months(year: int) -> tuple[_Month, ...]:
    """The twelve or thirteen months of a lunar year, in their order."""
    found = []
    for month in LunarYear.fromYear(year).getMonthsInYear():
        first = Solar.fromJulianDay(month.getFirstJulianDay())
        began = date(first.getYear(), first.getMonth(), first.getDay())
        found.append(_Month(abs(month.getMonth()), month.getMonth() < 0, began, month.getDayCount()))
    return tuple(found)
