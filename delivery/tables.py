"""What delivery remembers, so that a thing is done once even if it is asked for twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Table
from sqlmodel import Field, SQLModel

from database.types import Instant


class Claim(SQLModel, table=True):
    """A key that somebody has taken: whoever inserts it first acts, everybody else does not."""

    __tablename__ = "claims"

    key: str = Field(primary_key=True)
    at: datetime = Field(sa_column=Column(Instant, nullable=False, index=True))


claims: Table = SQLModel.metadata.tables["claims"]
