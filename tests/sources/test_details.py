"""Phones, e-mails, birthdays by sun and moon, consent, tags and words are understood in both languages."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.cells import details, vocabulary
from sources.cells.dates import DayReader
from sources.faults import Wrong

DAYS = DayReader("生日", "customers.csv", "dmy", lambda: ())
TODAY = date(2026, 4, 1)


@pytest.mark.parametrize(
    ("cell", "day", "lunar", "year_known"),
    [
        ("1980-08-15", date(1980, 8, 15), False, True),
        ("08-15", date(1904, 8, 15), False, False),
        ("--08-15", date(1904, 8, 15), False, False),
        ("8月15日", date(1904, 8, 15), False, False),
        ("02-29", date(1904, 2, 29), False, False),
        ("1980年8月15日", date(1980, 8, 15), False, True),
        ("农历八月十五", date(1904, 8, 15), True, False),
        ("农历1980年8月15日", date(1980, 8, 15), True, True),
        ("农历一九八〇年八月十五", date(1980, 8, 15), True, True),
        ("正月初一", date(1904, 1, 1), True, False),
        ("腊月廿三", date(1904, 12, 23), True, False),
        ("冬月二十", date(1904, 11, 20), True, False),
        ("lunar 08-15", date(1904, 8, 15), True, False),
        ("1980-08-15 (lunar)", date(1980, 8, 15), True, True),
        ("1981-02-29 (lunar)", date(1904, 2, 29), True, False),
    ],
)
def test_birthdays_are_understood(cell, day, lunar, year_known):
    assert details.birthday(cell, DAYS) == (day, lunar, year_known)


@pytest.mark.parametrize("cell", ["13-45", "农历十三月初一", "农历二月三十", "生日", "2-30", "8月32日"])
def test_impossible_birthdays_are_refused(cell):
    with pytest.raises(Wrong):
        details.birthday(cell, DAYS)


def test_a_phone_number_is_kept_in_its_international_form_by_country_or_region():
    assert details.phone("030-0074321", "Germany", "US") == ("+49300074321", True)
    assert details.phone("138 0000 0101", "中国", "US") == ("+8613800000101", True)
    assert details.phone("13800000101", None, "CN") == ("+8613800000101", True)
    assert details.phone("+44 20 7031 3000", None, "US") == ("+442070313000", True)


def test_an_unusual_phone_number_stays_as_it_is():
    assert details.phone("call Ann", None, "US") == ("call Ann", False)
    assert details.phone("123", None, "US") == ("123", False)


def test_an_address_is_taken_out_of_what_surrounds_it():
    assert details.email("Ann <ann@example.com>") == "ann@example.com"
    assert details.email("mailto:ann@example.com") == "ann@example.com"
    assert [details.email_is_unusual(cell) for cell in ("ann@example.com", "ann@example", "ann", "a b@x.com")] == [
        False, True, True, True,
    ]  # fmt: skip
    assert details.rep_email("Li.Na@Example.com") == "li.na@example.com"
    with pytest.raises(Wrong, match="not an e-mail"):
        details.rep_email("Li Na")


def test_consent_is_yes_no_or_the_day_it_was_given():
    assert [details.consent(cell, DAYS, TODAY) for cell in ("yes", "是", "No", "否", "2025-03-05")] == [
        "yes", "yes", "no", "no", "2025-03-05",
    ]  # fmt: skip
    for cell in ("perhaps", "2026-04-02"):
        with pytest.raises(Wrong):
            details.consent(cell, DAYS, TODAY)


def test_tags_are_apart_and_each_once():
    assert details.tags("VIP，集团; vip、VIP | key  account") == ("VIP", "集团", "vip", "key account")


def test_words_of_a_fixed_choice_are_understood_in_both_languages():
    assert vocabulary.roles("Manager, 销售") == "rep,manager"
    assert vocabulary.roles("隐私专员/运维") == "operator,privacy"
    assert [vocabulary.status(word) for word in ("Canceled", "已取消", "作废", "void", "Shipped")] == [
        "cancelled", "cancelled", "cancelled", "cancelled", "Shipped",
    ]  # fmt: skip
    assert [vocabulary.language(word) for word in ("中文", "zh-CN", "English", "de", "German")] == [
        "zh_CN", "zh_CN", "en", "de", "de",
    ]  # fmt: skip
    assert [vocabulary.country(word) for word in ("UK", "德国", "Germany", "us")] == ["GB", "DE", "DE", "US"]
    assert [vocabulary.interaction_kind(word) for word in ("拜访", "Phone call", "投诉")] == [
        "visit",
        "call",
        "complaint",
    ]
    assert vocabulary.customer_kind("个人") == "person"


@given(st.text(max_size=20) | st.from_regex(r"\A[农历正腊冬一二三十廿初月日\d年() lunar.-]{1,14}\Z"))
def test_no_cell_does_anything_but_give_a_value_or_a_reason(cell):
    for understand in (
        lambda text: details.birthday(text, DAYS),
        lambda text: details.consent(text, DAYS, TODAY),
        details.rep_email,
        vocabulary.yes,
        vocabulary.roles,
        vocabulary.language,
        vocabulary.country,
        vocabulary.zone,
        vocabulary.interaction_kind,
    ):
        with suppress(Wrong):
            assert understand(cell) is not None


@given(st.text(min_size=1, max_size=25))
def test_no_phone_number_is_lost(cell):
    number, usual = details.phone(cell, None, "CN")
    assert usual or number == cell
