"""Who is slipping away: by the first rules, by what was learnt of earlier silences, and parents by what they buy."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from care import alerts as care
from customers import alerting
from customers.alert_tables import alerts
from customers.alerting import BY_LOYALTY, BY_SILENCE
from customers.computed_tables import customer_facts
from customers.judgement.alert_weights import WEIGHTS
from customers.judgement.alerts import Rule
from tests.ledger import RULES, TODAY, Ledger, ago

NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)
REGULAR = tuple(range(5, 400, 20))
"""Every 20 days until five days ago."""


@pytest.fixture
def ledger(database):
    return Ledger(database)


def watch(ledger, today=TODAY):
    """What a day brings, written down as the job does it; returns what was found, by customer."""
    ledger.catch_up(today) or ledger.refresh(today)
    with ledger.database.transaction() as db:
        watched = alerting.watch(db, today, RULES)
        assert watched is not None
        alerting.keep(db, *watched, today, RULES)
    return {each.customer_id: each for each in watched[0]}


def state_of(ledger, customer):
    with ledger.database.reading() as db:
        return db.scalar(select(alerts.c.state).where(alerts.c.customer_id == customer))


def end_silences(ledger, today=TODAY):
    with ledger.database.transaction() as db:
        news = alerting.anything_new(db, today)
        return alerting.end_silences(db, news, today, NOW)


def test_by_the_first_rules_news_is_told_and_who_was_lost_long_ago_is_a_list(ledger):
    news, old, regular = (ledger.customer(name) for name in ("News", "Old", "Regular"))
    ledger.bought(news, *range(45, 145, 20))  # swing from the 41st day on
    ledger.bought(old, *range(300, 400, 20))
    ledger.bought(regular, *REGULAR)
    ledger.refresh()
    found = watch(ledger)
    assert {id: (each.state, each.loyalty, each.rule) for id, each in found.items()} == {
        news: ("found", "swing", BY_LOYALTY),
        old: ("before", "lost", BY_LOYALTY),
    }
    with ledger.database.reading() as db:
        assert alerting.watch(db, TODAY, RULES) is None  # once a day


def test_by_what_was_learnt_each_silence_is_told_on_the_day_of_its_look_once(ledger):
    for number in range(40):  # with silences whose outcome is known
        ledger.bought(ledger.customer(f"Customer {number}"), *range(250 + number, 800, 25))
    waits = ledger.customer("Waits")
    ledger.bought(waits, *range(35, 400, 20))  # looked at for the first time after 45 days, and then after 60
    ledger.refresh()
    first = watch(ledger)
    assert {each.rule for each in first.values()} == {BY_SILENCE}
    assert waits not in first
    found = watch(ledger, TODAY + timedelta(days=26))[waits]
    assert (found.rule, found.began, found.state) == (BY_SILENCE, ago(35), "found")
    assert 0 < found.stated < 1
    again = watch(ledger, TODAY + timedelta(days=27))
    assert waits not in again
    with ledger.database.reading() as db:
        assert len(db.scalars(select(alerts.c.id).where(alerts.c.customer_id == waits)).all()) == 1


@pytest.fixture
def group(ledger):
    """A parent that stopped buying while its child buys on; amounts that one can tell apart."""
    parent = ledger.customer("Parent")
    child = ledger.customer("Child", parent=parent)
    ledger.bought(parent, *range(45, 145, 20), amount=100)
    ledger.bought(child, *range(1, 145, 4), amount=7_000)
    ledger.refresh()
    return parent, child


def test_a_parent_has_an_alert_on_what_it_buys_itself(ledger, group):
    parent, _ = group
    assert ledger.facts(parent).loyalty == "loyal"  # of the whole group
    found = watch(ledger)
    assert list(found) == [parent]
    assert (found[parent].began, found[parent].loyalty, found[parent].state) == (ago(45), "swing", "found")


def test_by_what_was_learnt_too_a_parent_is_judged_by_its_own_silence(ledger, group, monkeypatch):
    parent, _ = group
    monkeypatch.setattr(alerting, "_rule", lambda *_: rule())
    found = watch(ledger)
    assert list(found) == [parent]
    assert (found[parent].rule, found[parent].began, found[parent].loyalty) == (BY_SILENCE, ago(45), "swing")


def rule():
    """A rule that speaks of every silence at its first look."""
    return Rule(TODAY.toordinal(), 60, None, WEIGHTS, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0)


def test_a_parent_that_buys_nothing_itself_has_none_whatever_its_group_does(ledger):
    parent = ledger.customer("Parent")
    child = ledger.customer("Child", parent=parent)
    ledger.bought(child, *range(45, 145, 20))
    ledger.refresh()
    assert ledger.facts(parent).loyalty == "swing"
    assert list(watch(ledger)) == [child]


def test_a_childs_order_does_not_end_the_parents_silence_and_its_own_does(ledger, group):
    parent, child = group
    watch(ledger)
    ledger.bought(child, 0)
    end_silences(ledger)
    assert state_of(ledger, parent) == "found"
    ledger.bought(parent, 0)
    end_silences(ledger)
    assert state_of(ledger, parent) == "recovered"


def test_the_alert_of_a_parent_gets_worse_by_its_own_silence_alone(ledger, group):
    parent, _ = group
    watch(ledger)
    with ledger.database.transaction() as db:
        assert alerting.keep(db, [], None, TODAY, RULES) == []
        db.execute(update(customer_facts).values(loyalty="lost"))  # the group's
        assert alerting.keep(db, [], None, TODAY, RULES) == []
        number = db.scalar(select(alerts.c.id).where(alerts.c.customer_id == parent))
        assert alerting.keep(db, [], None, TODAY + timedelta(days=60), RULES) == [number]
        assert alerting.keep(db, [], None, TODAY + timedelta(days=60), RULES) == []


def test_an_alert_knows_of_a_parent_nothing_but_its_own(ledger, group):
    parent, _ = group
    watch(ledger)
    with ledger.database.reading() as db:
        number = db.scalar(select(alerts.c.id).where(alerts.c.customer_id == parent))
        alert = care.read(db, [number], TODAY, RULES)[number]
    assert alert.is_parent
    facts = alert.facts
    assert (facts.purchases, facts.first_day, facts.last_day) == (5, ago(125), ago(45))
    assert (facts.spend, facts.average_order, facts.own_spend) == (Decimal(500), Decimal(100), Decimal(500))
    assert (facts.gap_mean, facts.loyalty, facts.loyalty_since) == (20.0, "swing", ago(4))
    assert facts.at_stake == Decimal(500)
    assert {order["amount"] for order in alert.shown["orders"]} == {"100.00"}
    assert ledger.facts(parent).spend > Decimal(100_000)
