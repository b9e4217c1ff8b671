"""What is wrong with a cell or a row of a file, and the list of all faults that an operator gets to see."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from customers.exporting import harmless
from words.errors import BadInput, WrongUsage

# So many faults fit on a screen; the file of rejects has all of them.
SHOWN = 20


class Wrong(BadInput):
    """One cell cannot be used; the message is the reason. Raised by the readers of cells."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault as an operator reads it: file, physical line (the header is 1), column, value as it stood, reason."""

    file: str
    line: int
    column: str
    value: str
    reason: str


class Faults:
    """Takes faults as they come: counts all, keeps the first for the screen, writes all to the file of rejects.

    In that file a value that a spreadsheet would run as a formula has an apostrophe in front.
    """

    def __init__(self, rejects: Path | None) -> None:
        self.first: list[Fault] = []
        self.count = 0
        self._rejects = rejects
        self._file: IO[str] | None = None
        self._writer: Any = None

    def __enter__(self) -> Faults:
        """Open the file of rejects; raises `WrongUsage` where it cannot be written."""
        if self._rejects is not None:
            try:
                self._file = self._rejects.open("w", encoding="utf-8", newline="")
            except OSError as wrong:
                raise WrongUsage(
                    "The file of rejects {file} cannot be written ({reason}): name another one.",
                    file=self._rejects,
                    reason=wrong.strerror,
                ) from wrong
            self._writer = csv.writer(self._file)
            self._writer.writerow(("file", "line", "column", "value", "reason"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file of rejects."""
        if self._file is not None:
            self._file.close()

    def report(self, faults: Iterable[Fault]) -> None:
        """Take some more faults."""
        for fault in faults:
            self.count += 1
            if len(self.first) < SHOWN:
                self.first.append(fault)
            if self._writer is not None:
                row = (fault.file, fault.line, fault.column, fault.value, fault.reason)
                self._writer.writerow([harmless(cell) for cell in row])
