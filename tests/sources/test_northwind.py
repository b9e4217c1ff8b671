"""Northwind goes in as people export it: plainly, in GB18030, with a mark and semicolons, with five styles of dates."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

from sqlalchemy import func

from customers.tables import contacts, customers, order_lines, orders, products

ROOT = Path(__file__).parents[2]
CSV = ROOT / "sandbox" / "demo" / "northwind"
MESSY = ROOT / "tests" / "data" / "northwind_messy"
PLAIN = [CSV / name for name in ("orders.csv", "order_details.csv", "products.csv", "customers.csv")]


def test_the_plain_files_go_in_whatever_their_order(imports):
    outcome = imports(*PLAIN)
    assert outcome.exit_code == 0
    assert [(file.kind, file.added, file.rejected) for file in outcome.files] == [
        ("orders", 830, 0),
        ("order-lines", 2155, 0),
        ("products", 77, 0),
        ("customers", 91, 0),
    ]
    assert imports.rows(func.count(contacts.c.id)) == [(91,)]
    [(revenue,)] = imports.rows(func.sum(orders.c.amount))
    assert round(revenue, 2) == Decimal("1265793.04")
    assert imports.rows(orders.c.amount, order=orders.c.id)[0] == (Decimal("440"),)


def test_the_same_files_twice_change_nothing(imports, followed):
    imports(*PLAIN)
    before = [imports.rows(*table.c) for table in (customers, contacts, products, orders, order_lines)]
    followed.clear()
    outcome = imports(*PLAIN)
    assert [(file.added, file.updated, file.unchanged) for file in outcome.files] == [
        (0, 0, 830),
        (0, 0, 2155),
        (0, 0, 77),
        (0, 0, 91),
    ]
    assert [imports.rows(*table.c) for table in (customers, contacts, products, orders, order_lines)] == before
    assert followed == [("money", "USD")]


def test_gb18030_with_chinese_headers_and_semicolons_with_a_mark_mean_the_same_customers(imports):
    chinese = imports(MESSY / "customers_zh_gb18030.csv")
    assert (chinese.files[0].encoding, chinese.files[0].separator) == ("gb18030", ",")
    marked = imports(MESSY / "customers_utf8bom_semicolon.csv")
    assert (marked.files[0].encoding, marked.files[0].separator) == ("utf-8-sig", ";")
    assert [(file.added, file.unchanged) for file in chinese.files + marked.files] == [(91, 0), (0, 91)]
    assert imports.rows(customers.c.name, order=customers.c.key)[7:9] == [
        ("Bólido Comidas preparadas",),
        ("Bon app'",),
    ]


def test_the_four_faults_of_the_messy_orders_are_named_and_nothing_is_written(imports, tmp_path):
    imports(MESSY / "customers_zh_gb18030.csv")
    rejects = tmp_path / "rejects.csv"
    outcome = imports(MESSY / "orders_zh_messy.csv", rejects=rejects)
    assert outcome.exit_code == 1
    assert imports.rows(func.count(orders.c.id)) == [(0,)]
    assert (outcome.files[0].read, outcome.files[0].accepted, outcome.files[0].rejected) == (831, 827, 4)
    with rejects.open(newline="", encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    assert [(row["line"], row["column"], row["value"], row["reason"]) for row in found] == [
        ("12", "下单日期", "1996-13-45", "there is no such day"),
        ("22", "金额", "N/A", "is not an amount; write it like 1234.50"),
        ("32", "客户", "", "is empty, but is needed"),
        ("42", "订单号", "10287", "repeats the id of an earlier line"),
    ]
    assert {row["file"] for row in found} == {str(MESSY / "orders_zh_messy.csv")}


def test_the_tricky_rows_of_the_messy_orders_are_understood(imports):
    imports(MESSY / "customers_zh_gb18030.csv")
    outcome = imports(MESSY / "orders_zh_messy.csv", skip_bad=True)
    assert outcome.exit_code == 0
    assert "4 rows left out" in outcome.summary()
    found = {row[0]: row[1:] for row in imports.rows(orders.c.key, orders.c.day, orders.c.amount, orders.c.currency)}
    assert len(found) == 827
    assert found["10248"] == (date(1996, 7, 4), Decimal("440"), "USD")
    assert found["10249"] == (date(1996, 7, 5), Decimal("1863.40"), "CNY")
    assert found["10250"] == (date(1996, 7, 8), Decimal("1552.60"), "CNY")
    assert found["10251"] == (date(1996, 7, 8), Decimal("654.06"), "EUR")
    assert found["10252"] == (date(1996, 7, 9), Decimal("3598"), "USD")
    assert found["10286"] == (date(1996, 8, 21), Decimal("3016"), "EUR")
    assert found["10297"] == (date(1996, 9, 4), Decimal("-120"), "USD")
    owners = dict(imports.rows(orders.c.key, orders.c.customer_id))
    assert owners["10307"] == owners["10317"]  # LONESOME PINE RESTAURANT with a blank behind it
