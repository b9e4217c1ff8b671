"""What is kept about customers and the people who look after them: one class per table.

Amounts are `Money` (Decimal), days are local calendar days of the tenant, moments are in UTC. `key` is the id that a
record has in the system it came from; `id` is ours. Folded text (see `customers.folding`) is what search compares. The
classes declare; queries use the plain tables at the end of this file (`customers.c.name`), since everything here is
read and written through SQLAlchemy Core.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Date, ForeignKey, Index, Integer, String, Table, UniqueConstraint
from sqlmodel import Field, SQLModel

from database.types import Instant, Money


def money(*, nullable: bool = False) -> Any:
    """An amount."""
    return Field(default=None, sa_column=Column(Money, nullable=nullable))


def moment(*, nullable: bool = False) -> Any:
    """A column for a moment in UTC."""
    return Field(default=None, sa_column=Column(Instant, nullable=nullable))


def link(target: str, *, nullable: bool = False, index: bool = False, primary_key: bool = False) -> Any:
    """A column for the id of a row of another table, which goes with that row, or is emptied where it may be."""
    column: Column[int] = Column(
        Integer,
        ForeignKey(target, ondelete="CASCADE" if not nullable else "SET NULL"),
        nullable=nullable,
        index=index,
        primary_key=primary_key,
    )
    return Field(default=None, sa_column=column)


class Rep(SQLModel, table=True):
    """A person of the tenant's own: rep, manager, operator, privacy officer, or several of these."""

    __tablename__ = "reps"

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True)  # folded to lower case: it is how a Slack user is recognised
    name: str
    roles: str = "rep"  # words of customers.reps.ROLES, separated by commas
    team: str | None = Field(default=None, index=True)
    manager_id: int | None = link("reps.id", nullable=True, index=True)
    country: str | None = None  # ISO 3166 alpha-2
    time_zone: str | None = None
    language: str | None = None  # a personal choice that overrides the Slack locale: en or zh_CN
    active: bool = True


class Customer(SQLModel, table=True):
    """A company or a person who buys."""

    __tablename__ = "customers"

    id: int | None = Field(default=None, primary_key=True)
    key: str | None = Field(default=None, unique=True)
    name: str
    folded_name: str = Field(index=True)
    kind: str = "company"  # company or person
    parent_id: int | None = link("customers.id", nullable=True, index=True)
    owner_id: int | None = link("reps.id", nullable=True, index=True)
    industry: str | None = None
    size: str | None = None
    region: str | None = None
    city: str | None = None
    country: str | None = None
    source: str | None = None
    email: str | None = None
    phone: str | None = None
    birthday: date | None = None  # for a lunar birthday: year, month and day of the lunar calendar
    birthday_is_lunar: bool = False
    birthday_year_known: bool = True  # without it the year of `birthday` means nothing
    language: str | None = None
    time_zone: str | None = None
    credit_limit: Decimal | None = money(nullable=True)
    overdue: Decimal | None = money(nullable=True)  # what the source says is overdue, in HOME_CURRENCY
    created_at: datetime = moment()


class CustomerTag(SQLModel, table=True):
    """A word that people put on a customer."""

    __tablename__ = "customer_tags"

    customer_id: int = link("customers.id", primary_key=True)
    tag: str = Field(primary_key=True, index=True)


