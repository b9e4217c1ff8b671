"""The ways in which people write a name: without its legal form, in parts, in pinyin, by initials."""

from __future__ import annotations

import re
from collections.abc import Iterator

from customers.folding import fold
from customers.pinyin import is_han, spell, spell_person

# What stands behind a company's name and says nothing about which company it is. Dots are gone here: S.A. is sa.
LEGAL_FORMS = frozenset((
    "ab", "ag", "aps", "as", "bv", "co", "company", "corp", "corporation", "cv", "de", "eg", "ek", "ev", "gbr",
    "gmbh", "inc", "incorporated", "kg", "kgaa", "kk", "limited", "llc", "llp", "lp", "ltd", "ltda", "mbh", "nv",
    "oy", "oyj", "plc", "pte", "pty", "sa", "sarl", "sas", "sl", "spa", "sro", "srl", "und", "and", "ug",
))  # fmt: skip
_CHINESE_FORM = re.compile(r"(?:集团)?(?:股份)?(?:有限)?(?:责任)?(?:公司)$|集团$|株式会社$")
_DROPPED = re.compile(r"[.'’`´]")
_BLANKS = re.compile(r"[^\w]+|_")
_EXTENSION = re.compile(r"(?:ext|x|#|转|分机).*$", re.IGNORECASE)
# Longer spellings are cut: nobody types more, and an index entry must stay below PostgreSQL's 2,700 bytes.
LONGEST = 120
# A name of 300 characters would otherwise bring 300 endings; no search begins that far inside a name.
MOST_PARTS = 24


def plain(text: str) -> str:
    """Fold a text and take out punctuation: `O'Brien & Söhne` is `obrien sohne`."""
    return " ".join(_BLANKS.sub(" ", _DROPPED.sub("", fold(text))).split())[:LONGEST].strip()


def bare(name: str) -> str:
    """A plain name without its legal form; a name that is nothing but a legal form stays."""
    whole = plain(name)
    words = whole.split()
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words.pop()
    short = " ".join(words)
    return _CHINESE_FORM.sub("", short).strip() or short


def digits(phone: str) -> str:
    """The digits of a phone number, without an extension and without leading zeros."""
    return "".join(sign for sign in _EXTENSION.sub("", phone) if sign in "0123456789").lstrip("0")


def of_name(name: str, *, person: bool = False) -> set[tuple[str, str]]:
    """All (kind, spelling) pairs of a customer's name beside its folded name itself.

    bare: the name without legal form; part: its endings from each word or Chinese character on; word: its single words;
    pinyin and initials: the same for Chinese.
    """
    whole = bare(name)
    found = {("bare", whole)}
    words = whole.split()
    if len(words) > 1:
        found.update(("word", word) for word in words[:MOST_PARTS])
    found.update(("part", whole[start:]) for start in _starts(whole) if start)
    found.update(_in_pinyin(whole, person=person))
    return {(kind, spelling) for kind, spelling in found if spelling}


def of_contact(name: str) -> set[str]:
    """The spellings of a contact's name: whole, from each word on, pinyin and initials."""
    whole = plain(name)
    found = {whole[start:] for start in _starts(whole)[:4]}
    found.update(spelling for _, spelling in _in_pinyin(whole, person=True))
    return found - {""}


def grams(text: str) -> set[str]:
    """The pieces of a bare name or of a query: three letters of Latin words, two characters of Chinese ones."""
    return set(_grams(text))


def _grams(text: str) -> Iterator[str]:
    for chinese, run in _runs(text):
        if not chinese:
            padded = f" {run} "  # the first and the last letter of a word say more than those in its middle
            yield from (padded[at : at + 3] for at in range(len(padded) - 2))
        elif len(run) == 1:
            yield run
        else:
            yield from (run[at : at + 2] for at in range(len(run) - 1))


def _runs(text: str) -> Iterator[tuple[bool, str]]:
    run, chinese = "", False
    for sign in text:
        now = is_han(sign)
        if run and (sign == " " or now != chinese):
            yield chinese, run
            run = ""
        if sign != " ":
            run, chinese = run + sign, now
    if run:
        yield chinese, run


def _starts(whole: str) -> list[int]:
    """Where a part of a name may begin: at each word and at each Chinese character."""
    starts = [0] + [
        at for at in range(1, len(whole)) if whole[at] != " " and (whole[at - 1] == " " or is_han(whole[at]))
    ]
    return starts[:MOST_PARTS]


def _in_pinyin(whole: str, *, person: bool) -> Iterator[tuple[str, str]]:
    if not any(is_han(sign) for sign in whole):
        return
    readings = [spell_person(whole)] if person else [spell(whole), spell_person(whole)]
    for reading in readings:
        for start in range(min(len(reading), MOST_PARTS)):
            rest = reading[start:]
            yield "pinyin", "".join(rest)[:LONGEST]
            if len(rest) > 1:  # a single letter would find everybody
                yield "initials", "".join(part[0] for part in rest)[:LONGEST]
