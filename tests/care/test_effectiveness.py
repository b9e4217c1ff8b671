"""What a campaign did is counted by the lot, told when it is over, to whom it may be told: small, known histories."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from care import campaigns, effectiveness
from care.comparing import Group
from customers.outreach_tables import assignments
from customers.sight import Sight
from customers.tables import customers
from tests.care.histories import TODAY, add_customers, ago, bought, campaign, drawn, noon, sent
from tests.customers.search_office import ANN, BOSS, LI, add_people

BERLIN = ZoneInfo("Europe/Berlin")
ALL = Sight(frozenset({ANN, LI, BOSS}), unowned=True)
# Drawn on this day, a campaign of 30 days is over, its late orders included, today.
OVER, YESTERDAY = ago(37), ago(1)


def told(db, sight=ALL, since=YESTERDAY, today=TODAY):
    """What is said of each campaign and of the year; the same whether it is read for one person or for everybody."""
    asked, planned = (effectiveness.read(db, since, today, BERLIN, to, with_year=True) for to in (sight, None))
    short = effectiveness.read(db, since, today, BERLIN, sight)
    assert effectiveness.of_campaigns(short, sight, since, today) == effectiveness.of_campaigns(
        asked, sight, since, today
    )
    assert effectiveness.of_a_year(short, sight, today) is None
    found = effectiveness.of_campaigns(asked, sight, since, today), effectiveness.of_a_year(asked, sight, today)
    assert found == (
        effectiveness.of_campaigns(planned, sight, since, today),
        effectiveness.of_a_year(planned, sight, today),
    )
    return found


def group(found):
    return found.customers, found.back, found.spend


@pytest.fixture
def history(database):
    """A campaign of 40 customers of Ann's, of whom 30 were to be written to, and 12 and 10 bought."""
    with database.transaction() as db:
        add_people(db)
        add_customers(db, 60, owner_id=ANN)
        id = campaign(db)
        drawn(db, id, range(1, 31), range(31, 61), OVER)
        for customer in range(1, 31):
            sent(db, customer, ago(35), campaign_id=id)
        for customer in (*range(1, 13), *range(31, 41)):
            bought(db, customer, ago(20), 100)
        yield db


def test_who_bought_is_counted_in_both_groups_with_an_interval(history):
    (found,), year = told(history)
    assert (found.name, found.template) == ("Win back", "win_back/price")
    assert (group(found.treated), group(found.control)) == ((30, 12, 1200.0), (30, 10, 1000.0))
    assert (found.sent, found.open, found.campaigns) == (30, 0, 1)
    uplift = found.comparison.uplift
    assert [round(each, 3) for each in (uplift.value, uplift.low, uplift.high)] == [0.067, -0.177, 0.31]
    assert found.comparison.earned.value == pytest.approx(200)
    assert (year.treated, year.control, year.comparison) == (found.treated, found.control, found.comparison)


def test_it_is_told_on_the_day_on_which_its_last_orders_are_known(history):
    assert told(history, today=ago(1), since=ago(2)) == ((), None)
    assert len(told(history)[0]) == 1
    assert told(history, since=TODAY, today=TODAY + timedelta(days=1))[0] == ()
    assert told(history, since=TODAY, today=TODAY + timedelta(days=364))[1] is not None
    assert told(history, since=TODAY, today=TODAY + timedelta(days=365))[1] is None


def test_orders_before_the_lot_or_after_the_window_count_for_nobody(history):
    for day in (OVER, ago(6), TODAY, ago(60)):
        bought(history, 20, day, 50)
    assert group(told(history)[0][0].treated) == (30, 12, 1200.0)
    for day in (ago(36), ago(7)):
        bought(history, 20, day, 50)
    assert group(told(history)[0][0].treated) == (30, 13, 1300.0)


