"""Keeps messages to customers going: who is to approve them, what became of them, and what nobody decided in time."""

from __future__ import annotations

from datetime import timedelta

from bot.desk import Desk
from bot.draft_messages import batches_of, redraw, tell, untold
from care import approvers, approving, consents, sending
from plugins import job


@job("outreach", rank=30)
def outreach(desk: Desk) -> None:
    """Show on the cards what became of messages, ask the next approver where one does not answer, end what is old."""
    policy, now = desk.settings.outreach, desk.now
    with desk.reading() as db:
        if not (
            sending.anything_settled(db)
            or approving.anything_late(db, policy, now)
            or untold(db)
            or consents.unwanted(db)
        ):
            return
    with desk.transaction() as db:
        changed = set(sending.settle(db, now).batches)
        # What an import withdrew; the other ways to withdraw stop it by themselves.
        changed.update(batches_of(db, consents.stop_unwanted(db, by=None, at=now)))
        changed.update(approving.expire(db, now - timedelta(days=policy.draft_days), now))
        asked = approvers.escalate(db, policy, now, desk.today)
        changed.update(batch_id for batch_id, _ in asked)
        told = redraw(db, desk, changed)
        for batch_id, rep_id in untold(db):
            told += tell(db, desk, batch_id, rep_id)
    if told:
        desk.wake()
