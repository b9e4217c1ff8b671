"""Opens a file that somebody exported (CSV with any separator, .gz, XLSX) and gives its header and rows as text."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, cast

from sources.faults import Wrong
from sources.reading import encodings, separated, sheets
from words.errors import BadInput, WrongUsage

CHUNK = 1 << 20
# What is looked at to tell text from garbage and to find the separator.
HEAD = 1 << 16
# Control characters that no table of text has; a few may be slips of the program that wrote it.
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\x0b\x1a\x1b\x1c\x1d\x1e\x1f"))
GZIP, ZIP, OLD_EXCEL = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

Progress = Callable[[str, float], None]


@dataclass
class Table:
    """A file with a header and rows: `encoding` and `separator` are None for a sheet, whose name is `sheet` then."""

    path: Path
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    header: list[str] = field(default_factory=list)
    header_line: int = 1

    @property
    def name(self) -> str:
        """How the file is called in messages."""
        return str(self.path)

    def rows(self, progress: Callable[[float], None] | None = None) -> Iterator[separated.Row]:
        """The rows behind the header, from the beginning each time; None stands for the cells of a blank row.

        `progress` is told the share of the file that is read. Raises `BadInput` where the file breaks off.
        """
        all_rows = self._all_rows(progress)
        self.first(all_rows)
        return all_rows

    @staticmethod
    def first(rows: Iterator[separated.Row]) -> tuple[int, list[str] | Wrong] | None:
        """The first row that is not blank."""
        return next(((line, cells) for line, cells in rows if cells is not None), None)

    def column(self, position: int) -> Iterator[str]:
        """All cells of one column, of those rows that reach it, for what must be decided by all of them."""
        if self.sheet is not None:
            return sheets.column(self.path, self.sheet, position)
        return (cells[position] for _, cells in self.rows() if isinstance(cells, list) and len(cells) > position)

    def _all_rows(self, progress: Callable[[float], None] | None) -> Iterator[separated.Row]:
        return self._sheet_rows() if self.sheet is not None else self._text_rows(progress)

    def _sheet_rows(self) -> Iterator[separated.Row]:
        return sheets.rows(self.path, cast("str", self.sheet))

    def _text_rows(self, progress: Callable[[float], None] | None) -> Iterator[separated.Row]:
        with _readable(self.path) as (binary, share):
            text = io.TextIOWrapper(binary, encoding=self.encoding, errors="strict", newline="")
            try:
                yield from separated.rows(self._lines(text, progress, share), cast("str", self.separator))
            finally:
                text.detach()

    def _lines(
        self, text: io.TextIOWrapper, progress: Callable[[float], None] | None, share: Callable[[], float]
    ) -> Iterator[str]:
        number = 0
        try:
            for number, line in enumerate(text, 1):
                if progress is not None and not number % 20_000:
                    progress(share())
                yield line
        except UnicodeDecodeError as wrong:
            raise BadInput(
                "{file} cannot be read as {encoding} near line {line} ({reason}). Say the right --encoding.",
                file=self.name,
                encoding=self.encoding,
                line=number + 1,
                reason=wrong.reason,
            ) from wrong


def open_table(path: Path, encoding: str | None) -> Table:
    """Look at a file and find out how it is to be read; `encoding` is what the operator said, or None.

    Raises `BadInput` for whatever cannot be a table: a directory, an empty or broken file, garbage.
    """
    head = _head(path)
    if head.startswith(ZIP):
        table = Table(path, sheet=sheets.first_with_data(path))
    elif head.startswith(OLD_EXCEL):
        raise BadInput("{file} is an old Excel file (.xls): save it as .xlsx or as CSV.", file=path)
    else:
        table = Table(path, encoding=encoding or _encoding(path, head))
        table.separator = separated.sniff(_first_lines(table))
    first = Table.first(table._all_rows(None))
    if first is None:
        raise BadInput("{file} is empty: there is nothing to import.", file=path)
    line, cells = first
    if isinstance(cells, Wrong):
        raise BadInput("{file}, line {line}: {reason}", file=path, line=line, reason=str(cells))
    table.header = [cell.strip() for cell in cells]
    table.header_line = line
    return table


def _head(path: Path) -> bytes:
    if path.is_dir():
        raise BadInput("{file} is a directory: name the files in it.", file=path)
    with _readable(path) as (binary, _):
        head = binary.read(HEAD)
    if not head.strip():
        raise BadInput("{file} is empty: there is nothing to import.", file=path)
    return head


@contextmanager
def _readable(path: Path) -> Iterator[tuple[IO[bytes], Callable[[], float]]]:
    """The file's bytes, unpacked, and a way to ask which share of the file is read."""
    try:
        with path.open("rb") as packed:
            size = path.stat().st_size or 1
            zipped = packed.read(2) == GZIP
            packed.seek(0)
            if not zipped:
                yield packed, lambda: packed.tell() / size
            else:
                with gzip.GzipFile(fileobj=packed) as unpacked:
                    yield cast("IO[bytes]", unpacked), lambda: packed.tell() / size
    except (EOFError, zlib.error, gzip.BadGzipFile) as wrong:
        raise BadInput(
            "{file} is a .gz file that breaks off or is damaged: copy or export it again.", file=path
        ) from wrong
    except OSError as wrong:
        raise BadInput("{file} cannot be read ({reason}).", file=path, reason=wrong.strerror or str(wrong)) from wrong


def _chunks(path: Path) -> Iterator[bytes]:
    with _readable(path) as (binary, _):
        while chunk := binary.read(CHUNK):
            yield chunk


def _encoding(path: Path, head: bytes) -> str:
    mark = encodings.marked(head)
    if mark is None:
        mark = encodings.wide(head)
    if mark is None:
        if b"\x00" in head or len(head.translate(None, _CONTROL)) * 100 < len(head) * 99:
            raise BadInput("{file} is not a table of text: export it as CSV or XLSX.", file=path)
        if encodings.decodes(_chunks(path), "utf-8"):
            return "utf-8"
        for candidate in encodings.likeliest(_chunks(path)):
            if encodings.decodes(_chunks(path), candidate):
                return candidate
        raise BadInput(
            "{file} is neither UTF-8 nor in another encoding that could be recognised. Say which with --encoding"
            " (such as gb18030, big5, cp1252, utf-16).",
            file=path,
        )
    if not encodings.decodes(_chunks(path), mark):
        raise BadInput(
            "{file} says it is {encoding}, but is not: export it again, or say the right one with --encoding.",
            file=path,
            encoding=mark,
        )
    return mark


def check_encoding(encoding: str) -> None:
    """Raise `WrongUsage` where the name of an encoding of text is none."""
    try:
        b"a".decode(encoding)
    except UnicodeDecodeError:  # a known one, in which a character takes more bytes
        pass
    except (LookupError, ValueError):
        raise WrongUsage(
            "There is no encoding called {encoding}: use one such as utf-8, gb18030, big5, cp1252 or utf-16.",
            encoding=encoding,
        ) from None


def _first_lines(table: Table) -> list[str]:
    with _readable(table.path) as (binary, _):
        text = io.TextIOWrapper(binary, encoding=table.encoding, errors="replace", newline="")
        try:
            lines = list(islice(text, 2_000))
        finally:
            text.detach()
    return lines[: max(2, len(lines) - 1)] if len(lines) == 2_000 else lines
