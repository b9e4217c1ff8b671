"""What is computed about a customer, on both databases."""

from __future__ import annotations

import threading
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import delete, select, update

from customers import facts
from customers.computed_tables import customer_facts, stage_spans
from customers.rules import Rules
from customers.tables import customers, orders
from database.engine import Database
from tests.ledger import RULES, TODAY, Ledger, ago


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


def test_spend_rhythm_and_dates_come_from_the_orders(ledger: Ledger) -> None:
    acme = ledger.customer("Acme")
    ledger.bought(acme, 500, 70, 49, 28, 7, amount="100.50")
    ledger.refresh()
    row = ledger.facts(acme)
    assert (row.orders, row.purchases, row.first_day, row.last_day) == (5, 5, ago(500), ago(7))
    assert (row.spend, row.spend_year, row.average_order) == (Decimal("502.5"), Decimal(402), Decimal("100.5"))
    assert (row.gap_mean, row.gap_last) == (493 / 4, 21)
    assert (row.loyalty, row.value, row.computed_on, row.group_customers) == ("loyal", "mid", TODAY, 1)


def test_several_orders_of_one_day_are_one_purchase(ledger: Ledger) -> None:
    acme = ledger.customer("Acme")
    ledger.bought(acme, 20, 20, 10)
    ledger.refresh()
    assert (ledger.facts(acme).orders, ledger.facts(acme).purchases) == (3, 2)


def test_a_cancelled_order_counts_for_nothing(ledger: Ledger) -> None:
    acme = ledger.customer("Acme")
    ledger.bought(acme, 20)
    ledger.order(acme, ago(5), 900, status="cancelled")
    ledger.refresh()
    row = ledger.facts(acme)
    assert (row.orders, row.purchases, row.spend, row.last_day) == (1, 1, 100, ago(20))


def test_a_refund_lowers_spend_on_its_own_day_and_can_undo_a_purchase_of_that_day(ledger: Ledger) -> None:
    acme, other = ledger.customer("Acme"), ledger.customer("Other")
    ledger.bought(acme, 20)
    ledger.order(acme, ago(5), -30)
    ledger.bought(other, 20, 5)
    ledger.order(other, ago(5), -100)
    ledger.refresh()
    assert (ledger.facts(acme).orders, ledger.facts(acme).purchases, ledger.facts(acme).spend) == (1, 1, 70)
    assert (ledger.facts(other).purchases, ledger.facts(other).last_day) == (1, ago(20))


def test_an_order_without_a_rate_is_a_purchase_but_no_money(ledger: Ledger) -> None:
    acme = ledger.customer("Acme")
    ledger.bought(acme, 30)
    ledger.order(acme, ago(10), 500, currency="JPY")
    ledger.order(acme, ago(9), 400, currency="EUR")
    ledger.order(acme, ago(9), -400, currency="EUR")
    ledger.refresh()
    row = ledger.facts(acme)
    assert (row.purchases, row.last_day, row.spend, row.spend_year) == (2, ago(10), 100, 100)
    assert (row.unpriced_orders, row.unpriced_currencies) == (3, "EUR, JPY")


def test_profit_takes_off_the_cost_of_the_products_whose_cost_is_known(ledger: Ledger) -> None:
    acme = ledger.customer("Acme")
    tea, salt = ledger.product("Tea", cost=30), ledger.product("Salt")
    order = ledger.order(acme, ago(5), 300)
    ledger.line(order, tea, quantity=2, price=100)
    ledger.line(order, salt, price=100)
    back = ledger.order(acme, ago(3), -100)
    ledger.line(back, tea, quantity=1, price=100)
    ledger.bought(acme, 40)
    ledger.refresh()
    row = ledger.facts(acme)
    assert (row.spend_year, row.profit_year) == (300, 300 - 60 + 30)
    assert row.profit_year_before == 100


def test_price_only_is_who_buys_four_fifths_at_a_discount(ledger: Ledger) -> None:
    tea = ledger.product("Tea")
    hunter, other = ledger.customer("Hunter"), ledger.customer("Other")
    for customer, cheap in ((hunter, 4), (other, 3)):
        for nr in range(5):
            order = ledger.order(customer, ago(10 + nr * 10), 90)
            ledger.line(order, tea, price=100, discount="0.1" if nr < cheap else "0.05")
    ledger.refresh()
    assert ledger.facts(hunter).price_only is True
    assert ledger.facts(other).price_only is False


