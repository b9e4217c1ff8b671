"""Writes lists as CSV files that Excel opens rightly and that cannot run anything on the reader's machine."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

# Excel takes a file for UTF-8 only if it begins with this mark.
BYTE_ORDER_MARK = "\ufeff"
# A cell that begins like this is a formula for Excel, LibreOffice or Google Sheets; full-width and small signs are
# taken for the plain ones in Chinese and Japanese Excel.
SIGNS = "=+\\-@＝＋－＠﹦﹢﹣﹫"
# Blanks, and what looks like nothing: some programs skip it before they look for a formula.
UNSEEN = (
    r"\s\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f"
    r"\u205f-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
)
# Where the separator is not a comma, as in much of Europe, a cell may be cut at any of these, and the rest of it is a
# cell of its own, whatever quotes stand around it.
_FORMULA = re.compile(rf"\A(?=[{UNSEEN}]*[{SIGNS}]|[{UNSEEN}]*[\t\r\n])|(?<=[;\t\r\n|])(?=[{UNSEEN}\"']*[{SIGNS}])")


def harmless(cell: Any) -> Any:
    """Make one cell harmless: a text that would be read as a formula gets an apostrophe in front; numbers stay.

    So does each part of it that would be, if the file were cut at semicolons, tabs, bars or ends of lines.
    """
    if isinstance(cell, Decimal):
        return f"{cell.normalize():f}" if cell else "0"
    if isinstance(cell, (date, datetime)):
        return cell.isoformat()
    return _FORMULA.sub("'", cell) if isinstance(cell, str) else cell


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
