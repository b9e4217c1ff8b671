"""Reads rows from separated text (CSV and its relatives) with the physical line on which each row begins."""

from __future__ import annotations

import csv
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from sources.faults import Wrong
from words.speech import message

SEPARATORS = (",", ";", "\t", "|")
# Rows that tell the separators apart.
SNIFFED = 200
# Ends the text: a quote that is still open swallows it, otherwise it comes out as a row of its own.
END = "\x00end of text\x00"

Row = tuple[int, "list[str] | Wrong"]


def sniff(lines: list[str]) -> str:
    """The separator under which the most rows have as many cells as the header, then the one with the most cells."""
    scores = {}
    for separator in SEPARATORS:
        widths = [len(row) for _, row in islice(rows(lines, separator), SNIFFED) if isinstance(row, list)]
        width = widths[0] if widths else 1
        scores[separator] = (width > 1, Counter(widths)[width] / max(len(widths), 1), width)
    return max(SEPARATORS, key=lambda separator: scores[separator])


def rows(lines: Iterable[str], separator: str) -> Iterator[Row]:
    """The rows of a text: (line on which it begins, cells), or the reason why the row cannot be taken apart.

    Rows without any value are left out. A quote that never closes spoils only its own line: the next one is read again.
    """
    line = 0
    pending: list[str] = []  # the lines of the row that is being read
    again: deque[str] = deque()  # lines to be read once more, after a quote that did not close
    source = chain(lines, (END,))
    while True:
        reader = csv.reader(_recorded(source, again, pending), delimiter=separator, strict=True, skipinitialspace=True)
        before = line
        try:
            for row in reader:
                if row:
                    if END in row[-1]:
                        break
                    if row[0] or any(map(str.strip, row)):
                        yield line + 1, row
                line = before + reader.line_num
                pending.clear()
            if row == [END]:
                return
        except csv.Error:
            pass
        yield line + 1, Wrong(message("a quote opens here and does not close where it should: mend or remove it"))
        again.extendleft(reversed(pending[1:]))
        pending.clear()
        line += 1


def _recorded(source: Iterable[str], again: deque[str], pending: list[str]) -> Iterator[str]:
    while again:
        text = again.popleft()
        pending.append(text)
        yield text
    for text in source:
        pending.append(text)
        yield text
