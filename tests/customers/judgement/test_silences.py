"""A silence begins with a third or later purchase, and shows only what was known on that day."""

import numpy as np

from customers.judgement.silences import silences
from customers.timelines import FOREVER
from tests.customers.judgement.rhythms import FIRST, of, tenant


def test_silences_begin_with_the_third_purchase():
    found = silences(of([0, 10, 40, 100], [5, 6], [7]))
    assert (found.begin - FIRST).tolist() == [40, 100]
    assert found.who.tolist() == [0, 0]
    assert found.ended.tolist() == [FIRST + 100, FOREVER]


def test_a_silence_knows_the_gaps_up_to_its_begin_and_no_later_one():
    found = silences(of([0, 10, 40, 45]))
    assert found.gaps.tolist() == [2, 3]
    assert found.usual.tolist() == [20.0, 15.0]
    assert found.squares.tolist() == [100.0 + 900.0, 100.0 + 900.0 + 25.0]
    assert found.last_gap.tolist() == [30.0, 5.0]
    assert found.longest_gap.tolist() == [30.0, 30.0]


def test_what_is_known_at_a_day_is_what_a_history_cut_there_shows():
    purchases = tenant(60)
    for day in (FIRST + 50, FIRST + 200, FIRST + 333):
        seen, cut = silences(purchases).known(day), silences(purchases.until(day))
        for column, other in zip(seen, cut, strict=True):
            assert np.array_equal(column, other)


def test_nobody_with_three_purchases_means_no_silence():
    assert len(silences(of([0, 5], [3])).who) == 0
    assert len(silences(of([], [])).who) == 0
