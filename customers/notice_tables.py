"""What people were told of customers by smaller rules than alerts, so that each is said once and can be judged.

Declared as the tables in `customers.tables`.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, Date, Index, Table, UniqueConstraint
from sqlmodel import Field, SQLModel

from customers.tables import link, moment


class Notice(SQLModel, table=True):
    """A rule said something about a customer to somebody, who may say whether that was useful."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("rule", "customer_id", "subject"),
        Index("ix_notices_customer", "customer_id"),
        Index("ix_notices_rule", "rule", "told_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    rule: str  # decline, complaint, complaint_manager; birthday, spring_festival, mid_autumn, visit
    customer_id: int = link("customers.id")
    subject: str  # what of the customer's it is about: the day of the decline, the complaint's id, the year ...
    rep_id: int = link("reps.id")  # who was told
    told_on: date = Field(sa_column=Column(Date, nullable=False))  # a local day of that person
    at: datetime = moment()
    useful: bool | None = None


notices: Table = SQLModel.metadata.tables["notices"]
