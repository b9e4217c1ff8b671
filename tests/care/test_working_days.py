"""Reps are reminded on their own working days."""

from datetime import date

import pytest

from care.working_days import first_working_day_of_week, is_working_day, next_working_day, on_working_day


@pytest.mark.parametrize(
    ("day", "country", "works"),
    [
        (date(2026, 11, 23), "DE", True),
        (date(2026, 11, 22), "DE", False),  # a Sunday
        (date(2026, 12, 25), "DE", False),
        (date(2026, 12, 25), "CN", True),
        (date(2026, 2, 14), "CN", True),  # a Saturday that is worked for the Spring Festival
        (date(2026, 2, 17), "CN", False),
        (date(2026, 2, 14), "DE", False),
        (date(2026, 11, 22), "IL", True),  # the week begins on Sunday
        (date(2026, 11, 20), "IL", False),
        (date(2026, 11, 20), "ZZ", True),
        (date(2026, 11, 21), None, False),
    ],
)
def test_weekends_and_holidays_are_those_of_the_country(day, country, works):
    assert is_working_day(day, country) is works


def test_the_next_working_day_is_after_the_whole_holiday():
    assert next_working_day(date(2026, 9, 30), "CN") == date(2026, 10, 8)
    assert next_working_day(date(2026, 11, 20), "DE") == date(2026, 11, 23)


def test_a_working_day_is_left_as_it_is():
    assert on_working_day(date(2026, 11, 23), "DE") == date(2026, 11, 23)
    assert on_working_day(date(2026, 11, 21), "DE") == date(2026, 11, 23)


def test_a_week_begins_with_its_first_working_day():
    assert first_working_day_of_week(date(2026, 4, 9), "DE") == date(2026, 4, 7)  # after Easter Monday
    assert first_working_day_of_week(date(2026, 11, 25), "DE") == date(2026, 11, 23)
