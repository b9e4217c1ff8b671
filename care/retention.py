"""What must not be kept for ever: who looked at whom, words of messages and drafts, settled things, traces of jobs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select, update

from care import draft_life
from care.effectiveness import YEAR
from care.ordered import LATE
from care.personal_data import WORDLESS
from customers.alert_tables import alert_messages, alerts
from customers.morning_tables import held_back
from customers.notice_tables import notices
from customers.outreach_tables import assignments, batches, campaigns, draft_steps, drafts
from customers.tables import access_log
from customers.work_tables import absences, follow_up_steps, hand_overs
from database.engine import Database
from delivery import health
from delivery.tables import outbox, runs

# Rows that go in one transaction: others who write wait for some tenths of a second at most.
TOGETHER = 5_000
# The alerts that nobody waits for any more.
SETTLED = ("dismissed", "recovered", "before")
# After the last draw of a campaign: its window, at most a year, the days after it that still count, and the year that
# is told of (see care.effectiveness).
FIGURES = timedelta(days=2 * YEAR + LATE + 1)


@dataclass(frozen=True)
class Periods:
    """Days for which things are kept."""

    access_log: int
    payloads: int
    history: int
    drafts: int


@dataclass(frozen=True)
class Old:
    """Rows of one kind that have been kept for long enough; with `empties` they stay, but these columns are emptied."""

    what: str
    table: Table
    which: ColumnElement[bool]
    empties: Mapping[str, Any] = field(default_factory=dict)


def old(periods: Periods, now: datetime) -> list[Old]:
    """What must go now, by kind; the order matters where one kind refers to another."""
    looked, long_ago = now - timedelta(days=periods.access_log), now - timedelta(days=periods.history)
    day = long_ago.date()
    in_use = select(alerts.c.message_id).where(alerts.c.message_id.is_not(None))
    return [
        Old("looks at customers", access_log, access_log.c.at < looked),
        Old("settled alerts", alerts, alerts.c.state.in_(SETTLED) & (alerts.c.found_on < day)),
        Old(
            "messages of alerts", alert_messages, (alert_messages.c.at < long_ago) & alert_messages.c.id.not_in(in_use)
        ),
        Old("what smaller rules said", notices, notices.c.at < long_ago),
        Old("steps that can be undone", follow_up_steps, follow_up_steps.c.at < long_ago),
        Old("hand-overs that can be undone", hand_overs, hand_overs.c.at < long_ago),
        Old("absences that are over", absences, absences.c.last < day),
        Old("posts that were held back", held_back, held_back.c.local_date < day),
        *_drafts(now - timedelta(days=periods.drafts), now - FIGURES),
        Old("fates of messages", outbox, outbox.c.state.in_(health.FINAL) & (outbox.c.finished_at < long_ago)),
        Old("runs of jobs", runs, runs.c.local_date < day),
    ]


def _drafts(ended_before: datetime, drawn_before: datetime) -> list[Old]:
    """Drafts that ended, and what hangs on them; of a campaign the figures need the rows for longer than the words."""
    last = select(func.max(draft_steps.c.at)).where(draft_steps.c.draft_id == drafts.c.id).scalar_subquery()
    ended = drafts.c.state.in_(draft_life.ENDED) & (func.coalesce(last, drafts.c.made_at) < ended_before)
    counted = drafts.c.batch_id.in_(select(batches.c.id).where(batches.c.campaign_id.is_not(None)))
    has_words = (drafts.c.text != "") | (drafts.c.subject != "") | drafts.c.recipient.is_not(None)
    drawn = select(assignments.c.campaign_id).where(assignments.c.at >= drawn_before)
    over = (campaigns.c.made_at < drawn_before) & campaigns.c.id.not_in(drawn)
    empty = (batches.c.made_at < ended_before) & batches.c.id.not_in(select(drafts.c.batch_id))
    words = {name: value for name, value in WORDLESS.items() if name != "reason"}
    return [
        Old("campaigns whose figures are told", campaigns, over),
        Old("words of drafts that ended", drafts, ended & counted & has_words, words),
        Old("drafts that ended", drafts, ended & ~counted),
        Old("batches without drafts", batches, empty),
    ]


def purge(database: Database, periods: Periods, now: datetime) -> None:
    """Forget what has been kept for long enough, some rows at a time, so that nobody waits for it."""
    with database.transaction() as db:
        health.forget_payloads(db, now - timedelta(days=periods.payloads))
    for kind in old(periods, now):
        while True:
            with database.transaction() as db:
                if _some_gone(db, kind) < TOGETHER:
                    break


def counts(db: Connection, periods: Periods, now: datetime) -> Iterator[tuple[str, int]]:
    """How many rows of each kind `purge` would take away, or empty."""
    yield "words of messages", health.forget_payloads(db, now - timedelta(days=periods.payloads), dry_run=True)
    for kind in old(periods, now):
        yield kind.what, db.scalar(select(func.count()).select_from(kind.table).where(kind.which)) or 0


def _some_gone(db: Connection, kind: Old) -> int:
    id: Any = kind.table.c.id
    some = select(id).where(kind.which).order_by(id).limit(TOGETHER)
    change = update(kind.table).values(kind.empties) if kind.empties else delete(kind.table)
    return db.execute(change.where(id.in_(some))).rowcount
