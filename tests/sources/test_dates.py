"""Days are read as people write them; what cannot be a day is refused with the reason."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.cells.dates import DMY, MDY, DayReader
from sources.faults import Wrong
from words.errors import BadInput


def reader(order=None, column=()):
    return DayReader("Date", "orders.csv", order, lambda: column)


@pytest.mark.parametrize(
    "cell",
    ["2026-03-05", "2026/3/5", "20260305", "2026年3月5日", "2026 年 3 月 5 日", "２０２６年３月５日", "2026.3.5",
     " 2026-03-05 ",     "2026-03-05 14:30:00", "2026-03-05T14:30:00Z", "2026/3/5 2:30 PM", "46086", "46086.5"],
)  # fmt: skip
def test_every_shape_of_the_same_day_is_understood(cell):
    assert reader().day(cell) == date(2026, 3, 5)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("1996-13-45", "no such day"),
        ("2026-02-29", "no such day"),
        ("20261345", "no such day"),
        ("5.3.26", "two digits"),
        ("3/5/26", "two digits"),
        ("昨天", "not a date"),
        ("yesterday", "not a date"),
        ("N/A", "not a date"),
        ("19999", "not a date"),
        ("80001", "not a date"),
        ("3-5/2026", "not a date"),
        ("2026-03-05 25:00", "no such time"),
    ],
)
def test_what_is_no_day_is_refused_with_the_reason(cell, reason):
    with pytest.raises(Wrong, match=reason):
        reader().day(cell)


def test_one_cell_of_the_column_settles_day_and_month_for_each_separator():
    days = reader(column=["15.07.1996", "7/16/1996", "08.07.1996", "7/9/1996"])
    assert days.day("08.07.1996") == date(1996, 7, 8)
    assert days.day("7/9/1996") == date(1996, 7, 9)


def test_the_operator_is_asked_when_no_row_settles_it():
    with pytest.raises(BadInput, match="--date-order dmy") as asked:
        reader(column=["3/5/2026", "4/5/2026"]).day("3/5/2026")
    assert not isinstance(asked.value, Wrong)
    assert "orders.csv" in str(asked.value)
    assert "Date" in str(asked.value)


def test_the_operator_is_asked_when_rows_contradict_each_other():
    with pytest.raises(BadInput, match="with the day first and dates with the month first"):
        reader(column=["13/5/2026", "5/13/2026"]).day("3/5/2026")


def test_a_day_that_reads_the_same_both_ways_needs_no_settling():
    assert reader().day("5/5/2026") == date(2026, 5, 5)


def test_what_the_operator_says_is_the_order_of_every_separator():
    assert reader(DMY).day("3/5/2026") == date(2026, 5, 3)
    assert reader(MDY).day("3/5/2026") == date(2026, 3, 5)
    with pytest.raises(Wrong, match="no such day"):
        reader(MDY).day("13/5/2026")


def test_a_moment_without_a_time_is_noon_and_without_a_zone_in_the_given_one():
    shanghai = ZoneInfo("Asia/Shanghai")
    assert reader().moment("2026-03-05", shanghai) == datetime(2026, 3, 5, 4, 0, tzinfo=UTC)
    assert reader().moment("2026-03-05 09:30", shanghai) == datetime(2026, 3, 5, 1, 30, tzinfo=UTC)
    assert reader().moment("2026-03-05T09:30:00+01:00", shanghai) == datetime(2026, 3, 5, 8, 30, tzinfo=UTC)


@given(st.dates(date(1954, 10, 4), date(2119, 1, 11)))
def test_every_day_comes_back_from_every_shape(day):
    for cell in (
        day.isoformat(),
        day.strftime("%Y%m%d"),
        f"{day.year:04}/{day.month}/{day.day}",
        f"{day.year:04}年{day.month}月{day.day}日",
        str((day - date(1899, 12, 30)) // timedelta(days=1)),
    ):
        assert reader().day(cell) == day
    assert reader(DMY).day(f"{day.day}.{day.month}.{day.year:04}") == day
    assert reader(MDY).day(f"{day.month}/{day.day}/{day.year:04}") == day


@given(st.text(max_size=30) | st.from_regex(r"\A[\d./年月日 :TZ+-]{1,20}\Z"))
def test_no_cell_does_anything_but_give_a_day_or_a_reason(cell):
    for order in (DMY, MDY):
        with suppress(Wrong):
            assert isinstance(reader(order).day(cell), date)
            reader(order).moment(cell, UTC)
