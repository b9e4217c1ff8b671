"""The demo's customers really are what their stories say, by the first rules told here in the plainest way."""

import csv
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from sandbox.demo.data import write
from sandbox.demo.reading import rows
from sandbox.demo.stories import STORIES

TODAY = date(2026, 3, 1)
# Near enough to tell a growing customer from a steady one; the Hong Kong dollar has no rate in the demo.
DOLLARS = {"USD": Decimal(1), "CNY": Decimal("0.14"), "EUR": Decimal("1.09"), "HKD": Decimal(0)}
# What each story is meant to end in: loyalty, lifecycle stage.
ENDS = {
    "prospect": ("none", "prospect"),
    "new": ("loyal", "new"),
    "new_once": ("loyal", "new"),
    "growing": ("loyal", "growing"),
    "mature": ("loyal", "mature"),
    "declining": ("loyal", "mature"),
    "price_only": ("loyal", "mature"),
    "refunds": ("loyal", "mature"),
    "unpriced": ("loyal", "mature"),
    "loyal": ("loyal", "loyal"),
    "swing": ("swing", "at risk"),
    "lost": ("lost", "lost"),
    "lost_once": ("lost", "lost"),
    "won_back": ("loyal", "won back"),
    "won_back_once": ("loyal", "won back"),
}
COMPANIES = {each["id"]: each["story"] for each in rows("invented/companies.csv")}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    paths = write(tmp_path_factory.mktemp("demo"), TODAY)
    return {path.stem: list(csv.DictReader(path.read_text(encoding="utf-8").splitlines())) for path in paths}


@pytest.fixture(scope="module")
def sales(demo):
    """Net sales in dollars by customer and day; an order without a rate counts as a dollar's worth of purchase."""
    amounts = defaultdict(Decimal)
    for line in demo["order_lines"]:
        amounts[line["order"]] += (
            Decimal(line["quantity"]) * Decimal(line["unit_price"]) * (1 - Decimal(line["discount"]))
        )
    found = {each["id"]: defaultdict(Decimal) for each in demo["customers"]}
    for order in demo["orders_northwind"] + demo["orders_china"]:
        if order["status"] == "cancelled":
            continue
        amount = Decimal(order["amount"]) if "amount" in order else amounts[order["id"]]
        worth = amount * DOLLARS[order.get("currency", "USD")] or Decimal(1)
        found[order["customer"]][date.fromisoformat(order["date"])] += worth
    return found


def loyalty(purchases, day):
    """Own rhythm: more than twice the usual gap and 14 days is swing, more than four times and 28 days lost."""
    if not purchases:
        return "none"
    silent = (day - purchases[-1]).days
    if len(purchases) == 1:
        return "lost" if silent > 365 else "loyal"
    gap = (purchases[-1] - purchases[0]).days / (len(purchases) - 1)
    if silent > max(4 * gap, 28):
        return "lost"
    return "swing" if silent > max(2 * gap, 14) else "loyal"


def stage(by_day, day=TODAY):
    """The first that fits, as product and issue tell it."""
    purchases = sorted(each for each, amount in by_day.items() if amount > 0)
    if not purchases:
        return "prospect"
    now = loyalty(purchases, day)
    if now in ("lost", "swing"):
        return "lost" if now == "lost" else "at risk"
    returns = [nr for nr in range(1, len(purchases)) if loyalty(purchases[:nr], purchases[nr]) == "lost"]
    if returns and len(purchases) - returns[-1] < 3:
        return "won back"
    if len(purchases) < 3 and (day - purchases[0]).days <= 90:
        return "new"
    half = timedelta(days=180)
    last = sum(amount for each, amount in by_day.items() if day - half < each <= day)
    before = sum(amount for each, amount in by_day.items() if day - 2 * half < each <= day - half)
    if last > 0 and last >= Decimal("1.2") * before:
        return "growing"
    return "loyal" if (day - purchases[0]).days >= 730 and len(purchases) >= 8 else "mature"


