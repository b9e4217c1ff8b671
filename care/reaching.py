"""How a customer is written to: at which address, in which language, and what time it is there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from sqlalchemy import Connection, bindparam, select

from customers.computed_tables import customer_cards
from customers.erased import ERASED
from customers.folding import fold
from customers.groups import chunks
from customers.tables import contacts, customers
from words.speech import CHINESE, ENGLISH, language_of
from words.templates import EMAIL, SMS

_ADDRESS = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\".]{2,}")
_HAN = re.compile("[\u4e00-\u9fff]")
# Digits of a national number that a person can have; shorter ones are emergency calls and extensions.
SHORTEST = 6
# Where these languages are spoken a customer without a language reads Chinese.
CHINESE_COUNTRIES = frozenset({"CN"})
_C = customers.c
# Made once: it is asked before each message leaves.
_READ = (
    select(_C.id, _C.kind, _C.name, _C.email, _C.phone, _C.language, _C.country, _C.time_zone, customer_cards.c.shown)
    .outerjoin(customer_cards, customer_cards.c.customer_id == _C.id)
    .where(_C.id.in_(bindparam("some", expanding=True)), _C.kind != ERASED)
)


Destination = tuple[int, str, str]
"""A customer, a channel, and an address there."""


@dataclass(frozen=True)
class Reach:
    """How one customer is reached: addresses by channel (only those that could be one), language, and zone.

    `owners` names the contact to whom an address belongs, where a company has none of its own.
    """

    addresses: dict[str, str]
    language: str
    zone: ZoneInfo
    owners: dict[str, str] = field(default_factory=dict)

    def greeted(self, channel: str) -> dict[str, str]:
        """The field of texts that says whom to greet, where the address decides that."""
        return {"person": self.owners[channel]} if channel in self.owners else {}


def reach(db: Connection, customer_ids: Iterable[int], *, region: str, zone: ZoneInfo) -> dict[int, Reach]:
    """How some customers are reached, by id; ids that nobody has are left out.

    `region` is the country of phone numbers without a country code, `zone` the tenant's, for customers of whom
    neither zone nor a country with a single zone is known.
    """
    found: dict[int, Reach] = {}
    for some in chunks(set(customer_ids)):
        for row in db.execute(_READ, {"some": some}):
            where, owners = _addresses(row, region)
            zone_there = zone_of(row.time_zone, row.country, zone)
            found[row.id] = Reach(where, _language(row), zone_there, {} if row.kind == "person" else owners)
    return found


def strangers(
    db: Connection, written: Iterable[Destination], reached: Mapping[int, Reach], *, region: str
) -> set[Destination]:
    """Those destinations at which neither the customer nor any contact there is reached (any more).

    Cheap for addresses that `reached` knows.
    """
    doubtful = {
        (customer_id, channel, where)
        for customer_id, channel, where in written
        if customer_id not in reached or reached[customer_id].addresses.get(channel) != where
    }
    known: set[Destination] = set()
    for some in chunks({customer_id for customer_id, _, _ in doubtful}):
        for table, whose in ((customers, customers.c.id), (contacts, contacts.c.customer_id)):
            rows = db.execute(select(whose, table.c.email, table.c.phone).where(whose.in_(some)))
            for customer_id, email, phone in rows:
                known.add((customer_id, EMAIL, (address(email) or "").lower()))
                known.add((customer_id, SMS, number(phone, region) or ""))
    return {each for each in doubtful if (*each[:2], each[2].lower()) not in known}


def of_contact(db: Connection, customer_id: int, name: str, channel: str, *, region: str) -> str | None:
    """Where a contact of a customer is reached, by name; None where that is not known."""
    named = (contacts.c.customer_id == customer_id) & (contacts.c.folded_name == fold(name))
    for email, phone in db.execute(select(contacts.c.email, contacts.c.phone).where(named).order_by(contacts.c.id)):
        found = address(email) if channel == EMAIL else number(phone, region)
        if found:
            return found
    return None


def number(phone: str | None, region: str) -> str | None:
    """A phone number as channels take it (E.164: +4915112345678), None where it could not be one."""
    if not phone:
        return None
    try:
        read = phonenumbers.parse(phone, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(read) or len(str(read.national_number)) < SHORTEST:
        return None
    return phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164)


def written(phone: str | None, region: str) -> tuple[str, ...]:
    """The ways in which people write a phone number: as it stands, E.164, and as in its own country."""
    told = number(phone, region)
    national = phonenumbers.PhoneNumberFormat.NATIONAL
    own = phonenumbers.format_number(phonenumbers.parse(told), national) if told else None
    return tuple(dict.fromkeys(each for each in (phone, told, own) if each))


def address(email: str | None) -> str | None:
    """An e-mail address in lower case, None where it could not be one.

    No provider tells ANN@ from ann@, and what comes back of a message may name it either way.
    """
    trimmed = (email or "").strip().lower()
    return trimmed if _ADDRESS.fullmatch(trimmed) else None


def _addresses(row: Any, region: str) -> tuple[dict[str, str], dict[str, str]]:
    """The customer's own address and number; where there is none, those of the first contact who has one, and who."""
    found: dict[str, str] = {}
    owners: dict[str, str] = {}
    own = {"name": None, "email": row.email, "phone": row.phone}
    for who in (own, *(row.shown or {}).get("contacts", [])):
        for channel, where in ((EMAIL, address(who.get("email"))), (SMS, number(who.get("phone"), region))):
            if where and channel not in found:
                found[channel] = where
                if who["name"]:
                    owners[channel] = who["name"]
    return found, owners


def _language(row: Any) -> str:
    if row.language:
        return language_of(row.language)
    return CHINESE if row.country in CHINESE_COUNTRIES or _HAN.search(row.name) else ENGLISH


def zone_of(named: str | None, country: str | None, otherwise: ZoneInfo) -> ZoneInfo:
    """A customer's zone: the one named; else that of a country in which clocks agree; else `otherwise`."""
    if named:
        try:
            return ZoneInfo(named)
        except (ValueError, OSError, LookupError):
            pass
    only = _only_zones().get(country or "")
    return ZoneInfo(only) if only else otherwise


@cache
def _only_zones() -> dict[str, str]:
    """The zone of each country in which clocks agree everywhere, by tzdata's own table: the first that it names."""
    table = resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8")
    zones: dict[str, list[str]] = {}
    for line in table.splitlines():
        if line and not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            zones.setdefault(country, []).append(zone)
    # China keeps one time; its second zone in the table is not what clocks there show.
    return {country: names[0] for country, names in zones.items() if _agree(names)} | {"CN": "Asia/Shanghai"}


def _agree(names: list[str]) -> bool:
    """Whether clocks in some zones show the same, in winter as in summer."""
    moments = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))
    return len({tuple(moment.astimezone(ZoneInfo(name)).utcoffset() for moment in moments) for name in names}) == 1
