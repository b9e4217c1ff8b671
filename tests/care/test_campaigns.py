"""Who of a campaign gets nothing is decided by lot: once, fairly, and close to the share that was asked for."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from scipy.stats import binomtest
from sqlalchemy import func, select

from care import campaigns
from customers.outreach_tables import assignments
from customers.outreach_tables import campaigns as table
from tests.care.histories import add_customers, campaign
from tests.customers.search_office import ANN, add_people

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def share_of(db, id):
    return db.scalar(select(table.c.control_share).where(table.c.id == id))


def test_a_second_campaign_of_a_name_gets_a_number(database):
    with database.transaction() as db:
        add_people(db)
        ids = [campaigns.create(db, "100%_off", "win_back/price", "marketing", 0.1, 30, ANN, AT) for _ in range(3)]
        campaigns.create(db, "100x_off (9)", "win_back/price", "marketing", 0.1, 30, ANN, AT)
        names = dict(db.execute(select(table.c.id, table.c.name)).all())
    assert [names[id] for id in ids] == ["100%_off", "100%_off (2)", "100%_off (3)"]


def test_service_mail_and_occasions_leave_nobody_without_a_message(database):
    with database.transaction() as db:
        add_customers(db, 50)
        quiet = [campaign(db, share=0.5, purpose="service"), campaign(db, share=0.5, occasion="birthday:2026-03-05")]
        assert [campaigns.assign(db, id, range(1, 51), AT) for id in quiet] == [set(), set()]
        assert [share_of(db, id) for id in quiet] == [0, 0]


def test_a_share_of_everybody_or_less_than_nobody_is_refused(database):
    with database.transaction() as db:
        for share in (-0.1, 1.0):
            with pytest.raises(ValueError, match="control share"):
                campaign(db, share=share)


def test_a_customer_is_drawn_once_and_stays_where_the_lot_put_it(database):
    with database.transaction() as db:
        add_customers(db, 200)
        id = campaign(db, share=0.3)
        first = campaigns.assign(db, id, range(1, 101), AT)
        assert len(first) == 30
        assert campaigns.assign(db, id, range(1, 101), AT + timedelta(days=1)) == first
        more = campaigns.assign(db, id, range(51, 201), AT + timedelta(days=1))
        assert more & set(range(51, 101)) == first & set(range(51, 101))
        assert len(more - first) == 30
        moments = dict(db.execute(select(assignments.c.customer_id, assignments.c.at)).all())
    assert (moments[100], moments[101]) == (AT, AT + timedelta(days=1))


def test_another_campaign_draws_anew(database):
    with database.transaction() as db:
        add_customers(db, 300)
        groups = [campaigns.assign(db, campaign(db, share=0.5), range(1, 301), AT) for _ in range(3)]
    assert len({frozenset(group) for group in groups}) == 3


def test_the_lot_is_the_same_only_with_the_seed_that_was_handed_in(database):
    with database.transaction() as db:
        add_customers(db, 100)

        def draw(seed):
            return campaigns.assign(db, campaign(db, share=0.5), range(1, 101), AT, seed=seed)

        assert draw(7) == draw(7)
        assert draw(7) != draw(8)
        assert draw(None) != draw(None)


def test_small_batches_come_near_the_share_together_and_each_within_one_customer(sqlite):
    batches, drawn, of = 400, Counter(), 4
    with sqlite.transaction() as db:
        add_customers(db, of)
        sizes = []
        for seed in range(batches):
            control = campaigns.assign(db, campaign(db, share=0.1, name=f"B{seed}"), range(1, of + 1), AT, seed=seed)
            sizes.append(len(control))
            drawn.update(control)
    assert set(sizes) == {0, 1}
    assert binomtest(sum(sizes), batches, of * 0.1).pvalue > 0.01
    assert all(binomtest(drawn[id], batches, 0.1).pvalue > 0.01 for id in range(1, of + 1))


def test_a_share_that_fits_is_kept_exactly(database):
    with database.transaction() as db:
        add_customers(db, 60)
        assert {len(campaigns.assign(db, campaign(db, share=0.25), range(1, 61), AT)) for _ in range(5)} == {15}


def test_ten_thousand_are_drawn_at_once(database):
    with database.transaction() as db:
        add_customers(db, 10_000)
        id = campaign(db)
        control = campaigns.assign(db, id, range(1, 10_001), AT)
        assert len(control) == 1_000
        assert campaigns.assign(db, id, range(1, 10_001), AT) == control
        assert db.scalar(select(func.count()).select_from(assignments)) == 10_000


def test_two_who_draw_at_once_agree(database):
    with database.transaction() as db:
        add_customers(db, 400)
        id = campaign(db, share=0.5)
    ready, found = Barrier(2), []

    def draw():
        ready.wait()
        with database.transaction() as db:
            found.append(campaigns.assign(db, id, range(1, 401), AT))

    threads = [Thread(target=draw) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert found[0] == found[1]


def test_an_unknown_campaign_is_an_error(database):
    with database.transaction() as db, pytest.raises(LookupError):
        campaigns.assign(db, 99, [1], AT)
