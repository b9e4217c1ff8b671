"""Creates an empty database's tables or brings an older database up to date, safely when two programs start at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError, OperationalError

from database.engine import Database
from words.errors import FixSetup

# Any number that no other program is likely to lock on the same PostgreSQL database ("rekindle" on a phone keypad).
UPGRADE_LOCK = 73_54_63_53


def alembic_config(connection: Connection, metadata: Any = None) -> Config:
    """Alembic's settings for one connection; `metadata` (the tables as declared) only for writing a new migration."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    config.attributes["metadata"] = metadata
    return config


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """The database at a URL, created or brought up to date, until the end of the block."""
    database = Database(url)
    try:
        prepare(database)
        yield database
    finally:
        database.close()


def prepare(database: Database) -> None:
    """Bring the database to today's tables; does nothing where they are there already.

    Raises `FixSetup` where the database cannot be opened, or was written by a newer Rekindle.
    """
    try:
        with database.reading() as connection:
            if _is_current(connection):
                return
        with database.transaction() as connection:
            if not database.is_sqlite:  # SQLite's transaction holds the write lock already
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": UPGRADE_LOCK})
            if not _is_current(connection):  # another program may have done it while this one waited
                command.upgrade(alembic_config(connection), "head")
    except (OperationalError, DatabaseError) as wrong:
        where = database.engine.url.render_as_string(hide_password=True)
        raise FixSetup(
            "The database {where} cannot be used ({reason}). Check DATABASE_URL.",
            where=where,
            reason=str(wrong.orig).strip().split("\n")[0],
        ) from wrong


def _is_current(connection: Connection) -> bool:
    scripts = ScriptDirectory.from_config(alembic_config(connection))
    here = MigrationContext.configure(connection).get_current_revision()
    if here is not None and here not in {script.revision for script in scripts.walk_revisions()}:
        raise FixSetup("This database was written by a newer Rekindle ({revision}). Use that one.", revision=here)
    return here == scripts.get_current_head()
