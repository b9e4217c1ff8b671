"""What a customer bought after a message: within its days, refunds taken off, and final once it is known."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from care import ordered
from customers.outreach_tables import drafts
from customers.tables import customers, orders
from tests.care.histories import TODAY, add_customers, ago, bought, campaign, sent

BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")


def outcome(db, draft_id):
    row = db.execute(select(drafts.c.ordered_on, drafts.c.ordered).where(drafts.c.id == draft_id)).one()
    return tuple(row)


def count(db, today=TODAY, zone=UTC, days=30):
    return ordered.count(db, zone, today, days)


def test_the_first_purchase_after_the_sending_and_all_that_was_spent(database):
    with database.transaction() as db:
        add_customers(db, 3)
        draft, other, nothing = (sent(db, id, ago(20)) for id in (1, 2, 3))
        bought(db, 1, ago(21), 1000)
        bought(db, 1, ago(20), 500)  # on the day of the sending: nobody knows which came first
        bought(db, 1, ago(10), "70.25")
        bought(db, 1, ago(15), 30)
        bought(db, 2, TODAY, 9)
        bought(db, 2, TODAY + timedelta(days=1), 9)  # dated ahead
        assert count(db) == 2
        assert outcome(db, draft) == (ago(15), Decimal("100.25"))
        assert outcome(db, other) == (TODAY, Decimal(9))
        assert outcome(db, nothing) == (None, None)


def test_the_last_day_of_the_window_counts_and_the_next_does_not(database):
    with database.transaction() as db:
        add_customers(db, 2)
        within, beyond = sent(db, 1, ago(31)), sent(db, 2, ago(31))
        bought(db, 1, ago(1), 5)
        bought(db, 2, TODAY, 5)
        count(db)
        assert outcome(db, within) == (ago(1), Decimal(5))
        assert outcome(db, beyond) == (None, None)


def test_refunds_lower_the_spend_and_cancelled_orders_are_none(database):
    with database.transaction() as db:
        add_customers(db, 3)
        draft, refunded, only_refund = (sent(db, id, ago(20)) for id in (1, 2, 3))
        bought(db, 1, ago(18), 40, status="cancelled")
        bought(db, 1, ago(10), 100)
        bought(db, 1, ago(9), -30)
        bought(db, 2, ago(10), 100)  # given back on the same day: no purchase
        bought(db, 2, ago(10), -100)
        bought(db, 3, ago(10), -20)
        count(db)
        assert outcome(db, draft) == (ago(10), Decimal(70))
        assert outcome(db, refunded) == (None, Decimal(0))
        assert outcome(db, only_refund) == (None, Decimal(-20))


def test_an_order_that_waits_for_a_rate_is_a_purchase_without_an_amount(database):
    with database.transaction() as db:
        add_customers(db, 3)
        draft, back, mixed = (sent(db, id, ago(20)) for id in (1, 2, 3))
        bought(db, 1, ago(10), 700, currency="SEK", home=None)
        bought(db, 1, ago(8), 700, currency="SEK", home=Decimal(65))
        bought(db, 2, ago(10), 50, currency="SEK", home=None)
        bought(db, 2, ago(10), -50, currency="SEK", home=None)
        bought(db, 3, ago(10), 50, currency="SEK", home=None)
        bought(db, 3, ago(10), -50, currency="NOK", home=None)  # another currency: not to be added up
        count(db)
        assert outcome(db, draft) == (ago(10), Decimal(65))
        assert outcome(db, back) == (None, Decimal(0))
        assert outcome(db, mixed) == (ago(10), Decimal(0))


def test_only_sent_drafts_have_an_outcome_and_a_childs_orders_are_not_the_parents(database):
    with database.transaction() as db:
        add_customers(db, 3)
        db.execute(update(customers).where(customers.c.id == 2).values(parent_id=1))
        parent, withheld = sent(db, 1, ago(20)), sent(db, 3, ago(20), state="withheld")
        bought(db, 2, ago(10), 100)
        bought(db, 3, ago(10), 100)
        assert count(db) == 0
        assert outcome(db, parent) == outcome(db, withheld) == (None, None)


def test_a_campaign_has_its_own_days(database):
    with database.transaction() as db:
        add_customers(db, 2)
        short = campaign(db, "Short", days=10)
        draft, other = sent(db, 1, ago(20), campaign_id=short), sent(db, 2, ago(20))
        for id in (1, 2):
            bought(db, id, ago(10), 5)
            bought(db, id, ago(9), 7)
        count(db)
        assert outcome(db, draft) == (ago(10), Decimal(5))
        assert outcome(db, other) == (ago(10), Decimal(12))


@pytest.mark.parametrize(("zone", "amount"), [(BERLIN, 3), (SHANGHAI, 2)])
def test_days_are_the_tenants(database, zone, amount):
    with database.transaction() as db:
        add_customers(db, 1)
        # 23:30 in Berlin on the 28th of March, whose night is an hour short; in Shanghai it is the 29th already.
        draft = sent(db, 1, datetime(2026, 3, 28, 22, 30, tzinfo=UTC))
        bought(db, 1, date(2026, 3, 29), 1)
        bought(db, 1, date(2026, 3, 30), 2)
        count(db, date(2026, 4, 1), zone)
        assert outcome(db, draft)[1] == amount


def test_what_changes_while_the_window_is_open_is_counted_anew_and_final_a_week_after_it(database):
    with database.transaction() as db:
        add_customers(db, 1)
        draft = sent(db, 1, ago(38))
        day = ago(38) + timedelta(days=30)  # the last of its window
        bought(db, 1, ago(30), 100)
        assert count(db, ago(30)) == 1
        assert count(db, ago(29)) == 0  # nothing new: no row is touched
        db.execute(update(orders).values(status="cancelled"))
        assert count(db, ago(28)) == 1
        assert outcome(db, draft) == (None, None)
        bought(db, 1, day, 40)  # imported days after the window
        assert count(db, day + timedelta(days=7)) == 1
        assert outcome(db, draft) == (day, Decimal(40))
        bought(db, 1, day, 5)
        assert count(db, day + timedelta(days=8)) == 1  # it was still open the last time
        assert count(db, day + timedelta(days=9)) == 0
        db.execute(update(orders).values(status="cancelled"))
        assert count(db, day + timedelta(days=10)) == 0
        assert outcome(db, draft) == (day, Decimal(45))


def test_what_closed_while_nothing_ran_is_counted_once_it_runs_again(database):
    with database.transaction() as db:
        add_customers(db, 1)
        draft = sent(db, 1, ago(100))
        assert count(db, ago(95)) == 0
        bought(db, 1, ago(80), 40)
        assert count(db) == 1
        assert outcome(db, draft) == (ago(80), Decimal(40))


def test_two_drafts_to_one_customer_each_have_their_window(database):
    with database.transaction() as db:
        add_customers(db, 1)
        first, second = sent(db, 1, ago(50)), sent(db, 1, ago(15))
        bought(db, 1, ago(40), 1)
        bought(db, 1, ago(10), 2)
        count(db)
        assert outcome(db, first) == (ago(40), Decimal(1))
        assert outcome(db, second) == (ago(10), Decimal(2))
