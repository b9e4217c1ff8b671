"""Reads and writes what is asked for all day, such as a customer's card, with as little work around it as possible."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, Table
from sqlalchemy.engine import Dialect

from database.engine import Database

Turn = tuple[int, Callable[[Any], Any]]
# Rows of one statement; beyond that the work around a statement is nothing beside its rows.
MOST_ROWS = 500


class _Prepared(NamedTuple):
    """A statement for one kind of database: its text, and its values in order (None: they go by name)."""

    text: str
    order: Sequence[str] | None
    fixed: dict[str, Any]


class KeyedRead:
    """A statement that is compiled once and then handed to the driver itself.

    SQLAlchemy's work around one execution takes five times as long as finding a row by its key. Its types still turn
    what is read: amounts are Decimals, moments have a zone. The values for `bindparam` are given as the driver takes
    them: whole numbers and texts. One statement sees one moment, so it needs no transaction around it.
    """

    def __init__(self, statement: Select[Any]) -> None:
        self._statement = statement
        self._prepared: dict[str, _Prepared] = {}
        self._turns: dict[str, list[Turn]] = {}

    def rows(self, database: Database, **values: int | str) -> list[list[Any]]:
        """All rows, each with the columns of the statement in order."""
        dialect = database.engine.dialect
        prepared = self._prepared.get(dialect.name) or self._prepare(dialect)
        given = prepared.fixed | values
        parameters = given if prepared.order is None else [given[name] for name in prepared.order]
        with database.driver() as driver:
            cursor = driver.execute(prepared.text, parameters)
            rows = [list(row) for row in cursor.fetchall()]
            turns = self._turns.get(dialect.name)
            if turns is None:
                turns = self._find_turns(dialect, cursor.description)
        for row in rows:
            for at, turn in turns:
                row[at] = turn(row[at])
        return rows

    def _prepare(self, dialect: Dialect) -> _Prepared:
        compiled: Any = self._statement.compile(dialect=dialect)
        prepared = _Prepared(compiled.string, compiled.positiontup, dict(compiled.params))
        self._prepared[dialect.name] = prepared
        return prepared

    def _find_turns(self, dialect: Dialect, description: Sequence[Sequence[Any]]) -> list[Turn]:
        """What turns the driver's values into those of the columns' types, by position."""
        turns: list[Turn] = []
        for at, (column, about) in enumerate(zip(self._statement.selected_columns, description, strict=True)):
            turn = column.type.dialect_impl(dialect).result_processor(dialect, about[1])
            if turn is not None:
                turns.append((at, turn))
        self._turns[dialect.name] = turns
        return turns


class KeyedWrite:
    """Adds rows to a table in one statement, which is a transaction by itself.

    SQLAlchemy says BEGIN, the rows and COMMIT apart, and between any two of them other threads take their turn: where
    many wait for the same rows to be written, they wait for three turns instead of one.
    """

    def __init__(self, table: Table, *columns: str) -> None:
        self._table, self._columns = table, columns
        self._turns: dict[str, list[Turn]] = {}

    def write(self, database: Database, rows: Sequence[Sequence[Any]]) -> None:
        """Add all rows, each with the values of the columns in order, or none; they are committed when it returns."""
        if len(rows) > MOST_ROWS:
            with database.transaction() as db:
                db.execute(self._table.insert(), [dict(zip(self._columns, row, strict=True)) for row in rows])
            return
        dialect = database.engine.dialect
        turns = self._turns.get(dialect.name) or self._find_turns(dialect)
        given = [list(row) for row in rows]
        for row in given:
            for at, turn in turns:
                row[at] = turn(row[at])
        place = f"({', '.join(['?' if database.is_sqlite else '%s'] * len(self._columns))})"
        text = f"INSERT INTO {self._table.name} ({', '.join(self._columns)}) VALUES {', '.join([place] * len(given))}"
        with database.driver() as driver:
            driver.execute(text, [value for row in given for value in row])
            driver.commit()  # SQLite has done it by itself

    def _find_turns(self, dialect: Dialect) -> list[Turn]:
        """What turns values into what the driver takes, by position."""
        processors = [self._table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in self._columns]
        turns: list[Turn] = [(at, turn) for at, turn in enumerate(processors) if turn is not None]
        self._turns[dialect.name] = turns
        return turns
