"""What delivery remembers, so that a thing is done once even if it is asked for twice.

`claims` are keys that somebody took, `runs` what a job did for one subject on one day, `outbox` every message on its
way to somebody, `places` where a recipient is reached, `troubles` what keeps messages from going out.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from database.types import Instant


def _moment(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_column=Column(Instant, nullable=nullable))


class Claim(SQLModel, table=True):
    """A key that somebody has taken: whoever inserts it first acts, everybody else does not."""

    __tablename__ = "claims"

    key: str = Field(primary_key=True)
    at: datetime = Field(sa_column=Column(Instant, nullable=False, index=True))


class JobRun(SQLModel, table=True):
    """What a job did for one subject on one local day; there is never a second one."""

    __tablename__ = "runs"
    __table_args__ = (UniqueConstraint("job", "subject", "local_date"), Index("ix_runs_day", "local_date", "state"))

    id: int | None = Field(default=None, primary_key=True)
    job: str
    subject: str
    local_date: date
    state: str  # planned, skipped
    reason: str | None = None  # why it was skipped, as a code
    at: datetime = _moment()


class OutboxRow(SQLModel, table=True):
    """A message on its way to one recipient, and what became of it."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_ready", "ready_at"),
        Index("ix_outbox_kind", "kind", "ready_at"),
        Index("ix_outbox_states", "state", "reason", "finished_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)  # random; travels with the message, so that it can be found again
    run_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("runs.id", ondelete="SET NULL"), nullable=True, index=True)
    )
    job: str
    kind: str  # the channel that carries it: slack, later email and sms
    recipient: str
    action: str  # post, reply to an earlier message, update of an earlier message
    earlier_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("outbox.id", ondelete="SET NULL"), nullable=True, index=True)
    )
    payload: str | None = Field(default=None, sa_column=Column(Text, nullable=True))  # JSON; empty once forgotten
    payload_hash: str
    state: str  # pending, leased, unknown, sent, dead, skipped, waiting (for a person)
    due: datetime = _moment()
    latest: datetime = _moment()  # after this it is not sent any more
    ready_at: datetime | None = _moment(nullable=True)  # when somebody must look at it next; none once it is final
    lease_until: datetime | None = _moment(nullable=True)
    lease_token: str | None = None
    attempts: int = 0
    lookups: int = 0
    first_attempt_at: datetime | None = _moment(nullable=True)
    finished_at: datetime | None = _moment(nullable=True)
    reason: str | None = None
    reference: str | None = None  # where it stands now: channel and ts in Slack


class Place(SQLModel, table=True):
    """Where a recipient is reached (the DM of a Slack user), and when the next message may go there."""

    __tablename__ = "places"

    kind: str = Field(primary_key=True)
    recipient: str = Field(primary_key=True)
    place: str | None = None
    free_at: datetime = _moment()


class Trouble(SQLModel, table=True):
    """What keeps messages from going out, for the operator to mend: a refused token, a clock that jumped."""

    __tablename__ = "troubles"

    name: str = Field(primary_key=True)
    reason: str
    at: datetime = _moment()


claims: Table = SQLModel.metadata.tables["claims"]
runs: Table = SQLModel.metadata.tables["runs"]
outbox: Table = SQLModel.metadata.tables["outbox"]
places: Table = SQLModel.metadata.tables["places"]
troubles: Table = SQLModel.metadata.tables["troubles"]
