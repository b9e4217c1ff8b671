"""Finds the customers whose names are close to what was typed, where nothing fits exactly."""

from __future__ import annotations

import string
from functools import cache

from rapidfuzz import fuzz
from sqlalchemy import Connection, TextClause, func, select, text

from customers.computed_tables import search_grams, search_names
from customers.pinyin import has_han
from customers.spellings import bare, grams, without_punctuation
from customers.tables import customers

# Pieces of a query that are looked at; a longer query has more than enough of them.
MOST_PIECES = 40
# A piece that this many names share (trading, 科技) says little; it is not read, however hostile the query.
FREQUENT = 3_000
# Entries of the index that one search reads, and names that it compares letter by letter.
MOST_ENTRIES, MOST_COMPARED = 12_000, 300
# Pieces are no help for a short word with a typing error (amce, acme share none): its variants are looked up instead.
SHORT = 6
# How close a short word with one typing error is.
ONE_ERROR = 84.0
# What a query that fits only a part of the name is worth.
PART = 0.88


def closest(db: Connection, query: str) -> dict[int, float]:
    """Customers with names like a folded query, with how close they are, 0 to 100; not in any order, and bounded."""
    wanted = bare(query)
    scores: dict[int, float] = {}
    ids = _sharing_pieces(db, wanted)
    rows = db.execute(select(customers.c.id, customers.c.folded_name).where(customers.c.id.in_(ids)))
    for customer_id, name in rows:
        scores[customer_id] = max(score(wanted, bare(name)), _with_form(query, wanted, name))
    for customer_id in _one_error_away(db, wanted):
        scores[customer_id] = max(ONE_ERROR, scores.get(customer_id, 0.0))
    return scores


def score(wanted: str, name: str) -> float:
    """How close two bare names are, 0 to 100, in any order of their words, or as a part of the longer one."""
    whole = max(fuzz.ratio(wanted, name), fuzz.token_sort_ratio(wanted, name))
    if len(wanted) < len(name):
        return max(whole, PART * fuzz.partial_ratio(wanted, name))
    return whole


def _with_form(query: str, wanted: str, name: str) -> float:
    """How close a query is to a folded name with its legal form: Acme Gmhb means Acme GmbH before Acme Inc, 0 to 100.

    Only where the form in the query is mistyped, so that it was not recognised; and the names must be as close without
    it, or a long form in common would make any two companies alike.
    """
    typed = without_punctuation(query)
    if typed != wanted:
        return 0.0
    whole = score(typed, without_punctuation(name))
    before, _, form = typed.rpartition(" ")
    if before and not has_han(form):
        return min(whole, score(bare(before), bare(name)))
    return whole if has_han(typed) else 0.0


def _sharing_pieces(db: Connection, wanted: str) -> list[int]:
    pieces = sorted(grams(wanted))[:MOST_PIECES]
    if not pieces:
        return []
    counted = db.execute(_counting(len(pieces)), {f"piece{nr}": piece for nr, piece in enumerate(pieces)})
    by_rarity = sorted((count, pieces[nr]) for nr, count in counted if count)
    chosen, entries = [], 0
    for count, piece in by_rarity:
        if count >= FREQUENT or entries + count > MOST_ENTRIES:
            break
        chosen.append(piece)
        entries += count
    shared = func.count().label("shared")
    found = (
        select(search_grams.c.customer_id, shared)
        .where(search_grams.c.gram.in_(chosen))
        .group_by(search_grams.c.customer_id)
        .order_by(shared.desc(), search_grams.c.customer_id)
        .limit(MOST_COMPARED)
    )
    return [row.customer_id for row in db.execute(found)] if chosen else []


@cache
def _counting(pieces: int) -> TextClause:
    """How many names have each piece, counted up to FREQUENT; one statement for all pieces."""
    one = (
        "SELECT {nr} AS nr, COUNT(*) AS names"
        " FROM (SELECT 1 FROM search_grams WHERE gram = :piece{nr} LIMIT {most}) AS few{nr}"
    )
    return text(" UNION ALL ".join(one.format(nr=nr, most=FREQUENT) for nr in range(pieces)))


def _one_error_away(db: Connection, wanted: str) -> list[int]:
    """Customers with a word, or a name in pinyin, that differs from a short word by one letter."""
    if not 3 <= len(wanted) <= SHORT or not (wanted.isascii() and wanted.isalnum()):
        return []
    c = search_names.c
    found = select(c.customer_id).where(
        c.folded.in_(sorted(_variants(wanted))), c.kind.in_(["name", "bare", "word", "part", "pinyin"])
    )
    return list(db.scalars(found.distinct().limit(MOST_COMPARED)))


def _variants(word: str) -> set[str]:
    """The words that are one letter more, less, other or two letters swapped."""
    splits = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    less = {left + right[1:] for left, right in splits if right}
    swapped = {left + right[1] + right[0] + right[2:] for left, right in splits if len(right) > 1}
    other = {left + sign + right[1:] for left, right in splits if right for sign in string.ascii_lowercase}
    more = {left + sign + right for left, right in splits for sign in string.ascii_lowercase}
    return (less | swapped | other | more) - {word}
