"""Finds whose birthday, festival or visit comes, of customers who are persons, of contacts, and of all others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    extract,
    func,
    or_,
    select,
)

from care import occasions
from care.occasions import BIRTHDAY, VISIT, Birthday, Occasion
from customers.card_rows import WAITING
from customers.computed_tables import customer_facts
from customers.groups import chunks
from customers.notice_tables import notices
from customers.outreach_tables import drafts
from customers.tables import consents, contacts, customers
from customers.work_tables import follow_ups

# Where Spring Festival and Mid-Autumn are kept by the whole country, in whatever language a customer reads. Elsewhere,
# also in Singapore and Malaysia, where many people keep other feasts, it goes by the language.
LANDS = ("CN", "HK", "MO", "TW")
HAN = "[\u4e00-\u9fff]"
# So many owners are looked up one by one; of more, everybody's birthdays are read.
FEW_OWNERS = 500
# A text that was written to a customer within so many days, or is being written, is not proposed again.
WRITTEN_DAYS = 60
# The same of a visit: some customers are visited every other month.
VISIT_WRITTEN_DAYS = 30
_ALIVE = ("proposed", "approved", "held", "sent")
_SHOWN = ("customer_id", "customer_key", "customer_name", "owner_id", "since", "value", "at_stake")
_TIERS = {"high": 0, "mid": 1, "low": 2}


@dataclass(frozen=True)
class Celebrant:
    """Whose occasion comes: a customer, or one contact there (`contact_id`, `person` and the contact's addresses).

    `since` is when the customer became known. `at_stake` (in HOME_CURRENCY) is what a year of the customer's rhythm
    brings. Of a visit `follow_up_id` is the promise of it, which `rep_id` gave.
    """

    occasion: Occasion
    customer_id: int
    customer_key: str | None
    customer_name: str
    owner_id: int | None
    since: datetime
    value: str
    at_stake: Decimal
    is_lunar: bool = False
    contact_id: int | None = None
    person: str | None = None
    email: str | None = None
    phone: str | None = None
    follow_up_id: int | None = None
    rep_id: int | None = None

    @property
    def subject(self) -> str:
        """What it is told of once: the promise; or the year, and whose birthday among those of one customer."""
        if self.follow_up_id is not None:
            return f"{self.follow_up_id}"
        return f"{self.occasion.year}" if self.contact_id is None else f"{self.occasion.year}:{self.contact_id}"

    @property
    def place(self) -> tuple[Any, ...]:
        """The place in a list: the most valuable first."""
        return (_TIERS.get(self.value, len(_TIERS)), -self.at_stake, self.occasion.day, self.customer_id, self.subject)


@dataclass
class Keepers:
    """Who of one owner's customers keeps a festival: those that may have allowed offers, and those that never did.

    `first` are some of the `able`, the most valuable in any order.
    """

    able: int = 0
    without_consent: int = 0
    first: list[Celebrant] = field(default_factory=list)


def birthdays(
    db: Connection, days: Collection[date], owners: Collection[int | None], *, now: datetime
) -> list[Celebrant]:
    """Whose birthday is celebrated on one of some days (within one year) and was not told of yet; owned by `owners`.

    The most valuable come first. Of more than FEW_OWNERS owners all customers' birthdays are read. Customers who never
    bought are left out: a wish is no first word from a stranger.
    """
    on = {
        birthday: Occasion(BIRTHDAY, day, year)
        for day in days
        for birthday, year in occasions.birthdays_on(day).items()
    }
    found = []
    for query in (_own(on, owners, now), _contacts(on, owners)):
        for row in db.execute(query):
            values = dict(row._mapping)
            born = Birthday(int(values.pop("month")), int(values.pop("day")), row.is_lunar)
            found.append(Celebrant(on[born], **values))
    return sorted(_untold(db, found), key=lambda each: each.place)


def keep_festival(
    db: Connection, festival: Occasion, owners: Collection[int | None], *, known_by: datetime, now: datetime, most: int
) -> dict[int | None, Keepers]:
    """Who keeps a festival and was neither told of nor written to, by owner.

    Only customers who became known before `known_by` count. Customers who never bought are left out.
    """
    c, n = customers.c, notices.c
    told = exists().where(n.rule == festival.kind, n.customer_id == c.id, n.subject == str(festival.year))
    theirs = (_keeps_festivals(), c.created_at < known_by, ~told, ~_written(festival.template, now))
    kept = _customers(owners).add_columns(_ever_allowed().label("allowed")).where(*theirs).subquery("kept")
    ranked = select(
        kept,
        func.row_number().over(partition_by=(kept.c.owner_id, kept.c.allowed), order_by=_order(kept)).label("nth"),
        func.count().over(partition_by=(kept.c.owner_id, kept.c.allowed)).label("many"),
    ).subquery("ranked")
    found: dict[int | None, Keepers] = {}
    for row in db.execute(select(ranked).where(ranked.c.nth <= case((ranked.c.allowed, most), else_=1))):
        mine = found.setdefault(row.owner_id, Keepers())
        if row.allowed:
            values = {name: row._mapping[name] for name in _SHOWN}
            mine.able = row.many
            mine.first.append(Celebrant(festival, **values))
        else:
            mine.without_consent = row.many
    return found


def visits(db: Connection, until: date, *, now: datetime) -> list[Celebrant]:
    """Customers whom a rule told a rep to visit by some day and who were not written to about it yet.

    The rule (`visit` in `care.follow_ups`) knows how often customers of which value are visited; the promise that it
    made is what counts here. The most valuable come first.
    """
    f = follow_ups.c
    columns = (f.id.label("follow_up_id"), f.rep_id, f.due)
    joined = _customers().add_columns(*columns).join(follow_ups, f.customer_id == customers.c.id)
    n = notices.c
    told = exists().where(n.rule == VISIT, n.customer_id == f.customer_id, n.subject == cast(f.id, String))
    due = joined.where(f.rule == "visit", f.state.in_(WAITING), f.due <= until, ~told)
    found = []
    for row in db.execute(due.where(~_written(occasions.TEMPLATES[VISIT], now, VISIT_WRITTEN_DAYS))):
        values = dict(row._mapping)
        found.append(Celebrant(Occasion(VISIT, values.pop("due")), **values))
    return sorted(found, key=lambda each: each.place)


def _own(on: Mapping[Birthday, Occasion], owners: Collection[int | None], now: datetime) -> Select[Any]:
    """Birthdays of customers who are persons; a company with one has it by mistake."""
    born, is_lunar = customers.c.birthday, customers.c.birthday_is_lunar
    theirs = _customers(owners).add_columns(*_month_and_day(born, is_lunar))
    return theirs.where(
        customers.c.kind == "person", _celebrated(born, is_lunar, on), ~_written(occasions.TEMPLATES[BIRTHDAY], now)
    )


def _contacts(on: Mapping[Birthday, Occasion], owners: Collection[int | None]) -> Select[Any]:
    """Birthdays of contacts; one with the name of a customer who is a person is that customer."""
    p = contacts.c
    named = (p.id.label("contact_id"), p.name.label("person"), p.email, p.phone)
    theirs = _customers(owners).add_columns(*named, *_month_and_day(p.birthday, p.birthday_is_lunar))
    themselves = and_(customers.c.kind == "person", p.folded_name == customers.c.folded_name)
    return theirs.join(contacts, p.customer_id == customers.c.id).where(
        _celebrated(p.birthday, p.birthday_is_lunar, on), ~themselves
    )


def _customers(owners: Collection[int | None] | None = None) -> Select[Any]:
    """The customers of some owners (of all where there are many) who have bought, with what a list shows of them."""
    c, f = customers.c, customer_facts.c
    columns = (
        c.id.label("customer_id"),
        c.key.label("customer_key"),
        c.name.label("customer_name"),
        c.owner_id,
        c.created_at.label("since"),
        f.value,
        f.at_stake,
    )
    found = select(*columns).select_from(customers).join(customer_facts, f.customer_id == c.id).where(f.purchases > 0)
    if owners is None or len(owners) > FEW_OWNERS:
        return found
    some: ColumnElement[bool] = c.owner_id.in_(sorted(owner for owner in owners if owner is not None))
    return found.where(or_(some, c.owner_id.is_(None)) if None in owners else some)


def _month_and_day(born: ColumnElement[Any], is_lunar: ColumnElement[bool]) -> tuple[ColumnElement[Any], ...]:
    return is_lunar.label("is_lunar"), extract("month", born).label("month"), extract("day", born).label("day")


def _celebrated(
    born: ColumnElement[Any], is_lunar: ColumnElement[bool], on: Mapping[Birthday, Occasion]
) -> ColumnElement[bool]:
    """The condition that a birthday is one of those, by month and day of its own calendar."""
    number = extract("month", born) * 100 + extract("day", born)
    solar, lunar = (
        sorted(each.month * 100 + each.day for each in on if each.is_lunar is kind) for kind in (False, True)
    )
    return born.is_not(None) & or_(~is_lunar & number.in_(solar), is_lunar & number.in_(lunar))


def _written(template: str, now: datetime, days: int = WRITTEN_DAYS) -> ColumnElement[bool]:
    """The condition that somebody writes this text to a customer, or has done so lately."""
    d = drafts.c
    since = now - timedelta(days=days)
    return exists().where(
        d.customer_id == customers.c.id, d.template == template, d.state.in_(_ALIVE), d.made_at > since
    )


def _keeps_festivals() -> ColumnElement[bool]:
    """Whoever is written to in Chinese (see `care.reaching`), and everybody in LANDS."""
    c = customers.c
    unknown = func.coalesce(c.language, "") == ""
    return or_(func.lower(c.language).like("zh%"), c.country.in_(LANDS), unknown & c.name.regexp_match(HAN))


def _ever_allowed() -> ColumnElement[bool]:
    """The condition that the ledger has a word of consent to offers; whether it still holds is found out later."""
    c = consents.c
    return exists().where(c.customer_id == customers.c.id, c.purpose == "marketing", c.given)


def _order(kept: FromClause) -> tuple[ColumnElement[Any], ...]:
    """The most valuable first, as `Celebrant.place` has it."""
    tier = case(_TIERS, value=kept.c.value, else_=len(_TIERS))
    return tier, kept.c.at_stake.desc(), kept.c.customer_id


def _untold(db: Connection, found: Collection[Celebrant]) -> list[Celebrant]:
    told: set[tuple[int, str]] = set()
    n = notices.c
    for some in chunks({each.customer_id for each in found}):
        rows = select(n.customer_id, n.subject).where(n.rule == BIRTHDAY, n.customer_id.in_(some))
        told.update((row.customer_id, row.subject) for row in db.execute(rows))
    return [each for each in found if (each.customer_id, each.subject) not in told]
