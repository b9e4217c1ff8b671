"""Whom it is time to visit: by value tier, a few each day, the most valuable first."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from care import follow_ups, visits
from customers.computed_tables import customer_facts
from customers.tables import customers, reps
from customers.work_tables import follow_ups as stored
from tests.ledger import TODAY, Ledger, ago

NOW = datetime(2026, 6, 15, 9, tzinfo=UTC)
EVERY = {"high": 60, "mid": 120, "low": 0}
AHEAD = 5
"""A visit falls due when so many days more have gone by."""


class Desk:
    """Ada's customers; amounts and tiers are set by hand, since nobody else is there to be compared with."""

    def __init__(self, database):
        self.database, self.ledger = database, Ledger(database)
        self.ada, self.bob = self.ledger.rep("Ada"), self.ledger.rep("Bob")

    def customer(self, name, value="high", *, bought=200, owner=None, stake=100):
        id = self.ledger.customer(name)
        self.ledger.change(update(customers).where(customers.c.id == id).values(owner_id=owner or self.ada))
        facts = {"customer_id": id, "computed_on": TODAY, "value": value, "at_stake": Decimal(stake)}
        money = ("spend", "spend_year", "profit_year", "profit_year_before", "spend_half", "spend_half_before",
                 "own_spend", "own_spend_year")  # fmt: skip
        facts |= dict.fromkeys(money, Decimal(0)) | {"first_day": None if bought is None else ago(bought)}
        self.ledger.change(insert(customer_facts).values(facts))
        return id

    def due(self, every=EVERY, today=TODAY, zone=UTC):
        with self.database.reading() as db:
            found = visits.due(db, today, every, ahead=AHEAD, zone=zone)
        with self.database.reading() as db:
            names = {row.id: row.name for row in db.execute(select(customers.c.id, customers.c.name))}
        return [names[each.customer_id] for each in found]

    def make(self, *ids, at=NOW, rep=None):
        with self.database.transaction() as db:
            wanted = [(id, rep or self.ada, TODAY) for id in ids]
            return follow_ups.by_rule_for_many(db, rule=visits.RULE, wanted=wanted, now=at)


@pytest.fixture
def desk(database):
    return Desk(database)


def test_time_runs_from_the_last_visit_by_value_tier(desk):
    for name, value, visited in (
        ("Just over", "high", 55), ("Not yet", "high", 54), ("Mid over", "mid", 115), ("Mid not yet", "mid", 114),
        ("Low", "low", 900), ("None", "none", 900),
    ):  # fmt: skip
        desk.ledger.interaction(desk.customer(name, value), ago(visited), "visit")
    assert desk.due() == ["Just over", "Mid over"]
    assert desk.due({"high": 0, "mid": 0, "low": 300}) == ["Low"]
    assert desk.due(dict.fromkeys(EVERY, 0)) == []


def test_without_a_visit_it_runs_from_the_first_order_and_a_call_is_no_visit(desk):
    called = desk.customer("Called", bought=55)
    desk.ledger.interaction(called, ago(1), "call")
    desk.customer("New", bought=54)
    desk.customer("Never bought", bought=None)
    assert desk.due() == ["Called"]


def test_a_visit_of_a_later_day_than_the_tenants_counts_for_the_tenants_day(desk):
    late = desk.customer("Late")
    at = datetime(2026, 4, 21, 18, tzinfo=UTC)  # 55 days ago in London, 54 in Shanghai
    desk.ledger.interaction(late, ago(55), "visit", at=at)
    assert desk.due() == ["Late"]
    assert desk.due(zone=ZoneInfo("Asia/Shanghai")) == []


def test_who_has_a_follow_up_that_waits_no_owner_or_one_who_left_is_left_out(desk):
    waits, nobodys = desk.customer("Waits"), desk.customer("Nobody's")
    desk.customer("Left", owner=desk.bob)
    with desk.database.transaction() as db:
        follow_ups.make(
            db, customer_id=waits, rep_id=desk.bob, day=TODAY, today=TODAY, what="Call", by=desk.bob, now=NOW
        )
    desk.ledger.change(update(customers).where(customers.c.id == nobodys).values(owner_id=None))
    desk.ledger.change(update(reps).where(reps.c.id == desk.bob).values(active=False))
    assert desk.due() == []
    desk.ledger.change(update(stored).where(stored.c.customer_id == waits).values(state="snoozed"))
    desk.ledger.change(update(reps).where(reps.c.id == desk.bob).values(active=True))
    assert desk.due() == ["Left"]


@pytest.mark.parametrize("state", ["done", "dropped"])
def test_a_visit_that_was_settled_is_not_asked_for_again_until_its_time_has_come(desk, state):
    met = desk.customer("Met")
    desk.make(met, at=NOW - timedelta(days=70))
    settled = {"state": state, "settled_at": NOW - timedelta(days=54)}
    desk.ledger.change(update(stored).values(settled))
    assert desk.due() == []
    assert desk.due(today=TODAY + timedelta(days=1)) == ["Met"]


def test_a_rep_is_asked_for_a_few_each_day_the_most_valuable_first(desk):
    for name, value, stake in (("Mid", "mid", 900), ("Small", "high", 1), ("Big", "high", 500), ("Middle", "high", 50)):
        desk.customer(name, value, stake=stake)
    ids = {name: desk.customer(name, owner=desk.bob) for name in ("One", "Two", "Three", "Four")}
    assert desk.due() == ["Big", "Middle", "Small", "One", "Two", "Three"]
    assert desk.make(ids["One"], ids["Two"], rep=desk.bob) == 2
    assert desk.due() == ["Big", "Middle", "Small", "Three"]


def test_who_lets_a_weeks_worth_wait_is_asked_for_no_more(desk):
    many = [desk.customer(f"C{number}") for number in range(visits.MOST_WAITING + 2)]
    assert desk.make(*many[:-3], at=NOW - timedelta(days=1)) == visits.MOST_WAITING - 1
    assert len(desk.due()) == 1
    assert desk.make(many[-3], at=NOW - timedelta(days=1)) == 1
    assert desk.due() == []


def test_two_who_make_the_same_at_once_make_it_once_and_it_stands_in_the_facts(desk):
    one, two = desk.customer("One"), desk.customer("Two")
    assert desk.make(one) == 1
    assert desk.make(one, two) == 1
    assert desk.make(one, two) == 0
    assert [desk.ledger.facts(id).next_follow_up for id in (one, two)] == [TODAY, TODAY]