def test_days_begin_at_the_tenants_midnight(history):
    # 22:30 in UTC is half past midnight of the next day in Berlin, so that day's orders may have been before the lot.
    history.execute(update(assignments).values(at=noon(ago(38)) + timedelta(hours=10, minutes=30)))
    bought(history, 20, OVER, 50)
    assert group(told(history)[0][0].treated) == (30, 12, 1200.0)
    history.execute(update(assignments).values(at=noon(ago(38)) + timedelta(hours=9, minutes=30)))
    assert told(history, since=ago(2), today=ago(1))[0][0].treated.back == 13


def test_refunds_cancelled_orders_and_missing_rates(history):
    bought(history, 1, ago(15), -30)
    bought(history, 2, ago(15), 500, status="cancelled")
    bought(history, 20, ago(15), 70, currency="SEK", home=None)
    assert group(told(history)[0][0].treated) == (30, 13, 1170.0)
    squares = told(history)[0][0].treated.squares
    assert squares == pytest.approx(11 * 100**2 + 70**2)


def test_everybody_counts_where_the_lot_put_them_whatever_became_of_the_message(history):
    id = history.scalar(select(assignments.c.campaign_id).limit(1))
    history.execute(
        update(effectiveness.drafts)
        .where(effectiveness.drafts.c.customer_id <= 10)
        .values(state="failed", sent_at=None)
    )
    sent(history, 31, ago(35), campaign_id=id)  # somebody of the control group was written to all the same
    (found,), _ = told(history)
    assert (found.treated.customers, found.sent, found.control.customers) == (30, 20, 30)
    assert (found.treated.back, found.control.back) == (12, 10)


def test_a_campaign_that_never_went_out_is_not_told(history):
    history.execute(update(effectiveness.drafts).values(state="rejected", sent_at=None))
    assert told(history) == ((), None)


def test_where_drafts_were_forgotten_the_comparison_stays(history):
    history.execute(effectiveness.drafts.delete())
    assert told(history)[0][0].comparison.treated.back == 12


def test_campaigns_without_a_control_group_are_not_told(database):
    with database.transaction() as db:
        add_customers(db, 40)
        id = campaign(db, share=0.0)
        drawn(db, id, range(1, 41), range(0), OVER)
        assert told(db) == ((), None)


def test_what_is_still_open_is_named_and_counts_nowhere(history):
    later = campaign(history, "Later")
    drawn(history, later, range(1, 21), range(21, 24), ago(10))
    both, year = told(history)
    assert [each.name for each in both] == ["Win back"]
    assert (year.treated.customers, year.campaigns, year.open) == (30, 1, 23)


def test_batches_of_one_campaign_are_told_together_once_the_last_is_over(history):
    id = history.scalar(select(assignments.c.campaign_id).limit(1))
    second = select(customers.c.id).where(customers.c.id > 40)
    history.execute(update(assignments).where(assignments.c.customer_id.in_(second)).values(at=noon(ago(30))))
    effects, year = told(history)
    assert effects == ()
    assert (year.treated.customers, year.control.customers, year.open) == (30, 10, 20)
    in_a_week = TODAY + timedelta(days=7)
    (found,), _ = told(history, since=in_a_week - timedelta(days=1), today=in_a_week)
    assert (found.treated.customers, found.control.customers, found.open) == (30, 30, 0)
    assert id is not None


def test_each_manager_is_told_of_the_customers_in_sight(history):
    history.execute(update(customers).where(customers.c.id.in_([1, 2, 13, 31, 59])).values(owner_id=LI))
    history.execute(update(customers).where(customers.c.id == 3).values(owner_id=None))
    li, _ = told(history, Sight(frozenset({LI})))
    assert (group(li[0].treated), group(li[0].control), li[0].sent) == ((3, 2, 200.0), (2, 1, 100.0), 3)
    assert li[0].comparison.uplift is None
    ann, _ = told(history, Sight(frozenset({ANN})))
    assert (ann[0].treated.customers, ann[0].control.customers) == (26, 28)
    assert told(history, Sight()) == ((), None)
    everybody, _ = told(history)
    assert everybody[0].treated.customers == 30


