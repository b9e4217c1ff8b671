"""Writes many rows at once, the fast way of each database; the one place where the two differ in that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, text

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


def take_turns(db: Connection) -> None:
    """Wait until no other transaction computes facts, and keep others waiting until this one ends.

    SQLite's transactions wait for each other anyway.
    """
    if db.dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": FACTS_LOCK})
