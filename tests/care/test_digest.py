"""What a digest counts: each customer once, for whom it may be told, on both databases."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import insert

from care import digest as digests
from care import losses
from care.digest_material import Period, Promises
from customers.alert_tables import alert_votes, alerts
from customers.computed_tables import stage_spans
from customers.morning_tables import slack_users
from customers.outlook_tables import outlooks
from customers.sight import Sight
from customers.tables import interactions, orders
from customers.work_tables import follow_ups
from delivery import Message, Run, plan, skip
from tests.customers.search_office import ANN, BOSS, LI, TODAY, add, add_people

WEEK = Period(TODAY - timedelta(days=7), TODAY)
ANNS, LIS, ALL = Sight(frozenset({ANN})), Sight(frozenset({LI})), Sight(frozenset({ANN, LI, BOSS}), unowned=True)
NOON = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)


def ago(days):
    return TODAY - timedelta(days=days)


def customer(
    db, id, name, owner=ANN, *, was="loyal", now="loyal", since=3, stake=100, value="mid", parent=None, **facts
):
    """A customer whose loyalty changed so many days ago from what it was to what it is."""
    facts = {"loyalty": now, "loyalty_since": ago(since), "stage": STAGES[now], "stage_since": ago(since)} | facts
    add(db, id, name, owner, parent_id=parent, facts=facts | {"at_stake": Decimal(stake), "value": value})
    spans = [(ago(900), ago(since), was), (ago(since), TODAY + timedelta(days=900), now)]
    for first, until, loyalty in spans:
        row = {"customer_id": id, "from_day": first, "until_day": until, "loyalty": loyalty, "stage": STAGES[loyalty]}
        db.execute(insert(stage_spans).values(row))


STAGES = {"loyal": "mature", "swing": "at_risk", "lost": "lost"}


def outlook(db, id, spend, chance, *, until=None):
    due = until or TODAY
    row = {"customer_id": id, "judged_on": TODAY, "model": 1, "horizon": 90, "chance_lost": chance}
    row |= {"expected_orders": 1.0, "expected_spend": Decimal(spend), "expected_before": Decimal(0)}
    row |= {"due_on": due, "due_from": due, "due_until": due, "confidence": "enough", "weighed": ""}
    db.execute(insert(outlooks).values(row))


def made(db, sight, period=WEEK):
    """The digest as one person reads it, who asks; and the same out of what is read for everybody."""
    asked = digests.digest(db, digests.read(db, period, UTC, sight), sight)
    planned = digests.digest(db, digests.read(db, period, UTC), sight)
    assert asked == planned
    return asked


def test_losses_returns_and_moves_of_the_period_are_told_to_whom_they_concern(database):
    with database.transaction() as db:
        add_people(db)
        customer(db, 1, "Gone", was="swing", now="lost", stake=500)
        customer(db, 2, "Gone long ago", was="swing", now="lost", since=20)
        customer(db, 3, "Back", was="lost", now="loyal", stake=70)
        customer(db, 4, "Swinging", LI, was="loyal", now="swing")
        customer(db, 5, "Nobody's", None, was="loyal", now="lost", stake=30)
        found, others, boss = made(db, ANNS), made(db, LIS), made(db, ALL)
    assert (found.lost.number, found.lost.at_stake, [each.name for each in found.lost.named]) == (1, 500, ["Gone"])
    assert (found.recovered.number, found.recovered.at_stake) == (1, 70)
    assert found.moves == {("swing", "lost"): 1, ("lost", "loyal"): 1}
    assert (others.lost.number, others.moves) == (0, {("loyal", "swing"): 1})
    assert [each.name for each in boss.lost.named] == ["Gone", "Nobody's"]
    assert boss.moves[("loyal", "lost")] == 1


def test_a_change_that_was_undone_within_the_period_is_none(database):
    with database.transaction() as db:
        add_people(db)
        customer(db, 1, "Up and down", was="loyal", now="loyal", since=2)
        assert made(db, ANNS).moves == {}


def test_revenue_at_risk_is_what_is_expected_times_the_chance_of_silence(database):
    with database.transaction() as db:
        add_people(db)
        for id, owner, spend, chance in ((1, ANN, 1000, 0.5), (2, ANN, 10, 0.1), (3, LI, 300, 0.25), (4, None, 8, 0.5)):
            customer(db, id, f"C{id}", owner)
            outlook(db, id, spend, chance)
        found, boss = made(db, ANNS), made(db, ALL)
    assert (found.risk, found.risk_of, found.horizon) == (Decimal(501), 2, 90)
    assert boss.risk == Decimal(580)
    assert boss.risk_by_owner == (("Ann Miller", Decimal(501)), ("李娜", Decimal(75)), (None, Decimal(4)))


def test_customers_of_high_value_whose_silence_outgrew_their_rhythm_are_named_most_at_stake_first(database):
    with database.transaction() as db:
        add_people(db)
        cases = ((1, "high", "swing", 10), (2, "high", "lost", 900), (3, "mid", "lost", 999), (4, "high", "loyal", 999))
        for id, value, loyalty, stake in cases:
            customer(db, id, f"C{id}", value=value, now=loyalty, stake=stake)
            # Foretold today, as every day: a purchase is never due on a day that has passed.
            outlook(db, id, 1, 0.5, until=TODAY + timedelta(days=30))
        found = made(db, ANNS)
    assert [each.name for each in found.silent.named] == ["C2", "C1"]


@pytest.mark.parametrize("grandchild_of", [ANN, LI])
def test_a_group_is_told_once_where_all_of_it_is_seen_and_never_its_amounts_where_not(database, grandchild_of):
    with database.transaction() as db:
        add_people(db)
        gone = {"was": "swing", "now": "lost"}
        customer(db, 1, "Parent", **gone, stake=905, group_customers=3)
        customer(db, 2, "Child", **gone, stake=80, parent=1, group_customers=2)
        customer(db, 3, "Grandchild", grandchild_of, **gone, stake=40, parent=2)
        for id, spend in ((1, 1000), (2, 100), (3, 10)):
            outlook(db, id, spend, 0.5)
        found, boss = made(db, ANNS), made(db, ALL)
    assert (boss.lost.number, boss.lost.at_stake, boss.risk) == (1, 905, 500)
    if grandchild_of == ANN:
        assert (found.lost.number, found.lost.at_stake, found.risk) == (1, 905, 500)
    else:  # parent and child each for itself, but their facts are the group's
        assert (found.lost.number, found.lost.at_stake, found.risk) == (2, 0, 0)


def promise(db, id, state, promised, due=None, settled=None, rep=ANN):
    row = {"customer_id": id, "rep_id": rep, "promised": promised, "due": due or promised, "state": state}
    db.execute(insert(follow_ups).values(row | {"what": "", "made_at": NOON, "settled_at": settled}))


def test_follow_ups_are_kept_late_or_missed_by_the_day_that_was_promised(database):
    with database.transaction() as db:
        add_people(db)
        customer(db, 1, "C1")
        done = NOON - timedelta(days=2)
        promise(db, 1, "done", ago(2), settled=done)
        promise(db, 1, "done", ago(3), settled=done)
        promise(db, 1, "open", ago(1))
        promise(db, 1, "snoozed", ago(4), due=TODAY + timedelta(days=3))
        promise(db, 1, "open", TODAY)
        promise(db, 1, "dropped", ago(1))
        promise(db, 1, "open", ago(30))
        promise(db, 1, "open", ago(1), rep=LI)
        found, boss = made(db, ANNS), made(db, ALL)
    assert found.promises == Promises(kept=1, late=1, missed=2, overdue=2)
    assert found.behind == (("Ann Miller", 2),)
    assert boss.behind == (("Ann Miller", 2), ("李娜", 1))


def alert(db, id, customer_id, *, told=2, state="open", rule="silence", found=None, **more):
    row = {"id": id, "customer_id": customer_id, "began": ago(50 + id), "found_on": found or ago(told), "rule": rule}
    row |= {"loyalty": "swing", "state": state, "told_at": NOON - timedelta(days=told)}
    db.execute(insert(alerts).values(row | more))


def test_the_first_touch_is_the_first_interaction_follow_up_or_order_after_the_alert(database):
    with database.transaction() as db:
        add_people(db)
        for id in (1, 2, 3, 4):
            customer(db, id, f"C{id}")
            alert(db, id, id)
        spoke = {"kind": "call", "text": "", "customer_id": 1}
        for at in (NOON - timedelta(days=3), NOON - timedelta(days=2) + timedelta(hours=5)):
            db.execute(insert(interactions).values(spoke | {"at": at}))
        promise(db, 2, "open", TODAY)  # made at noon today: two days after
        bought = {"key": "o", "customer_id": 3, "amount": Decimal(1), "currency": "USD", "day": ago(1)}
        db.execute(insert(orders).values(bought))
        found = made(db, ANNS)
    assert (found.alerts, found.untouched, found.hours) == (4, 1, 12.0)  # 5, 12 and 48 hours


def test_an_alert_about_a_child_counts_although_its_group_is_told_once(database):
    with database.transaction() as db:
        add_people(db)
        customer(db, 1, "Parent", group_customers=2)
        customer(db, 2, "Child", LI, parent=1)
        alert(db, 1, 2, told=2)
        db.execute(insert(alert_votes).values(alert_id=1, rep_id=LI, useful=True, at=NOON))
        boss = made(db, ALL)
    assert (boss.alerts, boss.untouched) == (1, 1)
    assert boss.records == (digests.Record("silence", 1, useful=1, noise=0, came_back=0, stayed_away=0),)


def test_who_has_bought_again_or_was_answered_for_is_not_called_untouched(database):
    with database.transaction() as db:
        add_people(db)
        for id, state in ((1, "recovered"), (2, "dismissed"), (3, "snoozed")):
            customer(db, id, f"C{id}")
            alert(db, id, id, state=state, settled_at=NOON - timedelta(days=2) + timedelta(hours=3))
        found = made(db, ANNS)
    assert (found.alerts, found.untouched, found.hours) == (3, 1, 3.0)


def test_a_rule_is_judged_by_votes_and_by_what_its_customers_did(database):
    with database.transaction() as db:
        add_people(db)
        for id in (1, 2, 3):
            customer(db, id, f"C{id}", LI if id == 3 else ANN)
            outlook(db, id, 0, 0.5)
        alert(db, 1, 1, told=100)  # the horizon of 90 days is over without a purchase
        alert(db, 2, 2, told=20, state="recovered", ended_on=ago(5))
        alert(db, 3, 3, told=20, rule="loyalty")
        for alert_id, rep, useful in ((1, ANN, True), (2, ANN, False), (2, BOSS, True), (3, LI, True)):
            db.execute(insert(alert_votes).values(alert_id=alert_id, rep_id=rep, useful=useful, at=NOON))
        found, boss = made(db, ANNS), made(db, ALL)
    assert found.records == (digests.Record("silence", 2, useful=2, noise=1, came_back=1, stayed_away=1),)
    assert [each.rule for each in boss.records] == ["loyalty", "silence"]


def test_who_was_lost_before_rekindle_came_is_one_list(database):
    with database.transaction() as db:
        add_people(db)
        for id, stake in ((1, 5), (2, 50)):
            customer(db, id, f"C{id}", was="lost", now="lost", stake=stake)
            alert(db, id, id, state="before", found=TODAY, told_at=None)
        assert [each.name for each in made(db, ANNS).before.named] == ["C2", "C1"]
        assert made(db, LIS).before.number == 0
        assert made(db, ANNS, Period(TODAY + timedelta(days=1), TODAY + timedelta(days=2))).before.number == 0


def test_what_was_not_said_is_told_to_those_who_lead_the_person(database):
    with database.transaction() as db:
        add_people(db)
        seen = {"seen_at": NOON, "language": "en"}
        db.execute(insert(slack_users).values(rep_id=ANN, user_id="U1", trouble=None, **seen))
        db.execute(insert(slack_users).values(rep_id=LI, user_id=None, trouble="unknown", **seen))
        skip(db, Run("manager_digest", f"rep:{ANN}", ago(1)), "too_late", NOON - timedelta(days=1))
        skip(db, Run("manager_digest", f"rep:{ANN}", ago(9)), "too_late", NOON - timedelta(days=9))
        message = Message("U1", {"text": "Hello"}, NOON, NOON + timedelta(hours=1))
        assert plan(db, Run("follow_up_reminders", f"rep:{ANN}", TODAY), [message], NOON)
        found, boss = made(db, ANNS), made(db, ALL)
    assert found.failed == (("manager_digest", "too_late", 1),)
    assert found.unreachable == ()
    assert boss.unreachable == (("李娜", "unknown"),)


def test_an_office_without_customers_has_an_empty_digest(database):
    with database.transaction() as db:
        add_people(db)
        assert made(db, ANNS).is_empty


def test_a_monday_tells_of_the_weekend_too():
    monday = TODAY + timedelta(days=(7 - TODAY.weekday()) % 7)
    period = digests.since_last_working_day(monday, "DE")
    assert (period.since.weekday(), period.today) == (4, monday)


def test_losses_are_counted_by_month_class_and_owner_and_who_came_back(database):
    with database.transaction() as db:
        add_people(db)
        customer(db, 1, "Gone", was="loyal", now="lost", since=3, value="high")
        customer(db, 2, "Gone for long", was="loyal", now="lost", since=60, value="none", rfm="115")
        customer(db, 3, "Back", LI, was="lost", now="loyal", since=10)
        customer(db, 4, "Ages ago", was="loyal", now="lost", since=800)
        found, lis = losses.losses(db, ALL, TODAY), losses.losses(db, LIS, TODAY)
    counted = {first: (count.lost, count.back) for first, count in found.months if count.lost}
    assert counted == {TODAY.replace(day=1): (1, 0), ago(60).replace(day=1): (1, 0)}
    assert dict(found.tiers)["high"] == losses.Count(2, 0)
    assert [(each.name, each.count.lost) for each in found.owners] == [("Ann Miller", 2)]
    assert len(found.months) == 12
    assert lis.total == losses.Count(0, 0)


def test_a_customer_who_came_back_counts_as_lost_and_back(database):
    with database.transaction() as db:
        add_people(db)
        customer(db, 1, "Back", was="loyal", now="loyal", since=10)
        lost = {"from_day": ago(40), "until_day": ago(10), "loyalty": "lost", "stage": "lost"}
        db.execute(insert(stage_spans).values(customer_id=1, **lost))
        assert losses.losses(db, ANNS, TODAY).total == losses.Count(lost=1, back=1)


def test_causes_are_what_reps_answered_for_the_customers_in_sight(database):
    with database.transaction() as db:
        add_people(db)
        answers = ((1, ANN, "price", "Found it for less"), (2, ANN, "price", None), (3, ANN, "not_lost", None))
        for id, owner, cause, words in (*answers, (4, LI, "service", "Nobody called back")):
            customer(db, id, f"C{id}", owner, value="high")
            alert(db, id, id, state="dismissed", cause=cause, words=words, settled_at=NOON)
        customer(db, 5, "C5")
        alert(db, 5, 5)
        found, boss = losses.causes(db, ANNS, TODAY, UTC), losses.causes(db, ALL, TODAY, UTC)
    assert found.causes == (losses.Cause("price", 2, (("high", 2),)),)
    assert (found.not_lost, found.unanswered, [each.words for each in found.quotes]) == (1, 1, ["Found it for less"])
    assert [each.cause for each in boss.causes] == ["price", "service"]
