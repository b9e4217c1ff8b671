"""When birthdays and festivals fall, when they are told of, and when a wish may leave."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from care import lunar_calendar, occasions
from care.occasions import MID_AUTUMN, SPRING_FESTIVAL, Birthday, Occasion
from care.working_days import closed_around, is_working_day

# As the Hong Kong Observatory and the State Council of China have published them: (Spring Festival, Mid-Autumn).
PUBLISHED = {
    2020: ("01-25", "10-01"), 2021: ("02-12", "09-21"), 2022: ("02-01", "09-10"), 2023: ("01-22", "09-29"),
    2024: ("02-10", "09-17"), 2025: ("01-29", "10-06"), 2026: ("02-17", "09-25"), 2027: ("02-06", "09-15"),
    2028: ("01-26", "10-03"), 2029: ("02-13", "09-22"), 2030: ("02-03", "09-12"), 2031: ("01-23", "10-01"),
    2032: ("02-11", "09-19"), 2033: ("01-31", "09-08"), 2034: ("02-19", "09-27"), 2035: ("02-08", "09-16"),
}  # fmt: skip
FIRST, LAST = 1950, 2040
DAYS = st.dates(date(FIRST, 1, 1), date(LAST, 12, 31))
COUNTRIES = st.sampled_from(["DE", "CN", "AE", "JP", None])


@pytest.mark.parametrize("year", PUBLISHED)
def test_festivals_fall_on_the_published_days_and_on_no_other(year):
    whole = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    found = [each for day in whole if day.year == year for each in occasions.festivals_on(day)]
    spring, autumn = (date.fromisoformat(f"{year}-{day}") for day in PUBLISHED[year])
    assert found == [Occasion(SPRING_FESTIVAL, spring, year), Occasion(MID_AUTUMN, autumn, year)]


def test_each_birthday_is_celebrated_exactly_once_in_each_year_of_its_calendar():
    """Every birthday there can be, in every year: by the way that planning takes."""
    solar = [Birthday(day.month, day.day) for n in range(366) for day in [date(2000, 1, 1) + timedelta(days=n)]]
    lunar = [Birthday(month, day, is_lunar=True) for month in range(1, 13) for day in range(1, 31)]
    first = date(FIRST, 1, 1)
    celebrated = Counter(
        (birthday, year)
        for n in range((date(LAST + 2, 1, 1) - first).days)  # the last months of a lunar year lie in the next one
        for birthday, year in occasions.birthdays_on(first + timedelta(days=n)).items()
    )
    wanted = {(birthday, year): 1 for birthday in solar + lunar for year in range(FIRST, LAST + 1)}
    assert {each: celebrated[each] for each in wanted} == wanted


@settings(deadline=None)
@given(
    st.builds(Birthday, st.integers(1, 12), st.integers(1, 28), st.booleans())
    | st.builds(Birthday, st.integers(1, 12), st.integers(29, 30), st.just(True))
    | st.just(Birthday(2, 29)),
    st.integers(FIRST, LAST),
)
def test_the_day_of_a_birthday_is_the_one_on_which_planning_finds_it(birthday, year):
    assert occasions.birthdays_on(birthday.falls_on(year))[birthday] == year


@settings(deadline=None)
@given(DAYS)
def test_each_day_has_one_lunar_day_which_follows_the_day_before(day):
    before, moon = (lunar_calendar.lunar_day(each) for each in (day - timedelta(days=1), day))
    if before.is_last:
        assert moon.day == 1
        assert (moon.year, moon.month) != (before.year, before.month) or (moon.is_leap and not before.is_leap)
    else:
        assert (moon.year, moon.month, moon.is_leap, moon.day) == (
            before.year, before.month, before.is_leap, before.day + 1
        )  # fmt: skip


@pytest.mark.parametrize(
    ("birthday", "year", "day"),
    [
        (Birthday(2, 29), 2024, date(2024, 2, 29)),
        (Birthday(2, 29), 2026, date(2026, 2, 28)),
        (Birthday(2, 29), 2000, date(2000, 2, 29)),
        (Birthday(2, 28), 2024, date(2024, 2, 28)),
        (Birthday(8, 15, is_lunar=True), 2026, date(2026, 9, 25)),
        (Birthday(12, 30, is_lunar=True), 2025, date(2026, 2, 16)),  # the twelfth month of 2025 has 29 days
        (Birthday(12, 30, is_lunar=True), 2023, date(2024, 2, 9)),  # that of 2023 has 30
        (Birthday(4, 1, is_lunar=True), 2020, date(2020, 4, 23)),  # a leap fourth month follows: this is the ordinary
        (Birthday(11, 1, is_lunar=True), 2033, date(2033, 11, 22)),
    ],
)
def test_days_that_not_every_year_has(birthday, year, day):
    assert birthday.falls_on(year) == day


def test_a_day_of_a_leap_month_is_no_lunar_birthday():
    assert [each for each in occasions.birthdays_on(date(2020, 5, 23)) if each.is_lunar] == []


@settings(deadline=None)
@given(DAYS, st.integers(1, 30), COUNTRIES)
def test_what_comes_begins_to_be_told_of_on_a_working_day_early_enough(day, ahead, country):
    begun = occasions.begins(day, ahead, country)
    assert is_working_day(begun, country)
    assert begun <= day - timedelta(days=ahead)
    assert day in occasions.days_to_tell(begun, ahead, country)
    assert day not in occasions.days_to_tell(begun - timedelta(days=1), ahead, country)


@settings(deadline=None)
@given(DAYS, st.integers(1, 30), COUNTRIES)
def test_no_weekend_swallows_an_occasion(day, ahead, country):
    """Whoever works on each working day is told of every day: what has begun stays until it is over."""
    told = {each for n in range(ahead + 30) for each in _told(day - timedelta(days=n), ahead, country)}
    assert day in told


def _told(today, ahead, country):
    return occasions.days_to_tell(today, ahead, country) if is_working_day(today, country) else ()


def test_a_friday_tells_of_what_the_weekend_would_have_told_of():
    friday, monday = date(2026, 11, 27), date(2026, 11, 30)
    assert occasions.days_to_tell(friday, 5, "DE")[-1] == date(2026, 12, 4)
    assert occasions.days_to_tell(monday, 5, "DE") == tuple(monday + timedelta(days=n) for n in range(6))


def test_a_birthday_wish_waits_for_the_day_where_the_customer_is():
    given_ = {"occasion_day": "2026-12-01"}
    begins = occasions.not_before("birthday/birthday", given_, ZoneInfo("Asia/Shanghai"))
    assert begins == datetime(2026, 11, 30, 16, tzinfo=UTC)
    assert occasions.not_before("birthday/birthday", {}, ZoneInfo("Asia/Shanghai")) is None
    assert occasions.not_before("festivals/mid_autumn", given_, ZoneInfo("Asia/Shanghai")) is None


def test_a_day_is_over_when_it_is_over_everywhere():
    assert occasions.newest_day_over(datetime(2026, 12, 2, 11, 59, tzinfo=UTC)) == date(2026, 11, 30)
    assert occasions.newest_day_over(datetime(2026, 12, 2, 12, tzinfo=UTC)) == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("day", "country", "closed"),
    [
        (date(2026, 2, 17), "CN", (date(2026, 2, 15), date(2026, 2, 24))),
        (date(2026, 2, 17), "SG", (date(2026, 2, 17), date(2026, 2, 19))),
        (date(2026, 2, 17), "DE", None),
        (date(2026, 2, 21), "DE", None),  # a Saturday is no public holiday
        (date(2036, 1, 28), "CN", None),  # nobody knows yet which weekends will be worked instead
        (date(2026, 2, 17), None, None),
    ],
)
def test_an_office_is_closed_around_a_public_holiday(day, country, closed):
    assert closed_around(day, country) == closed
