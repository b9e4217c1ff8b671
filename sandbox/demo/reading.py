"""Reads the files that the demo is made from."""

from __future__ import annotations

import csv
from pathlib import Path

Row = dict[str, str]
"""One line of a file: column to text; empty text is an empty cell."""

HERE = Path(__file__).parent


def rows(name: str) -> list[Row]:
    """Return the lines of a file in this folder, such as `invented/companies.csv`."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))