def test_the_main_channel_is_the_one_of_most_orders(ledger: Ledger) -> None:
    acme = ledger.customer("Acme")
    for days, channel in ((30, "online"), (20, "offline"), (10, "online"), (5, None)):
        ledger.order(acme, ago(days), channel=channel)
    ledger.refresh()
    assert ledger.facts(acme).main_channel == "online"


def test_at_stake_is_a_year_of_the_own_rhythm_and_never_more_often_than_so_far(ledger: Ledger) -> None:
    regular, hasty, once, nobody = (ledger.customer(name) for name in ("Regular", "Hasty", "Once", "Nobody"))
    ledger.bought(regular, *range(0, 365 * 2, 73))
    ledger.bought(hasty, 100, 99)
    ledger.bought(once, 400, amount=250)
    ledger.refresh()
    assert ledger.facts(regular).at_stake == 500
    assert ledger.facts(hasty).at_stake == 200
    assert ledger.facts(once).at_stake == 250
    assert ledger.facts(nobody).at_stake == 0


def test_a_customer_without_orders_is_a_prospect_since_it_is_known(ledger: Ledger) -> None:
    acme = ledger.customer("Acme", created=ago(30))
    ledger.refresh()
    row = ledger.facts(acme)
    assert (row.loyalty, row.stage, row.stage_since, row.value, row.rfm) == ("none", "prospect", ago(30), "none", None)
    assert (row.changes_on, row.loyalty_since, row.last_day) == (None, None, None)


def test_the_half_years_and_the_stage_agree(ledger: Ledger) -> None:
    acme = ledger.customer("Acme")
    ledger.bought(acme, 300, 250, 170, 120, 60, 10)
    ledger.refresh()
    row = ledger.facts(acme)
    assert (row.spend_half, row.spend_half_before, row.stage) == (400, 200, "growing")


def test_a_parent_adds_up_its_children_at_any_depth_and_they_keep_their_own(ledger: Ledger) -> None:
    top = ledger.customer("Top")
    middle = ledger.customer("Middle", parent=top)
    leaf = ledger.customer("Leaf", parent=middle)
    ledger.bought(top, 90)
    ledger.bought(middle, 50, amount=200)
    ledger.bought(leaf, 10, 500, amount=400)
    ledger.refresh()
    row = ledger.facts(top)
    assert (row.spend, row.own_spend, row.own_spend_year, row.purchases, row.group_customers) == (1100, 100, 100, 4, 3)
    assert row.last_day == ago(10)
    assert (ledger.facts(middle).spend, ledger.facts(middle).own_spend) == (1000, 200)
    assert (ledger.facts(leaf).spend, ledger.facts(leaf).own_spend, ledger.facts(leaf).group_customers) == (800, 800, 1)


def test_an_order_of_a_child_reaches_every_parent_above_it(ledger: Ledger) -> None:
    top = ledger.customer("Top")
    middle = ledger.customer("Middle", parent=top)
    leaf = ledger.customer("Leaf", parent=middle)
    others = [ledger.customer(f"Other {nr}") for nr in range(20)]
    ledger.bought(others[0], 4)
    ledger.refresh()
    ledger.bought(leaf, 3)
    ledger.refresh(only=[leaf])
    assert ledger.facts(top).spend == ledger.facts(middle).spend == 100
    before = ledger.everything()
    ledger.refresh()
    after = ledger.everything()
    assert (after["stage_spans"], after["cards"]) == (before["stage_spans"], before["cards"])
    assert ledger.facts(top).spend == 100


def test_a_circle_of_parents_ends(ledger: Ledger) -> None:
    one = ledger.customer("One")
    two = ledger.customer("Two", parent=one)
    ledger.change(update(customers).where(customers.c.id == one).values(parent_id=two))
    ledger.bought(one, 20)
    ledger.bought(two, 10, amount=50)
    ledger.refresh()
    ledger.refresh(only=[two])
    assert [ledger.facts(each).spend for each in (one, two)] == [150, 150]
    assert [ledger.facts(each).own_spend for each in (one, two)] == [100, 50]