def test_every_story_is_told_by_somebody():
    assert Counter(COMPANIES.values()) == {
        "loyal": 8,
        "mature": 5,
        "swing": 4,
        "growing": 3,
        "lost": 3,
        "new": 3,
        "price_only": 2,
        "prospect": 2,
        "declining": 1,
        "lost_once": 1,
        "new_once": 1,
        "refunds": 1,
        "unpriced": 1,
        "won_back": 1,
        "won_back_once": 1,
    }
    assert set(COMPANIES.values()) == set(STORIES) == set(ENDS)


@pytest.mark.parametrize("customer", COMPANIES)
def test_a_customer_is_what_the_story_says(sales, customer):
    by_day = sales[customer]
    purchases = sorted(each for each, amount in by_day.items() if amount > 0)
    assert (loyalty(purchases, TODAY), stage(by_day)) == ENDS[COMPANIES[customer]]


@pytest.mark.parametrize("days", [1, 2])
def test_a_demo_left_running_for_a_day_or_two_keeps_its_stories_apart(sales, days):
    day = TODAY + timedelta(days=days)
    stages = Counter(stage(sales[customer], day) for customer in COMPANIES)
    assert set(stages) == {end for _, end in ENDS.values()}


def test_every_stage_and_loyalty_occurs_among_northwinds_customers_too_save_loyal_of_two_years(sales):
    northwind = {customer: by_day for customer, by_day in sales.items() if customer not in COMPANIES}
    stages = Counter(stage(by_day) for by_day in northwind.values())
    assert {"prospect", "growing", "mature", "at risk", "lost"} <= set(stages)
    assert stages["prospect"] == 2


def test_both_reps_whom_one_acts_as_have_customers_to_win_back_and_to_rescue(demo, sales):
    stages = defaultdict(set)
    for each in demo["customers"]:
        stages[each["owner"]].add(stage(sales[each["id"]]))
    for address in ("nancy.davolio@example.com", "li.na@example.com"):
        assert {"prospect", "growing", "mature", "at risk", "lost", "won back"} <= stages[address]


def test_every_value_tier_occurs_in_both_teams_and_groups_add_up(sales):
    year = TODAY - timedelta(days=365)
    bought = {
        customer: total
        for customer, by_day in sales.items()
        if (total := sum(amount for day, amount in by_day.items() if day > year)) > 0
    }
    ranked = sorted(bought, key=bought.__getitem__, reverse=True)
    fifth = len(ranked) // 5
    for tier in (ranked[:fifth], ranked[fifth:-fifth], ranked[-fifth:], sales.keys() - bought.keys()):
        assert {customer in COMPANIES for customer in tier} == {True, False}


def test_price_only_customers_and_nobody_else_wait_for_discounts(demo):
    owner = {each["id"]: each["customer"] for each in demo["orders_china"] + demo["orders_northwind"]}
    spend, reduced = defaultdict(Decimal), defaultdict(Decimal)
    for line in demo["order_lines"]:
        net = Decimal(line["quantity"]) * Decimal(line["unit_price"]) * (1 - Decimal(line["discount"]))
        spend[owner[line["order"]]] += net
        reduced[owner[line["order"]]] += net if Decimal(line["discount"]) >= Decimal("0.1") else 0
    waiting = {each for each in COMPANIES if spend[each] and reduced[each] >= Decimal("0.8") * spend[each]}
    assert waiting == {each for each, story in COMPANIES.items() if story == "price_only"}


def test_loyal_weekly_buyers_buy_about_every_seven_days(sales):
    for customer in ("CN02", "CN08", "CN12", "CN18"):
        days = sorted(sales[customer])
        gaps = [(later - earlier).days for earlier, later in pairwise(days)]
        assert set(gaps) <= {5, 6, 7, 8, 9}
        assert len(days) > 100


def test_a_declining_customer_spends_less_and_a_growing_one_more(sales):
    half = TODAY - timedelta(days=180)
    for customer, grows in (("CN17", False), ("CN06", True), ("CN15", True), ("CN26", True)):
        newer = sum(amount for day, amount in sales[customer].items() if day > half)
        older = sum(amount for day, amount in sales[customer].items() if half - timedelta(days=180) < day <= half)
        assert (newer > older) == grows
