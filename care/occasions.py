"""When a birthday or a festival falls, from when on a rep is told of what comes, and when a wish may leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import takewhile
from typing import Any

from care import lunar_calendar
from care.mornings import due_instant
from care.working_days import LONGEST_HOLIDAY, last_working_day

BIRTHDAY, SPRING_FESTIVAL, MID_AUTUMN, VISIT = "birthday", "spring_festival", "mid_autumn", "visit"
# Lunar month and day of each festival.
FESTIVALS = {SPRING_FESTIVAL: (1, 1), MID_AUTUMN: (8, 15)}
TEMPLATES = {
    BIRTHDAY: "birthday/birthday",
    SPRING_FESTIVAL: "festivals/spring_festival",
    MID_AUTUMN: "festivals/mid_autumn",
    VISIT: "regular_visit/arrange",
}
# The field of a text that says on which day its occasion falls.
OCCASION_DAY = "occasion_day"
# By so much the last place on earth is behind UTC.
LAST_ZONE = timedelta(hours=12)


@dataclass(frozen=True)
class Occasion:
    """What comes: a kind of TEMPLATES on a day. It is told of once for each `year`, a lunar one if it is lunar.

    A visit has no year: it is told of once for each promise of it.
    """

    kind: str
    day: date
    year: int | None = None

    @property
    def key(self) -> str:
        """What a batch remembers of it: `birthday:2026-12-01`; of a visit no day, which can be made later as well."""
        return self.kind if self.kind == VISIT else f"{self.kind}:{self.day.isoformat()}"

    @property
    def template(self) -> str:
        """The text that is written for it."""
        return TEMPLATES[self.kind]


@dataclass(frozen=True)
class Birthday:
    """Month and day of somebody's birthday in the calendar by which it is kept."""

    month: int
    day: int
    is_lunar: bool = False

    def falls_on(self, year: int) -> date:
        """The day on which it is celebrated in a year, a lunar year if it is lunar.

        29 February is celebrated on the 28th where the year has no 29th: so it stays in its month, and a wish that
        comes a day early is kinder than a late one. A lunar 30th is the 29th where its month has no 30th; a lunar
        month is always the ordinary one, also for whoever was born in a leap month, which most years do not have.
        """
        if self.is_lunar:
            return lunar_calendar.day_of(year, self.month, self.day)
        try:
            return date(year, self.month, self.day)
        except ValueError:
            return date(year, self.month, self.day - 1)


def birthdays_on(day: date) -> dict[Birthday, int]:
    """All birthdays that are celebrated on a day, each with the year in which; the other way of `falls_on`."""
    found = {Birthday(day.month, day.day): day.year}
    if (day.month, day.day) == (2, 28) and (day + timedelta(days=1)).month == 3:
        found[Birthday(2, 29)] = day.year
    moon = lunar_calendar.lunar_day(day)
    if not moon.is_leap:
        found[Birthday(moon.month, moon.day, is_lunar=True)] = moon.year
        if moon.is_last and moon.day == 29:
            found[Birthday(moon.month, 30, is_lunar=True)] = moon.year
    return found


def festivals_on(day: date) -> list[Occasion]:
    """The festivals that fall on a day."""
    moon = lunar_calendar.lunar_day(day)
    return [
        Occasion(kind, day, moon.year)
        for kind, (month, number) in FESTIVALS.items()
        if (month, number) == (moon.month, moon.day) and not moon.is_leap
    ]


def begins(day: date, ahead: int, country: str | None) -> date:
    """From when on an occasion of a day is told of in a country: so many days before, on a day on which people work.

    Where nobody works then it is the last working day before, so that no weekend swallows it.
    """
    return last_working_day(day - timedelta(days=ahead), country)


@lru_cache(maxsize=1_000)  # thousands of people begin the same day in the same country
def days_to_tell(today: date, ahead: int, country: str | None) -> tuple[date, ...]:
    """The days whose occasions are told of today: those that have begun to be told of and are not over."""
    coming = (today + timedelta(days=days) for days in range(ahead + LONGEST_HOLIDAY))
    return tuple(takewhile(lambda day: begins(day, ahead, country) <= today, coming))


def not_before(template: str, given: Mapping[str, Any], zone: tzinfo) -> datetime | None:
    """Before which moment a message must not leave, in UTC; `given` are the fields that its author gave.

    A birthday wish waits for the day where the customer is; every other text is about what comes, and leaves at once.
    """
    day = day_of(given)
    return None if template != TEMPLATES[BIRTHDAY] or day is None else due_instant(zone, day, time())


def day_of(given: Mapping[str, Any]) -> date | None:
    """The day of the occasion that a text is about; None where it is about none. `given` is what its author gave."""
    day = given.get(OCCASION_DAY)
    return date.fromisoformat(day) if isinstance(day, str) and day else day or None


def newest_day_over(now: datetime) -> date:
    """The newest day that is over everywhere on earth: a wish for it would come too late."""
    return (now.astimezone(UTC) - LAST_ZONE).date() - timedelta(days=1)
