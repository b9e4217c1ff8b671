"""What a card shows beside the facts."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import update

from customers import cards
from customers.tables import interactions
from database.engine import Database
from tests.ledger import Ledger, ago


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


def test_a_card_has_the_last_orders_top_products_contacts_tags_and_consent(ledger: Ledger) -> None:
    acme = ledger.customer("Acme")
    ledger.customer("Below", parent=acme)
    above = ledger.customer("Above")
    below = ledger.customer("Leaf", parent=above)
    tea, salt, rice = (ledger.product(name) for name in ("Tea", "Salt", "Rice"))
    for nr in range(7):
        order = ledger.order(below, ago(70 - nr * 10), "12.5", status="cancelled" if nr == 6 else None)
        ledger.line(order, tea, price=8)
        ledger.line(order, salt, price=5, discount="0.1")
        ledger.line(order, rice, price=0)
    for name in ("Zoe", "Ann", "Bob", "Cid"):
        ledger.contact(below, name, title="Buyer", email=f"{name.lower()}@example.com")
    ledger.tag(below, "vip")
    ledger.tag(below, "coffee")
    ledger.consent(below, ago(50), given=True)
    ledger.consent(below, ago(20), given=False)
    ledger.refresh()
    shown = ledger.shown(below)
    assert [order["day"] for order in shown["orders"]] == [ago(days).isoformat() for days in (10, 20, 30, 40, 50)]
    assert shown["orders"][0] == {
        "key": "O7",
        "day": ago(10).isoformat(),
        "amount": "12.50",
        "currency": "USD",
        "status": "cancelled",
    }
    assert shown["products"] == [{"name": "Tea", "spend": "48.00"}, {"name": "Salt", "spend": "27.00"}]
    assert [contact["name"] for contact in shown["contacts"]] == ["Zoe", "Ann", "Bob"]
    assert shown["contacts"][0] == {"name": "Zoe", "title": "Buyer", "phone": None, "email": "zoe@example.com"}
    assert shown["tags"] == ["coffee", "vip"]
    assert shown["consent"] == {"email:marketing": {"given": False, "on": ago(20).isoformat()}}
    assert (shown["parent"], shown["children"]) == ("Above", 0)
    assert (ledger.shown(acme)["parent"], ledger.shown(acme)["children"]) == (None, 1)


def test_products_in_another_currency_are_ranked_by_what_they_brought_at_home(ledger: Ledger) -> None:
    acme = ledger.customer("Acme")
    tea, salt = ledger.product("Tea"), ledger.product("Salt")
    ledger.rate("EUR", ago(90), "2")
    ledger.line(ledger.order(acme, ago(3), 60, currency="EUR"), tea, price=60)
    ledger.line(ledger.order(acme, ago(3), 100), salt, price=100)
    ledger.line(ledger.order(acme, ago(3), 999, currency="JPY"), salt, price=999)
    ledger.refresh()
    assert ledger.shown(acme)["products"] == [{"name": "Tea", "spend": "120.00"}, {"name": "Salt", "spend": "100.00"}]


def test_the_newest_interactions_and_the_complaints_that_wait_longest(ledger: Ledger) -> None:
    acme, rita = ledger.customer("Acme"), ledger.rep("Rita")
    ledger.interaction(acme, ago(9), "survey", score=2)
    ledger.interaction(acme, ago(8), "survey", score=4)
    ledger.interaction(acme, ago(7), "complaint", text="broken")
    ledger.interaction(acme, ago(6), "complaint", text="late")
    done = ledger.interaction(acme, ago(30), "complaint", text="old")
    ledger.interaction(acme, ago(2), "call", text="x" * 500, rep_id=rita, outcome="reached")
    closed = datetime(2026, 6, 1, tzinfo=UTC)
    ledger.change(update(interactions).where(interactions.c.id == done).values(closed_at=closed))
    ledger.refresh()
    shown, row = ledger.shown(acme), ledger.facts(acme)
    assert [said["kind"] for said in shown["interactions"]] == ["call", "complaint", "complaint"]
    first = shown["interactions"][0]
    assert (first["rep"], first["outcome"], len(first["text"])) == ("Rita", "reached", 140)
    assert datetime.fromisoformat(first["at"]) == datetime(2026, 6, 13, 12, tzinfo=UTC)
    assert [(each["on"], each["text"]) for each in shown["complaints"]] == [
        (ago(7).isoformat(), "broken"),
        (ago(6).isoformat(), "late"),
    ]
    assert (row.open_complaint, row.last_score, row.last_interaction) == (ago(7), 4, ago(2))


def test_a_card_alone_is_brought_up_to_date_after_an_interaction(ledger: Ledger) -> None:
    acme = ledger.customer("Acme")
    ledger.bought(acme, 20, 10)
    ledger.refresh()
    ledger.interaction(acme, ago(0), "complaint", text="broken")
    ledger.tag(acme, "vip")
    with ledger.database.transaction() as db:
        cards.refresh(db, [acme, 999])
    shown, row = ledger.shown(acme), ledger.facts(acme)
    assert (len(shown["orders"]), shown["tags"], shown["complaints"][0]["text"]) == (2, ["vip"], "broken")
    assert (row.open_complaint, row.last_interaction, row.spend) == (ago(0), ago(0), 200)


def test_a_customer_without_facts_gets_a_card(ledger: Ledger) -> None:
    acme = ledger.customer("Acme")
    ledger.tag(acme, "vip")
    with ledger.database.transaction() as db:
        cards.refresh(db, [acme])
    assert ledger.shown(acme)["tags"] == ["vip"]


def test_a_parent_shows_the_orders_and_products_of_its_group(ledger: Ledger) -> None:
    top = ledger.customer("Top")
    leaf, other = ledger.customer("Leaf", parent=top), ledger.customer("Other", parent=top)
    tea = ledger.product("Tea")
    ledger.line(ledger.order(leaf, ago(30), 40), tea, price=40)
    ledger.line(ledger.order(other, ago(20), 50), tea, price=50)
    ledger.refresh()
    whole = ledger.shown(top)
    assert [order["key"] for order in whole["orders"]] == ["O2", "O1"]
    assert whole["products"] == [{"name": "Tea", "spend": "90.00"}]
    with ledger.database.transaction() as db:
        cards.refresh(db, [top])
    assert ledger.shown(top) == whole


@pytest.mark.parametrize(
    ("amount", "text"), [("12.5", "12.50"), ("-0.05", "-0.05"), ("0.0001", "0.0001"), ("1000000", "1000000.00")]
)
def test_amounts_are_plain_decimal_text(amount: str, text: str) -> None:
    assert cards.plain(int(Decimal(amount) * 10_000)) == text
