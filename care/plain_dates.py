"""Understands a day as people write it: in 2 weeks, next Wednesday, 5 March, 下周三, 两周后, 月底."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from words.errors import BadInput
from words.speech import message

# A promise further ahead than this is more likely a typing error.
MOST_YEARS = 3
WEEK = 7
NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "a couple of": 2,
    "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10,
    "十一": 11, "十二": 12,
}  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
CHINESE_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
SPOKEN = {
    "today": 0, "tomorrow": 1, "the day after tomorrow": 2,
    "今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3,
}  # fmt: skip

NOT_UNDERSTOOD = message(
    "I do not understand which day “{words}” is. "
    "For example: tomorrow, in 2 weeks, next Wednesday, 5 March, 2027-03-05."
)
PAST = message("{day} is over. A follow-up is for a day that is still to come.")
TOO_FAR = message("{day} is more than {years} years ahead. Which day did you mean?")
NO_SUCH_DAY = message("The day “{words}” is in no calendar.")


@dataclass(frozen=True)
class Found:
    """A day that stood in a text, the words for it, and what stood before and behind them."""

    day: date
    words: str
    before: str
    after: str


def understood(text: str, today: date) -> date:
    """The day that a text means, seen from `today`.

    Raises `BadInput` where it means none, one that is over, or one that is too far ahead.
    """
    found = find(text, today)
    if found is None or found.before or found.after:
        raise BadInput(NOT_UNDERSTOOD, words=text.strip()[:60])
    return found.day


def find(text: str, today: date) -> Found | None:
    """Find the day in a longer text, such as `acme in 2 weeks`; None where there is none.

    Of several the longest is meant, and the first of equally long ones. Raises `BadInput` as `understood` does.
    """
    best: re.Match[str] | None = None
    reading: _Reading = _iso
    for pattern, read in SHAPES:
        for match in pattern.finditer(text):
            longer = best is None or len(match[0]) > len(best[0])
            if longer or (best and len(match[0]) == len(best[0]) and match.start() < best.start()):
                best, reading = match, read
    if best is None:
        return None
    try:
        day = reading(best, today)
    except (ValueError, OverflowError) as wrong:  # 31 April, or a number of weeks beyond any calendar
        raise BadInput(NO_SUCH_DAY, words=best[0].strip()) from wrong
    if day < today:
        raise BadInput(PAST, day=day)
    if day > _months_on(today, 12 * MOST_YEARS):
        raise BadInput(TOO_FAR, day=day, years=MOST_YEARS)
    return Found(day, best[0].strip(), text[: best.start()].strip(), text[best.end() :].strip())


def names_a_day(text: str) -> bool:
    """Whether words for a day stand anywhere in a text, of whatever day."""
    return any(pattern.search(text) for pattern, _ in SHAPES)


_Reading = Callable[[re.Match[str], date], date]


def _iso(match: re.Match[str], _today: date) -> date:
    return date(int(match["y"]), int(match["m"]), int(match["d"]))


def _spoken(match: re.Match[str], today: date) -> date:
    return today + timedelta(days=SPOKEN[" ".join(match[0].lower().split())])


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else NUMBERS[" ".join(text.lower().split())]


def _from_now(match: re.Match[str], today: date) -> date:
    number, unit = _number(match["n"]), match["unit"].lower()
    if unit[0] in "d天日":
        return today + timedelta(days=number)
    if unit[0] == "w" or unit.endswith(("周", "星期", "礼拜")):
        return today + timedelta(weeks=number)
    return _months_on(today, number * (12 if unit[0] in "y年" else 1))


def _half_a_month(_match: re.Match[str], today: date) -> date:
    return today + timedelta(days=15)


def _weekday(match: re.Match[str], today: date) -> date:
    """`Wednesday` and `this Wednesday` are the next to come, `next Wednesday` is in the week that follows."""
    wanted = next(at for at, name in enumerate(WEEKDAYS) if name.startswith(match["weekday"].lower()[:3]))
    if match["which"] and match["which"].lower().startswith("next"):
        return _monday(today, 1) + timedelta(days=wanted)
    return today + timedelta(days=(wanted - today.weekday() - 1) % WEEK + 1)


def _chinese_weekday(match: re.Match[str], today: date) -> date:
    """下周三 is in the week that follows, 下下周三 in the one after it, 本周三 in this one, 周三 the next to come."""
    wanted, which = CHINESE_WEEKDAYS[match["weekday"]], match["which"] or ""
    if which:
        return _monday(today, which.count("下")) + timedelta(days=wanted)
    return today + timedelta(days=(wanted - today.weekday() - 1) % WEEK + 1)


def _week(match: re.Match[str], today: date) -> date:
    return _monday(today, max(1, match[0].count("下")))


def _month(_match: re.Match[str], today: date) -> date:
    return _months_on(today.replace(day=1), 1)


def _end_of_month(match: re.Match[str], today: date) -> date:
    ahead = 1 if match["next"] else 0
    first = _months_on(today.replace(day=1), ahead)
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def _end_of_year(_match: re.Match[str], today: date) -> date:
    return date(today.year, 12, 31)


def _day_of_next_month(match: re.Match[str], today: date) -> date:
    return _months_on(today.replace(day=1), 1).replace(day=int(match["d"]))


def _day_of_month(match: re.Match[str], today: date) -> date:
    """5号: of this month, or of the next one where it is over."""
    day = int(match["d"])
    return today.replace(day=day) if day >= today.day else _months_on(today.replace(day=1), 1).replace(day=day)


def _named_month(match: re.Match[str], today: date) -> date:
    month = next(at for at, name in enumerate(MONTHS, 1) if name.startswith(match["month"].lower()[:3]))
    return _in_year(match["y"], month, int(match["d"]), today)


def _numbered_month(match: re.Match[str], today: date) -> date:
    year = match["y"]
    if match.groupdict().get("coming"):
        year = str(today.year + 1)
    return _in_year(year, int(match["m"]), int(match["d"]), today)


def _in_year(year: str | None, month: int, day: int, today: date) -> date:
    """A day of a year, or without one the next time that this day comes."""
    if year:
        return date(int(year), month, day)
    for candidate in range(today.year, today.year + 9):  # 29 February comes at least every eight years
        if day <= calendar.monthrange(candidate, month)[1] and (found := date(candidate, month, day)) >= today:
            return found
    raise ValueError


def _monday(today: date, weeks: int) -> date:
    return today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)


def _months_on(day: date, months: int) -> date:
    """So many months later, on the last day of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


