"""Records in the ledger what a file says about consent, but only where that changes what counts now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any

from sqlalchemy import insert, or_, select, update

from customers.tables import consents
from sources.intake import BATCH, Waiting
from sources.merging.run import Run

PURPOSES = ("service", "marketing")
CHANNELS = {"consent_email": "email", "consent_sms": "sms"}
BY_IMPORT = "import"


def record_consents(run: Run, waiting: Waiting) -> None:
    """Write a ledger row for each channel and purpose whose newest state the file changes.

    A bare yes does not undo a withdrawal that reached us in another way than by import: an old export must not send
    to somebody who has unsubscribed since. A later day does, by the tenant's clocks.
    """
    if not any(waiting.has(column) for column in CHANNELS):
        return
    rows, db = waiting.rows, run.db
    some_word = or_(rows.c.consent_email.is_not(None), rows.c.consent_sms.is_not(None))
    said = select(rows.c.id, rows.c.consent_email, rows.c.consent_sms).where(some_word).order_by(rows.c.id)
    for some in db.execute(said.execution_options(yield_per=BATCH)).partitions():
        newest = {
            (row.customer_id, row.channel, row.purpose): row
            for row in db.execute(
                select(consents)
                .where(consents.c.customer_id.between(some[0].id, some[-1].id))
                .order_by(consents.c.at, consents.c.id)
            )
        }
        fresh = [entry for row in some for entry in _entries(row, newest, run.now, run.zone)]
        if fresh:
            db.execute(insert(consents), fresh)
            ids = sorted({entry["customer_id"] for entry in fresh})
            for start in range(0, len(ids), 500):  # far below the number of values that a statement may have
                changed = rows.c.id.in_(ids[start : start + 500])
                db.execute(update(rows).where(changed, rows.c.change.is_(None)).values(change=1))


def _entries(
    row: Any, newest: dict[tuple[int, str, str], Any], now: datetime, zone: tzinfo
) -> Iterator[dict[str, Any]]:
    for column, channel in CHANNELS.items():
        word = getattr(row, column)
        if word is None:
            continue
        dated = word not in ("yes", "no")
        at = datetime.combine(date.fromisoformat(word), time(), zone).astimezone(UTC) if dated else now
        for purpose in PURPOSES:
            known = newest.get((row.id, channel, purpose))
            if known is not None and not _changes(known, word != "no", at, dated):
                continue
            yield {
                "customer_id": row.id,
                "channel": channel,
                "purpose": purpose,
                "given": word != "no",
                "at": at,
                "how": BY_IMPORT,
            }


def _changes(known: Any, given: bool, at: datetime, dated: bool) -> bool:
    if known.given == given or at <= known.at:
        return False
    return dated or not given or known.how == BY_IMPORT
