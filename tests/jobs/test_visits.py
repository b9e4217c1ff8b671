"""Follow-ups for visits are made once a day, some days ahead, and one that was done counts as a visit."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select, update

from care.working_days import is_working_day, on_working_day
from customers.computed_tables import customer_facts
from customers.tables import customers, interactions
from customers.work_tables import follow_ups
from jobs.visits import make_visits
from tests.office_fixtures import on_both


@pytest.fixture
def office_settings():
    return {"visit_days_high": 60, "visit_days_mid": 120}


def a_working_day(office):
    """Let it become the next day on which people work in both countries; returns it."""
    day = office.today + timedelta(days=1)
    while not (is_working_day(day, "DE") and is_working_day(day, "CN")):
        day += timedelta(days=1)
    office.go_to(datetime.combine(day, time(1), UTC))
    return day


def promised(office):
    named = select(customers.c.key, follow_ups.c.due, follow_ups.c.state, follow_ups.c.rule)
    with office.database.reading() as db:
        return [tuple(row) for row in db.execute(named.join(customers).order_by(follow_ups.c.id))]


@on_both
def test_visits_are_asked_for_some_days_ahead_once_and_by_an_import_never(office):
    with office.database.transaction() as db:
        db.execute(update(customer_facts).values(value="none"))
    assert promised(office) == []
    with office.database.transaction() as db:
        of = select(customers.c.id).where(customers.c.key.in_(["A1", "C1"])).scalar_subquery()
        db.execute(update(customer_facts).where(customer_facts.c.customer_id.in_(of)).values(value="high"))
    day = a_working_day(office)
    due = {key: on_working_day(day + timedelta(days=5), country) for key, country in (("A1", "DE"), ("C1", "CN"))}
    assert promised(office) == [(key, due[key], "open", "visit") for key in ("A1", "C1")]
    a_working_day(office)
    assert len(promised(office)) == 2


def test_nobody_is_asked_on_a_day_off(office):
    day = office.today + timedelta(days=1)
    while day.weekday() != 6:
        day += timedelta(days=1)
    office.ahead += datetime.combine(day, time(1), UTC) - office.now
    before = len(promised(office))
    make_visits.handler(office.working.desk)
    assert len(promised(office)) == before


def test_a_visit_is_listed_done_with_one_press_and_written_down_as_one(office):
    a_working_day(office)
    with office.database.transaction() as db:
        db.execute(follow_ups.delete().where(follow_ups.c.rule != "visit"))
        one = select(customers.c.id).where(customers.c.key == "A1").scalar_subquery()
        db.execute(follow_ups.delete().where(follow_ups.c.customer_id != one))
    office.talk("Rita: /customer A1", "bot: Time for a visit")
    office.talk("Rita: /followups", "bot: Time for a visit", "Rita presses Done", "bot: What came of it?")
    office.talk("Rita presses Reached", "bot: Acme GmbH: reached. Written down as a visit.")
    with office.database.reading() as db:
        logged = select(interactions.c.kind, interactions.c.text).where(interactions.c.outcome == "reached")
        assert db.execute(logged).all() == [("visit", "Time for a visit")]
    a_working_day(office)
    assert [row for row in promised(office) if row[0] == "A1" and row[2] == "open"] == []


def test_a_rehearsal_counts_and_makes_nothing(office):
    day = office.today + timedelta(days=1)
    while not is_working_day(day, "DE"):
        day += timedelta(days=1)
    with office.database.transaction() as db:
        db.execute(update(customer_facts).where(customer_facts.c.first_day.is_not(None)).values(value="high"))
    office.ahead += datetime.combine(day, time(1), UTC) - office.now
    before = promised(office)
    assert "Rita Roth: 2" in list(make_visits.rehearsal(office.working.desk))
    assert promised(office) == before
