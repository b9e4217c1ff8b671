"""Writes and reads many rows at once, the fast way of each database; the one place where the two differ in that."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Select, Table, text

# Any number that no other program is likely to lock on the same PostgreSQL database ("facts" on a phone keypad).
FACTS_LOCK = 32_287


def write_rows(db: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows of plain values: days as ISO text, amounts as stored whole numbers, JSON as text.

    Plain driver calls: SQLAlchemy's own work per row would cost more than the database's.
    """
    if not rows:
        return
    names = ", ".join(f'"{name}"' for name in columns)
    if db.dialect.name == "sqlite":
        blanks = ", ".join("?" * len(columns))
        db.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({blanks})", list(rows))
        return
    driver: Any = db.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


@contextmanager
def many_rows(db: Connection, statement: Select[Any], at_once: int) -> Iterator[Iterator[list[Any]]]:
    """The rows of a statement as the driver's own tuples, so many at once and never all of them.

    What SQLAlchemy wraps around each row would cost as much again as reading it.
    """
    asked = str(statement.compile(db, compile_kwargs={"literal_binds": True}))
    driver: Any = db.connection.driver_connection
    # A cursor with a name stays on PostgreSQL's side; without one, all rows would come at once.
    cursor = driver.cursor() if db.dialect.name == "sqlite" else driver.cursor(name="many_rows")
    try:
        cursor.execute(asked)
        yield iter(lambda: cursor.fetchmany(at_once), [])
    finally:
        cursor.close()


@contextmanager
def indexed_later(db: Connection, *tables: Table) -> Iterator[None]:
    """Write many rows into tables without their second indexes, which SQLite then builds in half the time.

    There, readers keep their old view until the commit. PostgreSQL would make them wait, so it keeps the indexes.
    """
    indexes = [one for table in tables for one in table.indexes if db.dialect.name == "sqlite"]
    for one in indexes:
        one.drop(db)
    yield
    for one in indexes:
        one.create(db)


def take_turns(db: Connection) -> None:
    """Wait until no other transaction computes facts, and keep others waiting until this one ends.

    SQLite's transactions wait for each other anyway.
    """
    if db.dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": FACTS_LOCK})


@contextmanager
def collector_resting() -> Iterator[None]:
    """Let Python not search for circular garbage meanwhile.

    The millions of short-lived rows hold no circles, and searching them takes a sixth of all time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
