"""Mornings come once a day, at the first moment that clocks show them, in every time zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.mornings import due_instant, is_quiet, may_speak_at, morning_ends

FIRST = date(2026, 1, 1)
TWO_YEARS = [FIRST + timedelta(days=ahead) for ahead in range(731)]
MINUTE = timedelta(minutes=1)
# Zones whose clocks change within the two years do so at one of these hours.
AROUND = [time(hour, minute) for hour in range(4) for minute in (0, 1, 29, 30, 59)]


def shown(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def check(zone: ZoneInfo, day: date, wall: time) -> None:
    wanted, found = datetime.combine(day, wall), due_instant(zone, day, wall)
    assert shown(found, zone) >= wanted
    # No earlier moment shows it: clocks change on whole minutes, by three hours at most.
    assert all(shown(found - ahead * MINUTE, zone) < wanted for ahead in range(1, 181))
    if _exists(zone, wanted):
        assert shown(found, zone) == wanted


def _exists(zone: ZoneInfo, wall: datetime) -> bool:
    return shown(wall.replace(tzinfo=zone).astimezone(UTC), zone) == wall


def test_in_every_zone_on_each_day_of_two_years_whose_clocks_change_the_first_moment_is_found():
    changes = 0
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        offsets = [datetime.combine(day, time(12), zone).utcoffset() for day in TWO_YEARS]
        for at in range(1, len(TWO_YEARS)):
            if offsets[at] == offsets[at - 1]:
                continue
            changes += 1
            for wall in (time(0), time(1, 30), time(2, 30), time(8, 30)):
                check(zone, TWO_YEARS[at], wall)
    assert changes > 500  # a table of time zones without changes would prove nothing


@given(
    st.sampled_from(sorted(available_timezones())),
    st.sampled_from(TWO_YEARS),
    st.times().map(lambda wall: wall.replace(second=0, microsecond=0)),
)
def test_any_time_of_any_day_in_any_zone_has_a_first_moment(name, day, wall):
    check(ZoneInfo(name), day, wall)


@pytest.mark.parametrize("wall", AROUND)
@pytest.mark.parametrize("name", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"])
def test_around_each_change_of_some_zones_every_minute_has_its_first_moment(name, wall):
    zone = ZoneInfo(name)
    for day in TWO_YEARS[1:]:
        if zone.utcoffset(datetime.combine(day, time(12))) != zone.utcoffset(
            datetime.combine(day - timedelta(days=1), time(12))
        ):
            check(zone, day, wall)


def test_one_morning_comes_a_day_even_where_midnight_is_jumped_over():
    zone = ZoneInfo("Africa/Cairo")  # from 00:00 to 01:00 on 24 April 2026
    assert due_instant(zone, date(2026, 4, 24), time(0)) == datetime(2026, 4, 23, 22, tzinfo=UTC)


def test_a_time_that_is_shown_twice_is_the_first_of_the_two():
    assert due_instant(ZoneInfo("Europe/Berlin"), date(2026, 10, 25), time(2, 30)).hour == 0


def test_a_day_that_a_zone_left_out_begins_with_the_next_one():
    zone = ZoneInfo("Pacific/Apia")  # went over the date line
    assert shown(due_instant(zone, date(2011, 12, 30), time(8, 30)), zone) == datetime.combine(
        date(2011, 12, 31), time(0)
    )


def test_the_morning_ends_at_noon():
    assert morning_ends(ZoneInfo("Asia/Shanghai"), FIRST) == datetime(2026, 1, 1, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wall", "quiet"),
    [(time(19, 59), False), (time(20), True), (time(23, 59), True), (time(0), True), (time(7, 59), True),
     (time(8), False), (time(12), False)],
)  # fmt: skip
def test_quiet_hours_reach_over_midnight(wall, quiet):
    assert is_quiet(wall, time(20), time(8)) is quiet


def test_quiet_hours_within_a_day_and_none_at_all():
    assert is_quiet(time(13), time(12), time(14))
    assert not is_quiet(time(14), time(12), time(14))
    assert not is_quiet(time(3), time(8), time(8))


@given(
    st.sampled_from(sorted(available_timezones())),
    st.datetimes(datetime.combine(FIRST, time(0)), datetime.combine(TWO_YEARS[-2], time(0))),
    st.times(),
    st.times(),
)
def test_nobody_is_spoken_to_in_quiet_hours_and_nobody_waits_longer_than_a_day(name, at, begins, ends):
    zone = ZoneInfo(name)
    begins, ends, moment = begins.replace(microsecond=0), ends.replace(microsecond=0), at.replace(tzinfo=UTC)
    spoken = may_speak_at(moment, zone, begins, ends)
    local = spoken.astimezone(zone)
    # Where clocks jump, the end of the quiet hours is the moment of the jump, which may show a later time.
    assert not is_quiet(local.time(), begins, ends) or local.utcoffset() != moment.astimezone(zone).utcoffset()
    assert moment <= spoken <= moment + timedelta(hours=26)


def test_where_clocks_show_the_end_of_the_quiet_hours_twice_nobody_waits_for_a_third_time():
    zone, again = ZoneInfo("America/New_York"), datetime(2026, 11, 1, 6, 10, tzinfo=UTC)  # 1:10 for the second time
    assert may_speak_at(again, zone, time(22), time(1, 30)) == again + timedelta(minutes=20)


def test_what_comes_in_the_evening_waits_for_the_morning_after():
    zone = ZoneInfo("Europe/Berlin")
    evening = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)
    assert may_speak_at(evening, zone, time(20), time(8)) == datetime(2026, 11, 24, 7, tzinfo=UTC)
    assert may_speak_at(evening - timedelta(hours=8), zone, time(20), time(8)) == evening - timedelta(hours=8)
