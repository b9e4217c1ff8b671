"""Counts what the loopback servers stored against the plan and what was approved."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import select

from benchmarks.outreach.meddling import Record, payloads
from benchmarks.outreach.notes import Note
from benchmarks.outreach.numbers import LEASE
from benchmarks.outreach.plan import Planned
from care.sending import AMBIGUOUS
from customers.outreach_tables import drafts
from database.engine import Database
from delivery.email import mime
from delivery.tables import outbox
from sandbox.mail import MailServer
from sandbox.text_messages import TextServer

# What the servers say when they take nothing, for good.
REFUSALS = ("550 at rcpt", "554 after data", "21211", "21610", "21614")
# After these nobody who sends can say whether the message was taken.
AMBIGUITIES = (
    "drop during data", "drop after storing", "slow after data", "slow after storing", "garbage after storing",
    "500 before", "500 after", "503", "reset before", "reset after", "silence before", "silence after",
    "garbage after",
)  # fmt: skip
# Seconds from the moment at which a withdrawal was committed within which a message may still be taken that was under
# way by then: a message leaves within a quarter of its lease, and the servers have as much again to write it down.
UNDER_WAY = LEASE / 2
Harm = Literal["duplicated", "without_consent", "altered", "lost", "undecided"]
HARMS: tuple[Harm, ...] = ("duplicated", "without_consent", "altered", "lost", "undecided")


@dataclass(frozen=True)
class Stored:
    """What a server took: for whom, its content, and when, in Unix seconds."""

    recipient: str
    content: bytes
    at: float


@dataclass
class Counted:
    """What became of a plan: how often each harm was done, with a word for each; the rest is no harm."""

    harms: dict[Harm, list[str]] = field(default_factory=lambda: {harm: [] for harm in HARMS})
    by_servers: int = 0  # doubtful because of what the servers did
    by_kills: int = 0  # doubtful because the sender was killed or stopped, or had waited long enough
    doubtful_stored: int = 0  # doubtful ones that had arrived
    stored: int = 0
    under_way: list[float] = field(default_factory=list)  # seconds from a withdrawal until a message was taken

    @property
    def doubtful(self) -> int:
        """How many wait for a person, and rightly."""
        return self.by_servers + self.by_kills

    @property
    def clean(self) -> bool:
        """Whether no harm was done."""
        return not any(self.harms.values())


@dataclass(frozen=True)
class Evidence:
    """What is known besides the database: the plan, what was done to it, and what servers and replicas saw.

    `harmed` are the ids of processes that were killed or stopped.
    """

    plan: Sequence[Planned]
    ids: Mapping[int, int]  # number to customer
    record: Record
    notes: Sequence[Note]
    harmed: frozenset[int]
    offered: Mapping[str, Sequence[str]]  # recipient to what went wrong at the servers


@dataclass(frozen=True)
class _Case:
    """All that is known of one customer."""

    planned: Planned
    draft: Any
    approved: Mapping[int, str]  # outbox id to payload
    stored: Sequence[Stored]


def taken(mail: MailServer, texts: TextServer) -> list[Stored]:
    """What both servers have stored."""
    found = [
        Stored(recipient, message.raw, message.taken_at.timestamp())
        for message in list(mail.messages)
        for recipient in message.recipients
    ]
    return found + [Stored(text.to, text.text.encode(), text.taken_at.timestamp()) for text in list(texts.messages)]


def went_wrong(mail: MailServer, texts: TextServer) -> dict[str, list[str]]:
    """What went wrong with messages at the servers, by recipient."""
    found: dict[str, list[str]] = defaultdict(list)
    for each in [*mail.offered, *texts.offered]:
        if each.mishap:
            found[each.recipient].append(each.mishap)
    return found


def count(database: Database, stored: Sequence[Stored], evidence: Evidence) -> Counted:
    """Count; nothing may be going on any more."""
    counted = Counted(stored=len(stored))
    by_address: dict[str, list[Stored]] = defaultdict(list)
    for each in stored:
        by_address[each.recipient].append(each)
    approved: dict[int, dict[int, str]] = defaultdict(dict)
    with database.reading() as db:
        rows = {row.customer_id: row for row in db.execute(_DRAFTS).all()}
        for outbox_id, customer_id, payload in payloads(db, evidence.record):
            approved[customer_id][outbox_id] = payload
    number_of = evidence.ids
    for outbox_id, number in evidence.record.owner.items():
        approved[number_of[number]].setdefault(outbox_id, evidence.record.approved[outbox_id])
    for planned in evidence.plan:
        customer = evidence.ids[planned.number]
        case = _Case(planned, rows[customer], approved[customer], by_address.pop(planned.address, []))
        _count_stored(counted, case, evidence)
        _count_outcome(counted, case, evidence)
    for recipient, others in by_address.items():
        counted.harms["altered"] += [f"{recipient}: nobody planned to write there"] * len(others)
    return counted


def _count_stored(counted: Counted, case: _Case, evidence: Evidence) -> None:
    """Judge what was stored for one customer."""
    planned, harms = case.planned, counted.harms
    harms["duplicated"] += [f"{planned.number}: once more"] * max(0, len(case.stored) - 1)
    for each in case.stored:
        why = _altered(case, each, evidence.record)
        if why:
            harms["altered"].append(f"{planned.number}: {why}")
        if planned.allowed != "yes":
            harms["without_consent"].append(f"{planned.number}: {planned.allowed}")
        withdrawn = evidence.record.withdrawn.get(planned.number)
        if withdrawn is None or each.at <= withdrawn:
            continue
        checks = [
            note.at
            for note in evidence.notes
            if note.what == "checking" and note.outbox_id in case.approved and note.at <= each.at
        ]
        if not checks or max(checks) > withdrawn or each.at - withdrawn > UNDER_WAY:
            harms["without_consent"].append(f"{planned.number}: withdrawn {each.at - withdrawn:.3f} s before")
        else:
            counted.under_way.append(each.at - withdrawn)


def _altered(case: _Case, stored: Stored, record: Record) -> str:
    """In what a stored message is not what was approved, and still approved; empty where it is."""
    if case.planned.number in record.late_undone:
        return "it left within its hold window"
    alike = {id: payload for id, payload in case.approved.items() if _content(case.planned, payload) == stored.content}
    if not alike:
        return "it is not what was approved"
    if set(alike) <= record.undone:
        return "it had been taken back"
    words = {str(json.loads(payload)["text"]) for payload in alike.values()}
    if any(case.planned.words not in text for text in words):
        return "it says what nobody planned"
    return ""


def _content(planned: Planned, payload: str) -> bytes:
    made = json.loads(payload)
    if made["to"] != planned.address:
        return b""
    return mime(made) if planned.channel == "email" else str(made["text"]).encode()


def _count_outcome(counted: Counted, case: _Case, evidence: Evidence) -> None:
    """Judge what the database says of one customer's message against what was stored."""
    draft, planned, harms = case.draft, case.planned, counted.harms
    told = f"{planned.number}: {draft.state} {draft.reason or ''} {draft.outbox or ''}".rstrip()
    if draft.state == "held" and draft.outbox == "waiting" and draft.reason == AMBIGUOUS:
        by_servers = any(mishap in AMBIGUITIES for mishap in evidence.offered.get(planned.address, ()))
        by_kills = not by_servers and _was_interrupted(case, evidence)
        counted.by_servers += by_servers
        counted.by_kills += by_kills
        counted.doubtful_stored += bool(case.stored)
        if not by_servers and not by_kills:
            harms["lost"].append(f"{told}: nothing about it was ambiguous")
    elif draft.state not in ("sent", "failed", "rejected"):
        harms["undecided"].append(told)
    elif draft.state == "sent":
        harms["lost"] += [] if case.stored else [f"{told}: nobody has it"]
    elif case.stored:
        harms["lost"].append(f"{told}: it has arrived")
    elif not _is_reason(case, evidence):
        harms["lost"].append(f"{told}: that is no reason")


