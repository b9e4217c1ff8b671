"""Messages are counted by text, segment and rep, of the customers whom the asker may see."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import update

from care import message_counts
from care.message_counts import Count, counts
from customers.sight import Sight
from customers.tables import customers
from tests.care.histories import TODAY, add_customers, ago, noon, sent
from tests.customers.search_office import ANN, BOSS, LI, add_people

ALL = Sight(frozenset({ANN, LI, BOSS}), unowned=True)


def test_each_message_counts_for_its_text_its_segment_and_its_rep(database):
    at = noon(TODAY)
    with database.transaction() as db:
        add_people(db)
        add_customers(db, 4, owner_id=ANN)
        db.execute(update(customers).where(customers.c.id == 2).values(owner_id=LI))
        db.execute(update(customers).where(customers.c.id == 3).values(owner_id=None))
        sent(db, 1, ago(3), segment="loyalty:lost", made_by=BOSS, delivered_at=at, replied_at=at, ordered_on=ago(1))
        sent(db, 2, ago(2), segment="loyalty:lost", made_by=BOSS, bounced_at=at)
        sent(db, 2, ago(1), template="welcome/first_order", delivered_at=at, unsubscribed_at=at)
        sent(db, 3, ago(1), template="welcome/first_order")
        sent(db, 4, ago(1), state="withheld", delivered_at=at)
        sent(db, 4, ago(1), state="failed")
        found, li = counts(db, ALL, TODAY, UTC), counts(db, Sight(frozenset({LI})), TODAY, UTC)
    lost, welcome = Count(2, 1, 1, 0, 1, 1), Count(2, 1, 0, 1)
    assert found.total == Count(4, 2, 1, 1, 1, 1)
    assert found.templates == (("welcome/first_order", welcome), ("win_back/price", lost))
    assert found.segments == (("loyalty:lost", lost),)
    assert found.reps == (("Bo", lost), (None, Count(1)), ("李娜", Count(1, 1, 0, 1)))
    assert (li.total, li.segments) == (Count(2, 1, 1, 1), (("loyalty:lost", Count(1, 0, 1)),))


def test_the_days_are_the_tenants_and_end_today(database):
    with database.transaction() as db:
        add_customers(db, 1)
        for at in (
            datetime(2026, 6, 30, 15, 59, tzinfo=UTC),
            datetime(2026, 6, 30, 16, 1, tzinfo=UTC),  # the first of July in Shanghai
            noon(TODAY - timedelta(days=message_counts.DAYS - 1)),
            noon(TODAY - timedelta(days=message_counts.DAYS)),
        ):
            sent(db, 1, at)
        found = counts(db, ALL, TODAY, ZoneInfo("Asia/Shanghai"))
    assert found.total.sent == 2
    assert found.since == TODAY - timedelta(days=90)


def test_nobody_in_sight_counts_nothing(database):
    with database.transaction() as db:
        add_customers(db, 1)
        sent(db, 1, ago(1))
        assert counts(db, Sight(), TODAY, UTC).total == Count()
