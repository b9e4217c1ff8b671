"""Recognises what the columns of a file are from their headers in English or Chinese, and of which kind it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import PurePath

from rapidfuzz import fuzz, process

from customers.folding import fold
from sources.kinds import KINDS, Field, Kind
from words.errors import BadInput, WrongUsage

# Below this likeness (of 100) a suggestion is more often wrong than right.
LIKE_ENOUGH = 80
LEFT_OUT = ""


@dataclass(frozen=True)
class Columns:
    """Which field each column of a file is: `fields` by position, and for the rest what they might have been."""

    kind: Kind
    headers: tuple[str, ...]
    fields: dict[int, Field]
    unmapped: dict[int, str | None]


def folded_header(header: str) -> str:
    """A header without case, width, blanks, punctuation and bracketed remarks such as `(required)` or `（必填）`."""
    text = fold(unicodedata.normalize("NFKC", header))
    without_remarks = re.sub(r"\(.*?\)|\[.*?\]", "", text)
    return re.sub(r"[\W_]+", "", without_remarks) or re.sub(r"[\W_]+", "", text)


@cache
def _aliases(kind: Kind) -> dict[str, tuple[Field, int]]:
    """Folded header -> field and how much it is preferred (0 is best)."""
    table: dict[str, tuple[Field, int]] = {}
    for field in kind.fields:
        for rank, alias in enumerate((field.name, *field.aliases.split("|"))):
            table.setdefault(folded_header(alias), (field, rank))
    return table


def recognise(headers: Sequence[str], kind: Kind, mapping: Mapping[str, str], file: str) -> Columns:
    """Map the headers of a file to the fields of a kind; what the operator said (`mapping`) comes first.

    Raises `WrongUsage` for an unknown field and `BadInput` where a required column is missing.
    """
    said = {folded_header(header): field for header, field in mapping.items()}
    fields: dict[int, Field] = {}
    best: dict[str, tuple[int, int]] = {}
    for position, header in enumerate(headers):
        folded = folded_header(header)
        if folded in said:
            if said[folded] == LEFT_OUT:
                continue
            found, rank = _wanted(kind, said[folded], header), -1
        elif folded in _aliases(kind):
            found, rank = _aliases(kind)[folded]
        else:
            continue
        if found.name not in best or rank < best[found.name][0]:
            best[found.name] = (rank, position)
            fields = {at: field for at, field in fields.items() if field.name != found.name}
            fields[position] = found
    columns = Columns(kind, tuple(headers), fields, _unmapped(headers, kind, fields))
    missing = missing_fields(columns)
    if missing:
        raise BadInput(
            "{file}: no column for {missing}, which {kind} need. The headers are: {headers}. Name the column with"
            " --map 'header=field', or the right kind with --kind.",
            file=file,
            missing=", ".join(missing),
            kind=kind.name,
            headers=", ".join(header for header in headers if header),
        )
    return columns


def field_named(kind: Kind, name: str) -> Field | None:
    """The field that an operator means with --map, by its name or by any header that it is known under."""
    own = kind.field(name.strip().lower().replace("-", "_").replace(" ", "_"))
    return own or _aliases(kind).get(folded_header(name), (None, 0))[0]


def _wanted(kind: Kind, name: str, header: str) -> Field:
    field = field_named(kind, name)
    if field is None:
        raise WrongUsage(
            "--map {header}={field}: {kind} have no such field. The fields are: {fields}.",
            header=header,
            field=name,
            kind=kind.name,
            fields=", ".join(known.name for known in kind.fields),
        )
    return field


def missing_fields(columns: Columns) -> list[str]:
    """The fields without which a file cannot be of its kind."""
    there = {field.name for field in columns.fields.values()}
    missing = [field.name for field in columns.kind.fields if field.required and field.name not in there]
    if columns.kind.either and not there & set(columns.kind.either):
        missing.append(" or ".join(columns.kind.either))
    return missing


def _unmapped(headers: Sequence[str], kind: Kind, fields: Mapping[int, Field]) -> dict[int, str | None]:
    """Columns that map to nothing, each with the free field that its header resembles, if any."""
    taken = {field.name for field in fields.values()}
    free = {alias: field.name for alias, (field, _) in _aliases(kind).items() if field.name not in taken}
    found: dict[int, str | None] = {}
    for position, header in enumerate(headers):
        if position not in fields and header.strip():
            like = process.extractOne(folded_header(header), list(free), scorer=fuzz.ratio, score_cutoff=LIKE_ENOUGH)
            found[position] = None if like is None else free[like[0]]
    return found


def guess_kind(headers: Sequence[str], mapping: Mapping[str, str], file: str) -> Kind:
    """Of which kind a file is: the one that understands most of its headers; its name decides between equals.

    Raises `BadInput` where no kind fits, `WrongUsage` where that is for a field that does not exist.
    """
    name = fold(PurePath(file).name)
    said = {folded_header(header): field for header, field in mapping.items()}
    best: tuple[tuple[int, int, int], Kind] | None = None
    for kind in KINDS:
        meant = (field_named(kind, said.get(folded, folded)) for folded in map(folded_header, headers) if folded)
        there = {field.name for field in meant if field is not None}
        required = {field.name for field in kind.fields if field.required}
        if required - there or (kind.either and not there & set(kind.either)):
            continue
        named = max((len(word) for word in kind.words.split() if word in name), default=0)
        score = (len(there), named, len(required))
        if best is None or score > best[0]:
            best = (score, kind)
    if best is None:
        for header, wanted in mapping.items():
            if wanted != LEFT_OUT and not any(field_named(kind, wanted) for kind in KINDS):
                raise WrongUsage(
                    "--map {header}={field}: there is no such field. Say --kind to see the fields of a kind.",
                    header=header,
                    field=wanted,
                )
        raise BadInput(
            "{file}: its headers fit no kind of file that can be imported ({headers}). Say --kind, and name columns"
            " with --map 'header=field'. The kinds are: {kinds}.",
            file=file,
            headers=", ".join(header for header in headers if header),
            kinds=", ".join(kind.name for kind in KINDS),
        )
    return best[1]
