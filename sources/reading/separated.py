"""Reads rows from separated text (CSV and its relatives) with the physical line on which each row begins."""

from __future__ import annotations

import csv
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator
from itertools import chain, islice
from operator import itemgetter
from typing import TYPE_CHECKING

from sources.faults import Wrong
from words.speech import message

if TYPE_CHECKING:  # the type of csv.reader's result has a name for type checkers only
    from _csv import Reader

SEPARATORS = (",", ";", "\t", "|")
# Rows that tell the separators apart.
SNIFFED = 200
# Ends the text: a quote that is still open swallows it, otherwise it comes out as a row of its own.
END = "\x00end of text\x00"
# Lines that are read at once where none of them has a quote.
BLOCK = 1_000

# The line on which a row begins, and its cells, the reason why it cannot be taken apart, or None for a blank row.
Row = tuple[int, "list[str] | Wrong | None"]
_first_cell = itemgetter(0)


def sniff(lines: list[str]) -> str:
    """The separator under which the most rows have as many cells as the header, then the one with the most cells."""
    scores = {}
    for separator in SEPARATORS:
        widths = [len(row) for _, row in islice(rows(lines, separator), SNIFFED) if isinstance(row, list)]
        width = widths[0] if widths else 1
        scores[separator] = (width > 1, Counter(widths)[width] / max(len(widths), 1), width)
    return max(SEPARATORS, key=lambda separator: scores[separator])


def rows(lines: Iterable[str], separator: str) -> Iterator[Row]:
    """The rows of a text; a line with nothing at all is none.

    A quote that never closes spoils only its own line: the next one is read again.
    """
    line = 0
    again: deque[str] = deque()  # lines to be read, or read once more after a quote that did not close
    source = chain(lines, (END,))
    while True:
        if not again:
            again.extend(islice(source, BLOCK))
        found = _without_quotes(again, separator)
        if found is not None:
            yield from _numbered(found, line + 1)
            line += len(again)
            again.clear()
            continue
        pending: list[str] = []  # the lines of the row that is being read
        reader = _reader(_recorded(source, again, pending), separator)
        before = line
        try:
            for row in reader:
                if row == [END]:
                    return
                if row and END in row[-1]:
                    break
                yield from _numbered([row], line + 1)
                line = before + reader.line_num
                pending.clear()
                if not again:  # between two rows, and perhaps the next lines have no quotes
                    break
        except csv.Error:
            pass
        if pending:
            yield line + 1, Wrong(message("a quote opens here and does not close where it should: mend or remove it"))
            again.extendleft(reversed(pending[1:]))
            line += 1


def _without_quotes(lines: Collection[str], separator: str) -> list[list[str]] | None:
    """The rows of lines that are one row each; None where a quote or a broken row wants a closer look."""
    text = "".join(lines)
    if '"' in text or "\x00" in text:
        return None
    try:
        found = list(_reader(lines, separator))
    except csv.Error:
        return None
    return found if len(found) == len(lines) else None


def _numbered(found: list[list[str]], first: int) -> Iterator[Row]:
    numbered = enumerate(found, first)
    if all(found) and all(map(str.strip, map(_first_cell, found))):
        return numbered
    return ((line, row if any(map(str.strip, row)) else None) for line, row in numbered if row)


def _reader(lines: Iterable[str], separator: str) -> Reader:
    return csv.reader(lines, delimiter=separator, strict=True, skipinitialspace=True)


def _recorded(source: Iterable[str], again: deque[str], pending: list[str]) -> Iterator[str]:
    while again:
        text = again.popleft()
        pending.append(text)
        yield text
    for text in source:
        pending.append(text)
        yield text
