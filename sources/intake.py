"""Takes the rows of one file in: every cell is read, faults are reported, and the rest waits in a temporary table."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table

from sources.cells import details
from sources.cells.columns import Column, Setting, reader
from sources.faults import Fault, Faults, Wrong
from sources.merging import staging
from sources.outcome import FileReport
from sources.reading import files, headers
from sources.reading.separated import Row
from words.speech import message

# Rows that are read at once: enough to make every step a loop in C, few enough to weigh some 10 MB.
BATCH = 5_000
# Different references that are remembered per column; beyond that one may wait under two numbers, which does no harm.
REMEMBERED = 200_000
REFERRING = ("customer", "product", "order", "rep")
# Where the name of a stored column differs from the name of the field that people know.
STORED_AS = {"id": "key", "date": "day", "rate": "micros", "closed": "closed_at"}

Values = dict[str, Sequence[Any]]


class References(dict[str, int]):
    """The records that a column refers to, each with the number under which it waits."""

    def __init__(self, table: Table) -> None:
        super().__init__()
        self.table = table
        self.new: list[tuple[int, str]] = []
        self._count = 0

    def __missing__(self, text: str) -> int:
        """Number a reference that was not seen yet."""
        if len(self) >= REMEMBERED:
            self.clear()
        self._count += 1
        self[text] = self._count
        self.new.append((self._count, text))
        return self._count

    def flush(self, db: Connection) -> None:
        """Let the new ones wait in their temporary table."""
        staging.put(db, self.table, ("nr", "text"), self.new)
        self.new.clear()

    def forget(self) -> None:
        """Let go what was only needed to number references."""
        self.clear()


@dataclass
class Waiting:
    """The rows of one file that wait to be merged, with what is needed to report on them."""

    columns: headers.Columns
    report: FileReport
    rows: Table
    references: dict[str, References]
    header_of: dict[str, str]
    rejected: array[int] = field(default_factory=lambda: array("q"))
    keys: array[int] = field(default_factory=lambda: array("q"))  # their hashes
    _repeats_keys: bool | None = None
    phones_warned: bool = False
    contacts_warned: bool = False

    @property
    def kind(self) -> str:
        """The kind of the file."""
        return self.columns.kind.name

    def repeats_keys(self) -> bool:
        """Whether some id may stand in two rows: very likely if so, certainly not if not.

        What is remembered of the ids goes with the first question: of millions it weighs as much as all else together.
        """
        # Sorting 4 million whole numbers takes half a second here, sorting 4 million texts in the database takes ten.
        import numpy as np

        if self._repeats_keys is None:
            hashes = np.frombuffer(self.keys, dtype=np.int64) if self.keys else np.empty(0, dtype=np.int64)
            hashes.sort()  # where they lie
            self._repeats_keys = bool((hashes[1:] == hashes[:-1]).any())
            del hashes
            self.keys = array("q")
        return self._repeats_keys

    def warn(self, warnings: Faults, field: str, found: list[tuple[int, str]], reason: str) -> None:
        """Report (line, cell) of a field as unusual but kept."""
        self.report.warnings += len(found)
        header = self.header_of[field]
        warnings.report(Fault(self.report.file, line, header, cell, reason) for line, cell in found)

    def has(self, name: str) -> bool:
        """Whether the file has a column for a field."""
        return any(known.name == name for known in self.columns.fields.values())


def take_in(
    db: Connection,
    table: files.Table,
    columns: headers.Columns,
    setting: Setting,
    region: str,
    number: int,
    faults: Faults,
    warnings: Faults,
    progress: Callable[[float], None] | None,
) -> Waiting:
    """Read a file into temporary tables; `number` tells the files of one run apart.

    Raises `BadInput` where the file as a whole cannot be used.
    """
    waiting = _prepare(db, table, columns, number)
    readers = [
        Column(table.header[at], field, at, reader(field, table.header[at], setting, partial(table.column, at)))
        for at, field in sorted(columns.fields.items())
    ]
    sequence = 0
    rows = table.rows(progress)
    while batch := list(islice(rows, BATCH)):
        lines, values = _read_batch(batch, readers, waiting, faults)
        if not lines:
            continue
        values = _completed(values, lines, waiting, region, warnings)
        for references in waiting.references.values():
            references.flush(db)
        numbered = zip(range(sequence, sequence + len(lines)), lines, *values.values(), strict=True)
        staging.put(db, waiting.rows, ("seq", "line", *values), numbered)
        waiting.keys.extend(map(hash, values.get("key", ())))
        sequence += len(lines)
    for references in waiting.references.values():
        references.forget()
    staging.measured(db, waiting.rows, *(references.table for references in waiting.references.values()))
    return waiting


def _prepare(db: Connection, table: files.Table, columns: headers.Columns, number: int) -> Waiting:
    used = sorted(columns.fields.items())
    report = FileReport(
        table.name,
        columns.kind.name,
        table.encoding,
        table.separator,
        table.sheet,
        [(table.header[at], known.name) for at, known in used],
        [(table.header[at], like) for at, like in sorted(columns.unmapped.items())],
    )
    rows = staging.waiting_rows(columns.kind, number)
    rows.create(db)
    references = {}
    for _, known in used:
        if known.reads in REFERRING:
            references[known.name] = References(staging.waiting_references(known.name, number))
            references[known.name].table.create(db)
    return Waiting(columns, report, rows, references, {known.name: table.header[at] for at, known in used})


def _read_batch(
    batch: list[Row], readers: list[Column], waiting: Waiting, faults: Faults
) -> tuple[Sequence[int], Values]:
    """The lines and values of the rows without faults; the others are reported."""
    width = len(waiting.columns.headers)
    good = [row for row in batch if type(row[1]) is list and len(row[1]) == width]
    found: list[Fault] = []
    waiting.report.read += len(batch)
    if len(good) != len(batch):
        found += _misshapen(batch, width, waiting)
    if not good:
        faults.report(found)
        return (), {}
    lines, cells = zip(*good, strict=True)
    by_position = list(zip(*cells, strict=True))
    read = [column.read(by_position[column.position]) for column in readers]
    bad = {at for _, wrong in read for at in wrong}
    for column, (_, wrong) in zip(readers, read, strict=True):
        cells_read = by_position[column.position]
        found += [
            Fault(waiting.report.file, lines[at], column.header, cells_read[at], str(why)) for at, why in wrong.items()
        ]
    waiting.report.rejected += len(bad)
    if found:
        faults.report(sorted(found, key=lambda fault: fault.line))
    keep = [at for at in range(len(lines)) if at not in bad] if bad else None
    values: Values = {}
    for column, (parts, _) in zip(readers, read, strict=True):
        for part, several in zip(column.parts, parts, strict=True):
            # A date with a time of day is a moment: `at` instead of `day`.
            name = "at" if part == "date" and column.field.reads == "moment" else STORED_AS.get(part, part)
            values[name] = several if keep is None else [several[at] for at in keep]
    return lines if keep is None else [lines[at] for at in keep], values


def _misshapen(batch: list[Row], width: int, waiting: Waiting) -> Iterator[Fault]:
    for line, cells in batch:
        if cells is None:
            waiting.report.read -= 1
            waiting.report.blank += 1
        elif isinstance(cells, Wrong):
            waiting.report.rejected += 1
            yield Fault(waiting.report.file, line, "", "", str(cells))
        elif len(cells) != width:
            waiting.report.rejected += 1
            separator = waiting.report.separator or ","
            reason = Wrong(message("has {n} cells, but the header has {width}"), n=len(cells), width=width)
            yield Fault(waiting.report.file, line, "", separator.join(cells)[:200], str(reason))


def _completed(values: Values, lines: Sequence[int], waiting: Waiting, region: str, warnings: Faults) -> Values:
    """The values with what several columns say together: references numbered, currencies, phones, lunar birthdays."""
    for name, references in waiting.references.items():
        values[name] = [None if text is None else references[text] for text in values[name]]
    if "sign" in values:
        signs = values.pop("sign")
        said = values.get("currency")
        values["currency"] = signs if said is None else [word or sign for word, sign in zip(said, signs, strict=True)]
    if "birthday_calendar" in values and "birthday" in values:
        values["birthday_is_lunar"] = [
            by_cell if by_column is None or by_cell is None else by_cell or by_column
            for by_cell, by_column in zip(values["birthday_is_lunar"], values["birthday_calendar"], strict=True)
        ]
    values.pop("birthday_calendar", None)
    if "phone" in values:
        _read_phones(values, lines, waiting, region, warnings)
    if "email" in values and waiting.kind != "reps":
        unusual = [at for at, address in enumerate(values["email"]) if address and details.email_is_unusual(address)]
        reason = message("is an unusual e-mail address; it is kept as it stands")
        waiting.warn(warnings, "email", [(lines[at], values["email"][at]) for at in unusual], reason)
    return values


def _read_phones(values: Values, lines: Sequence[int], waiting: Waiting, region: str, warnings: Faults) -> None:
    """Write numbers in their international form; one whose row names no country waits as it stands (`phone_said`)."""
    countries = values.get("country") or [None] * len(lines)
    written: list[str | None] = []
    unusual = []
    for line, cell, country in zip(lines, values["phone"], countries, strict=True):
        number = None
        if cell and country:
            number, usual = details.phone(cell, country, region)
            if not usual:
                unusual.append((line, cell))
        written.append(number)
    values["phone_said"] = [None if country else cell for cell, country in zip(values["phone"], countries, strict=True)]
    values["phone"] = written
    waiting.warn(warnings, "phone", unusual, details.UNUSUAL_PHONE)
