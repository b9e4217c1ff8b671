"""Opens the database, and is the one way to read it or to change it: `reading()` and `transaction()`."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.engine import URL, Engine, ExceptionContext
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import PoolProxiedConnection

from words.errors import FixSetup

# How long a writer waits for another one before it gives up; an import of a large file writes for about a minute.
BUSY_SECONDS = 120
# Pages of 4 KiB that SQLite keeps per connection: 16 MiB hold the upper levels of every index at a million customers.
CACHE_KIB = 16_384
# Seconds between two questions where SQLite itself does not wait: about as long as making a file ready takes.
_ASK_AGAIN = 0.01
# The part of SQLite's error codes that says which kind of error it is.
_PRIMARY = 0xFF


def understood(url: str) -> URL:
    """Turn DATABASE_URL into the address of a database that Rekindle can use: SQLite or PostgreSQL.

    Raises `FixSetup` for anything else.
    """
    try:
        address = make_url(url)
        address.get_backend_name()
    except (ArgumentError, NoSuchModuleError) as wrong:
        raise FixSetup(
            "DATABASE_URL cannot be understood: use sqlite:///file.db or postgresql://user@host/name."
        ) from wrong
    if address.drivername in ("postgres", "postgresql"):
        return address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() not in ("sqlite", "postgresql"):
        raise FixSetup(
            "DATABASE_URL names {database}, but only sqlite:///file.db and postgresql://user@host/name work.",
            database=address.drivername,
        )
    if address.get_backend_name() == "sqlite" and address.database in (None, "", ":memory:"):
        raise FixSetup("DATABASE_URL names no file: use sqlite:///file.db. What is in memory alone is nobody else's.")
    return address


class Database:
    """One database, safe to use from many threads and from many processes.

    `reading()` and `transaction()` both give a SQLAlchemy Core `Connection`. A transaction takes SQLite's write lock at
    once (BEGIN IMMEDIATE): a reader that becomes a writer half-way would fail under load.
    """

    def __init__(self, url: str, *, pool_size: int = 20) -> None:
        address = understood(url)
        self._own, self._lock = threading.local(), threading.Lock()
        self._kept: list[PoolProxiedConnection] = []  # those of `driver`
        self.is_sqlite = address.get_backend_name() == "sqlite"
        # Last in, first out: the connection that was used last has its pages and statements still at hand.
        options: dict[str, Any] = {"pool_size": pool_size, "max_overflow": 40, "pool_use_lifo": True}
        options["hide_parameters"] = True  # errors end in logs, and values are people's names and numbers
        if self.is_sqlite:
            options["connect_args"] = {"timeout": BUSY_SECONDS, "check_same_thread": False}
        else:
            options["pool_pre_ping"] = True
        self.engine: Engine = create_engine(address, **options)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
            self._readers = self.engine.execution_options(reading=True)
        else:
            event.listen(self.engine, "handle_error", _without_values)
            # By itself PostgreSQL shows each statement what was committed before that statement, not before the first.
            self._readers = self.engine.execution_options(reading=True, isolation_level="REPEATABLE READ")

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction that may write: committed at the end, undone when an exception leaves it."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent look at the database that never waits for writers (SQLite in WAL mode, PostgreSQL always).

        What others commit after its first statement is not seen until it ends.
        """
        with self._readers.connect() as connection:
            yield connection

    @contextmanager
    def driver(self) -> Iterator[Any]:
        """The driver's own connection, for single statements; give back what you begin on it (PostgreSQL: commit).

        On SQLite each thread keeps one: taking it from the pool and giving it back costs as much as a keyed read.
        """
        if not self.is_sqlite:
            borrowed = self.engine.raw_connection()
            try:
                yield borrowed.driver_connection
            finally:
                borrowed.close()
            return
        kept = getattr(self._own, "connection", None)
        if kept is None:
            kept = self._own.connection = self.engine.raw_connection()
            kept.detach()
            with self._lock:
                self._kept.append(kept)
        yield kept.dbapi_connection

    def close(self) -> None:
        """Give all connections back."""
        with self._lock:
            for kept in self._kept:
                kept.close()
            self._kept.clear()
            self._own = threading.local()
        self.engine.dispose()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    _write_ahead(connection)
    for pragma in (
        "synchronous=FULL",  # what was said must survive a power cut, or it would be said again
        "foreign_keys=ON",
        f"cache_size=-{CACHE_KIB}",
        "temp_store=FILE",  # a long import must not grow in memory
    ):
        connection.execute(f"PRAGMA {pragma}")


def _write_ahead(connection: Any) -> None:
    """Have a new file keep a write-ahead log.

    Where several programs do so at once, SQLite refuses all but one without waiting, so the others ask again.
    """
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as wrong:
            busy = wrong.sqlite_errorcode & _PRIMARY in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
            if not busy or time.monotonic() > until:
                raise
            time.sleep(_ASK_AGAIN)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    # Said to the driver itself: SQLAlchemy's way of executing costs as much as the question that follows.
    driver: Any = connection.connection.driver_connection
    driver.execute("BEGIN" if reading else "BEGIN IMMEDIATE")


def _without_values(context: ExceptionContext) -> None:
    """Keep what went wrong of an error of PostgreSQL; its details repeat the row: `Key (email)=(...) exists`."""
    original: Any = context.original_exception
    wrapped = context.sqlalchemy_exception
    primary = getattr(getattr(original, "diag", None), "message_primary", None)
    if wrapped is not None and primary:
        original.args = (primary,)
        wrapped.args = (f"({type(original).__module__}.{type(original).__name__}) {primary}",)
