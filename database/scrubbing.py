"""Sees to it that what was deleted is gone from SQLite's file as well, not only from the tables."""

from __future__ import annotations

import logging
import sqlite3
from typing import Any

from sqlalchemy import Connection

from database.engine import Database

log = logging.getLogger("rekindle.database")

# Bytes up to which the file is written anew at once: some seconds, in which others who write wait.
AT_ONCE = 256 * 1024 * 1024


def overwrite_deleted(db: Connection) -> None:
    """From now on, overwrite on this connection what is deleted with zeros; how SQLite is built decides otherwise."""
    if db.dialect.name == "sqlite":
        db.exec_driver_sql("PRAGMA secure_delete=ON")


def scrub(database: Database, *, at_once: int = AT_ONCE) -> bool:
    """Write SQLite's file anew without what earlier deletions left in it, and empty the write-ahead log.

    False where the file is too large to do so by the way, or somebody keeps reading an older state: then an operator
    does (see docs/privacy.md). PostgreSQL clears deleted rows by itself.
    """
    if not database.is_sqlite:
        return True
    with database.driver() as driver:
        try:
            (pages,), (size,) = (driver.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
            small = pages * size <= at_once
            if small:
                driver.execute("VACUUM")
            return _emptied(driver) and small
        except sqlite3.OperationalError as busy:
            log.warning("the database file could not be written anew: %s", type(busy).__name__)
            return False


def _emptied(driver: Any) -> bool:
    """Whether the write-ahead log could be emptied: nobody still read what stands in it."""
    busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy
