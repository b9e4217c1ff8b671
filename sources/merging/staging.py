"""Where rows wait until all of them are checked: temporary tables beside the database, one for each file.

Only this file knows how SQLite and PostgreSQL take many rows at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Connection, Date, Integer, MetaData, String, Table

from database.engine import Database
from database.types import Instant, Money
from sources.kinds import Kind

# SQLite's cache while an import writes, in KiB: the index on a customer's orders is written in no order at all. It is
# also what each sorting may take in memory, and two may be at work at once.
IMPORT_CACHE_KIB = 32_768

_WAITING: dict[str, dict[str, Any]] = {
    "reps": {
        "email": String, "name": String, "roles": String, "team": String, "manager": Integer, "country": String,
        "time_zone": String, "language": String, "active": Boolean, "manager_id": Integer,
    },
    "customers": {
        "key": String, "name": String, "folded_name": String, "kind": String, "parent": Integer, "owner": Integer,
        "industry": String, "size": String, "region": String, "city": String, "country": String, "source": String,
        "email": String, "phone": String, "phone_said": String, "birthday": Date, "birthday_is_lunar": Boolean,
        "birthday_year_known": Boolean, "language": String, "time_zone": String, "credit_limit": Money,
        "overdue": Money, "consent_email": String, "consent_sms": String, "tags": String, "contact_name": String,
        "contact_title": String, "owner_id": Integer, "parent_id": Integer,
    },
    "contacts": {
        "key": String, "customer": Integer, "name": String, "folded_name": String, "title": String, "email": String,
        "phone": String, "phone_said": String, "birthday": Date, "birthday_is_lunar": Boolean,
        "birthday_year_known": Boolean, "customer_id": Integer,
    },
    "products": {
        "key": String, "name": String, "folded_name": String, "type": String, "price": Money, "cost": Money,
        "brand": String, "function": String, "audience": String,
    },
    "rates": {"currency": String, "day": Date, "micros": BigInteger},
    "orders": {
        "key": String, "customer": Integer, "day": Date, "amount": Money, "currency": String, "channel": String,
        "status": String,
    },
    "order-lines": {
        "order": Integer, "product": Integer, "quantity": Money, "unit_price": Money, "discount": Money,
        "order_id": Integer, "product_id": Integer, "nr": Integer,
    },
    "interactions": {
        "key": String, "customer": Integer, "contact": String, "kind": String, "at": Instant, "rep": Integer,
        "text": String, "outcome": String, "score": Integer, "closed_at": Instant, "customer_id": Integer,
        "contact_id": Integer, "rep_id": Integer,
    },
}  # fmt: skip


def waiting_rows(kind: Kind, number: int) -> Table:
    """The temporary table of one file: `seq` counts rows, `line` is the file's, `id` and `change` are found later.

    `change` is 0 for a row equal to what is stored, 1 for an update, 2 for a new record.
    """
    return Table(
        f"import_{number}",
        MetaData(),
        Column("seq", Integer, primary_key=True, autoincrement=False),
        Column("line", Integer, nullable=False),
        *(Column(name, type_) for name, type_ in _WAITING[kind.name].items()),
        Column("id", Integer),
        Column("change", Integer),
        prefixes=["TEMPORARY"],
    )


def waiting_references(field: str, number: int) -> Table:
    """The records that one column of a file refers to: `text` as it stands, and later the `id` of the record meant.

    `several` counts the records that the text could mean.
    """
    return Table(
        f"import_{number}_{field}",
        MetaData(),
        Column("nr", Integer, primary_key=True, autoincrement=False),
        Column("text", String, nullable=False),
        Column("folded", String),
        Column("id", Integer),
        Column("several", Integer),
        prefixes=["TEMPORARY"],
    )


@contextmanager
def workbench(database: Database) -> Iterator[Connection]:
    """A connection on which rows can wait without holding up anybody; it is closed for good in the end.

    The temporary tables go with it, also when reading or merging was broken off half-way.
    """
    with database.reading() as db:
        if database.is_sqlite:
            _hurry(db)
        else:
            db.exec_driver_sql("SET TIME ZONE 'UTC'")  # moments arrive without a zone, and are in UTC
        db.commit()
        try:
            yield db
        finally:
            db.rollback()
            db.invalidate()


def _hurry(db: Connection) -> None:
    """Spare SQLite what an import does not need; past SQLAlchemy, since some of it goes before BEGIN only."""
    driver: Any = db.connection.driver_connection
    driver.execute(f"PRAGMA cache_size=-{IMPORT_CACHE_KIB}")
    # Every reference that an import writes was found by a join in the same transaction, and it deletes nothing that
    # others refer to: looking each one up once more would cost a tenth of all time.
    driver.execute("PRAGMA foreign_keys=OFF")


@contextmanager
def writing(db: Connection) -> Iterator[Callable[[], None]]:
    """A transaction that may write, on a connection on which rows wait; gives a way to undo it."""
    db.commit()
    db.execution_options(reading=False)
    if db.dialect.name == "postgresql":
        # What another import stored while this one waited for its turn must be seen, not the database as it was before.
        db.execution_options(isolation_level="READ COMMITTED")
    with db.begin() as transaction:
        yield transaction.rollback


def put(db: Connection, table: Table, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Add rows of plain values (as the database stores them) to a temporary table as fast as the database can."""
    names = ", ".join(f'"{name}"' for name in columns)
    cursor: Any = db.connection.cursor()
    try:
        if db.dialect.name == "sqlite":
            blanks = ", ".join("?" * len(columns))
            cursor.executemany(f'INSERT INTO temp."{table.name}" ({names}) VALUES ({blanks})', rows)
        else:
            with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
    finally:
        cursor.close()


def measured(db: Connection, *tables: Table) -> None:
    """Tell PostgreSQL how large tables have become: it does not look by itself within a transaction."""
    if db.dialect.name == "postgresql":
        for table in tables:
            db.exec_driver_sql(f'ANALYZE "{table.name}"')
