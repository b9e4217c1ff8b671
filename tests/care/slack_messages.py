"""Messages to reps as they stand in the outbox, in whatever state."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from delivery import Message, put
from delivery.tables import outbox

NOW = datetime(2026, 6, 15, 9, 30, tzinfo=UTC)
SOON = NOW + timedelta(hours=3)


def slack_message(db, words, state, *, earlier=None, blocks=()):
    """Write one down; returns its id."""
    action = "update" if earlier else "post"
    told = Message("U1", {"text": words, "blocks": list(blocks)}, NOW, SOON, action=action, earlier=earlier)
    (row_id,) = put(db, "reminders", [told])
    done = {"state": state, "finished_at": NOW if state == "sent" else None, "reference": "D1 1.2"}
    db.execute(update(outbox).where(outbox.c.id == row_id).values(done))
    return row_id
