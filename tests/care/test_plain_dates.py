"""A day is understood as people write it, in English and in Chinese."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.plain_dates import find, understood
from words.errors import BadInput
from words.speech import Speech

TODAY = date(2026, 11, 24)  # a Tuesday


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("today", "2026-11-24"),
        ("Tomorrow", "2026-11-25"),
        ("the day after tomorrow", "2026-11-26"),
        ("in 3 days", "2026-11-27"),
        ("in a week", "2026-12-01"),
        ("in 2 weeks", "2026-12-08"),
        ("two weeks from now", "2026-12-08"),
        ("in 3 months", "2027-02-24"),
        ("in one year", "2027-11-24"),
        ("Wednesday", "2026-11-25"),
        ("on Tuesday", "2026-12-01"),
        ("this Friday", "2026-11-27"),
        ("next Wednesday", "2026-12-02"),
        ("next Tue", "2026-12-01"),
        ("next week", "2026-11-30"),
        ("next month", "2026-12-01"),
        ("end of the month", "2026-11-30"),
        ("end of month", "2026-11-30"),
        ("at the end of next month", "2026-12-31"),
        ("end of the year", "2026-12-31"),
        ("5 March", "2027-03-05"),
        ("on 5 March 2028", "2028-03-05"),
        ("the 5th of December", "2026-12-05"),
        ("Dec 5", "2026-12-05"),
        ("December 5th, 2027", "2027-12-05"),
        ("Sept 1", "2027-09-01"),
        ("the 5th of next month", "2026-12-05"),
        ("5.3.", "2027-03-05"),
        ("5. 3. 2027", "2027-03-05"),
        ("24.11.", "2026-11-24"),
        ("29 February", "2028-02-29"),
        ("2026-12-01", "2026-12-01"),
        ("2026/12/1", "2026-12-01"),
        ("今天", "2026-11-24"),
        ("明天", "2026-11-25"),
        ("后天", "2026-11-26"),
        ("大后天", "2026-11-27"),
        ("三天后", "2026-11-27"),
        ("10天后", "2026-12-04"),
        ("两周后", "2026-12-08"),
        ("2个星期以后", "2026-12-08"),
        ("一个月后", "2026-12-24"),
        ("半个月后", "2026-12-09"),
        ("一年后", "2027-11-24"),
        ("周三", "2026-11-25"),
        ("星期二", "2026-12-01"),
        ("本周五", "2026-11-27"),
        ("这周日", "2026-11-29"),
        ("下周三", "2026-12-02"),
        ("下星期天", "2026-12-06"),
        ("下个礼拜一", "2026-11-30"),
        ("下下周一", "2026-12-07"),
        ("下周", "2026-11-30"),
        ("下个月", "2026-12-01"),
        ("月底", "2026-11-30"),
        ("下个月底", "2026-12-31"),
        ("下月末", "2026-12-31"),
        ("年底", "2026-12-31"),
        ("12月1日", "2026-12-01"),
        ("3月5号", "2027-03-05"),
        ("明年3月5日", "2027-03-05"),
        ("2027年3月5日", "2027-03-05"),
        ("下个月5号", "2026-12-05"),
        ("28号", "2026-11-28"),
        ("5号", "2026-12-05"),
    ],
)
def test_every_listed_shape_is_understood(words, day):
    assert understood(words, TODAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "day", "before", "after"),
    [
        ("acme in 2 weeks", "2026-12-08", "acme", ""),
        ("acme in 2 weeks: call about price", "2026-12-08", "acme", ": call about price"),
        ("下周三回访 acme", "2026-12-02", "", "回访 acme"),
        ("晨曦下周三 谈价格", "2026-12-02", "晨曦", "谈价格"),
        ("Sunday Bakery next Wednesday", "2026-12-02", "Sunday Bakery", ""),
        ("tomorrow acme", "2026-11-25", "", "acme"),
        ("A1 2026-12-01", "2026-12-01", "A1", ""),
        ("晨曦12月1日", "2026-12-01", "晨曦", ""),
    ],
)
def test_a_day_is_found_in_a_sentence_and_the_rest_is_kept(text, day, before, after):
    found = find(text, TODAY)
    assert (found.day.isoformat(), found.before, found.after) == (day, before, after)


@pytest.mark.parametrize(
    "words",
    ["", "soon", "acme", "Acme 2026", "3/5", "version 1.2.3", "mayor", "Monday's child of Marchand 12", "号", "月"],
)
def test_what_is_no_day_is_answered_with_examples(words):
    with pytest.raises(BadInput) as wrong:
        understood(words, TODAY)
    assert "in 2 weeks" in Speech().error(wrong.value)


@pytest.mark.parametrize("words", ["2026-11-23", "2025-01-01", "5 March 2026", "本周一", "2026年1月1日"])
def test_a_day_that_is_over_is_refused(words):
    with pytest.raises(BadInput, match="over"):
        understood(words, TODAY)


@pytest.mark.parametrize("words", ["31 April", "2026-13-01", "2027-02-30", "30.2.", "13月1日", "2月30日", "45号"])
def test_a_day_that_no_calendar_has_is_refused(words):
    with pytest.raises(BadInput, match="calendar"):
        understood(words, TODAY)


@pytest.mark.parametrize("words", ["in 2000 days", "9999天后", "2036-01-01", "in 9999 years"])
def test_a_day_too_far_ahead_is_asked_back(words):
    with pytest.raises(BadInput, match=r"ahead|calendar"):
        understood(words, TODAY)


@given(
    st.text(alphabet="下周月日号年后底明今天三五 123456789.-/inthofdaywekmar", max_size=30),
    st.dates(date(2026, 1, 1), date(2030, 1, 1)),
)
def test_whatever_is_typed_is_a_day_ahead_or_refused(text, today):
    try:
        found = find(text, today)
    except BadInput:
        return
    assert found is None or today <= found.day <= today + timedelta(days=3 * 366)
