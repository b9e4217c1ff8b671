"""Once a month managers are told whether messages worked; and each day it is counted who bought."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from care.working_days import next_working_day, on_working_day
from customers.outreach_tables import drafts
from delivery.tables import runs
from jobs.monthly_effectiveness import monthly_effectiveness
from jobs.outcomes_of_messages import outcomes_of_messages
from tests.care.histories import add_customers, bought, compared, sent
from tests.commands.test_digest_messages import FIRST, rep
from tests.jobs.test_morning_posts import comes, messages
from tests.office import shown
from tests.office_fixtures import on_both

BERLIN = ZoneInfo("Europe/Berlin")
REPORT = "Did messages work? "


@pytest.fixture
def wrote(office, monkeypatch):
    """A campaign to Rita's customers that ends in this month, and one to 李娜's."""
    monkeypatch.setattr("bot.freshness.Freshness.catch_up", lambda *_: None)
    monkeypatch.setattr("bot.freshness.Freshness.ensure", lambda *_: None)
    over = office.today.replace(day=10)
    with office.database.transaction() as db:
        add_customers(db, 160, FIRST, owner_id=rep(office, "Rita Roth"))
        add_customers(db, 130, FIRST + 160, owner_id=rep(office, "李娜"))
        compared(db, "Price", FIRST, (100, 40), (60, 12), over)
        compared(db, "问候", FIRST + 160, (100, 20), (30, 4), over - timedelta(days=40))
    return office


def first_morning(office):
    """The first working day of the next month in Germany."""
    following = (office.today.replace(day=28) + timedelta(days=4)).replace(day=1)
    return on_working_day(following, "DE")


def go_to(office, day):
    office.go_to(datetime.combine(day, time(8, 31), BERLIN))


def test_on_the_first_working_day_of_a_month_managers_are_told_once(wrote):
    month = wrote.today
    day = first_morning(wrote)
    go_to(wrote, day)
    message = comes(wrote, "Mona", REPORT)
    told = shown(message)
    assert f"{REPORT}{month:%b %Y}" in told
    assert "*The year until the end of the month*\n200 sent, 60 came back; control 90, 16 came" in told
    assert "*Campaigns that ended in the month*\n*Price*\n100 sent, 40 came back (40%)" in told
    assert "*问候*" not in told  # it ended the month before
    assert "Money: $40.00 a customer, $20.00 in the control group; difference $20.00 (95% interval $" in told
    (chart,) = (block for block in message.blocks if block["type"] == "data_visualization")
    assert [each["name"] for each in chart["chart"]["series"]] == ["at least", "uplift", "at most"]
    assert chart["chart"]["axis_config"]["categories"] == ["A year", "Price"]
    go_to(wrote, next_working_day(day, "DE"))
    assert len(messages(wrote, "Mona", REPORT)) == 1
    assert messages(wrote, "Rita", REPORT) == []
    go_to(wrote, first_morning(wrote))
    wrote.workspace.wait_for(lambda: len(messages(wrote, "Mona", REPORT)) == 2)
    assert "Campaigns that ended in the month" not in shown(messages(wrote, "Mona", REPORT)[-1])


def test_a_manager_whose_first_morning_was_missed_is_told_on_the_next_one(wrote):
    third = next_working_day(next_working_day(first_morning(wrote), "DE"), "DE")
    go_to(wrote, third)
    comes(wrote, "Mona", REPORT)
    with wrote.database.reading() as db:
        days = select(runs.c.local_date).where(runs.c.job == monthly_effectiveness.name)
        assert db.scalars(days).all() == [third]


def test_without_campaigns_nothing_is_said(office):
    go_to(office, first_morning(office))
    comes(office, "Mona", "digest")
    assert messages(office, "Mona", REPORT) == []


@on_both
def test_what_was_bought_after_each_message_is_counted_once_a_day(office):
    with office.database.transaction() as db:
        add_customers(db, 1, FIRST)
        draft = sent(db, FIRST, office.now - timedelta(days=3))
        bought(db, FIRST, office.today - timedelta(days=1), 70)
    assert list(outcomes_of_messages.rehearsal(office.working.desk)) == ["drafts whose outcome would change: 1"]
    office.go_to(office.now + timedelta(days=1))
    with office.database.reading() as db:
        row = db.execute(select(drafts.c.ordered_on, drafts.c.ordered).where(drafts.c.id == draft)).one()
    assert row == (office.today - timedelta(days=2), 70)
