"""Finds a customer by whatever a person types: id, name, part, pinyin, phone, e-mail, contact; also mistyped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import phonenumbers
from sqlalchemy import Connection, Row, bindparam, func, literal_column, or_, select

from customers.closeness import closest
from customers.computed_tables import search_names
from customers.erased import ERASED
from customers.folding import fold
from customers.pinyin import has_han, spell
from customers.search_index import index
from customers.sight import Sight
from customers.spellings import bare, digits, plain
from customers.storable import storable
from customers.tables import access_log, customers, reps
from database.engine import Database
from database.keyed import KeyedRead

__all__ = ["Found", "Hit", "exact", "find", "index", "recent"]

# Nobody types more; and what does not end must not cost more.
LONGEST_QUERY = 200
# Rows that one look into the index may bring: enough to choose five good ones from.
ROWS = 80
# With several words typed, one is looked up and the others are compared: more rows, since many of them will not fit.
ROWS_OF_A_WORD = 600
# A number of fewer digits is no phone number that anybody would type to find one customer.
FEWEST_DIGITS = 4
# From here on a number is complete enough to be the one that was meant, not just the end of one.
WHOLE_NUMBER = 7
# How good a spelling is, 0 to 100, where the whole of it was typed and where only its beginning was.
WHOLE = {"key": 100, "name": 100, "phone": 100, "email": 100, "bare": 98, "contact": 90, "pinyin": 90, "initials": 86}
BEGINNING = {"name": 90, "bare": 90, "key": 70, "email": 75, "contact": 72, "pinyin": 78, "initials": 66, "phone": 70}
OTHER_WHOLE, OTHER_BEGINNING = 84, 76  # part and word
# What a whole spelling must reach to be shown at once, if no other customer reaches it.
STRONG = 98
# A name with a typing error is shown at once if it is this close, and no other one is nearly as close.
ALMOST, APART = 90, 12
# How much better a match gets the more of the spelling was typed.
MOST_OF_IT = 7
# With a typing error: what counts as a hit, and below that what may still be named as the closest.
LIKELY, CLOSE = 70, 45
# The looks that are looks at a single customer.
CARDS = ("card", "masked card")
# Looks that are searched for the latest customers.
LATEST_LOOKS = 300
# The last sign of Unicode ends the range of what begins with some letters.
LAST = "\U0010ffff"
PHONE_SIGNS = frozenset("+0123456789 ()-./")
# What everybody may search; phone numbers, e-mails and contacts are found only by those who see the customer in full.
# In these kinds of spellings blanks do not count.
SPACELESS = ("pinyin", "initials", "name", "bare", "part", "contact")
OPEN_KINDS = ("key", "name", "bare", "part", "word", "pinyin", "initials")


CUSTOMER = (
    customers.c.id,
    customers.c.key,
    customers.c.name,
    customers.c.city,
    customers.c.owner_id,
    reps.c.name.label("owner_name"),
)


@dataclass(frozen=True)
class Hit:
    """A customer that may be meant; `score` 0 to 100, `how` the kind of spelling that fitted (name, pinyin ...)."""

    id: int
    key: str | None
    name: str
    city: str | None
    owner_id: int | None
    owner_name: str | None
    score: float
    how: str


@dataclass(frozen=True)
class Found:
    """What a search brought: one customer for sure, or several that may be meant, or only the closest names."""

    exact: int | None = None
    hits: tuple[Hit, ...] = ()
    closest: tuple[Hit, ...] = ()


@dataclass(frozen=True)
class Match:
    """One spelling that fitted: a row with the columns of CUSTOMER, how well, and which kind."""

    row: Any
    score: float
    how: str


# The hot path: one read of one index. More than two rows can mean two customers of one name, never more is needed.
_EXACT = (
    select(search_names.c.customer_id)
    .where(
        search_names.c.folded == bindparam("folded"),
        or_(search_names.c.kind == literal_column("'key'"), search_names.c.kind == literal_column("'name'")),
    )
    .distinct()
    .limit(literal_column("2"))
)
_EXACT_AT_ONCE = KeyedRead(_EXACT)


def exact(database: Database, text: str) -> int | None:
    """The one customer whose name or id this is, or None: what most look-ups are; `find` does the rest."""
    rows = _EXACT_AT_ONCE.rows(database, folded=_folded(text))
    return int(rows[0][0]) if len(rows) == 1 else None


def find(db: Connection, sight: Sight, text: str, *, region: str, limit: int = 5) -> Found:
    """Find customers for a person with this sight; `region` is the country of phone numbers without a country code.

    Names and ids of everybody are searched; phone numbers, e-mails and contacts only of customers in full sight.
    """
    folded = _folded(text)
    if not folded:
        return Found()
    same = db.scalars(_EXACT, {"folded": folded}).all()
    if len(same) == 1:
        return Found(exact=same[0])
    if same:
        rows = _range(db, sight, folded, kinds=("key", "name"))
        return Found(hits=_best((_match(row, folded) for row in rows if row.folded == folded), sight, limit))
    hits = _best(_looked_up(db, sight, folded, region), sight, max(limit, 2))
    if not hits:
        return _guessed(db, sight, folded, limit)
    strong = [hit for hit in hits if hit.score >= STRONG]
    surest = strong if strong else hits
    return Found(exact=surest[0].id if len(surest) == 1 else None, hits=hits[:limit])


def _folded(text: str) -> str:
    """What was typed, as the index has it: with the signs that can be seen, and not without end."""
    return "".join(sign for sign in fold(storable(text)[:LONGEST_QUERY]) if sign.isprintable())


def _guessed(db: Connection, sight: Sight, folded: str, limit: int) -> Found:
    """Find names with typing errors; where none is likely, name the closest."""
    scores = closest(db, folded)
    best = sorted(scores, key=lambda customer_id: (-scores[customer_id], customer_id))[: max(limit, 2) * 4]
    rows = db.execute(
        select(*CUSTOMER).outerjoin(reps, reps.c.id == customers.c.owner_id).where(customers.c.id.in_(best))
    )
    guesses = _best((Match(row, scores[row.id], "close") for row in rows), sight, max(limit, 2))
    hits = tuple(hit for hit in guesses if hit.score >= LIKELY)
    if not hits:
        return Found(closest=tuple(hit for hit in guesses if hit.score >= CLOSE)[:limit])
    alone = hits[0].score >= ALMOST and (len(guesses) == 1 or guesses[1].score <= hits[0].score - APART)
    return Found(exact=hits[0].id if alone else None, hits=hits[:limit])


def named(db: Connection, customer_id: int) -> Hit | None:
    """A customer whose id is known, as it would be offered."""
    chosen = select(*CUSTOMER).outerjoin(reps, reps.c.id == customers.c.owner_id).where(customers.c.id == customer_id)
    row = db.execute(chosen).first()
    return None if row is None else _hit(row, 100, "id")


def is_empty(db: Connection) -> bool:
    """Whether there are no customers at all."""
    return db.scalar(select(customers.c.id).limit(1)) is None


def recent(db: Connection, person_id: int, limit: int = 5) -> list[Hit]:
    """The customers whose cards a person looked at, the latest first, each once, only those that are still there."""
    looks = (
        select(access_log.c.id, access_log.c.customer_id)
        .where(access_log.c.rep_id == person_id, access_log.c.customer_id.is_not(None))
        .where(access_log.c.what.in_(CARDS))  # who stood in a list was not looked up
        .order_by(access_log.c.id.desc())
        .limit(LATEST_LOOKS)
        .subquery()
    )
    newest = func.max(looks.c.id)
    found = (
        select(*CUSTOMER)
        .select_from(customers)
        .join(looks, looks.c.customer_id == customers.c.id)
        .outerjoin(reps, reps.c.id == customers.c.owner_id)
        .where(customers.c.kind != ERASED)
        .group_by(*CUSTOMER)
        .order_by(newest.desc())
        .limit(limit)
    )
    return [_hit(row, 100, "recent") for row in db.execute(found)]


def _range(db: Connection, sight: Sight, first: str, *, kinds: Sequence[str] = (), rows: int = ROWS) -> list[Row[Any]]:
    """Spellings that begin with these letters, with their customers; hidden ones only of customers in full sight."""
    c = search_names.c
    begins = select(c.kind, c.folded, *CUSTOMER).join(customers, customers.c.id == c.customer_id)
    begins = begins.outerjoin(reps, reps.c.id == customers.c.owner_id).where(c.folded >= first, c.folded < first + LAST)
    begins = begins.where(or_(c.kind.in_(OPEN_KINDS), sight.clause()))
    if kinds:
        begins = begins.where(c.kind.in_(kinds))
    return list(db.execute(begins.order_by(c.folded, c.kind, c.customer_id).limit(rows)))


def _looked_up(db: Connection, sight: Sight, folded: str, region: str) -> list[Match]:
    """Everything that a look into the index brings without guessing, the surest way first."""
    if "@" in folded:
        return [_match(row, folded) for row in _range(db, sight, folded, kinds=("email",))]
    found = _by_phone(db, sight, folded, region)
    query = plain(folded)
    for spelled in dict.fromkeys((folded, query, bare(folded))):
        if spelled and not found:
            found = [_match(row, spelled) for row in _range(db, sight, spelled)]
    words = query.split()
    if len(words) > 1:
        together = "".join(words)
        found += [_match(row, together) for row in _range(db, sight, together, kinds=SPACELESS)]
        if not found:
            longest = max(words, key=len)
            rows = _range(db, sight, longest, kinds=("name", "bare", "part"), rows=ROWS_OF_A_WORD)
            found = [
                Match(row, OTHER_BEGINNING, row.kind) for row in rows if all(word in plain(row.name) for word in words)
            ]
    if not found and has_han(query):  # a character that sounds alike is the usual slip of a Chinese keyboard
        sound = "".join(spell(bare(folded)))
        found = [_match(row, sound) for row in _range(db, sight, sound, kinds=("pinyin",))]
    return found


def _by_phone(db: Connection, sight: Sight, folded: str, region: str) -> list[Match]:
    typed = digits(folded)
    if len(typed) < FEWEST_DIGITS or not set(folded) <= PHONE_SIGNS:
        return []
    try:
        national = str(phonenumbers.parse(folded, region).national_number)
    except phonenumbers.NumberParseException:
        national = typed
    found = []
    for row in _range(db, sight, national[::-1], kinds=("phone",)):
        stored = row.folded[::-1]
        whole = len(typed) >= WHOLE_NUMBER and (stored == national or stored.endswith(typed))
        found.append(Match(row, WHOLE["phone"] if whole else BEGINNING["phone"], "phone"))
    return found


def _match(row: Row[Any], typed: str) -> Match:
    if row.folded == typed:
        return Match(row, WHOLE.get(row.kind, OTHER_WHOLE), row.kind)
    longer = BEGINNING.get(row.kind, OTHER_BEGINNING)
    return Match(row, longer + MOST_OF_IT * len(typed) / len(row.folded), row.kind)


def _best(matches: Iterable[Match], sight: Sight, limit: int) -> tuple[Hit, ...]:
    """Each customer once, by its best match: the best first, one's own before others', short names before long ones."""
    best: dict[int, Match] = {}
    for match in matches:
        known = best.get(match.row.id)
        if known is None or match.score > known.score:
            best[match.row.id] = match
    ordered = sorted(
        best.values(),
        key=lambda match: (
            -match.score, not sight.full(match.row.owner_id), len(match.row.name), match.row.name, match.row.id,
        ),
    )  # fmt: skip
    return tuple(_hit(match.row, match.score, match.how) for match in ordered[:limit])


def _hit(row: Any, score: float, how: str) -> Hit:
    """A row with the columns of CUSTOMER as a hit."""
    return Hit(row.id, row.key, row.name, row.city, row.owner_id, row.owner_name, score, how)
