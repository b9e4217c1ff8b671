"""What is kept about the reps' own work: promises to customers, who stands in for whom, when each begins the day.

Days are local calendar days of the rep who promised, moments are in UTC. Declared as the tables in `customers.tables`.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, Column, Date, Index, Table, Time
from sqlmodel import Field, SQLModel

from customers.tables import link, moment


class FollowUp(SQLModel, table=True):
    """A dated promise of a rep to a customer.

    A snoozed one is neither done nor forgotten: it waits like an open one, only until a later day.
    """

    __tablename__ = "follow_ups"
    __table_args__ = (
        Index("ix_follow_ups_rep", "rep_id", "state", "due"),
        Index("ix_follow_ups_customer", "customer_id", "state", "due"),
    )

    id: int | None = Field(default=None, primary_key=True)
    customer_id: int = link("customers.id")
    rep_id: int = link("reps.id")
    promised: date = Field(sa_column=Column(Date, nullable=False))  # the day that was first agreed
    due: date = Field(sa_column=Column(Date, nullable=False))  # when it comes up: `promised`, or later when snoozed
    state: str = "open"  # open, snoozed, done, dropped
    what: str = ""
    rule: str | None = None  # what made it by itself: visit, complaint ...; None for a person
    made_by: int | None = link("reps.id", nullable=True)
    made_at: datetime = moment()
    settled_at: datetime | None = moment(nullable=True)  # when it was done or dropped
    outcome: str | None = None  # of a done one: reached, no_answer, will_order, lost, noted
    reason: str | None = None  # why it was dropped
    interaction_id: int | None = link("interactions.id", nullable=True)  # where the outcome was written down


class FollowUpStep(SQLModel, table=True):
    """What a person did with a follow-up, kept so that it can be undone: the changed values before and after."""

    __tablename__ = "follow_up_steps"

    id: int | None = Field(default=None, primary_key=True)
    follow_up_id: int = link("follow_ups.id", index=True)
    rep_id: int | None = link("reps.id", nullable=True)
    at: datetime = moment()
    what: str  # made, done, snoozed, handed_over, dropped
    before: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    after: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    undone_at: datetime | None = moment(nullable=True)


class Absence(SQLModel, table=True):
    """A rep is away from one day to another, both included, and the deputy receives what would have come."""

    __tablename__ = "absences"

    id: int | None = Field(default=None, primary_key=True)
    rep_id: int = link("reps.id", index=True)
    deputy_id: int = link("reps.id", index=True)
    first: date = Field(sa_column=Column(Date, nullable=False))
    last: date = Field(sa_column=Column(Date, nullable=False, index=True))
    made_at: datetime = moment()


class HandOver(SQLModel, table=True):
    """All customers and waiting follow-ups of one rep were given to another in one step; kept for undo."""

    __tablename__ = "hand_overs"

    id: int | None = Field(default=None, primary_key=True)
    from_id: int = link("reps.id", index=True)
    to_id: int = link("reps.id")
    rep_id: int | None = link("reps.id", nullable=True)  # who did it
    at: datetime = moment()
    customers: list[int] = Field(sa_column=Column(JSON, nullable=False))
    follow_ups: list[int] = Field(sa_column=Column(JSON, nullable=False))
    undone_at: datetime | None = moment(nullable=True)


class Preference(SQLModel, table=True):
    """When a person's day begins, when they are left in peace, and how much they want to read; empty means the default.

    Quiet hours that begin and end at the same time are none.
    """

    __tablename__ = "preferences"

    rep_id: int = link("reps.id", primary_key=True)
    morning: time | None = Field(default=None, sa_column=Column(Time))
    quiet_from: time | None = Field(default=None, sa_column=Column(Time))
    quiet_until: time | None = Field(default=None, sa_column=Column(Time))
    daily_cap: int | None = None  # posts a day


follow_ups: Table = SQLModel.metadata.tables["follow_ups"]
follow_up_steps: Table = SQLModel.metadata.tables["follow_up_steps"]
absences: Table = SQLModel.metadata.tables["absences"]
hand_overs: Table = SQLModel.metadata.tables["hand_overs"]
preferences: Table = SQLModel.metadata.tables["preferences"]
