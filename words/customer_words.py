"""Says days, spans, rhythms and amounts within a letter to a customer, as people say them in that language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_currency

from words.speech import CHINESE, Speech

_ENGLISH = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
# Before a measure word; two is 两 there.
_CHINESE = ("零", "一", "两", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_MONTH, _YEAR = 30.44, 365.25
# Where one says months instead of days or weeks.
_MONTHS_FROM = 61
_ENDS = tuple(".!?…。！？")


class CustomerWords:
    """Speaks to a customer in one language."""

    def __init__(self, language: str) -> None:
        self.say = Speech(language)
        self.chinese = self.say.language == CHINESE

    def day(self, day: date, today: date) -> str:
        """A day as it is said in a sentence; with its year where that is not this one."""
        if day.year == today.year:
            return format_skeleton("MMMMd", day, locale=self.say.locale)
        return format_date(day, "long", locale=self.say.locale)

    def weekday(self, day: date) -> str:
        """A day of the near future with its day of the week."""
        if self.chinese:
            return format_skeleton("MMMMEEEEd", day, locale=self.say.locale)
        return format_date(day, "EEEE, MMMM d", locale=self.say.locale)

    def more_than(self, days: int) -> str:
        """How long something has lasted already: `more than two months`, `两个多月`."""
        months, years = int(days / _MONTH), int(days / _YEAR)
        if self.chinese:
            if days < _MONTHS_FROM:
                return f"{days}天"
            return f"{_number(_CHINESE, years)}年多" if years else f"{_number(_CHINESE, months)}个多月"
        if days < 14:
            return "one day" if days == 1 else f"{_number(_ENGLISH, days)} days"
        if days < _MONTHS_FROM:
            return (
                f"more than {_number(_ENGLISH, days // 7)} weeks"
                if days % 7
                else f"{_number(_ENGLISH, days // 7)} weeks"
            )
        if years:
            return "more than a year" if years == 1 else f"more than {_number(_ENGLISH, years)} years"
        return f"more than {_number(_ENGLISH, months)} months"

    def rhythm(self, days: float) -> str:
        """How often somebody buys: `about every three weeks`, `每三周左右`; nobody says 21.4 days in a letter."""
        weeks, months = round(days / 7), round(days / _MONTH)
        if days < 4:
            return "每隔几天" if self.chinese else "every few days"
        if weeks <= 1:
            return "每周" if self.chinese else "about every week"
        if weeks <= 3:
            return f"每{_number(_CHINESE, weeks)}周左右" if self.chinese else f"about every {_ENGLISH[weeks]} weeks"
        if days < 38:
            return "每个月" if self.chinese else "about once a month"
        if days < 53:
            return "每一个半月左右" if self.chinese else "about every six weeks"
        if months < 11:
            return (
                f"每{_number(_CHINESE, months)}个月左右" if self.chinese else f"about every {_ENGLISH[months]} months"
            )
        return "每年" if self.chinese else "about once a year"

    def listing(self, items: Sequence[str]) -> str:
        """Several things in one phrase, with the word for `and`."""
        return format_list(list(items), locale=self.say.locale)

    def money(self, amount: Decimal, currency: str) -> str:
        """An amount to the last cent: a customer compares it with the invoice."""
        return format_currency(amount, currency, locale=self.say.locale)

    def percent(self, share: float) -> str:
        """A share in whole percent."""
        return self.say.percent(share)

    def plural(self, number: int, one: str, many: str) -> str:
        """A number with the word that fits it; Chinese words have one form."""
        return f"{self.say.number(number)} {one if number == 1 else many}"

    def ended(self, text: str) -> str:
        """A sentence that somebody typed, with a full stop where it has none."""
        text = text.strip()
        return text if text.endswith(_ENDS) else f"{text}{'。' if self.chinese else '.'}"


def _number(words: Sequence[str], number: int) -> str:
    return words[number] if number < len(words) else str(number)
