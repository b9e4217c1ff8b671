"""What privacy officers may ask: everything that we hold about one customer, and who looked at that customer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Table, func, select

from care.personal_data import HOLDINGS, Holding
from customers.groups import chunks
from customers.outreach_tables import campaigns, erasures
from customers.sight import Sight
from customers.tables import access_log, contacts, customers, products, reps

# Whose names are told beside their ids, since the rows hold ids only.
NAMED: tuple[Table, ...] = (reps, products, contacts, campaigns, customers)
# Looks on one page: each is a line, and more than a screen of them is turned, not scrolled.
PAGE = 20
FORMAT = "rekindle.customer.1"

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Held:
    """Everything about one customer: rows by table as the database holds them, and the names of who is meant by ids.

    `names` is by table and id: `names["reps"][3]`.
    """

    customer_id: int
    tables: Mapping[str, Sequence[Row]]
    names: Mapping[str, Mapping[int, str]]


@dataclass(frozen=True)
class Look:
    """Somebody looked at a customer: who, when, and by which way (see `customers.looks`)."""

    at: datetime
    rep: str
    what: str


@dataclass(frozen=True)
class Looks:
    """One page of looks, the newest first; `total` counts all, `people` how many looked; `page` begins with 0."""

    shown: tuple[Look, ...]
    total: int
    people: int
    page: int
    more: bool


def everything(db: Connection, customer_id: int) -> Held:
    """Read everything that we hold about a customer; tables of which nothing is there are empty lists."""
    tables: dict[str, list[Row]] = {}
    for holding in HOLDINGS:
        if holding.shown:
            columns = [holding.table.c[name] for name in holding.only] or list(holding.table.c)
            chosen = select(*columns).where(holding.of(customer_id)).order_by(*holding.table.primary_key.columns)
            tables[holding.name] = [dict(row._mapping) for row in db.execute(chosen)]
    return Held(customer_id, tables, names_in(db, tables))


def counts(db: Connection, customer_id: int) -> dict[str, int]:
    """How many rows there are, by table; those without any are left out."""
    found = {
        holding.name: db.scalar(select(func.count()).select_from(holding.table).where(holding.of(customer_id))) or 0
        for holding in HOLDINGS
        if holding.shown
    }
    return {name: number for name, number in found.items() if number}


def as_json(held: Held, at: datetime) -> str:
    """The same as JSON: days and moments as ISO 8601, amounts as text, and every column under its own name."""
    told = {
        "format": FORMAT,
        "made_at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "customer_id": held.customer_id,
        "tables": held.tables,
        "names": held.names,
    }
    return written(told)


def written(told: Mapping[str, Any]) -> str:
    """What is told, as JSON text."""
    return json.dumps(told, ensure_ascii=False, indent=2, default=_plain) + "\n"


def looks_at(db: Connection, customer_id: int, page: int = 0) -> Looks:
    """Who looked at a customer, when and how; the newest first."""
    mine = access_log.c.customer_id == customer_id
    total, people = db.execute(select(func.count(), func.count(access_log.c.rep_id.distinct())).where(mine)).one()
    shown = min(page, max(0, total - 1) // PAGE)
    rows = db.execute(
        select(access_log.c.at, reps.c.name, access_log.c.what)
        .join(reps, reps.c.id == access_log.c.rep_id)
        .where(mine)
        .order_by(access_log.c.id.desc())
        .offset(shown * PAGE)
        .limit(PAGE)
    )
    looks = tuple(Look(*row) for row in rows)
    return Looks(looks, total, people, shown, total > (shown + 1) * PAGE)


def erasure_of(db: Connection, customer_id: int) -> tuple[datetime, str | None] | None:
    """When and by whom a customer was erased; None for all others."""
    chosen = select(erasures.c.at, reps.c.name).outerjoin(reps, reps.c.id == erasures.c.rep_id)
    row = db.execute(chosen.where(erasures.c.customer_id == customer_id).limit(1)).first()
    return None if row is None else (row.at, row.name)


def sees_everybody(db: Connection) -> Sight:
    """The sight of a privacy officer: all customers, whoever owns them."""
    return Sight(frozenset(db.scalars(select(reps.c.id))), unowned=True)


def officers(db: Connection) -> list[str]:
    """The names of the privacy officers who work here."""
    people = db.execute(select(reps.c.name, reps.c.roles).where(reps.c.active).order_by(reps.c.name))
    return [name for name, roles in people if "privacy" in roles.split(",")]


def target_of(holding: Holding, column: str) -> str | None:
    """The name of the table in NAMED to which a column points."""
    keys = holding.table.c[column].foreign_keys
    target = next((key.column.table for key in keys), None)
    return target.name if target in NAMED else None


def names_in(db: Connection, tables: Mapping[str, Sequence[Row]]) -> dict[str, dict[int, str]]:
    """The names of whom the ids in some rows mean."""
    meant: dict[str, set[int]] = {table.name: set() for table in NAMED}
    for holding in HOLDINGS:
        rows = tables.get(holding.name, ())
        for column in rows[0] if rows else ():
            target = target_of(holding, column)
            if target is not None:
                meant[target].update(row[column] for row in rows if row[column] is not None)
    return {
        table.name: {
            id: name
            for some in chunks(meant[table.name])
            for id, name in db.execute(select(table.c.id, table.c.name).where(table.c.id.in_(some)))
        }
        for table in NAMED
        if meant[table.name]
    }


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date() | time():
            return value.isoformat()
        case Decimal():
            return format(value.normalize(), "f")
    raise TypeError(f"{type(value).__name__} has no place in an export")
