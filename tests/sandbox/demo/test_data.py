"""What the demo's files promise to those who try Rekindle with them."""

import csv
import re
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest
from lunar_python import Lunar

from sandbox.demo.data import COLUMNS, write
from sandbox.demo.people import PEOPLE
from sandbox.demo.reading import HERE, rows

TODAY = date(2026, 3, 1)


def read(folder, today=TODAY):
    files = {path.name: path.read_text(encoding="utf-8").splitlines() for path in write(folder, today)}
    return {name: list(csv.DictReader(lines, strict=True)) for name, lines in files.items()}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return read(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def orders(demo):
    return demo["orders_northwind.csv"] + demo["orders_china.csv"]


def test_every_file_has_its_header_and_no_line_is_longer_or_shorter(demo):
    assert list(demo) == list(COLUMNS)
    for name, lines in demo.items():
        assert lines
        for line in lines:
            assert list(line) == COLUMNS[name].split(",")
            assert None not in line.values()


@pytest.mark.parametrize("today", [date(2026, 3, 1), date(2027, 12, 31), date(2028, 2, 29)])
def test_the_newest_order_is_yesterdays_and_nothing_lies_ahead(tmp_path, today):
    files = read(tmp_path, today)
    days = [each["date"] for name in ("orders_northwind.csv", "orders_china.csv") for each in files[name]]
    assert max(days) == (today - timedelta(days=1)).isoformat()
    assert max(each["date"] for each in files["interactions.csv"]) < today.isoformat()
    assert max(each["date"] for each in files["rates.csv"]) <= today.isoformat()
    consents = [each[column] for each in files["customers.csv"] for column in ("consent_email", "consent_sms")]
    assert max(each for each in consents if each != "no") < today.isoformat()


def test_the_same_day_gives_the_same_files(tmp_path):
    (tmp_path / "once").mkdir()
    (tmp_path / "again").mkdir()
    once, again = write(tmp_path / "once", TODAY), write(tmp_path / "again", TODAY)
    assert [path.read_bytes() for path in once] == [path.read_bytes() for path in again]


def test_another_day_tells_the_same_stories_moved(tmp_path, demo):
    later = read(tmp_path, TODAY + timedelta(days=100))
    for name in ("orders_northwind.csv", "orders_china.csv", "interactions.csv"):
        assert later[name] == [
            {name: _moved(value) if name in ("date", "closed") else value for name, value in each.items()}
            for each in demo[name]
        ]
    assert later["order_lines.csv"] == demo["order_lines.csv"]


def _moved(day):
    return day and str(date.fromisoformat(day) + timedelta(days=100))


def test_no_id_occurs_twice(demo, orders):
    for lines in (*(demo[f"{kind}.csv"] for kind in ("customers", "contacts", "products", "interactions")), orders):
        ids = [each["id"] for each in lines]
        assert len(set(ids)) == len(ids)
    names = [each["name"] for each in demo["customers.csv"]]
    assert len(set(names)) == len(names)


def test_every_reference_points_to_somebody_or_something(demo, orders):
    reps = {each["email"] for each in demo["reps.csv"]}
    customers = {each["id"] for each in demo["customers.csv"]}
    contacts = {(each["customer"], each["name"]) for each in demo["contacts.csv"]}
    assert {each["manager"] for each in demo["reps.csv"]} <= reps | {""}
    assert {each["owner"] for each in demo["customers.csv"]} <= reps | {""}
    assert {each["parent"] for each in demo["customers.csv"]} <= customers | {""}
    assert {customer for customer, _ in contacts} <= customers
    assert {each["customer"] for each in orders} <= customers
    assert {each["order"] for each in demo["order_lines.csv"]} <= {each["id"] for each in orders}
    assert {each["product"] for each in demo["order_lines.csv"]} == {each["id"] for each in demo["products.csv"]}
    for each in demo["interactions.csv"]:
        assert each["customer"] in customers
        assert each["rep"] in reps | {""}
        assert not each["contact"] or (each["customer"], each["contact"]) in contacts


def test_no_address_could_reach_a_real_person(demo):
    addresses = [each["email"] for name in ("reps.csv", "customers.csv", "contacts.csv") for each in demo[name]]
    addresses += [person.email for person in PEOPLE]
    assert all(re.fullmatch(r"[a-z.]+@([a-z0-9-]+\.)*example\.com", each) for each in addresses)
    assert len(set(addresses)) == len(addresses) - len([person for person in PEOPLE if not person.guest])


def test_northwinds_orders_come_without_amounts_and_still_bring_what_they_always_did(demo):
    assert len(demo["orders_northwind.csv"]) == 830
    assert {"amount", "currency"}.isdisjoint(demo["orders_northwind.csv"][0])
    lines = [each for each in demo["order_lines.csv"] if each["order"].startswith("NW")]
    assert round(sum(map(net, lines)), 2) == Decimal("1265793.04")
    assert {each["order"] for each in lines} == {each["id"] for each in demo["orders_northwind.csv"]}


def net(line):
    return Decimal(line["quantity"]) * Decimal(line["unit_price"]) * (1 - Decimal(line["discount"]))


def test_the_chinese_orders_amount_to_their_lines_and_refunds_have_none(demo):
    sums = defaultdict(Decimal)
    for line in demo["order_lines.csv"]:
        sums[line["order"]] += net(line)
    refunds = [each for each in demo["orders_china.csv"] if each["status"] == "refunded"]
    assert [each["customer"] for each in refunds] == ["CN22", "CN22"]
    assert all(Decimal(each["amount"]) < 0 and each["id"] not in sums for each in refunds)
    assert [each["customer"] for each in demo["orders_china.csv"] if each["status"] == "cancelled"] == ["CN22"]
    for each in demo["orders_china.csv"]:
        assert each in refunds or Decimal(each["amount"]) == sums[each["id"]] > 0


def test_every_order_has_a_rate_but_the_two_in_hong_kong_dollars(demo):
    first_rate = {}
    for each in demo["rates.csv"]:
        assert Decimal(each["rate"]) > 0
        first_rate.setdefault(each["currency"], each["date"])
    unpriced = [each for each in demo["orders_china.csv"] if each["currency"] not in first_rate]
    assert [(each["customer"], each["currency"]) for each in unpriced] == [("CN33", "HKD"), ("CN33", "HKD")]
    for each in demo["orders_china.csv"]:
        assert each in unpriced or first_rate[each["currency"]] <= each["date"]
    assert {each["currency"] for each in demo["orders_china.csv"]} == {"CNY", "EUR", "HKD"}


def test_there_are_two_groups_with_two_and_three_members(demo):
    children = Counter(each["parent"] for each in demo["customers.csv"] if each["parent"])
    assert children == {"CN01": 3, "CN05": 2}


def test_the_chinese_companies_belong_to_the_chinese_team_and_some_customers_to_nobody(demo):
    teams = {each["email"]: each["team"] for each in demo["reps.csv"]} | {"": "nobody"}
    by_country = defaultdict(Counter)
    for each in demo["customers.csv"]:
        by_country["CN" if each["country"] == "CN" else "elsewhere"][teams[each["owner"]]] += 1
    assert set(by_country["CN"]) == {"上海", "nobody"}
    assert set(by_country["elsewhere"]) == {"Seattle", "London", "nobody"}
    assert by_country["CN"]["nobody"] == 1
    assert by_country["elsewhere"]["nobody"] == 4
    companies = [each for each in demo["customers.csv"] if each["country"] == "CN" and each["kind"] == "company"]
    assert len(companies) == 34


def test_the_demos_people_are_two_reps_of_different_teams_two_managers_and_a_guest(demo):
    known = {each["email"]: each for each in demo["reps.csv"]}
    english, chinese, manager, second, guest = PEOPLE
    assert (english.locale, chinese.locale, chinese.tz) == ("en-US", "zh-CN", "Asia/Shanghai")
    assert known[english.email]["team"] != known[chinese.email]["team"]
    assert known[english.email]["role"] == known[chinese.email]["role"] == "rep"
    assert known[english.email]["manager"] == known[chinese.email]["manager"] == manager.email
    assert set(known[manager.email]["role"].split(",")) == {"manager", "operator", "privacy"}
    assert "manager" in known[second.email]["role"].split(",")
    assert guest.guest
    assert guest.email not in known
    for person in (english, chinese, manager, second):
        assert not person.guest
        assert known[person.email]["name"] == person.real_name
        assert known[person.email]["time_zone"] == person.tz
    owners = Counter(each["owner"] for each in demo["customers.csv"])
    assert owners[english.email] >= 15
    assert owners[chinese.email] >= 15


def test_some_names_look_or_sound_alike(demo):
    names = {each["name"] for each in demo["customers.csv"]}
    assert {"上海晨曦文具有限公司", "上海晨曦办公用品有限公司", "杭州清源茶业有限公司", "杭州清远茶业有限公司"} <= names
    people = {each["name"] for each in demo["contacts.csv"]} | names
    assert all(any(name.startswith(surname) for name in people) for surname in "曾仇解单")


def test_lunar_and_solar_birthdays_exist_in_their_calendars(demo):
    lunar = solar = 0
    for each in demo["contacts.csv"] + demo["customers.csv"]:
        if not each["birthday"]:
            continue
        day, _, calendar = each["birthday"].partition(" ")
        if calendar == "(lunar)" or each.get("birthday_calendar") == "lunar":
            year, month, of_month = map(int, day.split("-"))
            assert Lunar.fromYmd(year, month, of_month).getSolar().getYear() in (year, year + 1)
            lunar += 1
        else:
            assert date.fromisoformat(day) < TODAY
            solar += 1
    assert lunar >= 10
    assert solar >= 20


def test_both_languages_have_every_kind_of_note_and_one_open_complaint(demo):
    for prefix, customer in (("NI", "EASTC"), ("CI", "CN25")):
        notes = [each for each in demo["interactions.csv"] if each["id"].startswith(prefix)]
        assert {each["kind"] for each in notes} == {"call", "visit", "email", "note", "complaint", "survey"}
        complaints = [each for each in notes if each["kind"] == "complaint"]
        assert [each["customer"] for each in complaints if not each["outcome"]] == [customer]
        assert [each["customer"] for each in complaints if not each["closed"]] == [customer]
        assert all(each["outcome"] in ("", "resolved", "已解决") for each in complaints)
        assert all((each["score"] in set("12345")) == (each["kind"] == "survey") for each in notes)


def test_consent_is_given_refused_and_unknown(demo):
    for column in ("consent_email", "consent_sms"):
        answers = [each[column] for each in demo["customers.csv"]]
        assert answers.count("no") >= 3
        assert answers.count("") >= 10
        assert sum(each[:2] == "20" for each in answers) >= 20


def test_what_is_invented_and_what_is_microsofts_is_said_beside_it():
    assert "Everything in this folder is invented" in (HERE / "invented/README.md").read_text(encoding="utf-8")
    assert "Microsoft" in (HERE / "northwind/LICENSE.txt").read_text(encoding="utf-8")
    assert rows("northwind/customers.csv")[0]["CustomerID"] == "ALFKI"
