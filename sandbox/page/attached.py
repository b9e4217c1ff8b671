"""A file below a message: its name and size, a link to get it, and the first rows of a small CSV."""

from __future__ import annotations

import csv
import io
from typing import Any
from urllib.parse import urlencode

from sandbox.workspace import File, Person

Json = dict[str, Any]

PREVIEW_BYTES = 200_000  # a larger file is for downloading
PREVIEW_ROWS, PREVIEW_COLUMNS = 6, 8  # what fits beneath a message without pushing the next one away


def attached(file: File, person: Person) -> Json:
    """Return what the page shows of a file to `person`: name, size, where to get it, and the rows of a preview."""
    return {
        "name": file.name,
        "title": file.title or file.name,
        "ending": file.filetype[:4].upper(),
        "url": f"/page/file/{file.id}?" + urlencode({"as": person.id}),
        "size": _size(file.size),
        "preview": _preview(file),
    }


def _size(count: int) -> str:
    """Show a file's size as people say it."""
    for unit in ("B", "KB", "MB"):
        if count < 1000:
            return f"{count} {unit}"
        count = round(count / 1000)
    return f"{count} GB"


def _preview(file: File) -> list[list[str]]:
    """Return the first rows and columns of a small CSV file, or nothing."""
    if file.filetype != "csv" or len(file.content) > PREVIEW_BYTES:
        return []
    text = file.content.decode("utf-8-sig", errors="replace")
    rows = csv.reader(io.StringIO(text))
    return [row[:PREVIEW_COLUMNS] for _, row in zip(range(PREVIEW_ROWS), rows, strict=False)]
