"""What the facts remember about themselves: for which day, by which rules and in which currency they were computed."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, delete, insert, select

from customers.tables import remembered

# The day for which all facts are true, and the day for which at least loyalty and stage were moved.
DAY, MOVED = "facts.day", "facts.moved"
RULES, CURRENCY = "facts.rules", "facts.currency"
# What was learnt of all customers, as text (see `judging`).
JUDGEMENT = "judgement"


def recall(db: Connection) -> dict[str, str]:
    """What is remembered, by name; one keyed read."""
    names = [DAY, MOVED, RULES, CURRENCY]
    return {row.name: row.value for row in db.execute(select(remembered).where(remembered.c.name.in_(names)))}


def recall_one(db: Connection, name: str) -> str | None:
    """What is remembered under one name; None where nothing is."""
    return db.scalar(select(remembered.c.value).where(remembered.c.name == name))


def remember(db: Connection, values: Mapping[str, str]) -> None:
    """Keep these values in place of the former ones."""
    db.execute(delete(remembered).where(remembered.c.name.in_(list(values))))
    db.execute(insert(remembered), [{"name": name, "value": value} for name, value in values.items()])


def forget_day(db: Connection) -> None:
    """Have all facts computed anew by the next computing, because what they rest on has changed."""
    db.execute(delete(remembered).where(remembered.c.name.in_([DAY, MOVED])))