class Contact(SQLModel, table=True):
    """A person at a customer."""

    __tablename__ = "contacts"
    __table_args__ = (UniqueConstraint("customer_id", "folded_name"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str | None = Field(default=None, unique=True)
    customer_id: int = link("customers.id")
    name: str
    folded_name: str
    title: str | None = None
    email: str | None = None
    phone: str | None = None
    birthday: date | None = None
    birthday_is_lunar: bool = False
    birthday_year_known: bool = True  # without it the year of `birthday` means nothing


class Product(SQLModel, table=True):
    """What can be bought."""

    __tablename__ = "products"

    id: int | None = Field(default=None, primary_key=True)
    key: str | None = Field(default=None, unique=True)
    name: str
    folded_name: str = Field(index=True)
    type: str | None = None
    price: Decimal | None = money(nullable=True)
    cost: Decimal | None = money(nullable=True)  # in HOME_CURRENCY
    brand: str | None = None
    function: str | None = None
    audience: str | None = None


class Order(SQLModel, table=True):
    """One order, or a refund when its amount is below zero; a cancelled one counts for nothing."""

    __tablename__ = "orders"
    __table_args__ = (Index("ix_orders_history", "customer_id", "day"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    customer_id: int = link("customers.id")
    day: date = Field(sa_column=Column(Date, nullable=False))
    amount: Decimal = money()
    currency: str = Field(sa_column=Column(String(3), nullable=False))
    home_amount: Decimal | None = money(nullable=True)  # in HOME_CURRENCY; empty while there is no rate
    channel: str | None = None
    status: str | None = None  # cancelled, or what the source says
    sums_lines: bool = False  # the source gave no amount: it is the sum of the lines, and follows them


class OrderLine(SQLModel, table=True):
    """One product in one order; `nr` tells apart several lines with the same product."""

    __tablename__ = "order_lines"
    __table_args__ = (UniqueConstraint("order_id", "product_id", "nr"),)

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = link("orders.id")
    product_id: int = link("products.id", index=True)
    nr: int = 1
    quantity: Decimal = money()
    unit_price: Decimal = money()
    discount: Decimal = money()  # a share: 0.1 is ten per cent off


class Rate(SQLModel, table=True):
    """What one unit of a currency is worth in HOME_CURRENCY from a day on, as micro-units: 7.1234 is 7123400."""

    __tablename__ = "rates"

    currency: str = Field(sa_column=Column(String(3), primary_key=True))
    day: date = Field(primary_key=True)
    micros: int = Field(sa_type=BigInteger)


class Interaction(SQLModel, table=True):
    """A call, visit, e-mail, note, complaint or survey answer."""

    __tablename__ = "interactions"
    __table_args__ = (Index("ix_interactions_history", "customer_id", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str | None = Field(default=None, unique=True)
    customer_id: int = link("customers.id")
    contact_id: int | None = link("contacts.id", nullable=True)
    rep_id: int | None = link("reps.id", nullable=True)
    kind: str  # call, visit, email, note, complaint, survey
    at: datetime = moment()
    text: str = ""
    outcome: str | None = None
    score: int | None = None  # satisfaction, 1 to 5, of a survey answer
    closed_at: datetime | None = moment(nullable=True)  # when a complaint was resolved


class Consent(SQLModel, table=True):
    """The ledger of what a customer allowed: the newest row of a customer, channel and purpose counts."""

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_newest", "customer_id", "channel", "purpose", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    customer_id: int = link("customers.id")
    channel: str  # email, sms
    purpose: str  # service, marketing
    given: bool
    at: datetime = moment()
    how: str  # import, form, link ...
    rep_id: int | None = link("reps.id", nullable=True)


class Correction(SQLModel, table=True):
    """A value that a person corrected by hand, kept so that it can be undone."""

    __tablename__ = "corrections"

    id: int | None = Field(default=None, primary_key=True)
    customer_id: int = link("customers.id", index=True)
    rep_id: int | None = link("reps.id", nullable=True)
    at: datetime = moment()
    before: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    after: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    undone_at: datetime | None = moment(nullable=True)


class AccessLog(SQLModel, table=True):
    """Who looked at whom, when, and by which way."""

    __tablename__ = "access_log"
    __table_args__ = (Index("ix_access_log_rep", "rep_id", "id"), Index("ix_access_log_customer", "customer_id", "id"))

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = moment()
    rep_id: int = link("reps.id")
    customer_id: int | None = link("customers.id", nullable=True)
    what: str  # card, masked card, timeline, share, export ...


class Remembered(SQLModel, table=True):
    """What the program must remember about itself, such as the currency in which the facts were computed."""

    __tablename__ = "remembered"

    name: str = Field(primary_key=True)
    value: str


class SavedSegment(SQLModel, table=True):
    """A filter that somebody saved under a name."""

    __tablename__ = "saved_segments"

    id: int | None = Field(default=None, primary_key=True)
    name: str
    folded_name: str = Field(unique=True)
    filter: str
    rep_id: int | None = link("reps.id", nullable=True)


def _table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


reps = _table("reps")
customers = _table("customers")
customer_tags = _table("customer_tags")
contacts = _table("contacts")
products = _table("products")
orders = _table("orders")
order_lines = _table("order_lines")
rates = _table("rates")
interactions = _table("interactions")
consents = _table("consents")
corrections = _table("corrections")
access_log = _table("access_log")
remembered = _table("remembered")
saved_segments = _table("saved_segments")