_N = r"(?P<n>\d{1,4}|a couple of|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_N_CHINESE = r"(?P<n>\d{1,4}|十[一二]|[一二两三四五六七八九十])"
_DAY = r"(?P<d>\d{1,2})"
_MONTH = rf"(?P<month>{'|'.join(f'{name}|{name[:3]}' for name in MONTHS)}|sept)\.?"
_YEAR = r"(?:,?\s*(?P<y>\d{4}))?"
_YEAR_CHINESE = r"(?:(?P<y>\d{4})\s*年|(?P<coming>明年)|今年)?"
_WEEKDAY = rf"(?P<weekday>{'|'.join(f'{name}|{name[:3]}' for name in WEEKDAYS)}|tues|thurs?)"
_END = r"(?:(?:at|by)\s+)?(?:the\s+)?end\s+of"


def _latin(pattern: str) -> re.Pattern[str]:
    # A Chinese character may touch a Latin shape, a letter or a digit may not.
    return re.compile(rf"(?<![0-9A-Za-z.\-/]){pattern}(?![0-9A-Za-z])", re.IGNORECASE)


def _chinese(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![0-9]){pattern}")


SHAPES: tuple[tuple[re.Pattern[str], _Reading], ...] = (
    (_latin(r"(?:on\s+)?(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})"), _iso),
    (_latin(r"(?:the\s+day\s+after\s+)?tomorrow|today"), _spoken),
    (_latin(rf"in\s+{_N}\s+(?P<unit>days?|weeks?|months?|years?)(?:['’]\s*time)?"), _from_now),
    (_latin(rf"{_N}\s+(?P<unit>days?|weeks?|months?|years?)\s+from\s+(?:now|today)"), _from_now),
    (_latin(rf"(?:on\s+)?(?:(?P<which>next|this|coming)\s+)?{_WEEKDAY}"), _weekday),
    (_latin(r"next\s+week"), _week),
    (_latin(r"next\s+month"), _month),
    (_latin(rf"{_END}\s+(?:(?:the|this)\s+)?(?P<next>next\s+)?month"), _end_of_month),
    (_latin(rf"{_END}\s+(?:the\s+|this\s+)?year"), _end_of_year),
    (_latin(rf"(?:on\s+)?(?:the\s+)?{_DAY}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}{_YEAR}"), _named_month),
    (_latin(rf"(?:on\s+)?{_MONTH}\s+{_DAY}(?:st|nd|rd|th)?{_YEAR}"), _named_month),
    (_latin(rf"(?:on\s+)?the\s+{_DAY}(?:st|nd|rd|th)?\s+of\s+next\s+month"), _day_of_next_month),
    (_latin(rf"(?:on\s+)?{_DAY}\.\s?(?P<m>\d{{1,2}})\.(?:\s?(?P<y>\d{{4}}))?"), _numbered_month),
    (_chinese(r"大后天|今天|今日|明天|明日|后天"), _spoken),
    (_chinese(rf"{_N_CHINESE}\s*(?P<unit>天|日|个?星期|周|个?礼拜|个?月|年)(?:之|以)?后"), _from_now),
    (_chinese(r"半个?月(?:之|以)?后"), _half_a_month),
    (_chinese(r"(?P<which>下*|[本这]个?)个?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])"), _chinese_weekday),
    (_chinese(r"下+个?(?:周|星期|礼拜)"), _week),
    (_chinese(r"下个?月(?!\d|底|末)"), _month),
    (_chinese(r"(?:(?P<next>下个?)|本|这个?)?月(?:底|末)"), _end_of_month),
    (_chinese(r"(?:今年)?年底"), _end_of_year),
    (_chinese(r"下个?月\s*(?P<d>\d{1,2})\s*[号日]"), _day_of_next_month),
    (_chinese(rf"{_YEAR_CHINESE}\s*(?P<m>\d{{1,2}})\s*月\s*{_DAY}\s*[号日]?"), _numbered_month),
    (_chinese(r"(?:本月|这个月)?(?P<d>\d{1,2})\s*号"), _day_of_month),
)  # fmt: skip
