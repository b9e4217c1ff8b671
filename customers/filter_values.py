"""Understands the values that people type in filters: 60d, 1.2万, 2026-03, yes, high, 10..20."""

from __future__ import annotations

import calendar
import re
from datetime import date
from decimal import Decimal

from customers.fields import Field, by_word, closest
from customers.filter_tree import Ago, Ahead, Between, Compare, Condition, Is, Me, Missing, Value
from customers.folding import fold
from words.errors import BadInput
from words.speech import Word

# A month and a year in days: filters speak of rounded spans, not of calendar days.
DAYS = {
    "": 1, "d": 1, "day": 1, "days": 1, "天": 1, "日": 1, "w": 7, "week": 7, "weeks": 7, "周": 7, "星期": 7,
    "m": 30, "month": 30, "months": 30, "月": 30, "个月": 30, "y": 365, "year": 365, "years": 365, "年": 365,
}  # fmt: skip
TIMES = {"": 1, "k": 1_000, "千": 1_000, "万": 10_000, "m": 1_000_000, "百万": 1_000_000, "亿": 100_000_000}
# A century; further back no calendar of ours reaches.
MOST_DAYS = 36_500
# Amounts are kept in 64 bits as ten-thousandths; nobody's customers come near a trillion.
MOST_MONEY = Decimal(10) ** 12
# Whole numbers are kept in 32 bits.
MOST_NUMBER = 2_000_000_000
NONE = ("none", "empty", "无", "空")
YES = ("yes", "y", "true", "1", "是", "有", "已授权")
NO = ("no", "n", "false", "0", "否", "无", "没有", "none", "未授权")
OVERDUE = ("overdue", "late", "逾期", "过期")
TODAY = ("today", "今天", "今日")
ME = ("me", "我", "mine", "自己")
_SIGN = re.compile(r"(>=|<=|≥|≤|>|<|=)\s*(.*)", re.DOTALL)
SAME_SIGN = {"≥": ">=", "≤": "<="}
_SPAN = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*([a-z]*|天|日|周|星期|月|个月|年)")
_MONEY = re.compile(r"[¥￥$€£]?\s*(-?\d{1,15}(?:\.\d{1,4})?)\s*(k|m|千|万|百万|亿|)\s*(?:元|块)?")
_SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)\s*(%|percent|)")
_NUMBER = re.compile(r"-?\d{1,10}(?:\.\d{1,4})?")
_DAY = re.compile(r"(\d{4})(?:(?:[-/.年])(\d{1,2})(?:(?:[-/.月])(\d{1,2})日?|月)?|年)?")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
# In these kinds values have an order, so that >, < and .. make sense.
ORDERED = ("number", "share", "days", "money", "day", "ahead")
# Shares are shown in whole percent: one that is asked for alone stands for all that are rounded to it.
HALF_A_PERCENT = Decimal("0.005")


def condition(field: Field, text: str, at: int, *, exact: bool) -> Condition:
    """Understand one value of a field; `exact` when it stood in quotes and so is nothing but text.

    Raises `BadInput` that names the value, its position (1 is the first character) and what the field expects.
    """
    if exact and field.kind not in ("choice", "flag", "consent", *ORDERED):
        return Is(text)
    folded = fold(text)
    if folded in NONE and field.kind not in ("flag", "consent") and not _is_choice(field, folded):
        return Missing()
    if field.kind == "owner" and folded in ME:
        return Me()
    if field.name == "follow_up" and folded in OVERDUE:
        return Compare(">", Ago(0))
    signed = _SIGN.fullmatch(folded)
    low, dots, high = folded.partition("..")
    if (signed and signed[1] != "=") or dots:
        if field.kind not in ORDERED:
            raise BadInput(
                "The field “{field}” at character {at} has no order: “{value}” needs a number, an amount or a day.",
                field=field.typed, value=text, at=at,
            )  # fmt: skip
        if dots:
            return _between(field, low, high, text, at)
        sign, first, last = signed[1], *_period(field, signed[2], text, at)  # type: ignore[index]
        sign = SAME_SIGN.get(sign, sign)
        return Compare(sign, last if sign in (">", "<=") else first)
    return _equal(field, signed[2] if signed else folded, text, at)


def _is_choice(field: Field, folded: str) -> bool:
    return bool(field.choices) and folded in by_word(field.name)


