"""Amounts, numbers and days are written as Babel writes them for the reader's language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from hypothesis import given
from hypothesis import strategies as st

from words.speech import CHINESE, ENGLISH, Speech

amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=4)


@pytest.mark.parametrize("language", [ENGLISH, CHINESE])
@pytest.mark.parametrize("currency", ["USD", "EUR", "CNY", "JPY", "CHF", "KWD", "CLF", "XXX"])
@given(amount=amounts)
def test_small_amounts_have_the_digits_of_their_currency(language: str, currency: str, amount: Decimal) -> None:
    small = amount % 100
    if not small:
        small += 1  # nothing at all has no cents
    assert Speech(language).money(small, currency) == format_currency(small, currency, locale=language)


@given(amount=amounts)
def test_amounts_from_a_hundred_on_have_no_cents(amount: Decimal) -> None:
    large = amount + (100 if amount >= 0 else -100)
    expected = format_currency(large, "USD", "¤#,##0", locale="en", currency_digits=False)
    assert Speech(ENGLISH).money(large, "USD") == expected


@pytest.mark.parametrize("language", [ENGLISH, CHINESE])
@given(number=st.one_of(st.integers(-(10**12), 10**12), amounts), digits=st.integers(0, 3))
def test_numbers_have_at_most_the_digits_asked_for(language: str, number: int | Decimal, digits: int) -> None:
    said = Speech(language).number(number, digits=digits)
    assert said == format_decimal(round(number, digits), locale=language)


def test_numbers_have_two_digits_after_the_point_at_most() -> None:
    say = Speech()
    assert [say.number(number) for number in (1234.5678, 0.1, 100, 1200.0, Decimal("-2.50"))] == [
        "1,234.57", "0.1", "100", "1,200", "-2.5",
    ]  # fmt: skip


@pytest.mark.parametrize("language", [ENGLISH, CHINESE])
@given(day=st.dates())
def test_days_are_written_as_the_reader_writes_them(language: str, day: date) -> None:
    assert Speech(language).date(day) == format_date(day, "medium", locale=language)


def test_chinese_amounts_are_written_in_ten_thousands_from_a_hundred_thousand_on() -> None:
    assert Speech(CHINESE).money(Decimal(123456), "CNY") == "¥12.3万"
    assert Speech(CHINESE).money(Decimal(99999), "CNY") == "¥99,999"
