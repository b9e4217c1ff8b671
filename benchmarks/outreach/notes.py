"""What replicas note about messages just before they do it; a kill takes nothing of it away."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

What = Literal["leased", "checking", "gave up waiting"]


@dataclass(frozen=True)
class Note:
    """What one process noted about a message of the outbox; `at` is in Unix seconds."""

    process: int
    what: What
    outbox_id: int
    at: float


class Notes:
    """One file for all processes: a line that is appended at once is never torn."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def write(self, what: What, outbox_id: int) -> None:
        """Note something, now."""
        os.write(self._file, f"{os.getpid()}\t{what}\t{outbox_id}\t{time.time()!r}\n".encode())


def read(path: Path) -> Iterator[Note]:
    """All notes, in the order in which they were written."""
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        process, what, outbox_id, at = line.split("\t")
        yield Note(int(process), what, int(outbox_id), float(at))  # type: ignore[arg-type]  # as it was written
