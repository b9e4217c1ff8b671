"""Reads what belongs to a person: e-mail addresses, phone numbers, birthdays by the sun and by the moon, consent."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

import phonenumbers

from sources.cells import vocabulary
from sources.cells.dates import DayReader, plain
from sources.faults import Wrong
from words.speech import message

UNUSUAL_PHONE = message("is an unusual phone number; it is kept as it stands")
# A birthday without a year still needs one to be stored; a leap year, so that 29 February can be kept.
NO_YEAR = 1904

_EMAIL = re.compile(r"[^@\s,;<>()\[\]\"]+@[^@\s,;<>()\[\]\".]+(\.[^@\s,;<>()\[\]\".]+)+")
_LUNAR_WORD = re.compile(r"农历|阴历|旧历|\(?\blunar\b\)?", re.IGNORECASE)
_MONTH_DAY = re.compile(r"(?:--)?(\d{1,2})[-/.](\d{1,2})|(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?")
_YEAR_MONTH_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_CHINESE_DAY = re.compile(
    r"(?:([〇零一二三四五六七八九\d]{4})年)?闰?(正|冬|腊|[一二三四五六七八九十]{1,2}|\d{1,2})月(.{1,3}?)[日号]?"
)
_DIGITS = {sign: digit for digit, sign in enumerate("〇一二三四五六七八九")} | {"零": 0}


def email(cell: str) -> str:
    """An e-mail address without blanks; what people write around it (`Ann <ann@example.com>`) is left out."""
    text = unicodedata.normalize("NFKC", cell).strip()
    if match := re.fullmatch(r".*<([^<>]+)>", text):
        text = match[1].strip()
    return text.removeprefix("mailto:")


def email_is_unusual(address: str) -> bool:
    """Whether an address looks as if it could not be reached."""
    return _EMAIL.fullmatch(address) is None


def rep_email(cell: str) -> str:
    """The e-mail address of one of the tenant's own people, by which Slack recognises them: it must be a usable one."""
    address = email(cell).lower()
    if email_is_unusual(address):
        raise Wrong(message("is not an e-mail address"))
    return address


def phone(cell: str, country: str | None, region: str) -> tuple[str, bool]:
    """A phone number in its international form, and whether it is a usual one; an unusual one stays as written.

    `country` is what the same row says (a name or code), `region` the country of numbers without any.
    """
    code = (vocabulary.country_code(country) if country else None) or region
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", cell), code)
    except phonenumbers.NumberParseException:
        return cell, False
    if not phonenumbers.is_valid_number(number):
        return cell, False
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return (f"{written};ext={number.extension}" if number.extension else written), True


def birthday(cell: str, days: DayReader) -> tuple[date, bool, bool]:
    """A birthday: (day, whether by the lunar calendar, whether the year is known); raises `Wrong`.

    A lunar birthday keeps year, month and day of the lunar calendar. Without a year the year is NO_YEAR.
    """
    text = plain(cell)
    bare = _LUNAR_WORD.sub("", text).strip(" ()")
    is_lunar = bare != text.strip(" ()")
    if match := _MONTH_DAY.fullmatch(bare):
        return _stored(None, int(match[1] or match[3]), int(match[2] or match[4]), is_lunar)
    if match := _CHINESE_DAY.fullmatch(bare):
        year = "".join(str(_DIGITS.get(sign, sign)) for sign in match[1]) if match[1] else None
        month, day = _lunar_month(match[2]), _lunar_day(match[3])
        if month and day:
            moon_words = match[2] in "正冬腊" or match[3][0] in "初廿"
            return _stored(int(year) if year else None, month, day, is_lunar or moon_words)
    if is_lunar and (match := _YEAR_MONTH_DAY.fullmatch(bare)):
        return _stored(int(match[1]), int(match[2]), int(match[3]), is_lunar)
    return days.day(bare), is_lunar, True


def _stored(year: int | None, month: int, day: int, is_lunar: bool) -> tuple[date, bool, bool]:
    if is_lunar and (month, day) == (2, 30):
        raise Wrong(message("the 30th of the second lunar month cannot be kept: write the 29th"))
    try:
        return date(year or NO_YEAR, month, day), is_lunar, year is not None
    except ValueError:
        if is_lunar and (month, day) == (2, 29):  # a day of that lunar year, but not of the solar year of that number
            return date(NO_YEAR, month, day), True, False
        raise Wrong(message("there is no such day")) from None


def _lunar_month(text: str) -> int | None:
    return {"正": 1, "冬": 11, "腊": 12}.get(text) or _chinese_number(text)


def _lunar_day(text: str) -> int | None:
    return _chinese_number(text.removeprefix("初").replace("廿", "二十"))


def _chinese_number(text: str) -> int | None:
    """A number up to 99 in Chinese or plain digits, else None."""
    if text.isdecimal():
        return int(text)
    match = re.fullmatch(r"([一二三四五六七八九])?(十)?([一二三四五六七八九])?", text)
    if match is None or not text or (match[1] and match[3] and not match[2]):
        return None
    if not match[2]:
        return _DIGITS[match[1] or match[3]]
    return (_DIGITS[match[1]] if match[1] else 1) * 10 + (_DIGITS[match[3]] if match[3] else 0)


def consent(cell: str, days: DayReader, today: date) -> str:
    """Consent as it waits to be recorded: `yes`, `no`, or the day when it was given (2026-03-05); raises `Wrong`."""
    try:
        return "yes" if vocabulary.yes(cell) else "no"
    except Wrong:
        pass
    try:
        day = days.day(cell)
    except Wrong:
        raise Wrong(message("is neither yes nor no nor a date")) from None
    if day > today:
        raise Wrong(message("lies in the future"))
    return day.isoformat()


def tags(cell: str) -> tuple[str, ...]:
    """The words that are put on a customer, separated by comma, semicolon, 、 or |."""
    words = (" ".join(word.split()) for word in re.split(r"[,;、|，；\n]", cell))
    return tuple(dict.fromkeys(word for word in words if word))
