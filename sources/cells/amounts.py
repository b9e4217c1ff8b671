"""Reads amounts as people write them: `1,234.50`, `1.234,50 €`, `¥1.2万`, `(500.00)`, always as exact numbers."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cache

from babel.numbers import list_currencies

from database.types import MONEY_SCALE, to_scaled
from sources.faults import Wrong
from words.errors import BadInput
from words.speech import message

THOUSANDS, DECIMAL = "thousands", "decimal"
# What 64 bits hold in ten-thousandths.
LARGEST = Decimal(2**63 - 1) / MONEY_SCALE
SCALES = {"": 1, "千": 1_000, "万": 10_000, "萬": 10_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000}
DOLLARS = {"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "BMD", "BSD", "BBD", "BZD", "FJD", "JMD", "TTD"}
SIGNS = {
    "€": "EUR", "£": "GBP", "元": "CNY", "圆": "CNY", "块": "CNY", "人民币": "CNY", "RMB": "CNY", "円": "JPY",
    "日元": "JPY", "美元": "USD", "欧元": "EUR", "英镑": "GBP", "港元": "HKD", "港币": "HKD",
    "US$": "USD", "HK$": "HKD",
    "NT$": "TWD", "C$": "CAD", "A$": "AUD", "S$": "SGD", "₩": "KRW", "₹": "INR", "₽": "RUB",
}  # fmt: skip

# Whole numbers and up to two decimals behind a point need no thought: most cells of most files.
_PLAIN = re.compile(r"(-?\d{1,12})(?:\.(\d{1,2}))?")
_AMOUNT = re.compile(
    r"(?P<open>\()?(?P<minus>[-+])?(?P<before>[^\d().,+-]{0,4})(?P<inner_open>\()?(?P<inner_minus>-)?"
    r"(?P<number>\d[\d.,']*|[.,]\d+)(?P<inner_close>\))?(?P<scale>千万|百万|[千万萬亿])?(?P<after>[^\d().,+-]{0,4})"
    r"(?P<close>\))?(?P<behind>-)?"
)
_AMBIGUOUS = re.compile(r"[1-9]\d{0,2}([.,])\d{3}")
_GROUPED = re.compile(r"\d{1,3}([.,'])\d{3}(\1\d{3})*")


def plain_amount(cell: str) -> int | None:
    """The stored number (ten-thousandths) of a cell in the commonest shape, else None."""
    match = _PLAIN.fullmatch(cell)
    if match is None:
        return None
    whole, fraction = match.groups()
    return int(whole) * MONEY_SCALE if fraction is None else int(whole + fraction.ljust(4, "0"))


def sign_currency(sign: str, home: str) -> str | None:
    """The currency that a sign or an ISO 4217 code beside an amount means, or None if it is neither."""
    if sign == "¥":
        return home if home in ("CNY", "JPY") else "CNY"
    if sign == "$":
        return home if home in DOLLARS else "USD"
    if sign in SIGNS:
        return SIGNS[sign]
    return sign if sign in iso_currencies() else None


@cache
def iso_currencies() -> frozenset[str]:
    """The codes of ISO 4217."""
    return frozenset(list_currencies())


class AmountReader:
    """Reads the cells of one column of amounts.

    A comma or point before exactly three digits (`1,234`) can be read in two ways. `decimal` is what the operator said
    that begins the decimals (`.` or `,`), or None; then the other cells of the column with the same sign decide, then
    all cells of the column, which `column` gives and which are asked for at the first such cell. Where they do not
    decide, a comma groups thousands and a point begins the decimals. Of money this would be a guess at a thousandfold
    sum: with `place` (file, header) a point that nothing settles, and any mark that is used in both ways, is refused.
    """

    def __init__(
        self,
        home: str,
        column: Callable[[], Iterable[str]],
        *,
        decimal: str | None = None,
        place: tuple[str, str] | None = None,
    ) -> None:
        self._home = home
        self._column = column
        self._decimal = decimal
        self._place = place
        self._uses: Counter[tuple[str | None, str, str]] | None = None

    def stored(self, cell: str) -> tuple[int, str | None]:
        """The number as stored (ten-thousandths) and the currency that its sign says; raises `Wrong`."""
        simple = plain_amount(cell)
        if simple is not None:
            return simple, None
        amount, currency = self.amount(cell)
        scaled = to_scaled(amount)
        if amount and not scaled:
            raise Wrong(message("is too small to be kept: there are four decimals"))
        return scaled, currency

    def amount(self, cell: str) -> tuple[Decimal, str | None]:
        """The exact amount and the currency that its sign says (None without a sign).

        Raises `Wrong`, or `BadInput` if thousands and decimals cannot be told apart.
        """
        match, sign = _taken_apart(cell)
        currency = None
        if sign:
            currency = sign_currency(sign, self._home)
            if currency is None:
                raise Wrong(message("is not an amount; write it like 1234.50"))
        amount = _number(match["number"], self._use(cell, match, sign)) * SCALES[match["scale"] or ""]
        if abs(amount) > LARGEST:
            raise Wrong(message("is larger than any amount that can be kept"))
        return (-amount if _negative(match) else amount), currency

    def _use(self, cell: str, taken: re.Match[str], sign: str) -> str:
        """How the only mark of an ambiguous number is to be read."""
        mark = _mark_in_doubt(taken)
        if mark is None:
            return DECIMAL
        if self._decimal is not None:
            return DECIMAL if mark == self._decimal else THOUSANDS
        if self._uses is None:
            self._uses = Counter()
            for other in self._column():
                for sign_shown, mark_shown, use in _uses_shown(other):
                    self._uses[sign_shown, mark_shown, use] += 1
                    self._uses[None, mark_shown, use] += 1
        thousands = decimal = False
        for whose in (sign, None):
            thousands, decimal = self._shown(self._uses, whose, mark)
            if thousands != decimal:
                return THOUSANDS if thousands else DECIMAL
        if self._place is not None and (mark == "." or thousands):
            raise BadInput(
                "{file}: in the column {column}, amounts such as {example} can be read in two ways and no row settles"
                " which. Say --decimal point (1.234 is a little more than one) or --decimal comma (1.234 is more than a"
                " thousand).",
                file=self._place[0],
                column=self._place[1],
                example=cell,
            )
        return THOUSANDS if mark == "," else DECIMAL

    def _shown(self, uses: Counter[tuple[str | None, str, str]], whose: str | None, mark: str) -> tuple[bool, bool]:
        """Whether the cells with a sign (None: all cells) show that a mark groups thousands, begins the decimals."""
        thousands, decimal = uses[whose, mark, THOUSANDS], uses[whose, mark, DECIMAL]
        if self._place is not None:  # who writes 12,5 does not write 1.234 for a little more than one
            other = "," if mark == "." else "."
            thousands += uses[whose, other, DECIMAL]
            decimal += uses[whose, other, THOUSANDS]
        return bool(thousands), bool(decimal)


def _taken_apart(cell: str) -> tuple[re.Match[str], str]:
    text = "".join(unicodedata.normalize("NFKC", cell).translate(_ALIKE).split())
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise Wrong(message("is not an amount; write it like 1234.50"))
    if text.count("(") != text.count(")"):
        raise Wrong(message("has a bracket without its partner"))
    before, after = match["before"].upper(), match["after"].upper()
    if before and after and before != after:
        both = {SIGNS.get(before, before), SIGNS.get(after, after)}
        if both != {"CNY", "¥"}:  # ¥100元 is how many people write it
            raise Wrong(message("has two different currency signs"))
    return match, before or after


# Signs that look alike: minus signs, apostrophes, the yen signs (full-width ones are made plain before).
_ALIKE = str.maketrans({"−": "-", "–": "-", "’": "'", "`": "'", "\N{YEN SIGN}": "¥"})


def _negative(match: re.Match[str]) -> bool:
    marks = [match["minus"] == "-", match["inner_minus"], match["behind"], match["open"], match["inner_open"]]
    if sum(map(bool, marks)) > 1:
        raise Wrong(message("is marked as negative twice"))
    return any(marks)


def _number(number: str, ambiguous: str) -> Decimal:
    """The value of digits with marks; `ambiguous` says how to read a single mark before exactly three digits."""
    marks = [sign for sign in number if sign in ".,'"]
    kinds = list(dict.fromkeys(marks))
    if len(kinds) > 2 or (len(kinds) == 2 and (marks.count(kinds[1]) > 1 or kinds[1] == "'")):
        raise Wrong(message("has its thousands and decimal marks mixed up"))
    whole, decimal_mark, fraction = number, "", ""
    if len(kinds) == 2 or (len(marks) == 1 and marks[0] != "'" and not _thousands(number, ambiguous)):
        decimal_mark = kinds[-1]
        whole, _, fraction = number.rpartition(decimal_mark)
    if any(mark in whole for mark in ".,'") and not _GROUPED.fullmatch(whole):
        raise Wrong(message("has its thousands and decimal marks mixed up"))
    digits = re.sub("[.,']", "", whole)
    return Decimal(f"{digits or 0}.{fraction or 0}")


def _thousands(number: str, ambiguous: str) -> bool:
    return ambiguous == THOUSANDS and _AMBIGUOUS.fullmatch(number) is not None


def _mark_in_doubt(taken: re.Match[str]) -> str | None:
    """The mark of a number that can be read in two ways; nobody writes thousands of 万 with a point."""
    match = _AMBIGUOUS.fullmatch(taken["number"])
    return None if match is None or (taken["scale"] and match[1] == ".") else match[1]


def _uses_shown(cell: str) -> list[tuple[str, str, str]]:
    """What one cell proves: (sign, mark, use) for each mark whose use it settles."""
    if plain_amount(cell) is not None:
        return [("", ".", DECIMAL)] if "." in cell else []
    try:
        match, sign = _taken_apart(cell)
    except Wrong:
        return []
    number = match["number"]
    marks = [mark for mark in number if mark in ".,"]
    kinds = list(dict.fromkeys(marks))
    if len(kinds) == 2:
        return [(sign, kinds[0], THOUSANDS), (sign, kinds[1], DECIMAL)]
    if len(marks) > 1:
        return [(sign, kinds[0], THOUSANDS)]
    if len(marks) == 1 and _mark_in_doubt(match) is None:
        return [(sign, kinds[0], DECIMAL)]
    return []


def discount_share(cell: str) -> Decimal:
    """A discount as a share between 0 and 1: `0.15`, `15%`, `8.5折` (85 % is paid) and `八五折`; raises `Wrong`."""
    text = "".join(unicodedata.normalize("NFKC", cell).split())
    if text.endswith("折"):
        digits = text[:-1].translate(_CHINESE_DIGITS)
        if not re.fullmatch(r"\d{1,2}|\d\.\d{1,2}", digits) or Decimal(digits) == 0:
            raise Wrong(message("is not a discount; write it like 0.15, 15% or 8.5折"))
        paid = Decimal(digits)
        share = 1 - paid / (100 if paid >= 10 else 10)
    elif match := re.fullmatch(r"(\d+(?:[.,]\d+)?)(%)?", text):
        share = Decimal(match[1].replace(",", ".")) / (100 if match[2] else 1)
    else:
        raise Wrong(message("is not a discount; write it like 0.15, 15% or 8.5折"))
    if not 0 <= share <= 1:
        raise Wrong(message("is not a discount between 0 and 100 %; write it like 0.15 or 15%"))
    return share


_CHINESE_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
