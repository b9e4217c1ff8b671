"""A keyed read brings, and a keyed write keeps, the same as SQLAlchemy would, on both databases."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from decimal import Decimal

import psycopg
import pytest
from sqlalchemy import bindparam, column, insert, select, table

from customers.tables import access_log, corrections, customers, orders, reps
from database.keyed import MOST_ROWS, KeyedRead, KeyedWrite


@pytest.fixture
def filled(database):
    at = datetime(2026, 3, 5, 12, 30, tzinfo=UTC)
    with database.transaction() as db:
        db.execute(
            insert(customers),
            [{"id": 1, "name": "Bäcker", "folded_name": "backer", "created_at": at, "credit_limit": Decimal("12.5")}],
        )
        db.execute(
            insert(orders),
            [
                {"key": f"O{n}", "customer_id": 1, "day": date(2026, 3, n), "amount": Decimal(n), "currency": "USD"}
                for n in (1, 2, 3)
            ],
        )
        db.execute(insert(corrections), [{"customer_id": 1, "at": at, "before": {"phone": "一"}, "after": {}}])
    return database


def both_ways(database, statement, **values):
    """The rows by a keyed read (twice, prepared and anew), and as SQLAlchemy reads them."""
    read = KeyedRead(statement)
    found = read.rows(database, **values)
    assert read.rows(database, **values) == found
    with database.reading() as db:
        assert found == [list(row) for row in db.execute(statement, values)]
    return found


def test_amounts_days_moments_and_lists_are_what_the_tables_say(filled):
    statement = (
        select(*customers.c, corrections.c.before).join(corrections).where(customers.c.id == bindparam("wanted"))
    )
    [row] = both_ways(filled, statement, wanted=1)
    assert {Decimal("12.5"), "Bäcker"} <= {one for one in row if not isinstance(one, dict)}
    assert datetime(2026, 3, 5, 12, 30, tzinfo=UTC) in row
    assert row[-1] == {"phone": "一"}


def test_several_values_and_constants_keep_their_places(filled):
    statement = (
        select(orders.c.key, orders.c.day, orders.c.amount)
        .where(orders.c.currency == "USD", orders.c.key > bindparam("after"), orders.c.customer_id == bindparam("of"))
        .order_by(orders.c.day)
    )
    assert both_ways(filled, statement, of=1, after="O1") == [
        ["O2", date(2026, 3, 2), Decimal(2)],
        ["O3", date(2026, 3, 3), Decimal(3)],
    ]


def test_what_is_not_there_is_no_row(filled):
    assert both_ways(filled, select(customers.c.name).where(customers.c.id == bindparam("wanted")), wanted=7) == []


def test_a_read_sees_what_was_committed_a_moment_ago_and_keeps_no_connection(filled):
    read = KeyedRead(select(customers.c.name).where(customers.c.id == bindparam("wanted")))
    for turn in range(100):  # far more than there are connections
        with filled.transaction() as db:
            db.execute(customers.update().values(name=f"Baker {turn}"))
        assert read.rows(filled, wanted=1) == [[f"Baker {turn}"]]


def test_a_read_that_fails_keeps_no_connection_either(filled):
    read = KeyedRead(select(column("name")).select_from(table("nowhere")))
    for _ in range(100):
        with pytest.raises((sqlite3.Error, psycopg.Error)):
            read.rows(filled)
    assert KeyedRead(select(customers.c.name)).rows(filled) == [["Bäcker"]]


@pytest.mark.parametrize("many", [1, 3, MOST_ROWS, MOST_ROWS + 1])
def test_a_keyed_write_keeps_every_row(filled, many):
    with filled.transaction() as db:
        db.execute(insert(reps).values(id=1, email="r@example.com", name="R", roles="rep", active=True))
    at = datetime(2026, 3, 5, 12, 30, tzinfo=UTC)
    entries = KeyedWrite(access_log, "at", "rep_id", "customer_id", "what")
    entries.write(filled, [(at, 1, None if n else 1, f"look {n}") for n in range(many)])
    with filled.reading() as db:
        kept = db.execute(select(access_log).order_by(access_log.c.id)).all()
    assert [row.what for row in kept] == [f"look {n}" for n in range(many)]
    assert (kept[0].at, kept[0].customer_id, kept[-1].customer_id) == (at, 1, None if many > 1 else 1)


def test_a_keyed_write_keeps_all_rows_or_none(filled):
    with filled.transaction() as db:
        db.execute(insert(reps).values(id=1, email="r@example.com", name="R", roles="rep", active=True))
    at = datetime(2026, 3, 5, 12, 30, tzinfo=UTC)
    entries = KeyedWrite(access_log, "at", "rep_id", "customer_id", "what")
    with pytest.raises(filled.engine.dialect.loaded_dbapi.IntegrityError):
        entries.write(filled, [(at, 1, 1, "look"), (at, 1, 99, "look at nobody")])
    with filled.reading() as db:
        assert db.execute(select(access_log)).all() == []