def _was_interrupted(case: _Case, evidence: Evidence) -> bool:
    """Whether whoever held the message was killed or stopped, or waited for the answer as long as may be."""
    mine = [note for note in evidence.notes if note.outbox_id == case.draft.outbox_id]
    return any(
        note.what == "gave up waiting" or (note.what == "leased" and note.process in evidence.harmed) for note in mine
    )


def _is_reason(case: _Case, evidence: Evidence) -> bool:
    """Whether plan and servers bear out why a message was not sent."""
    planned, reason = case.planned, case.draft.reason or ""
    withdrawn = planned.number in evidence.record.withdrawn
    if case.draft.state == "rejected":  # by plan, or because nobody of the batch allowed it
        return planned.then == "rejected" or planned.allowed != "yes" or withdrawn
    if reason in ("consent_withdrawn", "check_consent"):
        return withdrawn or planned.allowed != "yes"
    if reason == "altered":
        return case.draft.outbox_id in evidence.record.tampered
    return any(mishap in REFUSALS for mishap in evidence.offered.get(planned.address, ()))


_DRAFTS = select(
    drafts.c.customer_id, drafts.c.state, drafts.c.reason, drafts.c.outbox_id, outbox.c.state.label("outbox")
).outerjoin(outbox, outbox.c.id == drafts.c.outbox_id)
