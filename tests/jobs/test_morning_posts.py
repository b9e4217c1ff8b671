"""What comes in the morning beside reminders and alerts: the digest, falling orders, complaints, missing data."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, insert, select, update

from care.working_days import first_working_day_of_week
from customers.computed_tables import customer_facts
from customers.notice_tables import notices
from customers.tables import customers, interactions, reps
from customers.work_tables import follow_ups
from tests.office import shown
from tests.office_fixtures import on_both


def id_of(office, key):
    with office.database.reading() as db:
        return db.scalar(select(customers.c.id).where(customers.c.key == key))


def messages(office, name, words):
    """The bot's messages in a person's DM that hold these words."""
    person = office.people[name]
    dm = office.workspace.dm(person)
    return [each for each in office.workspace.visible_to(person, dm) if words in shown(each)]


def comes(office, name, words):
    """The newest message of the bot with these words in a person's DM; waits for it."""
    return office.workspace.wait_for(lambda: (messages(office, name, words) or [None])[-1])


def monday(office, name, country="DE"):
    """The morning of the first working day of a week."""
    day = office.morning_of(name, country=country)
    while first_working_day_of_week(day, country) != day:
        day = office.morning_of(name, country=country)
    return day


def written(day):
    """A day as the digest writes it."""
    return f"{day:%b} {day.day}, {day.year}"


def falling(office, key, *, now=100, before=1000, loyalty="loyal"):
    values = {"spend_half": Decimal(now), "spend_half_before": Decimal(before), "loyalty": loyalty, "purchases": 9}
    with office.database.transaction() as db:
        db.execute(update(customer_facts).where(customer_facts.c.customer_id == id_of(office, key)).values(values))


@pytest.fixture
def planned(office, monkeypatch):
    """The office in which a new day leaves the facts as the test made them."""
    monkeypatch.setattr("bot.freshness.Freshness.catch_up", lambda *_: None)
    monkeypatch.setattr("bot.freshness.Freshness.ensure", lambda *_: None)
    return office


@on_both
def test_a_manager_gets_the_weeks_digest_on_the_first_working_day_and_a_rep_none(office):
    day = monday(office, "Mona")
    comes(office, "Mona", f"Your team's digest\n{written(day - timedelta(days=6))} to {written(day)}\n")
    assert messages(office, "Rita", "digest") == []


def test_on_the_other_days_the_digest_is_of_the_days_since_the_last_working_day(office):
    day = monday(office, "Mona")
    tuesday = office.morning_of("Mona")
    first = day + timedelta(days=1)
    days = written(tuesday) if first == tuesday else f"{written(first)} to {written(tuesday)}"
    comes(office, "Mona", f"Your team's digest\n{days}\n")


@on_both
def test_missing_data_is_told_to_managers_once_a_week(office):
    with office.database.transaction() as db:
        db.execute(update(customers).where(customers.c.key == "B1").values(email="info@acme.example.com"))
    monday(office, "Mona")
    told = shown(comes(office, "Mona", "What is missing in the data"))
    assert "Without an owner: 1 (12%)" in told
    assert "the same e-mail address" in told
    assert "Acme GmbH" in told
    office.morning_of("Mona")
    assert len(messages(office, "Mona", "What is missing in the data")) == 1
    assert messages(office, "Rita", "What is missing") == []


def test_an_operator_reads_numbers_and_no_names(office):
    with office.database.transaction() as db:
        db.execute(update(customers).where(customers.c.key == "B1").values(email="info@acme.example.com"))
        db.execute(insert(reps).values(name="Nora", email="nora@example.com", roles="operator", active=True))
    monday(office, "Nora")
    told = shown(comes(office, "Nora", "What is missing in the data"))
    assert "There twice by the same e-mail address: 1" in told
    assert "Acme" not in told


@on_both
def test_falling_orders_are_told_once_to_the_owner_who_may_call_it_noise(planned):
    falling(planned, "A2")
    falling(planned, "C1", now=900)
    falling(planned, "A1", loyalty="swing")
    planned.morning_of("Rita")
    message = comes(planned, "Rita", "Orders are falling")
    assert "$100 in the last half year, $1,000 in the one before" in shown(message)
    assert "Acme GmbH" not in shown(message)
    planned.workspace.act_as(planned.people["Rita"]).press(message, label="👎 Noise").wait()
    comes(planned, "Rita", "Thank you: noted as noise.")
    with planned.database.reading() as db:
        told = select(notices.c.customer_id, notices.c.useful).where(notices.c.rule == "decline")
        assert db.execute(told).all() == [(id_of(planned, "A2"), False)]
    planned.morning_of("Rita")
    assert len(messages(planned, "Rita", "Orders are falling")) == 1
    planned.talk("Mona: /digest", "bot: Falling orders: 1 alert  ·  1 vote, 0% useful")


def test_falling_orders_in_chinese(planned):
    falling(planned, "C1")
    planned.morning_of("李娜", country="CN")
    message = comes(planned, "李娜", "订单下滑")
    assert "晨曦" in shown(message)
    planned.workspace.act_as(planned.people["李娜"]).press(message, label="👍 有用").wait()
    comes(planned, "李娜", "已记为有用")


@on_both
def test_a_complaint_that_nobody_answered_comes_to_the_owner_and_then_to_the_manager(office):
    office.morning_of("Rita")  # the complaint is twelve days old
    told = shown(comes(office, "Rita", "A complaint waits for you"))
    assert "Two boxes were broken." in told
    with office.database.reading() as db:
        made = db.execute(select(follow_ups.c.rule).where(follow_ups.c.customer_id == id_of(office, "A1"))).all()
    assert made == [("complaint",)]
    office.morning_of("Mona")
    assert "Rita Roth" in shown(comes(office, "Mona", "Complaints that nobody has answered"))
    office.morning_of("Rita")
    office.morning_of("Mona")
    assert len(messages(office, "Rita", "A complaint waits for you")) == 1
    assert len(messages(office, "Mona", "Complaints that nobody has answered")) == 1


def test_an_answered_complaint_reminds_nobody(office):
    office.talk("Rita: /customer A1", "bot: Acme GmbH")
    office.press("Rita", "Log an interaction")
    office.submit("Rita", {"kind": "call", "text": "Sent two new boxes"})
    office.workspace.wait_for(lambda: "Sent two new boxes" in shown(office.newest("Rita")))
    office.morning_of("Rita")
    office.morning_of("Mona")
    with office.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(notices)) == 0


def test_a_complaint_of_yesterday_waits(office):
    # The day that it is for Rita now: near midnight the tenant's is another one.
    today = office.now.astimezone(ZoneInfo("Europe/Berlin")).date()
    at = datetime.combine(today, time(12), UTC)
    with office.database.transaction() as db:
        db.execute(interactions.delete().where(interactions.c.kind == "complaint"))
        row = {"customer_id": id_of(office, "B1"), "kind": "complaint", "text": "Late", "at": at}
        db.execute(insert(interactions).values(row))
        complained = customer_facts.c.customer_id == id_of(office, "B1")
        db.execute(update(customer_facts).where(complained).values(open_complaint=today))
    office.morning_of("Rita")
    with office.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(notices)) == 0
