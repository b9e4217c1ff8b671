"""How a customer is reached: the address, the language, and what time it is there."""

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from care.reaching import address, number, reach, zone_of
from customers.tables import customers
from tests.ledger import Ledger

HERE = ZoneInfo("America/Denver")


@pytest.mark.parametrize(
    ("named", "country", "zone"),
    [
        ("Asia/Tokyo", "DE", "Asia/Tokyo"),
        (None, "DE", "Europe/Berlin"),  # Büsingen has the same time
        (None, "CN", "Asia/Shanghai"),
        (None, "FR", "Europe/Paris"),
        (None, "US", "America/Denver"),  # clocks differ there: it stays ours
        (None, None, "America/Denver"),
        ("Nowhere/Atall", "JP", "Asia/Tokyo"),
        ("/etc/passwd", None, "America/Denver"),
    ],
)
def test_a_customers_zone_is_the_named_one_or_that_of_the_country(named, country, zone):
    assert str(zone_of(named, country, HERE)) == zone


def test_only_what_could_be_an_address_or_a_number_is_written_to():
    assert address(" ann@example.com ") == "ann@example.com"
    for odd in ("ann", "a@b", "a b@c.de", "a@c.de, b@c.de", "a@c.de\nBcc: x@y.de", None):
        assert address(odd) is None
    assert number("030 1234567", "DE") == "+49301234567"
    assert number("+86 138 0013 8000", "DE") == "+8613800138000"
    assert [number(each, "DE") for each in ("12", "call me", "", None)] == [None] * 4


def test_the_first_contact_is_reached_where_the_customer_has_no_address(sqlite):
    ledger = Ledger(sqlite)
    acme, tea = ledger.customer("Acme"), ledger.customer("晨曦茶业")
    ledger.contact(acme, "Ann", email="ann@example.com", phone="+49301234567")
    ledger.change(update(customers).where(customers.c.id == tea).values(email="tea@example.com"))
    ledger.refresh()
    with sqlite.reading() as db:
        found = reach(db, [acme, tea, 999], region="DE", zone=HERE)
    assert found[acme].addresses == {"email": "ann@example.com", "sms": "+49301234567"}
    assert (found[acme].language, found[tea].language) == ("en", "zh_CN")
    assert found[tea].addresses == {"email": "tea@example.com"}
    assert set(found) == {acme, tea}
