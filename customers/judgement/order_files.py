"""Reads a file of orders (customer and date) for judging it without a database."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import pandas as pd

from customers.judgement.purchases import Purchases
from customers.timelines import Ints
from words.errors import BadInput

_COLUMNS = ("customer_id", "date")
_EPOCH = pd.Timestamp(1970, 1, 1)


def read(path: Path) -> tuple[list[str], Purchases]:
    """The customers' ids, ascending, and their purchases: every row is one, those of one customer and day are the same.

    `path` is a CSV in UTF-8, or a .gz of it, with the columns customer_id and date (YYYY-MM-DD; a time after it is left
    out). Raises `BadInput` that says what is wrong and where.
    """
    try:
        table = pd.read_csv(path, usecols=lambda name: name in _COLUMNS, dtype=str, keep_default_na=False)
    except (OSError, EOFError, zlib.error) as unreadable:
        raise BadInput("{file} cannot be read: {why}.", file=path, why=unreadable.args[-1]) from unreadable
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as garbled:
        raise BadInput("{file} is no CSV file in UTF-8: {why}.", file=path, why=garbled) from garbled
    for name in _COLUMNS:
        if name not in table:
            raise BadInput("{file} has no column {column}: rename the one that is meant.", file=path, column=name)
    nameless = np.flatnonzero((table["customer_id"].str.strip() == "").to_numpy())
    if len(nameless):
        raise BadInput("{file}, row {row}: there is no customer_id.", file=path, row=int(nameless[0]) + 1)
    day = _days(path, table["date"])
    who, ids = pd.factorize(table["customer_id"], sort=True)
    return [str(name) for name in ids], Purchases.of(who, day, None, len(ids))


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
