"""What an outcome means for a message: sent, again later, looked up, refused, or a person decides."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, update
from sqlalchemy.dialects import postgresql, sqlite

from delivery.channel import Row
from delivery.dying import may_die
from delivery.leasing import Leasing
from delivery.outcomes import CannotTell, Closed, Later, NotSent, Outcome, Refused, Sent, Skipped, Unknown
from delivery.tables import outbox, places, troubles

# Nothing is put off for longer than this at once, whatever a channel asks for: a mistake there must not cost a day.
LONGEST_PAUSE = 3600.0
# The first pause between look-ups, and the longest one, as parts of a lease.
FIRST_LOOKUP, LONGEST_LOOKUP = 1 / 8, 2.0
# Made once: making it anew for each message would cost more than running it.
_SETTLE = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"), outbox.c.lease_token == bindparam("token"))
    .values(
        {
            name: bindparam(name)
            for name in ("state", "ready_at", "reason", "reference", "finished_at", "attempts", "lookups")
        }
        | {"lease_token": None, "lease_until": None}
    )
)


def after(row: Row, outcome: Outcome | CannotTell, now: datetime, numbers: Leasing) -> dict[str, Any]:
    """The columns of a message after an outcome; a pure rule."""
    match outcome:
        case Sent(reference):
            return _final("sent", None, now) | {"reference": reference}
        case Refused(reason):
            return _final("dead", reason, now)
        case Skipped(reason):
            return _final("skipped", reason, now)
        case NotSent():
            return _open(row, None, now)
        case Later(seconds, reason) | Closed(reason, seconds):
            return _open(row, reason, now + timedelta(seconds=min(max(seconds, 0.0), LONGEST_PAUSE)))
        case Unknown(reason):
            # Only after its lease: until then Slack may be about to show it.
            return _open(row, reason, max(now, row.lease_until)) | {"state": "unknown"}
        case CannotTell(reason, seconds):
            return _looked_up_in_vain(row, reason, seconds, now, numbers)


def settle(db: Connection, row: Row, outcome: Outcome | CannotTell, now: datetime, numbers: Leasing) -> bool:
    """Write what came of a message; False, and nothing written, where the lease was lost: then somebody else has it."""
    tried = not isinstance(outcome, NotSent | Skipped | CannotTell)
    kept = {"finished_at": None, "reference": None, "lookups": row.lookups, "attempts": row.attempts + tried}
    which = {"row_id": row.id, "token": row.token}
    written = db.execute(_SETTLE, which | kept | after(row, outcome, now, numbers)).rowcount == 1
    if isinstance(outcome, Sent) and outcome.place and outcome.place != row.place:
        here = (places.c.kind == row.kind) & (places.c.recipient == row.recipient)
        db.execute(update(places).where(here).values(place=outcome.place))
    may_die("settling")
    return written


def report(db: Connection, name: str, reason: str, at: datetime) -> None:
    """Write down what keeps messages back, for `health`."""
    dialect = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    values = {"reason": reason, "at": at}
    told = dialect(troubles).values(values | {"name": name})
    db.execute(told.on_conflict_do_update(index_elements=["name"], set_=values))


def is_over(db: Connection, name: str) -> None:
    """Take back what `report` wrote."""
    db.execute(delete(troubles).where(troubles.c.name == name))


def lookup_pause(lookups: int, numbers: Leasing) -> float:
    """Seconds until the next look-up after so many failed ones: twice as long each time."""
    return float(min(FIRST_LOOKUP * 2**lookups, LONGEST_LOOKUP)) * numbers.seconds


def _looked_up_in_vain(row: Row, reason: str, seconds: float | None, now: datetime, numbers: Leasing) -> dict[str, Any]:
    # Being asked to come again says nothing about this message; but past its time somebody must know.
    if seconds is not None and now <= row.latest:
        # Spread a little, so that not everybody comes at once.
        pause = min(seconds, LONGEST_PAUSE) + random.uniform(0, FIRST_LOOKUP * numbers.seconds)
        return _open(row, reason, now + timedelta(seconds=pause)) | {"state": "unknown"}
    lookups = row.lookups + 1
    if lookups >= numbers.lookups:
        return {"state": "waiting", "ready_at": None, "reason": "looked_up_in_vain", "lookups": lookups}
    again = now + timedelta(seconds=lookup_pause(row.lookups, numbers))
    return _open(row, reason, again) | {"state": "unknown", "lookups": lookups}


def _final(state: str, reason: str | None, now: datetime) -> dict[str, Any]:
    return {"state": state, "reason": reason, "ready_at": None, "finished_at": now}


def _open(row: Row, reason: str | None, ready_at: datetime) -> dict[str, Any]:
    """What may have been sent is looked up again, whatever came between."""
    return {"state": "unknown" if row.uncertain else "pending", "reason": reason, "ready_at": ready_at}
