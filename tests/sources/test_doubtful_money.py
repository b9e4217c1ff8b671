"""No amount becomes a thousand times too small in silence: what a column does not settle is asked."""

from datetime import UTC, date
from decimal import Decimal

import openpyxl
import pytest

from customers.tables import order_lines, orders, products
from sources.cells.columns import Setting, reader
from sources.kinds import kind_named
from words.errors import BadInput

TODAY = date(2026, 4, 1)


def money(cell, *others, decimal=None, kind="orders", field="amount"):
    known = kind_named(kind).field(field)
    setting = Setting("orders.csv", "USD", None, UTC, TODAY, decimal)
    stored = reader(known, "Sum", setting, lambda: (cell, *others))(cell)
    return Decimal(stored[0] if isinstance(stored, tuple) else stored) / 10_000


@pytest.mark.parametrize("other", ["1.234,50", "1.234.567", "12,5", "1.234,50 €", "-12,50 €"])
def test_a_cell_that_groups_with_points_makes_them_thousands(other):
    assert money("1.234", other) == 1234
    assert money("12.500 €", other) == 12_500


@pytest.mark.parametrize("other", ["0.125", "1.2345", "1.5", "12.50", "1234.567", "1,234.50", "1.552万"])
def test_a_cell_with_decimals_behind_a_point_makes_them_decimals(other):
    assert money("1.234", other) == Decimal("1.234")


@pytest.mark.parametrize(
    "cells", [("1.234",), ("12.500 €", "17 €"), ("1.234", "5", "12.000"), ("1.234", "1.234,50", "12.50")]
)
def test_what_nothing_settles_is_refused_with_file_column_and_example(cells):
    with pytest.raises(BadInput) as asked:
        money(*cells)
    for named in ("orders.csv", "Sum", cells[0], "--decimal point", "--decimal comma"):
        assert named in str(asked.value)


def test_the_operator_settles_it():
    assert money("1.234", decimal=".") == Decimal("1.234")
    assert money("1.234", decimal=",") == 1234
    assert money("1,234", decimal=",") == Decimal("1.234")
    assert money("1.234,50", decimal=".") == Decimal("1234.50")


def test_a_comma_alone_groups_thousands_unless_it_is_settled_otherwise():
    assert money("1,234") == 1234
    assert money("1,234", "12,50") == Decimal("1.234")
    with pytest.raises(BadInput):
        money("1,234", "12,50", "1,234.50")


def test_ten_thousands_are_never_grouped_with_a_point():
    assert money("1.552万") == 15_520


def test_quantities_and_rates_are_read_as_they_stand():
    assert money("1.234", kind="order-lines", field="quantity") == Decimal("1.234")
    assert money("7.123", kind="rates", field="rate") * 10_000 == 7_123_000


@pytest.mark.parametrize(
    "text",
    [
        "id,name,price\nP1,Tea,1.234\n",
        "id,name,cost\nP1,Tea,1.234\n",
        "id,name,credit limit\nC1,Acme,1.234\n",
        "order,product,quantity,unit price\n1,P1,1,1.234\n",
    ],
)
def test_every_column_of_money_is_asked_about(imports_here, text):
    with pytest.raises(BadInput, match="can be read in two ways"):
        imports_here(text)


def test_a_file_in_doubt_goes_in_as_the_operator_says(imports_here):
    imports_here("id,name\nP1,Tea\n", kind="products")
    imports_here("id,name\nC1,Acme\n", kind="customers")
    files = ("id,customer,date,amount\n1,C1,2026-03-05,12.500 €\n", "order,product,quantity,unit price\n1,P1,2,1.250\n")
    with pytest.raises(BadInput, match="amounts such as 12"):
        imports_here(*files)
    assert imports_here.rows(orders.c.key) == []
    assert imports_here(*files, decimal=",").exit_code == 0
    assert imports_here.rows(orders.c.amount, orders.c.currency) == [(12_500, "EUR")]
    assert imports_here.rows(order_lines.c.quantity, order_lines.c.unit_price) == [(2, 1250)]


def test_a_number_in_a_workbook_leaves_no_doubt(imports_here):
    book = openpyxl.Workbook()
    for row in (("id", "name", "price"), ("P1", "Tea", 1.234), ("P2", "Coffee", 5)):
        book.active.append(row)
    path = imports_here.folder / "products.xlsx"
    book.save(path)
    assert imports_here(path).exit_code == 0
    assert imports_here.rows(products.c.key, products.c.price) == [("P1", Decimal("1.234")), ("P2", 5)]


def test_an_amount_that_would_be_kept_as_nothing_is_a_fault(imports_here):
    imports_here("id,name\nC1,Acme\n", kind="customers")
    outcome = imports_here("id,customer,date,amount\n1,C1,2026-03-05,0.00004\n2,C1,2026-03-05,0\n")
    assert [(fault.line, fault.value) for fault in outcome.faults] == [(2, "0.00004")]
    assert "too small" in outcome.faults[0].reason


def test_a_day_far_in_the_future_is_a_fault(imports_here):
    imports_here("id,name\nC1,Acme\n", kind="customers")
    head = "id,customer,date,amount\n"
    outcome = imports_here(f"{head}1,C1,9999-12-31,1\n2,C1,2036-06-01,1\n3,C1,2036-03-01,1\n")
    assert [(fault.line, fault.value) for fault in outcome.faults] == [(2, "9999-12-31"), (3, "2036-06-01")]
    assert "more than 10 years in the future" in outcome.faults[0].reason
    calls = imports_here("customer,kind,date\nC1,call,9999-12-31 23:59 -05:00\nC1,call,0001-01-01 00:00 +08:00\n")
    assert [fault.line for fault in calls.faults] == [2, 3]
