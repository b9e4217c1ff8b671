"""Reads a file of orders (customer, date, amount) for judging it without a database, and writes what was judged."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import pandas as pd

from customers.judgement.purchases import Purchases
from customers.timelines import Floats, Ints
from words.errors import BadInput, WrongUsage

_COLUMNS = ("customer_id", "date")
_AMOUNT = "amount"
_EPOCH = pd.Timestamp(1970, 1, 1)


def read(path: Path, until: int | None = None, amounts: bool = False) -> tuple[list[str], Purchases]:
    """The customers' ids, ascending, and their purchases: every row is one, those of one customer and day are the same.

    `path` is a CSV in UTF-8, or a .gz of it, with the columns customer_id and date (YYYY-MM-DD; a time after it is left
    out) and, if `amounts` are wanted and there are any, amount (empty is 0). Of rows after the day `until` nothing but
    their date is looked at. Raises `BadInput` that says what is wrong and where.
    """
    columns = (*_COLUMNS, _AMOUNT) if amounts else _COLUMNS
    try:
        table = pd.read_csv(path, usecols=lambda name: name in columns, dtype=str, keep_default_na=False)
    except (OSError, EOFError, zlib.error) as unreadable:
        raise BadInput("{file} cannot be read: {why}.", file=path, why=unreadable.args[-1]) from unreadable
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as garbled:
        raise BadInput("{file} is no CSV file in UTF-8: {why}.", file=path, why=str(garbled).strip()) from garbled
    for name in _COLUMNS:
        if name not in table:
            raise BadInput("{file} has no column {column}: rename the one that is meant.", file=path, column=name)
    day = _days(path, table["date"])
    if until is not None:
        known = day <= until
        table, day = table[known], day[known]
    nameless = np.flatnonzero((table["customer_id"].str.strip() == "").to_numpy())
    if len(nameless):
        raise BadInput("{file}, row {row}: there is no customer_id.", file=path, row=int(table.index[nameless[0]]) + 1)
    who, ids = pd.factorize(table["customer_id"], sort=True)
    spent = _amounts(path, table[_AMOUNT]) if _AMOUNT in table else None
    return [str(name) for name in ids], Purchases.of(who, day, spent, len(ids))


def _amounts(path: Path, written: pd.Series[str]) -> Floats | None:
    """The amounts, 0 where the cell is empty; None where all are."""
    cells = written.str.strip()
    empty = (cells == "").to_numpy()
    if empty.all():
        return None
    amounts = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=np.float64)
    wrong = np.flatnonzero(~np.isfinite(amounts) & ~empty)
    if len(wrong):
        raise BadInput(
            "{file}, row {row}: “{value}” is no amount; write it as 1234.50.",
            file=path,
            row=int(written.index[wrong[0]]) + 1,
            value=written.iloc[wrong[0]],
        )
    return np.where(empty, 0.0, amounts)


def _days(path: Path, written: pd.Series[str]) -> Ints:
    """The ordinals of dates; each way of writing is understood once."""
    places, ways = pd.factorize(written)
    known = pd.to_datetime(pd.Series(ways, dtype=object).str.slice(0, 10), format="%Y-%m-%d", errors="coerce")
    wrong = np.flatnonzero(known.isna().to_numpy()[places])
    if len(wrong):
        row = int(wrong[0])
        raise BadInput(
            "{file}, row {row}: “{value}” is no date; write it as 2026-03-31.",
            file=path,
            row=row + 1,
            value=written.iloc[row],
        )
    days = (known - _EPOCH).dt.days.to_numpy().astype(np.int64)
    ordinals: Ints = days[places] + _EPOCH.toordinal()
    return ordinals


def refuse_overwriting(orders: Path, out: Path) -> None:
    """Raise `WrongUsage` where what is judged would take the place of the orders."""
    if out.resolve() == orders.resolve():
        raise WrongUsage("--out {file} would overwrite the orders: name another file.", file=out)


def write(table: pd.DataFrame, out: Path) -> None:
    """Write a table as CSV: all of it or nothing. Raises `WrongUsage` where the file cannot be written."""
    partial = out.with_name(f".{out.name}.partial")
    try:
        table.to_csv(partial, index=False, lineterminator="\n")
        partial.replace(out)
    except OSError as refused:
        raise WrongUsage("--out {file} cannot be written: {why}.", file=out, why=refused.args[-1]) from refused
    finally:
        partial.unlink(missing_ok=True)
