"""What a kind of file is: its fields, and the headers under which people have them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """One field of a kind: what it is called with --map, how its cells are read, and its headers."""

    name: str
    reads: str
    aliases: str
    required: bool = False  # the column must be there and no cell of it may be empty
    filled: bool = False  # the column may be missing, but no cell of it may be empty


@dataclass(frozen=True)
class Kind:
    """One kind of file; `table` is where its rows go, one of the fields in `either` must be there."""

    name: str
    table: str
    fields: tuple[Field, ...]
    words: str  # what a file of this kind is likely to be called
    either: tuple[str, ...] = ()

    def field(self, name: str) -> Field | None:
        """The field of this name."""
        return next((field for field in self.fields if field.name == name), None)
