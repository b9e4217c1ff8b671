"""Messages go as fast as they are taken, and slower as soon as somebody says that it is too fast."""

from hypothesis import given
from hypothesis import strategies as st

from delivery.pace import SLOWER, SLOWEST, USUAL, Pace


class Seconds:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_without_refusals_there_is_no_limit():
    assert Pace(Seconds()).allowance(500) == 500


def test_a_refusal_halves_what_was_reached_and_several_within_a_second_are_one():
    seconds = Seconds()
    pace = Pace(seconds)
    for _ in range(50):
        seconds.now += 0.05
        pace.taken()
    pace.refused()
    pace.refused()
    assert 9.0 < pace.rate < 11.0
    assert pace.allowance(20) == 0
    seconds.now += 1.0
    assert 9 <= pace.allowance(20) <= 11


def test_a_process_that_has_hardly_begun_does_not_take_its_start_for_the_limit():
    pace = Pace(Seconds())
    pace.taken()
    pace.refused()
    assert pace.rate == USUAL * SLOWER


def test_a_workspace_that_takes_fifty_a_second_gets_nearly_as_many():
    seconds, taken = Seconds(), 0
    pace = Pace(seconds)
    for _ in range(60):
        this_second = 0
        for _ in range(10):
            seconds.now += 0.1
            for _ in range(pace.allowance(20)):
                if this_second < 50:
                    this_second += 1
                    pace.taken()
                else:
                    pace.refused()
        taken += this_second
    assert taken > 60 * 50 * 0.5


@given(st.lists(st.tuples(st.sampled_from(["taken", "refused"]), st.floats(0, 5))))
def test_it_never_comes_to_a_standstill(events):
    seconds = Seconds()
    pace = Pace(seconds)
    for what, passed in events:
        seconds.now += passed
        getattr(pace, what)()
        assert pace.rate is None or pace.rate >= SLOWEST
    seconds.now += 1.1 / SLOWEST
    assert pace.allowance(1) == 1
