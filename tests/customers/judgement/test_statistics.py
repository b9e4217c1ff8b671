"""What is known of each customer is counted right, and nothing that comes later is."""

from statistics import median

import numpy as np
import pytest

from customers.judgement.purchases import Purchases
from customers.judgement.statistics import outcome, spans, statistics
from tests.customers.judgement.shops import TODAY, of, shop

HORIZON = 40


def by_hand(purchases, customer, day):
    rows = range(purchases.starts[customer], purchases.starts[customer + 1])
    days = [int(purchases.day[row]) for row in rows if purchases.day[row] <= day]
    spent = [float(purchases.amount[row]) for row in rows if purchases.day[row] <= day]
    return days, spent


def test_every_column_is_what_counting_by_hand_gives():
    purchases, day = shop(80), TODAY - 100
    who, known = statistics(purchases, day, HORIZON)
    assert len(who) > 50
    for place, customer in enumerate(who.tolist()):
        days, spent = by_hand(purchases, customer, day)
        gaps = np.diff(days).tolist()
        assert known.purchases[place] == len(days)
        assert (known.first[place], known.last[place]) == (days[0], days[-1])
        assert known.squares[place] == sum(gap * gap for gap in gaps)
        assert known.last_gap[place] == (gaps[-1] if gaps else 0)
        assert known.median_gap[place] == (median(gaps) if gaps else 0)
        assert known.recent[place].tolist() == [sum(at > day - span for at in days) for span in spans(HORIZON)]
        assert known.spend[place] == pytest.approx(sum(spent))
        late = [amount for at, amount in zip(days, spent, strict=True) if at > day - spans(HORIZON)[-1]]
        assert known.recent_spend[place] == pytest.approx(sum(late))


def test_customers_who_had_not_bought_yet_are_left_out():
    who, known = statistics(of([(50, 1)], [(5, 1)], []), TODAY - 10, HORIZON)
    assert who.tolist() == [0]
    assert known.purchases.tolist() == [1]


def test_an_outcome_is_what_was_bought_after_the_day_and_within_the_horizon():
    purchases = of([(50, 1), (10, 2), (9, 4), (-30, 8), (-31, 16)])
    who, _ = statistics(purchases, TODAY - 10, HORIZON)
    then = outcome(purchases, who, TODAY - 10, HORIZON)
    assert then.purchases.tolist() == [2]
    assert then.spend.tolist() == [12]


def test_rows_of_one_day_are_one_purchase_in_whatever_order_they_come():
    purchases = Purchases.of(np.array([1, 0, 1]), np.array([9, 7, 9]), np.array([2.0, np.nan, 3.0]), 2)
    assert purchases.counts.tolist() == [1, 1]
    assert purchases.amount.tolist() == [0, 5]


def test_some_customers_keep_their_purchases():
    purchases = shop(30)
    some = purchases.some(np.array([4, 7, 20]))
    for place, customer in enumerate([4, 7, 20]):
        ours = some.day[some.starts[place] : some.starts[place + 1]]
        assert ours.tolist() == purchases.day[purchases.starts[customer] : purchases.starts[customer + 1]].tolist()
