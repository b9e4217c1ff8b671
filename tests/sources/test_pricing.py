"""Imported orders are worth in the home currency what its rates say, however orders and rates come in."""

from decimal import Decimal

import pytest

from customers import money
from customers.tables import orders
from tests.sources.conftest import Importer

CUSTOMERS = "id,name\nC1,Acme\n"
RATES = "currency,date,rate\nEUR,2026-03-01,1.10\nEUR,2026-03-10,1.20\n"
HEADER = "order id,customer,date,amount,currency\n"
ORDERS = HEADER + "1,C1,2026-03-05,100,EUR\n2,C1,2026-03-12,100.05,EUR\n3,C1,2026-03-05,7,\n4,C1,2026-02-01,9,EUR\n"
WORTH = [("1", Decimal(110)), ("2", Decimal("120.06")), ("3", Decimal(7)), ("4", None)]


@pytest.fixture
def importer(database, tmp_path):
    return Importer(database, tmp_path)


def worth(importer):
    return importer.rows(orders.c.key, orders.c.home_amount)


def test_orders_that_come_after_their_rates_are_priced_as_they_come(importer, monkeypatch):
    importer(CUSTOMERS, RATES)
    monkeypatch.setattr(money, "price_orders", lambda db, home: pytest.fail("looked at every order"))
    importer(ORDERS)
    assert worth(importer) == WORTH


def test_orders_that_come_before_or_with_their_rates_are_priced_too(importer):
    importer(CUSTOMERS, ORDERS)
    assert [amount for _, amount in worth(importer)] == [None, None, 7, None]
    importer(RATES)
    assert worth(importer) == WORTH


def test_an_updated_order_is_priced_anew(importer):
    importer(CUSTOMERS, RATES, ORDERS)
    importer(HEADER + "1,C1,2026-03-11,50,EUR\n2,C1,2026-03-12,60,USD\n3,C1,2026-02-01,8,EUR\n")
    assert worth(importer) == [("1", Decimal(60)), ("2", Decimal(60)), ("3", None), ("4", None)]


def test_an_order_that_is_the_sum_of_its_lines_is_worth_what_they_are(importer):
    products = "product id,product name\nP1,Tea\n"
    lines = "order,product,quantity,unit price\n1,P1,2,10\n"
    importer(CUSTOMERS, RATES, products, "order id,customer,date,currency\n1,C1,2026-03-05,EUR\n", lines)
    assert worth(importer) == [("1", Decimal(22))]


def test_a_large_file_is_priced_and_can_be_looked_up_like_a_small_one(importer):
    importer(CUSTOMERS, RATES)
    importer(HEADER + "1,C1,2026-03-05,100,EUR\n")
    importer(HEADER + "".join(f"{nr},C1,2026-03-05,100,EUR\n" for nr in range(2, 9)))
    assert worth(importer) == [(str(nr), Decimal(110)) for nr in range(1, 9)]
