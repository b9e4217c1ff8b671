"""What is kept about lost-customer alerts: one for each silence, what people said to it, and where it is shown.

Declared as the tables in `customers.tables`. Days are local calendar days of the tenant, unless they say otherwise.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, Date, Index, Table, UniqueConstraint
from sqlmodel import Field, SQLModel

from customers.tables import link, moment


class AlertMessage(SQLModel, table=True):
    """A message in which a rep reads alerts; each alert has its place in one message at most."""

    __tablename__ = "alert_messages"

    id: int | None = Field(default=None, primary_key=True)
    rep_id: int = link("reps.id")
    local_date: date = Field(sa_column=Column(Date, nullable=False))  # of the reader
    outbox_id: int | None = Field(default=None, index=True)  # of delivery, which does not know customers
    at: datetime = moment()


class Alert(SQLModel, table=True):
    """A customer is slipping away: one alert for each silence, which begins with the last purchase."""

    __tablename__ = "alerts"
    __table_args__ = (
        UniqueConstraint("customer_id", "began"),
        Index("ix_alerts_state", "state", "customer_id"),
        Index("ix_alerts_message", "message_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    customer_id: int = link("customers.id")
    began: date = Field(sa_column=Column(Date, nullable=False))  # the last purchase
    found_on: date = Field(sa_column=Column(Date, nullable=False))
    rule: str  # silence: by what was learnt of earlier silences; loyalty: by the first rules
    stated: float | None = None  # the chance that the alert is right, where that was learnt
    loyalty: str  # when the alert was raised, or worsened: swing, lost, or loyal, where the silence speaks sooner
    # found (not told yet), open, snoozed, dismissed, recovered; before: lost before Rekindle came, told in a list
    state: str
    cause: str | None = None  # of a dismissed one: not_lost, or why the customer was lost
    words: str | None = None  # what the rep added
    snoozed_until: date | None = Field(default=None, sa_column=Column(Date))  # a day of the reader
    message_id: int | None = link("alert_messages.id", nullable=True)
    told_at: datetime | None = moment(nullable=True)  # for the first time
    settled_at: datetime | None = moment(nullable=True)
    settled_by: int | None = link("reps.id", nullable=True)
    ended_on: date | None = Field(default=None, sa_column=Column(Date))  # the purchase that ended the silence


class AlertVote(SQLModel, table=True):
    """Whether a person found an alert useful."""

    __tablename__ = "alert_votes"

    alert_id: int = link("alerts.id", primary_key=True)
    rep_id: int = link("reps.id", primary_key=True)
    useful: bool
    at: datetime = moment()


alert_messages: Table = SQLModel.metadata.tables["alert_messages"]
alerts: Table = SQLModel.metadata.tables["alerts"]
alert_votes: Table = SQLModel.metadata.tables["alert_votes"]
