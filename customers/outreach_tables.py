"""What is kept about messages to customers: drafts and who decided what, campaigns, and who must not be written to.

Declared as the tables in `customers.tables`. A batch is what is decided at once: one draft, or one for each customer
of a segment.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Column, Date, Index, Table, UniqueConstraint
from sqlmodel import Field, SQLModel

from customers.tables import link, moment, money


class Campaign(SQLModel, table=True):
    """One text for many customers, of whom a small random group gets nothing: that shows what the text earned."""

    __tablename__ = "campaigns"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    template: str  # words.templates.Template.key, such as win_back/price
    purpose: str  # service, marketing
    control_share: float  # 0 to 1
    days: int  # orders within so many days count
    made_by: int | None = link("reps.id", nullable=True)
    made_at: datetime = moment()


class Assignment(SQLModel, table=True):
    """Whether a customer of a campaign gets the text or, as control, nothing; decided by lot once and never again."""

    __tablename__ = "assignments"

    campaign_id: int = link("campaigns.id", primary_key=True)
    customer_id: int = link("customers.id", primary_key=True, index=True)
    control: bool
    at: datetime = moment()  # from when on orders count, for both groups alike


class Batch(SQLModel, table=True):
    """Drafts that are decided together."""

    __tablename__ = "batches"
    # A number is never given twice: cards in Slack go on naming it after a batch was thrown away.
    __table_args__ = (Index("ix_batches_asked", "state", "asked_of"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    template: str  # Template.key
    segment: str | None = None  # the filter, where it is for a whole segment
    campaign_id: int | None = link("campaigns.id", nullable=True, index=True)
    alert_id: int | None = link("alerts.id", nullable=True)
    occasion: str | None = None  # birthday:2026-03-05, mid_autumn:2026-09-25, visit
    made_by: int | None = link("reps.id", nullable=True, index=True)
    made_at: datetime = moment()
    state: str  # making (its author has not asked yet), asked, approved, rejected, expired
    second_person: bool = False  # whoever wrote it may not approve it
    asked_at: datetime | None = moment(nullable=True)  # since when it stands so: asked for, or taken back
    asked_of: int | None = link("reps.id", nullable=True)  # who is to decide now
    asked_of_since: datetime | None = moment(nullable=True)
    decided_by: int | None = link("reps.id", nullable=True)
    decided_at: datetime | None = moment(nullable=True)
    reason: str | None = None  # why it was rejected, in the approver's words
    send_at: datetime | None = moment(nullable=True)  # when the hold window of an approved one ends


class Draft(SQLModel, table=True):
    """A message to one customer on its way, exactly as it will go, and what came of it."""

    __tablename__ = "drafts"
    __table_args__ = (
        Index("ix_drafts_customer", "customer_id", "state", "sent_at"),
        Index("ix_drafts_state", "state", "batch_id"),
        Index("ix_drafts_recipient", "recipient"),  # events of mail programs name nothing but the address
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = link("batches.id", index=True)
    customer_id: int = link("customers.id")
    template: str  # Template.key
    channel: str  # email, sms
    language: str  # en, zh_CN
    purpose: str  # service, marketing
    recipient: str | None = None  # the address or number as it was when the draft was made or edited last
    subject: str = ""
    text: str = ""  # plain text, with everything that every message carries; empty once forgotten
    written: dict[str, Any] = Field(
        sa_column=Column(JSON, nullable=False)
    )  # subject and text as the template made them
    given: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))  # fields that the author gave
    edited_by: int | None = link("reps.id", nullable=True)
    state: str  # proposed, approved, held, sent, rejected, expired, failed, withheld (control group)
    reason: str | None = None  # why it is not sent, as a code
    token: str = Field(unique=True)  # random; in the link by which the customer unsubscribes
    payload_hash: str | None = None  # SHA-256 of what was approved, as it stands in the outbox
    outbox_id: int | None = Field(default=None, index=True)  # of delivery, which does not know customers
    made_at: datetime = moment()
    sent_at: datetime | None = moment(nullable=True)
    delivered_at: datetime | None = moment(nullable=True)
    bounced_at: datetime | None = moment(nullable=True)
    unsubscribed_at: datetime | None = moment(nullable=True)
    replied_at: datetime | None = moment(nullable=True)
    ordered_on: date | None = Field(default=None, sa_column=Column(Date))  # the first order within OUTCOME_DAYS
    ordered: Decimal | None = money(nullable=True)  # net spend within OUTCOME_DAYS, in HOME_CURRENCY


class DraftStep(SQLModel, table=True):
    """What was done with a draft, by whom: it is never changed afterwards."""

    __tablename__ = "draft_steps"

    id: int | None = Field(default=None, primary_key=True)
    draft_id: int = link("drafts.id", index=True)
    rep_id: int | None = link("reps.id", nullable=True)
    at: datetime = moment()
    what: str  # proposed, edited, asked, approved, held, undone, sent, rejected, expired, failed, withheld ...
    reason: str | None = None


class DraftCard(SQLModel, table=True):
    """A card about a batch in somebody's DM, so that every copy changes when something is decided."""

    __tablename__ = "draft_cards"
    __table_args__ = (UniqueConstraint("batch_id", "rep_id"),)

    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = link("batches.id")
    rep_id: int = link("reps.id")
    outbox_id: int | None = Field(default=None)


class Suppression(SQLModel, table=True):
    """An address that must not be written to any more: only its hash is kept, so it outlives an erasure."""

    __tablename__ = "suppressions"

    channel: str = Field(primary_key=True)
    address_hash: str = Field(primary_key=True)  # SHA-256 of channel and folded address
    reason: str  # bounced, unsubscribed, complained, erased
    at: datetime = moment()


class Erasure(SQLModel, table=True):
    """Somebody who was erased on request, a customer or a contact: an old export must not bring them back."""

    __tablename__ = "erasures"

    key_hash: str = Field(primary_key=True)  # SHA-256 of the source's id, or of the folded name where there is none
    customer_id: int | None = link("customers.id", nullable=True)  # none for a contact, whose customer stays
    rep_id: int | None = link("reps.id", nullable=True)
    at: datetime = moment()


def _table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


campaigns = _table("campaigns")
assignments = _table("assignments")
batches = _table("batches")
drafts = _table("drafts")
draft_steps = _table("draft_steps")
draft_cards = _table("draft_cards")
suppressions = _table("suppressions")
erasures = _table("erasures")
