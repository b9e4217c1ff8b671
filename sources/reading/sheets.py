"""Reads rows from Excel workbooks: the first sheet that has data, every cell as the text that a CSV file would have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from words.errors import BadInput


def first_with_data(path: Path) -> str:
    """The name of the first sheet with any value; raises `BadInput` for a file that is no workbook or has no values."""
    book = _open(path)
    for name in book.sheet_names:
        if any(any(cell != "" for cell in row) for row in book.get_sheet_by_name(name).iter_rows()):
            return str(name)
    raise BadInput("{file} is empty: there is nothing to import.", file=path)


def rows(path: Path, sheet: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a sheet with their row numbers; every row has as many cells as the header up to its last value.

    Rows without any value are left out: sheets are full of them, and nobody wrote them.
    """
    data = _open(path).get_sheet_by_name(sheet)
    width = 0
    for number, cells in enumerate(data.to_python(skip_empty_area=False), 1):
        texts = [text(cell) for cell in cells]
        if not any(texts):
            continue
        if not width:  # the header: columns to its right belong to no table
            width = max(at for at, cell in enumerate(texts, 1) if cell)
        while len(texts) > width and not texts[-1]:
            texts.pop()
        yield number, texts


def column(path: Path, sheet: str, position: int) -> Iterator[str]:
    """The cells of one column, in which a number proves that its point begins the decimals: 1.234 comes as 1.2340."""
    for cells in _open(path).get_sheet_by_name(sheet).to_python(skip_empty_area=False):
        if len(cells) > position:
            cell = cells[position]
            yield f"{text(cell)}0" if isinstance(cell, float) and not cell.is_integer() else text(cell)


def text(cell: Any) -> str:
    """One cell as text: days as 2026-03-05, whole numbers without a point, text as it stands (00123 stays 00123)."""
    match cell:
        case str():
            return cell
        case bool():
            return "yes" if cell else "no"
        case int():
            return str(cell)
        case float():
            return str(int(cell)) if cell.is_integer() else format(Decimal(repr(cell)), "f")
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
    return "" if cell is None else str(cell)


def _open(path: Path) -> Any:
    # Loading the spreadsheet library takes time that only a spreadsheet should cost.
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        return CalamineWorkbook.from_path(path)
    except PasswordError as wrong:
        raise BadInput("{file} is protected by a password: save it without one.", file=path) from wrong
    except (CalamineError, OSError) as wrong:
        raise BadInput(
            "{file} is not an Excel workbook that can be read: save it as .xlsx or CSV.", file=path
        ) from wrong