def test_what_happens_after_today_changes_nothing(ledger: Ledger) -> None:
    acme = ledger.customer("Acme")
    tea = ledger.product("Tea", cost=10)
    ledger.bought(acme, 60, 40, 20)
    ledger.interaction(acme, ago(3))
    ledger.refresh()
    before = ledger.everything()
    later = ledger.order(acme, ago(-1), 99_999, channel="online", currency="JPY")
    ledger.line(later, tea, quantity=1_000_000, discount="0.9")
    ledger.order(acme, ago(-400), -5_000, status="cancelled")
    ledger.interaction(acme, ago(-30), kind="complaint", text="nonsense", score=1)
    ledger.consent(acme, ago(-30), given=True)
    ledger.refresh()
    assert ledger.everything() == before


def test_refreshing_a_few_gives_what_refreshing_all_gives(ledger: Ledger) -> None:
    everybody = [ledger.customer(f"Customer {nr}") for nr in range(30)]
    for nr, customer in enumerate(everybody):
        ledger.bought(customer, *range(nr, 300, 17 + nr))
    ledger.refresh()
    ledger.bought(everybody[3], 2)
    ledger.refresh(only=[everybody[3]])
    some = ledger.facts(everybody[3])
    ledger.refresh()
    whole = ledger.facts(everybody[3])
    changing = {"rfm", "value", "value_before"}  # the limits were those of before
    assert {k: v for k, v in some._mapping.items() if k not in changing} == {
        k: v for k, v in whole._mapping.items() if k not in changing
    }


def test_time_alone_moves_customers(ledger: Ledger) -> None:
    acme, single = ledger.customer("Acme"), ledger.customer("Single")
    ledger.bought(acme, 60, 40, 20)
    ledger.bought(single, 300)
    ledger.refresh()
    assert ledger.facts(acme).loyalty == "loyal"
    assert ledger.facts(acme).changes_on == ago(-21)  # 41 days of silence
    assert ledger.move(ago(-21)) is True
    assert ledger.move(ago(-21)) is False
    row = ledger.facts(acme)
    assert (row.loyalty, row.loyalty_since, row.stage, row.stage_since) == ("swing", ago(-21), "at_risk", ago(-21))
    assert ledger.facts(single).loyalty == "loyal"
    ledger.move(ago(-400))
    row = ledger.facts(acme)
    assert (row.loyalty, row.loyalty_since, row.stage, row.value) == ("lost", ago(-61), "lost", "none")
    assert row.changes_on is None
    assert (ledger.facts(single).loyalty, ledger.facts(single).loyalty_since) == ("lost", ago(-65))


@pytest.mark.parametrize("days", [1, 20, 45, 200, 800])
def test_catching_up_gives_what_computing_everything_gives(ledger: Ledger, days: int) -> None:
    for nr in range(40):
        customer = ledger.customer(f"Customer {nr}", parent=1 if 0 < nr < 4 else None, created=ago(1_000))
        ledger.bought(customer, *range(nr * 7 % 50 - 30, 720, 9 + nr * 5), amount=100 + nr)
    ledger.refresh()
    assert ledger.catch_up(ago(-days)) is True
    caught_up = ledger.everything()
    assert ledger.catch_up(ago(-days)) is False
    ledger.refresh(today=ago(-days))
    whole = ledger.everything()
    day = customer_facts.c.keys().index("computed_on")  # rows on which the day makes no difference keep theirs
    for found in (caught_up, whole):
        found["customer_facts"] = [row[:day] + row[day + 1 :] for row in found["customer_facts"]]
        found["stage_spans"] = [row for row in found["stage_spans"] if row[2] > ago(400 - days)]
    assert caught_up == whole


@pytest.mark.parametrize("days", [1, 20, 45, 200])
def test_moving_gives_the_loyalty_and_stage_that_computing_gives(ledger: Ledger, days: int) -> None:
    for nr in range(30):
        customer = ledger.customer(f"Customer {nr}")
        ledger.bought(customer, *range(nr * 7 % 50, 720, 9 + nr * 5))
    ledger.refresh()
    ledger.move(ago(-days))
    columns = (
        "customer_id", "loyalty", "loyalty_before", "loyalty_since", "stage", "stage_before", "stage_since",
        "changes_on",
    )  # fmt: skip
    query = select(*(customer_facts.c[name] for name in columns)).order_by(customer_facts.c.customer_id)
    with ledger.database.reading() as db:
        moved = db.execute(query).all()
    ledger.refresh(today=ago(-days))
    with ledger.database.reading() as db:
        assert db.execute(query).all() == moved