def test_a_year_adds_up_campaigns_each_within_itself(history):
    second = campaign(history, "Second", 0.5)
    drawn(history, second, range(41, 61), range(1, 31), ago(40))  # other groups: each lot is its own
    effects, year = told(history, since=ago(4))
    assert [each.name for each in effects] == ["Win back", "Second"]
    assert (year.campaigns, year.treated.customers, year.control.customers) == (2, 50, 60)
    assert year.comparison.earned.value == pytest.approx(200 + 20 * (0 - 1200 / 30))


def test_a_campaign_with_an_empty_group_is_named_and_not_mixed_in(history):
    tiny = campaign(history, "Tiny")
    drawn(history, tiny, range(41, 45), range(0), ago(40))
    effects, year = told(history, since=ago(4))
    assert (year.campaigns, year.alone, year.treated.customers, year.sent) == (1, 1, 30, 30)
    assert [(each.name, each.treated.customers, each.comparison is None) for each in effects] == [
        ("Win back", 30, False),
        ("Tiny", 4, True),
    ]
    assert (year.comparison.treated, year.comparison.control) == (year.treated, year.control)


def test_a_group_of_squares_far_from_zero_keeps_its_spread():
    amounts = [1_000_000 + nr for nr in range(100)]
    found = Group(100, 100, float(sum(amounts)), float(sum(each**2 for each in amounts)))
    assert found.deviations == pytest.approx(83_325, rel=1e-3)


def test_the_lot_itself_is_read_as_it_was_drawn(database):
    with database.transaction() as db:
        add_customers(db, 500)
        id = campaign(db, share=0.2)
        control = campaigns.assign(db, id, range(1, 501), noon(OVER), seed=1)
        for customer in control:
            bought(db, customer, ago(20), 10)
        (found,), _ = told(db)
        assert (group(found.treated), group(found.control)) == ((400, 0, 0.0), (100, 100, 1000.0))


def test_many_draws_of_one_campaign_are_all_read(database, monkeypatch):
    monkeypatch.setattr(effectiveness, "AT_ONCE", 7)
    with database.transaction() as db:
        add_customers(db, 30)
        id = campaign(db, share=0.5)
        rows = [
            {"campaign_id": id, "customer_id": nr, "control": nr % 2 == 0, "at": noon(OVER) + timedelta(seconds=nr)}
            for nr in range(1, 31)
        ]
        db.execute(insert(assignments), rows)
        for nr in range(1, 31):
            bought(db, nr, ago(20), nr)
        (found,), _ = told(db)
        assert (found.treated.customers, found.control.customers) == (15, 15)
        assert (found.treated.spend, found.control.spend) == (225.0, 240.0)


def test_of_a_hundred_and_fifty_lots_on_a_message_that_does_nothing_few_call_it_effective(sqlite):
    """The whole way, from the lot to the verdict: the same customers and orders each time, only the lot is another."""
    lots = 150
    with sqlite.transaction() as db:
        add_customers(db, 400)
        for customer in range(1, 401, 3):
            bought(db, customer, ago(20), 10 + customer**2 % 997)
        for seed in range(lots):
            campaigns.assign(db, campaign(db, f"Lot {seed}", 0.25), range(1, 401), noon(OVER), seed=seed)
        effects, _ = told(db)
    assert len(effects) == lots
    compared = [each.comparison for each in effects]
    assert {each.control.customers for each in compared} == {100}
    assert all(each.uplift is not None and each.earned is not None for each in compared)
    assert sum(each.uplift.low > 0 for each in compared) <= 0.05 * lots
    assert 1 <= sum(each.uplift.shows_effect for each in compared) <= 0.08 * lots
    assert sum(each.earned.low > 0 for each in compared) <= 0.05 * lots
