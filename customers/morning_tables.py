"""What is kept so that each person hears from Rekindle in their own morning: who they are in Slack, and when it comes.

Declared as the tables in `customers.tables`.
"""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import Column, Date, Index, Table, Time
from sqlmodel import Field, SQLModel

from customers.tables import link, moment


class SlackUser(SQLModel, table=True):
    """Who a rep is in Slack, as Slack said last; `trouble` says why that person cannot be reached there."""

    __tablename__ = "slack_users"

    rep_id: int = link("reps.id", primary_key=True)
    user_id: str | None = Field(default=None, index=True)
    time_zone: str | None = None
    language: str = "en"
    trouble: str | None = None  # unknown (no such e-mail in Slack), deactivated, refused (a guest, a stranger, a bot)
    seen_at: datetime = moment()
    told_at: datetime | None = moment(nullable=True)  # when somebody who can mend it was told of the trouble


class Morning(SQLModel, table=True):
    """When a rep's next morning begins, and from what that was worked out: it is anew where one of these changes."""

    __tablename__ = "mornings"
    __table_args__ = (Index("ix_mornings_next", "next_at"),)

    rep_id: int = link("reps.id", primary_key=True)
    next_at: datetime = moment()
    zone: str
    country: str
    wall: time = Field(sa_column=Column(Time, nullable=False))
    planned: date | None = Field(default=None, sa_column=Column(Date))  # the last local day whose morning was planned


class HeldBack(SQLModel, table=True):
    """A post that a person's daily cap held back, as one line for the next post that the person gets."""

    __tablename__ = "held_back"

    id: int | None = Field(default=None, primary_key=True)
    rep_id: int = link("reps.id", index=True)
    local_date: date = Field(sa_column=Column(Date, nullable=False))
    job: str
    line: str
    told_at: datetime | None = moment(nullable=True)


slack_users: Table = SQLModel.metadata.tables["slack_users"]
mornings: Table = SQLModel.metadata.tables["mornings"]
held_back: Table = SQLModel.metadata.tables["held_back"]
