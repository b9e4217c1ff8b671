"""What is learnt does not depend on how many customers are looked at at once."""

import tracemalloc

import numpy as np
import pytest

from customers.judgement import alert_learning, alerts, bands, learning, score, shadow, survival
from customers.judgement.purchases import Purchases
from customers.judgement.silences import silences
from customers.judgement.statistics import statistics
from tests.customers.judgement.rhythms import FIRST, tenant
from tests.customers.judgement.shops import TODAY, shop

SWING, LOST = 0.4, 0.7


def parted(purchases, size):
    """The same customers, so many at a time."""
    return [purchases.some(np.arange(at, min(at + size, purchases.many))) for at in range(0, purchases.many, size)]


@pytest.fixture(scope="module")
def at_once():
    found = learning.learnt([shop()], TODAY, None, SWING, LOST)
    assert found is not None
    return found


@pytest.mark.parametrize("size", [1, 7, 250])
def test_however_customers_are_parted_the_same_is_learnt(at_once, size):
    judge, lines = at_once
    assert lines is not None
    again = learning.learnt(parted(shop(), size), TODAY, None, SWING, LOST)
    assert again is not None
    assert again[0].to_json() == judge.to_json()
    assert again[1] == lines


def test_many_rows_teach_what_those_chosen_evenly_among_them_teach(monkeypatch):
    monkeypatch.setattr(score, "TRAINING_ROWS", 700)
    monkeypatch.setattr(bands, "TRIED", 60)
    whole, parts = (learning.learnt(of, TODAY, 60, SWING, LOST) for of in ([shop()], parted(shop(), 11)))
    assert whole is not None
    assert parts is not None
    assert parts[0].to_json() == whole[0].to_json()
    assert parts[1] == whole[1]
    assert 0 < whole[0].outcomes <= 700 // 7


def test_it_is_learnt_what_all_features_side_by_side_would_teach(at_once, monkeypatch):
    judge, _ = at_once
    monkeypatch.setattr(score, "BLOCK", 13)
    again = learning.learnt([shop()], TODAY, None, SWING, LOST)
    assert again is not None
    assert again[0].repeat.lost == pytest.approx(judge.repeat.lost, rel=1e-6)
    assert again[0].single.number == pytest.approx(judge.single.number, rel=1e-6)


class Blocks:
    """Customers of whom so many at a time are looked at, without ever being copied together."""

    def __init__(self, purchases, size):
        self.purchases, self.size = purchases, size

    def __iter__(self):
        return self.purchases.blocks(self.size)


def test_memory_does_not_grow_with_what_customers_bought(monkeypatch):
    monkeypatch.setattr(bands, "TRIED", 15)  # whose purchases are kept, however many those are

    def needed(purchases, size):
        learning.learnt(Blocks(purchases, size), FIRST + 1500, 60, SWING, LOST)  # what is loaded once is loaded
        tracemalloc.start()
        learning.learnt(Blocks(purchases, size), FIRST + 1500, 60, SWING, LOST)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    who, day = np.repeat(np.arange(300), 1000), np.tile(np.arange(1000) + FIRST, 300)
    daily = Purchases.of(who, day, np.ones(len(day)), 300)
    monthly = Purchases.of(who[::30], day[::30], np.ones(len(day[::30])), 300)
    assert needed(daily, 5) < 3 * needed(monthly, 150)  # of thirty times as many purchases
    assert needed(daily, 300) > 5 * needed(daily, 5)


def test_where_nobody_has_bought_nothing_is_learnt():
    nobody = Purchases.of(np.zeros(0), np.zeros(0), np.zeros(0), 5)
    assert learning.learnt([], TODAY, None, SWING, LOST) is None
    assert learning.learnt([nobody, nobody], TODAY, None, SWING, LOST) is None


@pytest.mark.parametrize("size", [1, 30])
def test_the_rule_of_alerts_does_not_depend_on_the_parts_either(size, monkeypatch):
    monkeypatch.setattr(survival, "_TAUGHT_BY", 100)  # so that some are chosen among many
    purchases, day = tenant().until(FIRST + 300), FIRST + 300
    rule = alert_learning.learnt(parted(purchases, size), day, 60, 30)
    assert rule == alerts.learnt(silences(purchases), day, 60)


def test_too_few_known_outcomes_make_no_rule():
    purchases = tenant().until(FIRST + 300)
    decided = int(np.sum(silences(purchases).begin + alerts.lapse_after(silences(purchases), 60) <= FIRST + 300))
    assert decided > 30
    assert alert_learning.learnt([purchases], FIRST + 300, 60, decided) is not None
    assert alert_learning.learnt([purchases], FIRST + 300, 60, decided + 1) is None


@pytest.mark.parametrize("size", [30, 399])
def test_alerts_run_over_the_past_alike_in_parts(size, monkeypatch):
    monkeypatch.setattr(survival, "_TAUGHT_BY", 200)
    purchases, since, until = tenant(), FIRST + 200, FIRST + 400
    whole = shadow.shadow(purchases, since, 60, until=until)
    parts = []
    for part, before in zip(parted(purchases, size), range(0, purchases.many, size), strict=True):
        seen = silences(part).known(until)
        parts.append(seen._replace(who=seen.who + before))
    again = shadow.shadow_of(parts, since, until, 60)
    assert len(whole.day) > 30
    for one, other in zip((whole.silences, whole.lapses), (again.silences, again.lapses), strict=True):
        assert [column.tolist() for column in one] == [column.tolist() for column in other]
    for name in ("day", "p_lapse", "closed", "lapsed", "alerted"):
        assert getattr(again, name).tolist() == getattr(whole, name).tolist()


def test_statistics_do_not_depend_on_how_many_are_counted_at_once(monkeypatch):
    who, known = statistics(shop(), TODAY - 100, 60)
    monkeypatch.setattr("customers.judgement.statistics.BLOCK", 7)
    others, again = statistics(shop(), TODAY - 100, 60)
    assert others.tolist() == who.tolist()
    for one, other in zip(known[2:], again[2:], strict=True):
        assert other.tolist() == one.tolist()


def test_purchases_are_joined_and_parted_again():
    purchases = shop(50)
    again = Purchases.joined(list(purchases.blocks(8)))
    for one, other in zip(purchases, again, strict=True):
        assert other.tolist() == one.tolist()
    assert Purchases.joined([]).many == 0
