"""Which days a rep works on: by the weekends and public holidays of the rep's country."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays

# Saturday and Sunday, where nothing is known about a country.
WEEKEND = frozenset({5, 6})
# The longest run of days off is far below this; a country that never worked would be a fault in its calendar.
LONGEST_HOLIDAY = 60


def is_working_day(day: date, country: str | None) -> bool:
    """Whether people work on a day in a country (ISO 3166, two letters); Monday to Friday where it is unknown.

    Days that are worked instead of others count, such as China's Saturdays after a long holiday.
    """
    calendar = _calendar((country or "").upper(), day.year)
    return day.weekday() not in WEEKEND if calendar is None else bool(calendar.is_working_day(day))


def next_working_day(day: date, country: str | None) -> date:
    """The first working day after a day."""
    return on_working_day(day + timedelta(days=1), country)


def on_working_day(day: date, country: str | None) -> date:
    """The day itself if people work on it, else the first working day after it."""
    for ahead in range(LONGEST_HOLIDAY):
        candidate = day + timedelta(days=ahead)
        if is_working_day(candidate, country):
            return candidate
    return day


def last_working_day(day: date, country: str | None) -> date:
    """The day itself if people work on it, else the last working day before it."""
    for back in range(LONGEST_HOLIDAY):
        candidate = day - timedelta(days=back)
        if is_working_day(candidate, country):
            return candidate
    return day


def closed_around(day: date, country: str | None) -> tuple[date, date] | None:
    """The first of the days off around a public holiday, and the day on which work begins again.

    None where the day is no public holiday, and for years of which China has not announced yet on which weekends
    people work instead.
    """
    code = (country or "").upper()
    calendar = _calendar(code, day.year)
    if calendar is None or day not in calendar:
        return None
    if code == "CN" and not any(each.year == day.year for each in calendar.weekend_workdays):
        return None
    worked = last_working_day(day, country)
    return worked + timedelta(days=1), next_working_day(day, country)


def first_working_day_of_week(day: date, country: str | None) -> date:
    """The first working day of the week (Monday to Sunday) in which a day lies; its Monday if there is none."""
    monday = day - timedelta(days=day.weekday())
    week = (monday + timedelta(days=ahead) for ahead in range(7))
    return next((each for each in week if is_working_day(each, country)), monday)


# Some ten countries, two years each, are asked for all day; a calendar of one year never changes once it is made.
@lru_cache(maxsize=256)
def _calendar(country: str, year: int) -> holidays.HolidayBase | None:
    if country not in holidays.list_supported_countries(include_aliases=False):
        return None
    return holidays.country_holidays(country, years=year, expand=False)
