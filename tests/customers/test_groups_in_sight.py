from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, insert, update

from customers import cards, loading, segments
from customers.computed_tables import customer_facts
from customers.filter_language import parse
from customers.looks import Looks
from customers.tables import customers, orders
from database.engine import Database
from tests.customers.search_office import ANN, BOSS, LI, TODAY, add, add_people, ann, boss

GROUP = {
    "orders": 5, "purchases": 5, "last_day": TODAY, "spend": Decimal(900), "spend_year": Decimal(900),
    "profit_year": Decimal(901), "profit_year_before": Decimal(902), "spend_half": Decimal(903),
    "spend_half_before": Decimal(904), "average_order": Decimal(180), "at_stake": Decimal(905), "rfm": "555",
    "own_spend": Decimal(100), "own_spend_year": Decimal(90), "group_customers": 3,
}  # fmt: skip
OWN = {"spend": Decimal(800), "spend_year": Decimal(800), "own_spend": Decimal(800), "own_spend_year": Decimal(800)}


@contextmanager
def _group(database: Database, grandchild_of: int | None) -> Iterator[Connection]:
    """Ann's parent 1 with Ann's child 2, below which stands 3 with the owner who is named; each ordered once."""
    with database.transaction() as db:
        add_people(db)
        add(db, 1, "Parent", facts=GROUP)
        add(db, 2, "Child", parent_id=1, facts={**OWN, "at_stake": Decimal(800)})
        add(db, 3, "Grandchild", grandchild_of, parent_id=2)
        for customer_id in (1, 2, 3):
            values = {"day": TODAY - timedelta(days=customer_id), "amount": Decimal(customer_id), "currency": "USD"}
            db.execute(insert(orders).values(key=f"order {customer_id}", customer_id=customer_id, **values))
        cards.refresh(db, [1, 2, 3])
        yield db


def _seen(database: Database, who: Any) -> loading.Seen:
    seen = loading.load(database, Looks(database), who, 1)
    assert seen is not None
    assert seen.full
    return seen


@pytest.mark.parametrize("owner", [LI, BOSS, None])
def test_a_parents_card_shows_nothing_of_a_hidden_child_however_deep(database: Database, owner: int | None) -> None:
    with _group(database, owner):
        pass
    seen = _seen(database, ann)
    assert [order["key"] for order in seen.shown["orders"]] == ["order 1"]
    assert (seen.facts.spend, seen.facts.spend_year, seen.facts.group_customers) == (100, 90, 1)  # type: ignore[union-attr]
    amounts = {value for value in seen.facts if isinstance(value, Decimal)}  # type: ignore[union-attr]
    assert amounts == {Decimal(0), Decimal(90), Decimal(100)}
    assert (seen.facts.average_order, seen.facts.rfm) == (None, None)  # type: ignore[union-attr]


@pytest.mark.parametrize("owner", [ANN, LI, None])
def test_who_sees_the_whole_group_sees_it_added_up(database: Database, owner: int | None) -> None:
    with _group(database, owner):
        pass
    seen = _seen(database, ann if owner == ANN else boss)
    assert {order["key"] for order in seen.shown["orders"]} == {"order 1", "order 2", "order 3"}
    assert (seen.facts.spend, seen.facts.at_stake, seen.facts.group_customers) == (900, 905, 3)  # type: ignore[union-attr]


def test_parents_who_stand_in_a_circle_end_it(database: Database) -> None:
    with _group(database, LI) as db:
        db.execute(update(customers).where(customers.c.id == 1).values(parent_id=3))
    assert _seen(database, ann).facts.group_customers == 1  # type: ignore[union-attr]


def test_a_parent_stands_in_lists_with_its_own_amounts_and_in_their_order(database: Database) -> None:
    with _group(database, LI) as db:
        page = segments.members(db, ann, parse(""), TODAY)
        assert [(one.id, int(one.spend_year), int(one.at_stake)) for one in page.members] == [
            (2, 800, 800),
            (1, 90, 90),
        ]
        assert page.spend == 890
        header, *rows = segments.export(db, ann, parse(""), TODAY)
        amounts = [header.index("spend_365_days"), header.index("at_stake")]
        assert [[row[at] for at in amounts] for row in rows] == [[800, 800], [90, 90]]


@pytest.mark.parametrize(("own", "at_stake", "told"), [(-5, 905, 0), (0, 905, 0), (2000, 905, 905)])
def test_what_is_at_stake_with_a_parent_is_never_below_nothing(
    database: Database, own: int, at_stake: int, told: int
) -> None:
    with _group(database, LI) as db:
        values = {"own_spend_year": Decimal(own), "at_stake": Decimal(at_stake)}
        db.execute(update(customer_facts).where(customer_facts.c.customer_id == 1).values(**values))
        members = {one.id: one for one in segments.members(db, ann, parse(""), TODAY).members}
        assert members[1].at_stake == told
