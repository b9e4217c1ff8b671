"""What goes in by import: all kinds of files, checked before anything is written, all or nothing."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, insert

from customers.tables import (
    consents,
    contacts,
    customer_tags,
    customers,
    interactions,
    order_lines,
    orders,
    products,
    rates,
    reps,
)

REPS = (
    "name,email,role,team,manager,country,time zone\n"
    "Li Na,Li.Na@Example.com,rep,East,boss@example.com,中国,Asia/Shanghai\n"
    'Bo Ss,boss@example.com,"经理, 运维",East,,DE,Europe/Berlin\n'
)
CUSTOMERS = "id,name,parent,owner,tags\nC2,Acme Berlin,C1,li.na@example.com,VIP;东区\nC1,Acme,,boss@example.com,VIP\n"
ORDERS = "order id,customer,date,amount\n1,C2,2026-03-05,100\n2,acme ,2026-03-06,(20.50)\n"


def faults(outcome):
    return [(fault.line, fault.column, fault.value, fault.reason) for fault in outcome.faults]


def counts(outcome):
    return [(file.added, file.updated, file.unchanged, file.rejected) for file in outcome.files]


def test_files_of_one_run_may_refer_to_each_other_in_any_order(imports):
    outcome = imports(ORDERS, CUSTOMERS, REPS)
    assert outcome.exit_code == 0
    assert counts(outcome) == [(2, 0, 0, 0)] * 3
    assert imports.rows(reps.c.email, reps.c.roles, reps.c.country, reps.c.time_zone) == [
        ("boss@example.com", "manager,operator", "DE", "Europe/Berlin"),
        ("li.na@example.com", "rep", "CN", "Asia/Shanghai"),
    ]
    ids = dict(imports.rows(customers.c.key, customers.c.id))
    people = dict(imports.rows(reps.c.email, reps.c.id))
    assert imports.rows(reps.c.email, reps.c.manager_id)[1] == ("li.na@example.com", people["boss@example.com"])
    assert imports.rows(customers.c.key, customers.c.parent_id, customers.c.owner_id) == [
        ("C1", None, people["boss@example.com"]),
        ("C2", ids["C1"], people["li.na@example.com"]),
    ]
    assert imports.rows(orders.c.key, orders.c.customer_id, orders.c.amount, orders.c.currency) == [
        ("1", ids["C2"], Decimal(100), "USD"),
        ("2", ids["C1"], Decimal("-20.5"), "USD"),
    ]
    assert sorted(imports.rows(customer_tags.c.customer_id, customer_tags.c.tag)) == sorted(
        [(ids["C1"], "VIP"), (ids["C2"], "VIP"), (ids["C2"], "东区")]
    )


def test_the_same_run_twice_changes_nothing_and_asks_for_no_facts(imports, followed):
    imports(REPS, CUSTOMERS, ORDERS)
    assert {what for what, _ in followed} == {"search", "facts", "money"}
    followed.clear()
    assert counts(imports(REPS, CUSTOMERS, ORDERS)) == [(0, 0, 2, 0)] * 3
    assert {what for what, _ in followed} == {"money"}


def test_an_update_changes_what_is_said_and_leaves_the_rest(imports, followed):
    imports(REPS, CUSTOMERS, ORDERS)
    followed.clear()
    outcome = imports("id,name,city,owner,tags\nC1,Acme AG,Rome,,Fair\nC2,,,,\n")
    assert counts(outcome) == [(0, 1, 1, 0)]
    ids = dict(imports.rows(customers.c.key, customers.c.id))
    assert imports.rows(customers.c.key, customers.c.name, customers.c.city, customers.c.owner_id.is_(None)) == [
        ("C1", "Acme AG", "Rome", False),
        ("C2", "Acme Berlin", None, False),
    ]
    assert ("facts", {ids["C1"]}) in followed
    assert sorted(imports.rows(customer_tags.c.tag)) == [("Fair",), ("VIP",), ("VIP",), ("东区",)]


def test_an_order_that_changes_customer_touches_both(imports, followed):
    imports(REPS, CUSTOMERS, ORDERS)
    followed.clear()
    outcome = imports(
        "order id,customer,date,amount,status\n1,C1,2026-03-05,100,已取消\n2,C1,2026-03-06,-20.5,\n3,C1,2026-03-07,5,\n"
    )
    assert counts(outcome) == [(1, 1, 1, 0)]
    ids = dict(imports.rows(customers.c.key, customers.c.id))
    assert ("facts", set(ids.values())) in followed
    assert imports.rows(orders.c.key, orders.c.status)[0] == ("1", "cancelled")


def test_nothing_is_written_where_one_row_has_a_fault(imports, tmp_path):
    imports(REPS, CUSTOMERS)
    outcome = imports("id,name\nC9,New\n", "order id,customer,date,amount\n1,C9,2026-03-05,5\n2,C9,2026-03-05,\n")
    assert outcome.exit_code == 1
    assert not outcome.written
    assert faults(outcome) == [(3, "amount", "", "is empty, but is needed")]
    assert imports.rows(customers.c.key) == [("C1",), ("C2",)]
    assert imports.rows(func.count(orders.c.id)) == [(0,)]
    assert "Refused" in outcome.summary()


def test_the_bad_rows_are_left_out_if_the_operator_says_so(imports, tmp_path):
    rejects = tmp_path / "rejects.csv"
    text = (
        "order id,customer,date,amount\n1,C1,2026-03-05,5\n2,Nobody,2026-03-05,5\n1,C1,2026-03-06,7\n3,C1,soon,much\n"
    )
    outcome = imports("id,name\nC1,Acme\n", text, skip_bad=True, rejects=rejects)
    assert outcome.exit_code == 0
    assert counts(outcome)[1] == (1, 0, 0, 3)
    assert (outcome.files[1].read, outcome.files[1].accepted) == (4, 1)
    with rejects.open(newline="", encoding="utf-8") as file:
        found = sorted((int(row["line"]), row["column"], row["value"]) for row in csv.DictReader(file))
    assert found == [(3, "customer", "Nobody"), (4, "order id", "1"), (5, "amount", "much"), (5, "date", "soon")]
    assert imports.rows(orders.c.key, orders.c.amount) == [("1", Decimal(5))]


def test_a_value_in_the_file_of_rejects_cannot_run_in_a_spreadsheet(imports_here, tmp_path):
    rejects = tmp_path / "rejects.csv"
    text = 'order id,customer,date,amount\n1,"=HYPERLINK(""http://x.example/"")",2026-03-05,5\n'
    imports_here("id,name\nC1,Acme\n", text, skip_bad=True, rejects=rejects)
    with rejects.open(newline="", encoding="utf-8") as file:
        assert [row["value"] for row in csv.DictReader(file)] == ['\'=HYPERLINK("http://x.example/")']


def test_a_dry_run_says_what_would_be_and_writes_nothing(imports):
    outcome = imports(REPS, CUSTOMERS, ORDERS, dry_run=True)
    assert outcome.exit_code == 0
    assert "Dry run: 6 rows can be imported" in outcome.summary()
    assert imports.rows(func.count(customers.c.id)) == [(0,)]


def test_only_rejected_rows_are_nothing_usable(imports):
    outcome = imports("id,name,owner\nC1,Acme,nobody@example.com\n", skip_bad=True)
    assert outcome.exit_code == 1
    assert "no usable row" in outcome.summary()


def test_first_twenty_faults_are_shown_and_all_are_written_down(imports, tmp_path):
    rejects = tmp_path / "rejects.csv"
    rows = "".join(f"{n},C,2026-13-01,1\n" for n in range(30))
    outcome = imports("order id,customer,date,amount\n" + rows, rejects=rejects)
    assert (len(outcome.faults), outcome.fault_count) == (20, 30)
    assert "30 faults, the first 20 of them:" in outcome.summary()
    assert len(rejects.read_text().splitlines()) == 31


def test_a_parent_that_was_rejected_takes_its_children_along(imports):
    text = "id,name,parent\nA,Alpha,\nB,Beta,missing\nC,Gamma,B\nD,Delta,C\nE,Epsilon,A\n"
    outcome = imports(text, skip_bad=True)
    assert [fault[0] for fault in faults(outcome)] == [3, 4, 5]
    assert imports.rows(customers.c.key) == [("A",), ("E",)]
    assert counts(outcome) == [(2, 0, 0, 3)]


def test_nobody_becomes_an_own_ancestor(imports):
    outcome = imports("id,name,parent\nA,Alpha,C\nB,Beta,A\nC,Gamma,B\nD,Delta,D\nE,Epsilon,A\n")
    assert [(line, reason) for line, _, _, reason in faults(outcome)] == [
        (line, "makes this customer its own parent") for line in (2, 3, 4, 5)
    ]


def test_a_manager_may_stand_anywhere_but_must_exist(imports):
    text = "name,email,manager\nA,a@x.com,b@x.com\nB,b@x.com,x@x.com\nC,c@x.com,c@x.com"
    assert faults(imports(text)) == [
        (4, "manager", "c@x.com", "is this person's own address"),
        (3, "manager", "x@x.com", "is neither stored nor among the rows that this import can take"),
    ]


def test_without_an_id_the_folded_name_is_the_key_and_an_id_can_follow(imports):
    imports("name,city\nLONESOME  pine,Rome\n")
    outcome = imports("name,city\nLonesome Pine ,Oslo\n")
    assert counts(outcome) == [(0, 1, 0, 0)]
    outcome = imports("id,name\nK7,Lonesome Pine\n")
    assert counts(outcome) == [(0, 1, 0, 0)]
    assert imports.rows(customers.c.key, customers.c.name, customers.c.city) == [("K7", "Lonesome Pine", "Oslo")]


def test_a_name_that_several_share_is_a_fault_that_says_so(imports):
    imports("id,name\nK1,Acme\nK2,Acme\n")
    assert "several records" in faults(imports("name,city\nAcme,Rome\n"))[0][3]
    assert "several records" in faults(imports("order id,customer,date,amount\n1,ACME,2026-03-05,5\n"))[0][3]


def test_a_contact_stands_in_the_customers_row_or_in_a_file_of_its_own(imports):
    imports("客户编号,客户名称,联系人,职务\nK1,华贸,曾国栋,采购\n")
    outcome = imports(
        "联系人编号,客户,姓名,职务,手机,生日\nP1,华贸,曾国栋,采购总监,+86 138 0000 0101,1972-03-09 (lunar)\n",
        region="CN",
    )
    assert counts(outcome) == [(0, 1, 0, 0)]
    assert imports.rows(
        contacts.c.key, contacts.c.title, contacts.c.phone, contacts.c.birthday, contacts.c.birthday_is_lunar
    ) == [("P1", "采购总监", "+8613800000101", date(1972, 3, 9), True)]


def test_two_contacts_of_one_name_need_two_customers(imports):
    imports("id,name\nK1,Acme\nK2,Beta\n", "contact id,customer,name\nP1,K1,Ann\nP2,K2,Ann\n")
    assert imports.rows(func.count(contacts.c.id)) == [(2,)]
    outcome = imports("contact id,customer,name\nP3,K1,Ann\n")
    assert faults(outcome) == [(2, "name", "Ann", "is the name of another contact of this customer, with another id")]


def test_birthdays_keep_their_calendar_and_whether_the_year_is_known(imports):
    imports("name,birthday,birthday calendar\nA,1980-08-15,lunar\nB,8月15日,\nC,农历八月十五,\nD,,\n")
    c = customers.c
    assert imports.rows(c.name, c.birthday, c.birthday_is_lunar, c.birthday_year_known) == [
        ("A", date(1980, 8, 15), True, True),
        ("B", date(1904, 8, 15), False, False),
        ("C", date(1904, 8, 15), True, False),
        ("D", None, False, True),
    ]


def test_unusual_phones_and_addresses_are_warnings(imports):
    outcome = imports("name,phone,email\nA,call me,nobody\nB,(415) 555-2671,b@example.com\n")
    assert outcome.exit_code == 0
    assert sorted((fault.line, fault.column, fault.value) for fault in outcome.warnings) == [
        (2, "email", "nobody"),
        (2, "phone", "call me"),
    ]
    assert imports.rows(customers.c.name, customers.c.phone, customers.c.email) == [
        ("A", "call me", "nobody"),
        ("B", "+14155552671", "b@example.com"),
    ]


def test_consent_is_recorded_once_for_each_purpose_and_only_when_it_changes(imports):
    columns = (consents.c.channel, consents.c.purpose, consents.c.given, consents.c.how)
    imports("name,consent_email,consent_sms\nA,2025-03-05,no\n")
    first = imports.rows(*columns, order=consents.c.id)
    assert sorted(first) == [
        ("email", "marketing", True, "import"),
        ("email", "service", True, "import"),
        ("sms", "marketing", False, "import"),
        ("sms", "service", False, "import"),
    ]
    assert counts(imports("name,consent_email,consent_sms\nA,yes,否\n")) == [(0, 0, 1, 0)]
    assert imports.rows(*columns, order=consents.c.id) == first
    assert counts(imports("name,consent_email\nA,no\n")) == [(0, 1, 0, 0)]
    assert imports.rows(func.count(consents.c.id)) == [(6,)]


def test_an_old_export_does_not_undo_a_withdrawal_that_came_another_way(imports):
    imports("name,consent_email\nA,2025-03-05\n")
    [(customer,)] = imports.rows(customers.c.id)
    withdrawn = {"customer_id": customer, "given": False, "at": datetime(2026, 1, 1, tzinfo=UTC), "how": "link"}
    with imports.database.transaction() as db:
        for purpose in ("service", "marketing"):
            db.execute(insert(consents).values(channel="email", purpose=purpose, **withdrawn))
    for word in ("yes", "2025-12-31"):
        imports(f"name,consent_email\nA,{word}\n")
        assert imports.rows(func.count(consents.c.id)) == [(4,)]
    imports("name,consent_email\nA,2026-02-01\n")
    assert imports.rows(func.count(consents.c.id)) == [(6,)]


@pytest.mark.parametrize(
    ("zone", "withdrawn"),
    [
        ("Asia/Shanghai", datetime(2025, 12, 31, 18, tzinfo=UTC)),  # at two in the morning of 1 January
        ("America/Los_Angeles", datetime(2026, 1, 2, 4, tzinfo=UTC)),  # at eight in the evening of 1 January
    ],
)
def test_a_later_day_than_that_of_the_withdrawal_is_one_by_the_tenants_clocks(imports, zone, withdrawn):
    imports("name,consent_email\nA,2025-03-05\n", zone=ZoneInfo(zone))
    [(customer,)] = imports.rows(customers.c.id)
    row = {"customer_id": customer, "channel": "email", "given": False, "at": withdrawn, "how": "link"}
    with imports.database.transaction() as db:
        db.execute(insert(consents), [row | {"purpose": purpose} for purpose in ("service", "marketing")])
    imports("name,consent_email\nA,2026-01-01\n", zone=ZoneInfo(zone))
    assert imports.rows(func.count(consents.c.id)) == [(4,)]
    imports("name,consent_email\nA,2026-01-02\n", zone=ZoneInfo(zone))
    assert imports.rows(func.count(consents.c.id)) == [(6,)]


def test_the_sign_or_the_column_sets_the_currency_and_the_column_wins(imports):
    imports("name\nA\n")
    text = "order id,customer,date,amount,currency\n1,A,2026-03-05,¥5,\n2,A,2026-03-05,€5,GBP\n3,A,2026-03-05,5,\n"
    imports(text, home="CAD")
    assert imports.rows(orders.c.key, orders.c.currency) == [("1", "CNY"), ("2", "GBP"), ("3", "CAD")]
    assert "not a currency" in faults(imports(text.replace("GBP", "QQQ")))[0][3]


LINES = "order id,product,quantity,unit price,discount\n1,Tea,2,9.99,10%\n1,Tea,1,5,\n1,Cup,3,1.115,8.5折\n"


def test_an_order_without_an_amount_is_the_sum_of_its_lines_and_follows_them(imports):
    outcome = imports(
        "name\nA\n", "product id,product name\nP1,Tea\nP2,Cup\n", "order id,customer,date\n1,A,2026-03-05\n", LINES
    )
    assert outcome.exit_code == 0
    # 17.982 + 5 + 2.84325 = 25.82525, kept with four decimals
    assert imports.rows(orders.c.key, orders.c.amount, orders.c.sums_lines) == [("1", Decimal("25.8253"), True)]
    assert imports.rows(order_lines.c.nr, order_lines.c.quantity, order=order_lines.c.id) == [(1, 2), (2, 1), (1, 3)]
    assert counts(imports(LINES)) == [(0, 0, 3, 0)]
    outcome = imports(LINES.replace("Tea,1,5", "Tea,2,5"))
    assert counts(outcome) == [(0, 1, 2, 0)]
    assert imports.rows(orders.c.amount) == [(Decimal("30.8253"),)]


def test_an_order_with_an_amount_keeps_it_whatever_its_lines_say(imports):
    imports("name\nA\n", "product name\nTea\nCup\n", "order id,customer,date,amount\n1,A,2026-03-05,7\n", LINES)
    assert imports.rows(orders.c.amount) == [(Decimal(7),)]


def test_an_order_with_neither_amount_nor_lines_is_a_fault(imports):
    outcome = imports(
        "name\nA\n",
        "product name\nTea\nCup\n",
        "order id,customer,date\n1,A,2026-03-05\n2,A,2026-03-05\n",
        LINES,
        skip_bad=True,
    )
    assert [(line, value, reason.split(":")[0]) for line, _, value, reason in faults(outcome)] == [
        (3, "2", "has no amount")
    ]
    assert imports.rows(orders.c.key) == [("1",)]
    assert counts(outcome)[2:] == [(1, 0, 0, 1), (3, 0, 0, 0)]


def test_unknown_orders_and_products_are_faults(imports):
    outcome = imports(
        "name\nA\n", "product name\nTea\n", "order id,customer,date,amount\n1,A,2026-03-05,7\n", LINES + "9,Tea,1,1,\n"
    )
    assert sorted((line, column, value) for line, column, value, _ in faults(outcome)) == [
        (4, "product", "Cup"),
        (5, "order id", "9"),
    ]


def test_rates_are_kept_exactly_and_need_no_home_currency(imports):
    text = "currency,date,rate\nEUR,2026-03-01,1.0834\ncny,2026-03-01,0.1387\n"
    assert counts(imports(text)) == [(2, 0, 0, 0)]
    assert counts(imports(text.replace("1.0834", "1.09"))) == [(0, 1, 1, 0)]
    assert imports.rows(rates.c.currency, rates.c.micros) == [("CNY", 138_700), ("EUR", 1_090_000)]
    assert "needs no rate" in faults(imports("currency,date,rate\nUSD,2026-03-01,1\n"))[0][3]


INTERACTIONS = (
    "客户,联系人,类型,时间,销售邮箱,内容,结果\n"
    "K1,曾国栋,电话,2026-03-05 09:30,li.na@example.com,谈价格,下周回复\n"
    "K1,,投诉,2026-03-06,,包装破损,\n"
)


def test_interactions_without_ids_are_known_by_what_they_say(imports):
    imports(REPS, "客户编号,客户名称,联系人\nK1,华贸,曾国栋\n")
    assert counts(imports(INTERACTIONS)) == [(2, 0, 0, 0)]
    assert counts(imports(INTERACTIONS.replace("下周回复", "已回复"))) == [(0, 1, 1, 0)]
    i = interactions.c
    assert imports.rows(i.kind, i.at, i.text, i.outcome, i.contact_id.is_(None), i.rep_id.is_(None), order=i.at) == [
        ("call", datetime(2026, 3, 5, 9, 30, tzinfo=UTC), "谈价格", "已回复", False, False),
        ("complaint", datetime(2026, 3, 6, 12, tzinfo=UTC), "包装破损", None, True, True),
    ]


def test_interactions_name_known_customers_contacts_and_reps(imports):
    imports("客户编号,客户名称\nK1,华贸\n")
    outcome = imports(INTERACTIONS)
    assert sorted((line, column, value) for line, column, value, _ in faults(outcome)) == [
        (2, "销售邮箱", "li.na@example.com")
    ]


def test_products_are_known_by_id_or_name_and_touch_their_buyers(imports, followed):
    imports("name\nA\nB\n", "product name\nTea\nCup\n", "order id,customer,date\n1,A,2026-03-05\n", LINES)
    followed.clear()
    outcome = imports("product id,name,type,cost\nP1,TEA,drinks,1.50\nP9,Pot,,\n")
    assert counts(outcome) == [(1, 1, 0, 0)]
    assert imports.rows(products.c.name, products.c.key, products.c.cost, order=products.c.id)[0] == (
        "TEA",
        "P1",
        Decimal("1.5"),
    )
    buyer = dict(imports.rows(customers.c.name, customers.c.id))["A"]
    assert ("facts", {buyer}) in followed


def test_many_rows_come_in_batches_and_references_outlive_what_is_remembered(imports_here, monkeypatch):
    monkeypatch.setattr("sources.intake.BATCH", 7)
    monkeypatch.setattr("sources.intake.REMEMBERED", 5)
    people = "".join(f"C{n},Company {n}\n" for n in range(40))
    bought = "".join(f"O{n},{'C' if n % 2 else 'company '}{n * 7 % 40},2026-03-05,{n}.50\n" for n in range(100))
    outcome = imports_here("id,name\n" + people, "order id,customer,date,amount\n" + bought)
    assert counts(outcome) == [(40, 0, 0, 0), (100, 0, 0, 0)]
    assert imports_here.rows(func.count(orders.c.customer_id.distinct()), func.sum(orders.c.amount)) == [
        (40, Decimal(5000))
    ]


def test_progress_is_told_step_by_step(imports_here):
    from customers.rules import Rules
    from sources.importing import Options, run

    told = []
    file = imports_here.file(
        "order id,customer,date,amount\n" + "".join(f"{n},A,2026-03-05,1\n" for n in range(45_000))
    )
    run(
        imports_here.database,
        [imports_here.file("name\nA\n"), file],
        Options(),
        home_currency="USD",
        default_region="US",
        today=date(2026, 4, 1),
        rules=Rules(),
        progress=lambda step, share: told.append((step, share)),
    )
    reading = [share for step, share in told if step.startswith("Reading")]
    assert reading == sorted(reading)
    assert 0 < reading[0] <= reading[-1] <= 1
    assert [step for step, _ in told][-3:] == ["Checking customers", "Checking orders", "Computing the facts"]


def test_names_are_indexed_anew_only_where_names_may_have_changed(imports, followed):
    imports(REPS, CUSTOMERS)
    followed.clear()
    imports(ORDERS)
    assert {what for what, _ in followed} == {"money", "facts"}
    followed.clear()
    imports("customer,name\nC2,Ann\n", kind="contacts")
    ids = dict(imports.rows(customers.c.key, customers.c.id))
    assert ("search", {ids["C2"]}) in followed


def test_everybody_is_computed_anew_where_many_were_touched(imports_here, followed, monkeypatch):
    monkeypatch.setattr("sources.merging.run.FETCHED", 3)
    imports_here("id,name\n" + "".join(f"C{n},Company {n}\n" for n in range(50)))
    assert followed[1:] == [("search", None), ("facts", None)]
    followed.clear()
    imports_here("id,city\nC1,Rome\nC2,Rome\n")
    assert {what for what, _ in followed} == {"money", "search", "facts"}
    assert all(ids is None or len(ids) == 2 for what, ids in followed if what != "money")
    assert followed[1][1] is not None
