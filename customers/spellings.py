"""The ways in which people write a name: without its legal form, in parts, in pinyin, by initials."""

from __future__ import annotations

import re
from collections.abc import Iterator

from customers.folding import fold
from customers.pinyin import HAN, SURNAMES, has_han, spell, spell_person

# What stands behind a company's name and says nothing about which company it is. Dots are gone here: S.A. is sa.
LEGAL_FORMS = frozenset((
    "ab", "ag", "aps", "as", "bv", "co", "company", "corp", "corporation", "cv", "de", "eg", "ek", "ev", "gbr",
    "gmbh", "inc", "incorporated", "kg", "kgaa", "kk", "limited", "llc", "llp", "lp", "ltd", "ltda", "mbh", "nv",
    "oy", "oyj", "plc", "pte", "pty", "sa", "sarl", "sas", "sl", "spa", "sro", "srl", "und", "and", "ug",
))  # fmt: skip
_CHINESE_FORM = re.compile(r"(?:集团)?(?:股份)?(?:有限)?(?:责任)?(?:公司)$|集团$|株式会社$")
_DROPPED = re.compile(r"[.'’`´]")
_BLANKS = re.compile(r"[^\w]+|_")
_runs = re.compile(f"[{HAN}]+|[^{HAN}\\s]+").findall
_beginning = re.compile(f"[{HAN}]|(?<!\\S)\\S|(?<=[{HAN}])[^{HAN}\\s]").finditer
_EXTENSION = re.compile(r"(?:[eE][xX][tT]|[xX]|#|转|分机).*$")
_NO_DIGITS = re.compile("[^0-9]+")
# Longer spellings are cut: nobody types more, and an index entry must stay below PostgreSQL's 2,700 bytes.
LONGEST = 120
# A name of 300 characters would otherwise bring 300 endings; no search begins that far inside a name.
MOST_PARTS = 24
# Initials are typed of the whole name, or of the name without its place, which is two or three characters long.
INITIALS_FROM = (0, 2, 3)
# Single words for which one typing error is thought of: a longer one is found by its pieces.
WORDS_WITH_VARIANTS = range(3, 8)


def plain(text: str) -> str:
    """Fold a text and take out punctuation: `O'Brien & Söhne` is `obrien sohne`."""
    return without_punctuation(fold(text))


def without_punctuation(folded: str) -> str:
    """The same for a text that is folded already."""
    if folded.replace(" ", "").isalnum():  # nothing to take out
        return folded[:LONGEST].strip()
    return " ".join(_BLANKS.sub(" ", _DROPPED.sub("", folded)).split())[:LONGEST].strip()


def bare(folded: str) -> str:
    """A folded name without punctuation and legal form; a name that is nothing but a legal form stays."""
    whole = without_punctuation(folded)
    words = whole.split()
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words.pop()
    short = " ".join(words)
    return _CHINESE_FORM.sub("", short).strip() or short


def digits(phone: str) -> str:
    """The digits of a phone number, without an extension and without leading zeros."""
    return _NO_DIGITS.sub("", _EXTENSION.sub("", phone)).lstrip("0")


def of_name(folded: str, whole: str, *, person: bool = False) -> set[tuple[str, str]]:
    """All (kind, spelling) pairs of a customer's folded name; `whole` is its bare name.

    name: folded; bare: without legal form, if that differs; part: its endings from each word or Chinese character on;
    word: its single words; pinyin and initials: the same for Chinese.
    """
    found = {("name", folded), ("name" if whole == folded else "bare", whole)}
    found.update(("word", word) for word in whole.split()[:-1][:MOST_PARTS] if len(word) in WORDS_WITH_VARIANTS)
    found.update(("part", whole[start:]) for start in _starts(whole) if start)
    found.update(_in_pinyin(whole, person=person))
    return {(kind, spelling) for kind, spelling in found if spelling}


def of_contact(folded: str) -> set[str]:
    """The spellings of a contact's folded name: whole, without the first word or sign, pinyin and initials."""
    whole = without_punctuation(folded)
    found = {whole[start:] for start in _starts(whole)[:2]}
    if has_han(whole):
        reading = spell_person(whole)
        found |= {"".join(reading), _first_letters(reading)}
    return found - {""}


def grams(text: str) -> set[str]:
    """The pieces of a bare name or of a query: three letters of Latin words, two characters of Chinese ones."""
    found: set[str] = set()
    for run in _runs(text):
        if not has_han(run):
            padded = f" {run} "  # the first and the last letter of a word say more than those in its middle
            found.update([padded[at : at + 3] for at in range(len(padded) - 2)])
        else:
            found.update([run[at : at + 2] for at in range(len(run) - 1)] or [run])
    return found


def _starts(whole: str) -> list[int]:
    """Where a part of a name may begin: at each word and at each Chinese character."""
    return [start.start() for start in _beginning(whole)][:MOST_PARTS]


def _in_pinyin(whole: str, *, person: bool) -> Iterator[tuple[str, str]]:
    if not has_han(whole):
        return
    reading = spell_person(whole) if person else spell(whole)
    if not person and (whole[0] in SURNAMES or whole[:2] in SURNAMES):  # a company may be called after a family
        yield "pinyin", "".join(spell_person(whole))[:LONGEST]
    yield "pinyin", "".join(reading)[:LONGEST]
    for start in range(1, min(len(reading) - 1, MOST_PARTS)):
        yield "pinyin", "".join(reading[start:])[:LONGEST]
    for start in INITIALS_FROM:
        if len(reading) - start > 1:  # a single letter would find everybody
            yield "initials", _first_letters(reading[start:])


def _first_letters(reading: list[str]) -> str:
    return "".join(part[0] for part in reading)[:LONGEST]
