"""The words that name one contact of a company, and texts without them: everything around them stays as it is.

What also names the company, or another of its people, is left: it says nothing of this contact alone. A name of one
word ("May", "Will", 高兴) may mean something else, and is told apart as doubtful.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select

from care import reaching
from care.mentions import SHORTEST, Words, whole
from customers.folding import fold
from customers.tables import contacts, customers

PLACE = "[…]"
"""What stands in our own records where the contact was named, in whatever language they are."""
# What may stand between the digits of a number.
_BETWEEN = r"[\s()./-]*"
_HAN = re.compile("[\u4e00-\u9fff]{3,}")
_SAID = frozenset({"text", "title", "label", "name", "alt_text"})
_BESIDE = ("actions", "context")


@dataclass(frozen=True)
class Naming:
    """What names a contact: `name` (None where it is the company's too), `emails` and `phones` as they were written.

    `doubtful` says that the name may mean something else, `namesakes` are those of these words that other customers or
    their people have too, `longer` names in which this one stands, and `company` what names the company.
    """

    name: str | None
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    doubtful: bool
    longer: tuple[str, ...] = ()
    company: tuple[str, ...] = ()
    namesakes: frozenset[str] = field(default_factory=frozenset)
    # Kept here and not for longer: whoever is erased stays in no memory either.
    patterns: dict[tuple[bool, bool], re.Pattern[str] | None] = field(default_factory=dict, compare=False, repr=False)

    @property
    def words(self) -> Words:
        """The spellings to look for in messages that are kept."""
        names = [self.name] if self.name else []
        return Words(tuple(dict.fromkeys([*names, *self.emails, *self.phones])))

    def without(self, text: str, place: str = PLACE, *, doubtful: bool = False, foreign: bool = False) -> str:
        """A text with `place` where the contact is named; a doubtful name is taken out only if that is wanted.

        With `foreign` the text may be about other customers: what their people share is left.
        """
        asked = doubtful, foreign
        if asked not in self.patterns:
            self.patterns[asked] = _pattern(self, *asked)
        pattern = self.patterns[asked]
        return text if pattern is None else pattern.sub(lambda found: found["stays"] or place, text)

    def inside(self, value: Any, place: str = PLACE, *, doubtful: bool = False) -> Any:
        """The same for whatever JSON holds."""
        if isinstance(value, str):
            return self.without(value, place, doubtful=doubtful)
        if isinstance(value, Mapping):
            return {name: self.inside(each, place, doubtful=doubtful) for name, each in value.items()}
        return [self.inside(each, place, doubtful=doubtful) for each in value] if isinstance(value, list) else value

    def out_of_message(self, payload: Mapping[str, Any], label: str) -> dict[str, Any] | None:
        """A message to our people without the contact, for whom `label` stands; None where it does not name them.

        What may mean somebody or something else is taken out only where the company stands beside it.
        """
        told = dict(payload)
        if isinstance(told.get("text"), str):
            told["text"] = self._lines(told["text"], label, near=False)
        near, blocks = False, []
        for block in told.get("blocks", ()):
            near = self._is_headed(block) or (near and block.get("type") in _BESIDE)
            blocks.append(self._part(block, label, near))
        if "blocks" in told:
            told["blocks"] = blocks
        return None if told == payload else told

    def _is_headed(self, block: Mapping[str, Any]) -> bool:
        """Whether a block begins with the company: all of it is about the company then, and else line by line."""
        text = block.get("text")
        return isinstance(text, Mapping) and self._names_company(str(text.get("text", "")).partition("\n")[0])

    def _names_company(self, line: str) -> bool:
        return Words(self.company).name_in(line)

    def _lines(self, text: str, label: str, *, near: bool) -> str:
        return "\n".join(self._said(line, label, near=near or self._names_company(line)) for line in text.split("\n"))

    def _part(self, part: Any, label: str, near: bool) -> Any:
        if isinstance(part, dict):
            return {
                name: self._lines(value, label, near=near)
                if name in _SAID and isinstance(value, str)
                else self._part(value, label, near)
                for name, value in part.items()
            }
        return [self._part(each, label, near) for each in part] if isinstance(part, list) else part

    def _said(self, text: str, label: str, *, near: bool) -> str:
        return self.without(text, label, doubtful=near, foreign=not near)


def naming_of(db: Connection, contact: Any, *, region: str) -> Naming:
    """What names a contact (its row): asked before the row goes."""
    c, k = customers.c, contacts.c
    one = db.execute(select(c.name, c.key, c.email, c.phone).where(c.id == contact.customer_id)).one()
    mates = select(k.name, k.email, k.phone).where(k.customer_id == contact.customer_id, k.id != contact.id)
    others = [one, *db.execute(mates)]
    names = {fold(other.name): other.name for other in others}
    name = " ".join(contact.name.split())
    kept = len(name) >= SHORTEST and contact.folded_name not in names
    taken = {reaching.address(other.email) for other in others}
    numbers = {reaching.number(other.phone, region) or other.phone for other in others}
    email, number = (contact.email or "").strip(), reaching.number(contact.phone, region)
    own_phone = contact.phone and (number or contact.phone) not in numbers
    emails = (email,) if email and (reaching.address(email) or email) not in taken else ()
    phones = reaching.written(contact.phone, region) if own_phone else ()
    return Naming(
        name if kept else None,
        emails,
        phones,
        doubtful=_is_doubtful(name),
        longer=tuple(other for folded, other in names.items() if contact.folded_name in folded),
        company=tuple(word for word in (one.name, one.key) if word and len(word) >= SHORTEST),
        namesakes=frozenset(_namesakes(db, contact, [*emails, *phones])) | ({name} if _shared(db, contact) else set()),
    )


def _is_doubtful(name: str) -> bool:
    """Whether a name is a single word, which may be a word of the language as well."""
    return len(name.split()) == 1 and not _HAN.fullmatch(name)


def _shared(db: Connection, contact: Any) -> bool:
    """Whether another customer, or somebody there, has this name as well."""
    people = select(contacts.c.id).where(
        contacts.c.folded_name == contact.folded_name, contacts.c.customer_id != contact.customer_id
    )
    named = select(customers.c.id).where(
        customers.c.folded_name == contact.folded_name, customers.c.id != contact.customer_id
    )
    return bool(db.execute(people.limit(1)).first() or db.execute(named.limit(1)).first())


def _namesakes(db: Connection, contact: Any, addresses: Iterable[str]) -> Iterable[str]:
    """Those addresses that other customers, or their people, have too."""
    for address in addresses:
        for table, owner in ((customers, customers.c.id), (contacts, contacts.c.customer_id)):
            same = (func.lower(table.c.email) == address.lower()) | (table.c.phone == address)
            if db.execute(select(owner).where(same, owner != contact.customer_id).limit(1)).first():
                yield address


def _pattern(naming: Naming, doubtful: bool, foreign: bool) -> re.Pattern[str] | None:
    """What is to be found: `stays` are longer names in which the contact's stands."""
    shared = naming.namesakes if foreign else frozenset()
    goes = [_email(each) for each in naming.emails if each not in shared]
    goes += [_phone(each) for each in naming.phones if each not in shared]
    if naming.name and naming.name not in shared and (doubtful or not naming.doubtful):
        # A doubtful one only as it is written: "May" is not "may".
        goes += [f"(?{'-i' if naming.doubtful else 'i'}:{each})" for each in _spellings(naming.name)]
    if not goes:
        return None
    stays = [each for name in naming.longer for each in _spellings(name)]
    return re.compile(f"(?P<stays>{'|'.join(stays) or '(?!)'})|{'|'.join(goes)}", re.IGNORECASE)


def _spellings(name: str) -> list[str]:
    """A name as a word of its own, in plain text and as Slack has it; blanks may be line breaks."""
    return [re.sub(r"(\\\s)+", r"\\s+", whole(each)) for each in dict.fromkeys([name, html.escape(name, quote=False)])]


def _email(address: str) -> str:
    return rf"(?<![\w.+-]){re.escape(address)}(?![\w-]|\.\w)"


def _phone(number: str) -> str:
    digits = [sign for sign in number if sign.isdecimal()]
    if len(digits) < reaching.SHORTEST:
        return whole(number)
    return rf"(?<!\d)(?:\+|\b00)?{_BETWEEN.join(digits)}(?!\d)"
