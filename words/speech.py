"""Says a message, an amount, a date or a span of days in the reader's language."""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, get_timezone
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_compact_currency, format_currency, format_percent

from words.errors import RekindleError

ENGLISH, CHINESE = "en", "zh_CN"
LANGUAGES = (ENGLISH, CHINESE)
TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"
# From here on an amount reads better in 万 than in single yuan; below it every digit matters.
WAN_FROM = 100_000
# From a hundred on the cents only make an amount harder to read.
CENTS_UNTIL = 100
# Within Speech, `date` and `time` are methods.
Day = date
Time = time


def message(text: str) -> str:
    """Mark a text as one that must be translated, where it cannot be said at once (tables of words, constants)."""
    return text


@dataclass(frozen=True)
class Word:
    """A word that people type, in both languages: an error names it as its reader would type it."""

    english: str
    chinese: str

    def __str__(self) -> str:
        """The English word."""
        return self.english


def language_of(slack_locale: str | None) -> str:
    """The language for a Slack locale: every zh-* reads Simplified Chinese, everything else English."""
    return CHINESE if (slack_locale or "").lower().startswith("zh") else ENGLISH


@cache
def catalog(language: str) -> gettext.NullTranslations:
    """The translations of one language, read from its .po files (one for each room); English needs none."""
    if language == ENGLISH:
        return gettext.NullTranslations()
    merged = Catalog(locale=language)
    for path in sorted((TRANSLATIONS / language).glob("*.po")):
        with path.open("rb") as source:
            for entry in read_po(source, locale=language):
                if entry.id:
                    merged[entry.id] = entry
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


class Speech:
    """Speaks one language in one time zone: `say("Last order {day}", day=say.date(order.day))`."""

    def __init__(self, language: str = ENGLISH, *, zone: str | tzinfo = "UTC") -> None:
        self.language = language if language in LANGUAGES else ENGLISH
        self.locale = _locale(self.language)
        self.zone = get_timezone(zone) if isinstance(zone, str) else zone
        self._catalog = catalog(self.language)

    def __call__(self, text: str, /, **values: Any) -> str:
        """Say a message; `values` fill its named blanks."""
        return self._catalog.gettext(text).format(**values) if values else self._catalog.gettext(text)

    def count(self, one: str, many: str, number: int, /, **values: Any) -> str:
        """Say a message that depends on a number, which fills the blank `{n}`."""
        return self._catalog.ngettext(one, many, number).format(n=self.number(number), **values)

    def error(self, problem: RekindleError) -> str:
        """Say what went wrong; a value that is a `Word` is said in this language."""
        return self(problem.message, **{name: self.value(value) for name, value in problem.values.items()})

    def value(self, value: Any) -> str:
        """Say any value of a reason or an error the way this language writes it."""
        match value:
            case bool():
                return self("yes") if value else self("no")
            case datetime():
                return self.moment(value)
            case date():
                return self.date(value)
            case int() | float() | Decimal() as amount:
                return self.number(amount)
            case str():
                return value
            case Word():
                return value.chinese if self.language == CHINESE else value.english
            case Mapping() | list() | tuple() | set() | frozenset():
                return self.listing([self.value(item) for item in value])
        return str(value)

    def number(self, value: Decimal | float, *, digits: int | None = None) -> str:
        """A number with this language's separators; `digits` after the point at most (by default two)."""
        written = f"{value:,.{2 if digits is None else digits}f}"  # both languages write 1,234.5
        return written.rstrip("0").rstrip(".") if "." in written else written

    def percent(self, share: Decimal | float, *, digits: int = 0) -> str:
        """A share (0.18) as a percentage (18%)."""
        return format_percent(round(float(share), digits + 2), locale=self.locale, decimal_quantization=False)

    def money(self, amount: Decimal, currency: str) -> str:
        """An amount with its currency: from a hundred on in whole units, in Chinese large ones in 万."""
        if self.language == CHINESE and abs(amount) >= WAN_FROM:
            return format_compact_currency(amount, currency, locale=self.locale, fraction_digits=1)
        around, digits = _money_form(self.locale, currency, abs(amount) >= CENTS_UNTIL or not amount)
        written = around.format(f"{abs(amount):,.{digits}f}")
        return f"-{written}" if amount < 0 else written

    def date(self, day: Day) -> str:
        """A calendar day."""
        return _date(self.locale, day)

    def weekday(self, day: Day) -> str:
        """A calendar day with its day of the week, for days to come."""
        return _skeleton(self.locale, "yMMMEd", day)

    def day_of_year(self, day: Day) -> str:
        """A calendar day without its year, where another day beside it names that."""
        return format_skeleton("MMMd", day, locale=self.locale)

    def short_day(self, day: Day) -> str:
        """A calendar day of the near future with its day of the week, short enough for a button."""
        return _skeleton(self.locale, "MMMEd", day)

    def time(self, wall: Time) -> str:
        """A time of day."""
        return format_time(wall, "short", locale=self.locale)

    def month(self, day: Day) -> str:
        """A month of a year."""
        return format_date(day, "yyyy年M月" if self.language == CHINESE else "MMM yyyy", locale=self.locale)

    def short_month(self, day: Day) -> str:
        """A month without its year, where several stand side by side."""
        return format_date(day, "M月" if self.language == CHINESE else "MMM", locale=self.locale)

    def moment(self, at: datetime) -> str:
        """A moment in the reader's time zone."""
        local = at.astimezone(self.zone)
        return f"{self.date(local.date())}{' ' if self.language == CHINESE else ', '}{self.time(local.time())}"

    def days(self, number: int) -> str:
        """A span of days."""
        return self.count("{n} day", "{n} days", number)

    def sentences(self, said: Sequence[str]) -> str:
        """Several whole sentences, one after the other; Chinese leaves no space between them."""
        return ("" if self.language == CHINESE else " ").join(said)

    def listing(self, items: list[str]) -> str:
        """Several items in one phrase."""
        return ("、" if self.language == CHINESE else ", ").join(items)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


# A card has a dozen days on it, and people look at customers who buy on the same few hundred days.
@lru_cache(maxsize=5_000)
def _date(locale: Locale, day: date) -> str:
    return format_date(day, "medium", locale=locale)


# A morning's messages name the same few days ten thousand times.
@lru_cache(maxsize=2_000)
def _skeleton(locale: Locale, skeleton: str, day: date) -> str:
    return format_skeleton(skeleton, day, locale=locale)


@cache
def _money_form(locale: Locale, currency: str, whole: bool) -> tuple[str, int]:
    """What stands around the digits of an amount (`${}`), and how many of them stand after the point.

    Babel says it once for each currency; asking it for each amount would take half of the time of a card.
    """
    pattern = locale.currency_formats["standard"].pattern
    if whole:
        nothing = format_currency(0, currency, pattern.replace(".00", ""), locale=locale, currency_digits=False)
    else:
        nothing = format_currency(0, currency, locale=locale)
    digits = re.search(r"0(?:\.(0+))?", nothing)
    if digits is None:
        raise ValueError(f"no digits in {nothing!r}")
    around = nothing.replace("{", "{{").replace("}", "}}")
    return around.replace(digits[0], "{}", 1), len(digits[1] or "")
