"""What is computed from the tables of `customers.tables`: facts, prepared cards, stages, cut points, names to search.

Declared as the tables there. All of it can be computed anew at any time.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Column, Index, String, Table
from sqlmodel import Field, SQLModel

from customers.tables import link, money


class CustomerFacts(SQLModel, table=True):
    """One row per customer, computed from everything above; a parent's row is computed from its whole group.

    Amounts are in HOME_CURRENCY. Silence is not kept: it is `today - last_day`. `changes_on` is the first day on which
    time alone changes loyalty, stage or value (see `StageSpan`).
    """

    __tablename__ = "customer_facts"
    # The overview of all segments is read from this index alone, in its order.
    __table_args__ = (
        Index(
            "ix_customer_facts_overview",
            "value",
            "value_before",
            "loyalty",
            "loyalty_before",
            "stage",
            "stage_before",
            "customer_id",
            "own_spend_year",
        ),
    )

    customer_id: int = link("customers.id", primary_key=True)
    computed_on: date
    orders: int = 0
    purchases: int = 0
    first_day: date | None = None
    last_day: date | None = Field(default=None, index=True)
    spend: Decimal = money()
    spend_year: Decimal = money()  # of the last 365 days
    profit_year: Decimal = money()
    profit_year_before: Decimal = money()  # the same, a month ago
    spend_half: Decimal = money()  # of the last 180 days, and of the 180 before: the trend
    spend_half_before: Decimal = money()
    own_spend: Decimal = money()  # without the children: what sums over customers add up
    own_spend_year: Decimal = money()
    average_order: Decimal | None = money(nullable=True)
    at_stake: Decimal = money()  # what a year of the customer's own rhythm brings: lists are ordered by it
    gap_mean: float | None = None  # days
    gap_spread: float | None = None  # days, standard deviation
    gap_last: int | None = None  # days
    rfm: str | None = None  # three digits 1 to 5: recency, frequency, monetary
    value: str = Field(default="none")  # high, mid, low, none
    value_before: str = "none"  # a month ago
    loyalty: str = Field(default="none", index=True)  # loyal, swing, lost, none
    loyalty_before: str | None = None  # a month ago; none where the customer was not known then
    loyalty_since: date | None = None
    stage: str = Field(default="prospect", index=True)
    stage_before: str | None = None
    stage_since: date | None = None
    changes_on: date | None = Field(default=None, index=True)
    price_only: bool = False
    main_channel: str | None = None
    group_customers: int = 1  # with itself; 1 means no children
    unpriced_orders: int = 0  # orders that wait for a rate
    unpriced_currencies: str | None = None
    open_complaint: date | None = None
    last_score: int | None = None
    last_interaction: date | None = None
    next_follow_up: date | None = None  # the first day on which somebody promised to be in touch


class CustomerCard(SQLModel, table=True):
    """What the card shows beside the facts, standing ready: last orders, top products, contacts, tags, consent."""

    __tablename__ = "customer_cards"

    customer_id: int = link("customers.id", primary_key=True)
    shown: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class StageSpan(SQLModel, table=True):
    """From which day until before which day a customer is in which loyalty and stage, if no further order comes.

    Past and future, so that time alone can move customers and last month can be compared.
    """

    __tablename__ = "stage_spans"
    # No index on the days: whoever asks, asks by customer or for all, and there are many of these rows to write.
    __table_args__ = ({"sqlite_with_rowid": False},)

    customer_id: int = link("customers.id", primary_key=True)
    from_day: date = Field(primary_key=True)
    until_day: date  # 9999-12-31 where nothing more will change by itself
    loyalty: str
    stage: str


class CutPoint(SQLModel, table=True):
    """A limit that came from comparing all customers, such as the profit from which on value is high."""

    __tablename__ = "cut_points"

    name: str = Field(primary_key=True)
    day: date  # when it was computed
    limit: float


class SearchName(SQLModel, table=True):
    """One spelling under which a customer can be found; `kind` is name, key, bare, part, pinyin, phone ..."""

    __tablename__ = "search_names"
    __table_args__ = (
        Index("ix_search_names_folded", "folded", "kind", "customer_id"),
        {"sqlite_with_rowid": False},
    )

    customer_id: int = link("customers.id", primary_key=True)
    kind: str = Field(primary_key=True)
    # Compared byte by byte on every database, so that "begins with" is one range of the index.
    folded: str = Field(primary_key=True, sa_type=String().with_variant(String(collation="C"), "postgresql"))


class SearchGram(SQLModel, table=True):
    """Which customers have a piece of two or three characters in their name: finds names with typing errors."""

    __tablename__ = "search_grams"
    __table_args__ = (Index("ix_search_grams_gram", "gram", "customer_id"), {"sqlite_with_rowid": False})

    customer_id: int = link("customers.id", primary_key=True)
    gram: str = Field(primary_key=True)


def _table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


customer_facts = _table("customer_facts")
customer_cards = _table("customer_cards")
stage_spans = _table("stage_spans")
cut_points = _table("cut_points")
search_names = _table("search_names")
search_grams = _table("search_grams")
