"""Reads days as people write them, and finds out once per column whether the day or the month comes first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from sources.faults import Wrong
from words.errors import BadInput
from words.speech import message

DMY, MDY = "dmy", "mdy"
# Excel's day 1 is 1 January 1900 and it believes in 29 February 1900, so its days count from here.
EXCEL_EPOCH = date(1899, 12, 30)
# Serials from October 1954 to January 2119; other plain numbers are more likely a mistake than a day.
EXCEL_FIRST, EXCEL_LAST = 20_000, 80_000

_TIME = r"(?:(?:[T ]\s*|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(am|pm|AM|PM)?\s*(Z|[+-]\d{2}:?\d{2})?)?"
_YEAR_FIRST = re.compile(
    r"(\d{4})(?:-(\d{1,2})-|/(\d{1,2})/|\.(\d{1,2})\.|\s*年\s*(\d{1,2})\s*月\s*)(\d{1,2})\s*[日号]?" + _TIME
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})" + _TIME)
_SERIAL = re.compile(r"(\d{5})(?:\.(\d+))?")
_SHORT_YEAR = re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{2}(?!\d).*|\d{2}年.*")


def order_shown(cell: str) -> tuple[str, str] | None:
    """What one cell proves about its column: (separator, `dmy` or `mdy`), or None if it proves nothing."""
    match = _YEAR_LAST.fullmatch(plain(cell))
    if match is None:
        return None
    first, second = int(match[1]), int(match[3])
    if 12 < first <= 31 and 1 <= second <= 12:
        return match[2], DMY
    if 12 < second <= 31 and 1 <= first <= 12:
        return match[2], MDY
    return None


def plain(cell: str) -> str:
    """The cell without outer blanks, with full-width signs made plain."""
    return (cell if cell.isascii() else unicodedata.normalize("NFKC", cell)).strip()


class DayReader:
    """Reads the cells of one column of days.

    `order` is what the operator said (`dmy`, `mdy`) or None; then `column` gives all cells of the column, and is asked
    for at the first cell that could be read in two ways.
    """

    def __init__(self, header: str, file: str, order: str | None, column: Callable[[], Iterable[str]]) -> None:
        self.header = header
        self.file = file
        self._fixed = order
        self._column = column
        self._orders: dict[str, set[str]] | None = None

    def day(self, cell: str) -> date:
        """The day that a cell says; raises `Wrong`, or `BadInput` if day and month cannot be told apart."""
        return self._parts(cell)[0]

    def moment(self, cell: str, zone: tzinfo) -> datetime:
        """The moment that a cell says, in UTC; without a time it is noon in `zone`, the same day nearly everywhere."""
        day, at, own_zone = self._parts(cell)
        return datetime.combine(day, at or time(12), own_zone or zone).astimezone(UTC)

    def _parts(self, cell: str) -> tuple[date, time | None, tzinfo | None]:
        text = plain(cell)
        if match := _YEAR_FIRST.fullmatch(text):
            month = match[2] or match[3] or match[4] or match[5]
            return _day(int(match[1]), int(month), int(match[6])), *_time(match.groups()[6:])
        if match := _YEAR_LAST.fullmatch(text):
            first, second, year = int(match[1]), int(match[3]), int(match[4])
            if first == second:
                day = _day(year, first, second)
            elif self._order(match[2], first, second) == DMY:
                day = _day(year, second, first)
            else:
                day = _day(year, first, second)
            return day, *_time(match.groups()[4:])
        if match := _COMPACT.fullmatch(text):
            return _day(int(match[1]), int(match[2]), int(match[3])), None, None
        if match := _SERIAL.fullmatch(text):
            serial = int(match[1])
            if EXCEL_FIRST <= serial <= EXCEL_LAST:
                seconds = min(round(float(f"0.{match[2] or 0}") * 86_400), 86_399)
                at = time(seconds // 3600, seconds // 60 % 60, seconds % 60) if seconds else None
                return EXCEL_EPOCH + timedelta(days=serial), at, None
        if _SHORT_YEAR.fullmatch(text):
            raise Wrong(message("the year has only two digits: write it with four"))
        raise Wrong(message("is not a date; write it like 2026-03-05"))

    def _order(self, separator: str, first: int, second: int) -> str:
        if self._fixed is not None:
            return self._fixed
        if self._orders is None:
            self._orders = {}
            for shown in map(order_shown, self._column()):
                if shown is not None:
                    self._orders.setdefault(shown[0], set()).add(shown[1])
        found = self._orders.get(separator, set())
        if len(found) == 1:
            return next(iter(found))
        if first > 12 and second > 12:
            raise Wrong(message("there is no such day"))
        example = f"{first}{separator}{second}"
        if found:
            raise BadInput(
                "{file}: the column {column} has dates with the day first and dates with the month first, with the same"
                " separator as {example}. Say --date-order dmy or mdy; rows that do not fit are rejected.",
                file=self.file,
                column=self.header,
                example=example,
            )
        raise BadInput(
            "{file}: in the column {column}, dates such as {example} can be read in two ways and no row settles which."
            " Say --date-order dmy (day first) or --date-order mdy (month first).",
            file=self.file,
            column=self.header,
            example=example,
        )


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Wrong(message("there is no such day")) from None


def _time(parts: tuple[str | None, ...]) -> tuple[time | None, tzinfo | None]:
    hour, minute, second, half, zone = parts
    if hour is None:
        return None, None
    hours = int(hour) if half is None else int(hour) % 12 + (12 if half.lower() == "pm" else 0)
    try:
        at = time(hours, int(minute or 0), int(second or 0))
    except ValueError:
        raise Wrong(message("there is no such time of day")) from None
    own_zone = None
    if zone is not None:
        own_zone = datetime.fromisoformat(f"2000-01-01T00:00:00{zone.replace('Z', '+00:00')}").tzinfo
    return at, own_zone
