"""What is expected of a customer is for those only who may see that customer, and its whole group, in full."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import update

from customers.loading import Seen, load
from customers.looks import Looks
from customers.reps import Person
from customers.sight import Sight
from customers.tables import customers
from database.engine import Database
from tests.ledger import TODAY, Ledger
from tests.outlooks import foresee


def person(ledger: Ledger, name: str) -> Person:
    own = ledger.rep(name)
    sight = Sight(frozenset({own}))
    return Person(own, name, f"{name}@example.com", frozenset({"rep"}), None, None, sight, sight)


def seen_by(database: Database, who: Person, customer: int) -> Seen:
    seen = load(database, Looks(database), who, customer)
    assert seen is not None
    return seen


def give(ledger: Ledger, customer: int, who: Person) -> None:
    ledger.change(update(customers).where(customers.c.id == customer).values(owner_id=who.id))


def test_the_owner_reads_it_with_the_card_and_others_do_not(database: Database) -> None:
    ledger = Ledger(database)
    ann, li = person(ledger, "ann"), person(ledger, "li")
    acme = ledger.customer("Acme")
    give(ledger, acme, ann)
    ledger.bought(acme, 40, 20)
    ledger.refresh()
    with database.transaction() as db:
        foresee(db, acme, expected_spend=Decimal("12.5"))
    told = seen_by(database, ann, acme)
    assert told.outlook is not None
    assert (told.outlook.expected_spend, told.outlook.judged_on) == (Decimal("12.5"), TODAY)
    assert told.shown["orders"]
    masked = seen_by(database, li, acme)
    assert (masked.full, masked.outlook) == (False, None)
    assert told.masked().outlook is None


def test_where_a_child_is_hidden_nothing_is_told_of_its_group(database: Database) -> None:
    ledger = Ledger(database)
    ann, li = person(ledger, "ann"), person(ledger, "li")
    parent = ledger.customer("Parent")
    child = ledger.customer("Child", parent=parent)
    give(ledger, parent, ann)
    give(ledger, child, ann)
    ledger.bought(parent, 30)
    ledger.bought(child, 40, 20)
    ledger.refresh()
    assert seen_by(database, ann, parent).outlook is not None
    give(ledger, child, li)
    hidden = seen_by(database, ann, parent)
    assert (hidden.full, hidden.outlook) == (True, None)


def test_who_never_bought_has_nothing_to_expect(database: Database) -> None:
    ledger = Ledger(database)
    ann = person(ledger, "ann")
    acme = ledger.customer("Acme")
    give(ledger, acme, ann)
    ledger.refresh()
    assert seen_by(database, ann, acme).outlook is None