def test_an_order_dated_ahead_counts_when_its_day_has_come(ledger: Ledger) -> None:
    acme = ledger.customer("Acme")
    ledger.bought(acme, 60, 40, 20, -5)
    ledger.refresh()
    assert (ledger.facts(acme).purchases, ledger.facts(acme).last_day) == (3, ago(20))
    ledger.catch_up(ago(-4))
    assert ledger.facts(acme).purchases == 3
    ledger.catch_up(ago(-5))
    assert (ledger.facts(acme).purchases, ledger.facts(acme).last_day) == (4, ago(-5))


def test_other_rules_another_currency_or_an_earlier_day_have_everything_computed(ledger: Ledger) -> None:
    acme = ledger.customer("Acme")
    ledger.bought(acme, 60, 40, 15)
    ledger.order(acme, ago(30), 70, currency="EUR")
    ledger.refresh()
    assert ledger.facts(acme).spend == 300
    strict = Rules(swing_gaps=0.5, swing_days=10)
    assert ledger.catch_up(TODAY, rules=strict) is True
    assert ledger.facts(acme).loyalty == "swing"
    assert ledger.catch_up(TODAY, rules=strict, home_currency="EUR") is True
    assert (ledger.facts(acme).spend, ledger.facts(acme).unpriced_currencies) == (70, "USD")
    assert ledger.catch_up(ago(20), home_currency="EUR") is True
    assert ledger.facts(acme).last_day == ago(30)


def test_a_customer_who_came_without_facts_gets_them_on_the_next_day(ledger: Ledger) -> None:
    ledger.bought(ledger.customer("Acme"), 60)
    ledger.refresh()
    late = ledger.customer("Late", created=ago(0))
    ledger.catch_up(ago(-1))
    assert ledger.facts(late).stage == "prospect"


def test_an_empty_database_is_caught_up_at_once(ledger: Ledger) -> None:
    assert ledger.catch_up(TODAY) is True
    assert ledger.catch_up(TODAY) is False
    ledger.refresh(only=[])
    ledger.refresh(only=[12345])
    assert ledger.everything() == {"customer_facts": [], "stage_spans": [], "cards": []}


def test_facts_that_were_never_computed_are_computed_for_all(ledger: Ledger) -> None:
    acme, other = ledger.customer("Acme"), ledger.customer("Other")
    ledger.bought(other, 3)
    ledger.refresh(only=[acme])
    assert ledger.facts(other).purchases == 1


def test_two_who_catch_up_at_once_do_it_once(ledger: Ledger) -> None:
    for nr in range(10):
        ledger.bought(ledger.customer(f"Customer {nr}"), 40, 20)
    ledger.refresh()
    together = threading.Barrier(2)
    done: list[bool] = []

    def work() -> None:
        together.wait()
        done.append(ledger.catch_up(ago(-45)))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False, True]
    assert ledger.facts(1).loyalty == "swing"


def test_spans_are_kept_for_a_year_and_foreseen_for_ever(ledger: Ledger) -> None:
    acme = ledger.customer("Acme")
    ledger.bought(acme, 2_000, 1_990, 60, 40, 20)
    ledger.refresh()
    with ledger.database.reading() as db:
        spans = db.execute(select(stage_spans).order_by(stage_spans.c.from_day)).all()
    assert spans[-1].until_day == date.max
    assert spans[0].stage == "lost"
    assert spans[0].from_day < ago(400) < spans[0].until_day


def test_a_customer_who_is_gone_leaves_nothing_behind(ledger: Ledger) -> None:
    acme = ledger.customer("Acme")
    ledger.bought(acme, 5)
    ledger.refresh()
    ledger.change(delete(orders))
    ledger.change(delete(customers))
    assert ledger.everything() == {"customer_facts": [], "stage_spans": [], "cards": []}


def test_nothing_is_due_once_it_was_done(ledger: Ledger) -> None:
    ledger.catch_up(TODAY)
    with ledger.database.reading() as db:
        assert facts.due(db, today=TODAY, rules=RULES, home_currency="USD") is False
        assert facts.due(db, today=ago(-1), rules=RULES, home_currency="USD") is True