def _equal(field: Field, folded: str, text: str, at: int) -> Condition:
    if field.choices:
        choice = by_word(field.name).get(folded)
        if choice:
            return Is(choice.code)
        known = by_word(field.name)
        near = closest(folded, list(known))
        words = [one.typed for one in field.choices]
        if near:
            raise BadInput("Unknown value “{value}” of “{field}” at character {at}: did you mean “{closest}”?",
                           value=text, field=field.typed, at=at, closest=near)  # fmt: skip
        raise BadInput("Unknown value “{value}” of “{field}” at character {at}. It can be: {words}.",
                       value=text, field=field.typed, at=at, words=words)  # fmt: skip
    if field.kind in ("flag", "consent"):
        if folded in YES or folded in NO:
            return Is(folded in YES)
        raise BadInput("“{value}” at character {at} is neither yes nor no, which “{field}” asks for.",
                       value=text, field=field.typed, at=at)  # fmt: skip
    if field.kind in ORDERED:
        first, last = _period(field, folded, text, at)
        if field.kind == "share" and isinstance(first, Decimal):
            return Between(max(first - HALF_A_PERCENT, Decimal(0)), min(first + HALF_A_PERCENT, Decimal(1)))
        return Is(first) if first == last else Between(first, last)
    return Is(text)


def _between(field: Field, low: str, high: str, text: str, at: int) -> Condition:
    first, last = _period(field, low.strip(), text, at)[0], _period(field, high.strip(), text, at)[1]
    if isinstance(first, Ago | Ahead) != isinstance(last, Ago | Ahead):
        raise BadInput("“{value}” at character {at} mixes a day and a number of days ago.", value=text, at=at)
    if _rank(first) > _rank(last):
        first, last = last, first
    return Between(first, last)


def _rank(value: Value) -> Decimal:
    match value:
        case Ago(days) | Ahead(days):
            return Decimal(days)
        case date():
            return Decimal(value.toordinal())
    return Decimal(value)


def _period(field: Field, folded: str, text: str, at: int) -> tuple[Value, Value]:
    """The value as first and last: they differ for a month or a year, which stand for all of their days."""
    match field.kind:
        case "money":
            value = _money(folded)
        case "days":
            span = _span(folded)
            value = None if span is None else Decimal(span)
        case "number":
            value = _number(folded)
        case "share":
            value = _share(folded)
        case "ahead":
            days = 0 if folded in TODAY else None if folded.isdigit() else _span(folded)
            return (Ahead(days), Ahead(days)) if days is not None else _days(folded, field, text, at)
        case _:
            days = _span(folded) if not folded.isdigit() else None
            return (Ago(days), Ago(days)) if days is not None else _days(folded, field, text, at)
    if value is None:
        raise _unreadable(field, text, at)
    return value, value


def _unreadable(field: Field, text: str, at: int) -> BadInput:
    examples = {
        "money": Word("10000, 1.2万, 10k", "10000、1.2万"),
        "days": Word("60d, 8w, 2m, 1y", "60天、8周、2个月、1年"),
        "number": Word("3, 4.5", "3、4.5"),
        "share": Word("70%, 0.7", "70%、0.7"),
        "day": Word("2026-03-05, 60d", "2026-03-05、60天"),
        "ahead": Word("2026-03-05, 7d", "2026-03-05、7天"),
    }
    return BadInput(
        "“{value}” at character {at} is nothing that “{field}” understands. For example: {examples}.",
        value=text, at=at, field=field.typed, examples=examples[field.kind],
    )  # fmt: skip


def _money(folded: str) -> Decimal | None:
    found = _MONEY.fullmatch(_THOUSANDS.sub("", folded))
    amount = Decimal(found[1]) * TIMES[found[2]] if found else None
    return amount if amount is not None and abs(amount) <= MOST_MONEY else None


def _number(folded: str) -> Decimal | None:
    found = _NUMBER.fullmatch(_THOUSANDS.sub("", folded))
    number = Decimal(found[0]) if found else None
    return number if number is not None and abs(number) <= MOST_NUMBER else None


def _share(folded: str) -> Decimal | None:
    """A share of 1: 70%, 70 and 0.7 are the same; 1 without a sign is all."""
    found = _SHARE.fullmatch(folded)
    if not found:
        return None
    number = Decimal(found[1])
    share = round(number / 100 if found[2] or number > 1 else number, 4)  # as exactly as chances are kept
    return share if share <= 1 else None


def _span(folded: str) -> int | None:
    found = _SPAN.fullmatch(folded)
    if not found or found[2] not in DAYS:
        return None
    days = round(Decimal(found[1]) * DAYS[found[2]])
    return days if days <= MOST_DAYS else None


def _days(folded: str, field: Field, text: str, at: int) -> tuple[date, date]:
    found = _DAY.fullmatch(folded)
    if not found and len(folded) == 8 and folded.isdecimal():
        found = _DAY.fullmatch(f"{folded[:4]}-{folded[4:6]}-{folded[6:]}")
    if not found:
        raise _unreadable(field, text, at)
    try:
        year, month, day = int(found[1]), int(found[2] or 0), int(found[3] or 0)
        first = date(year, month or 1, day or 1)
        last_month = month or 12
        last = date(year, last_month, day or calendar.monthrange(year, last_month)[1])
    except ValueError as wrong:  # 30 February
        raise _unreadable(field, text, at) from wrong
    return first, last
