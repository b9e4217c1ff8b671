"""Turns the cells of one column into the values that are stored, a batch at a time, remembering cells that repeat."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from customers.folding import fold
from database.types import MONEY_SCALE
from sources.cells import amounts, details, vocabulary
from sources.cells.dates import DayReader, plain
from sources.faults import Wrong
from sources.kinds import Field
from words.speech import message

# Cells remembered per column. Days, customers and channels repeat; amounts do not, and 50,000 of them take 10 MB.
REMEMBERED = 50_000
MICROS = 1_000_000
# Contracts are ordered years ahead; 9999-12-31 is how programs write that they do not know the day.
FUTURE = timedelta(days=3_653)
Parse = Callable[[str], Any]

# The names of the stored values, for fields whose cells yield more than one or one under another name.
PARTS = {
    "name": ("name", "folded_name"),
    "amount": ("amount", "sign"),
    "birthday": ("birthday", "birthday_is_lunar", "birthday_year_known"),
}


@dataclass(frozen=True)
class Setting:
    """What the cells of a file are read by besides themselves."""

    file: str
    home_currency: str
    date_order: str | None
    zone: tzinfo
    today: date
    decimal: str | None = None  # what the operator said that begins the decimals: . or ,


class Known(dict[str, Any]):
    """Cells that were read before; a new one is read when it is asked for. Wrong cells are not remembered."""

    def __init__(self, parse: Parse, empty: Any) -> None:
        super().__init__()
        self.parse = parse
        self.empty = empty
        self.wrong = False

    def __missing__(self, cell: str) -> Any:
        """Read a cell; a cell that cannot be used becomes the `Wrong` that says why."""
        stripped = cell.strip()
        if stripped:
            try:
                value = self.parse(stripped)
            except Wrong as wrong:
                self.wrong = True
                return wrong
        else:
            value = self.empty
            if isinstance(value, Wrong):
                self.wrong = True
                return value
        if len(self) >= REMEMBERED:
            self.clear()
        self[cell] = value
        return value


class Column:
    """One column of a file: its header, its field, and how its cells become stored values (one or several `parts`).

    `fast` reads a whole batch at once if all of it has the commonest shape, and answers None otherwise.
    """

    def __init__(self, header: str, field: Field, position: int, parse: Parse) -> None:
        self.header = header
        self.field = field
        self.position = position
        self.parts = PARTS.get(field.reads, (field.name,))
        self._fast = FAST.get(field.reads)
        needed = field.required or field.filled
        nothing = None if len(self.parts) == 1 else (None,) * len(self.parts)
        self._known = Known(parse, Wrong(message("is empty, but is needed")) if needed else nothing)

    def read(self, cells: Sequence[str]) -> tuple[list[Sequence[Any]], dict[int, Wrong]]:
        """The stored values of some cells, for each part, and what is wrong with which of the cells."""
        if self._fast is not None:
            values = self._fast(cells)
            if values is not None:
                return [values, *([[None] * len(cells)] * (len(self.parts) - 1))], {}
        known = self._known
        known.wrong = False
        read = [known[cell] for cell in cells]
        wrong: dict[int, Wrong] = {}
        if known.wrong:
            wrong = {at: value for at, value in enumerate(read) if isinstance(value, Wrong)}
        if len(self.parts) == 1:
            return [read], wrong
        if wrong:
            nothing = (None,) * len(self.parts)
            read = [nothing if at in wrong else value for at, value in enumerate(read)]
        return [[value[part] for value in read] for part in range(len(self.parts))], wrong


def _fast_amounts(cells: Sequence[str]) -> list[int] | None:
    # A float holds 15 digits exactly, so a plain amount of up to 11 before and 2 behind the point is rounded rightly.
    if _PLAIN_AMOUNTS.fullmatch("\n".join(cells)):
        return [round(float(cell) * MONEY_SCALE) for cell in cells]
    return None


def _fast_keys(cells: Sequence[str]) -> list[str] | None:
    if _PLAIN_KEYS.fullmatch("\n".join(cells)):
        return list(cells)
    return None


# Keys and amounts seldom repeat, so there is nothing to remember; a look at a whole batch shows that it is all plain.
_PLAIN_AMOUNTS = re.compile(r"-?[0-9]{1,11}(?:\.[0-9]{1,2})?(?:\n-?[0-9]{1,11}(?:\.[0-9]{1,2})?)*")
_PLAIN_KEYS = re.compile(r"[\w-]+(?:\n[\w-]+)*")
FAST: dict[str, Callable[[Sequence[str]], list[Any] | None]] = {
    "amount": _fast_amounts,
    "key": _fast_keys,
    "customer": _fast_keys,
    "order": _fast_keys,
    "product": _fast_keys,
}


def reader(field: Field, header: str, setting: Setting, cells: Callable[[], Iterable[str]]) -> Parse:
    """How the cells of a field are read; `cells` gives the whole column where other cells must decide.

    References to other records are left as text here.
    """
    days = DayReader(header, setting.file, setting.date_order, cells)
    number = amounts.AmountReader(setting.home_currency, cells)
    money = amounts.AmountReader(setting.home_currency, cells, decimal=setting.decimal, place=(setting.file, header))
    parsers: dict[str, Parse] = {
        "text": without_nul,
        "key": without_nul,
        "customer": without_nul,
        "product": without_nul,
        "order": without_nul,
        "rep": lambda cell: details.email(cell).lower(),
        "name": lambda cell: (without_nul(cell), fold(without_nul(cell))),
        "day": lambda cell: _not_far(days.day(cell), setting.today).isoformat(),
        # As SQLAlchemy writes moments on SQLite, so that equal ones compare as equal.
        "moment": lambda cell: _moment(cell, days, setting).strftime("%Y-%m-%d %H:%M:%S.%f"),
        "amount": money.stored,
        "money": lambda cell: _not_negative(money.stored(cell)[0]),
        "quantity": lambda cell: _without_sign(number.stored(cell)),
        "rate": lambda cell: _rate(number.amount(cell)[0]),
        "share": lambda cell: int(amounts.discount_share(cell) * MONEY_SCALE),
        "currency": lambda cell: _currency(cell, setting.home_currency),
        "score": _score,
        "status": vocabulary.status,
        "yes": vocabulary.yes,
        "roles": vocabulary.roles,
        "customer_kind": vocabulary.customer_kind,
        "interaction_kind": vocabulary.interaction_kind,
        "calendar": vocabulary.lunar,
        "language": vocabulary.language,
        "zone": vocabulary.zone,
        "country": vocabulary.country,
        "email": details.email,
        "rep_email": details.rep_email,
        "phone": without_nul,
        "birthday": lambda cell: _birthday(cell, days),
        "consent": lambda cell: details.consent(cell, days, setting.today),
        "tags": lambda cell: "\n".join(details.tags(cell)) or None,
    }
    return parsers[field.reads]


def without_nul(cell: str) -> str:
    """PostgreSQL keeps no zero characters, and nobody misses them."""
    return cell.replace("\x00", "")


def _birthday(cell: str, days: DayReader) -> tuple[str, bool, bool]:
    day, is_lunar, year_known = details.birthday(cell, days)
    return day.isoformat(), is_lunar, year_known


def _not_far(day: date, today: date) -> date:
    if day - today > FUTURE:
        raise Wrong(message("lies more than 10 years in the future"))
    return day


def _moment(cell: str, days: DayReader, setting: Setting) -> datetime:
    try:
        moment = days.moment(cell, setting.zone)
    except OverflowError:  # the first and the last day that there are, in another time zone
        raise Wrong(message("there is no such day")) from None
    _not_far(moment.date(), setting.today)
    return moment


def _currency(cell: str, home: str) -> str:
    code = amounts.sign_currency(plain(cell).upper(), home)
    if code is None:
        raise Wrong(message("is not a currency; write it like USD, EUR or CNY"))
    return code


def _rate(rate: Decimal) -> int:
    micros = round(rate * MICROS)
    if not 0 < micros < 2**63:
        raise Wrong(message("is not a rate above 0"))
    return micros


def _not_negative(stored: int) -> int:
    if stored < 0:
        raise Wrong(message("is below 0"))
    return stored


def _without_sign(stored: tuple[int, str | None]) -> int:
    if stored[1] is not None:
        raise Wrong(message("is an amount of money, not a quantity"))
    return stored[0]


def _score(cell: str) -> int:
    text = plain(cell).removesuffix("分").strip()
    if text not in ("1", "2", "3", "4", "5"):
        raise Wrong(message("is not a score from 1 to 5"))
    return int(text)
