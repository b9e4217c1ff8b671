"""Counts what the loopback Slack stored against the plan: lost, said twice, late, with the wrong reader, stuck."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from benchmarks.faults.numbers import LEASE
from benchmarks.faults.plan import JOB, Planned
from database.engine import Database
from delivery.health import FINAL
from delivery.tables import outbox, runs
from sandbox.workspace import Workspace

# The database decides by its own clock, which the bench sets by up to half a lease; Slack may be slow by a quarter.
CLOCKS_DIFFER = 0.75 * LEASE


@dataclass(frozen=True)
class Counted:
    """What became of a plan; the five that must be 0, and how many were given up in time."""

    planned: int
    lost: int
    duplicated: int
    late: int
    leaked: int
    stuck: int
    skipped: int

    @property
    def clean(self) -> bool:
        """Whether all five are 0."""
        return not (self.lost or self.duplicated or self.late or self.leaked or self.stuck)


def count(plan: Sequence[Planned], workspace: Workspace, database: Database) -> Counted:
    """Count; nothing may be going on any more."""
    stored: dict[str, list[tuple[float, list[str]]]] = defaultdict(list)
    with workspace.lock:
        for channel in workspace.channels.values():
            for message in channel.messages:
                stored[message.text].append((float(message.ts), channel.members))
    bot = workspace.installed().bot_user_id
    late = leaked = duplicated = 0
    for planned in plan:
        found = stored.get(planned.text, [])
        duplicated += max(0, len(found) - 1)
        late += sum(ts > planned.latest + CLOCKS_DIFFER for ts, _ in found)
        leaked += sum(set(members) != {planned.recipient, bot} for _, members in found)
    # What nobody planned is for nobody.
    leaked += sum(len(found) for text, found in stored.items() if text not in {each.text for each in plan})
    skipped = _skipped(database)
    lost = sum(not stored.get(each.text) and str(each.number) not in skipped for each in plan)
    return Counted(len(plan), lost, duplicated, late, leaked, unfinished(database), len(skipped))


def unfinished(database: Database) -> int:
    """How many messages are not final, or wait for a person."""
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(outbox).where(outbox.c.state.not_in(FINAL))) or 0


def planned_so_far(database: Database) -> int:
    """How many runs of the plan somebody has taken."""
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(runs).where(runs.c.job == JOB)) or 0


def _skipped(database: Database) -> set[str]:
    """The numbers of messages that were given up with the reason that their time was over."""
    given_up = (outbox.c.state == "skipped") & (outbox.c.reason == "too_late")
    with database.reading() as db:
        found = select(runs.c.subject).join(outbox, outbox.c.run_id == runs.c.id).where(given_up)
        return set(db.scalars(found))
