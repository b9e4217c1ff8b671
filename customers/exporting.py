"""Writes lists as CSV files that Excel opens rightly and that cannot run anything on the reader's machine."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

# Excel takes a file for UTF-8 only if it begins with this mark.
BYTE_ORDER_MARK = "\ufeff"
# A cell that begins like this is a formula for Excel, LibreOffice or Google Sheets; a leading blank is skipped by
# some of them, and full-width signs are taken for the plain ones in Chinese and Japanese Excel.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(cell: Any) -> Any:
    """Make one cell harmless: a text that would be read as a formula gets an apostrophe in front; numbers stay."""
    if isinstance(cell, Decimal):
        return f"{cell.normalize():f}" if cell else "0"
    if isinstance(cell, (date, datetime)):
        return cell.isoformat()
    if isinstance(cell, str) and cell.lstrip(" \u00a0\u3000").startswith(DANGEROUS):
        return "'" + cell
    return cell


def write_csv(rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Turn rows (the header first) into the pieces of a CSV file in UTF-8, about one for every 64 KiB."""
    piece = io.StringIO(newline="")
    piece.write(BYTE_ORDER_MARK)
    writer = csv.writer(piece)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
        if piece.tell() > 65_536:
            yield _take(piece)
    yield _take(piece)


def _take(piece: io.StringIO) -> bytes:
    taken = piece.getvalue().encode()
    piece.seek(0)
    piece.truncate()
    return taken
