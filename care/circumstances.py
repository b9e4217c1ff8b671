"""Reads what must be known before a message may go: consent, earlier messages, complaints, what is overdue."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Connection, bindparam, func, select

from care import consents, occasions, reaching, suppressions
from care.checks import MARKETING, MONTH_DAYS, Circumstances
from care.outreach_policy import Policy
from care.reaching import Reach
from customers.computed_tables import customer_facts
from customers.groups import chunks
from customers.outreach_tables import batches, drafts
from customers.tables import customers


@dataclass(frozen=True)
class Intended:
    """A message that is meant to go; `draft_id` is None before it is written down.

    `day` is that of its occasion, after which it would come too late.
    """

    customer_id: int
    channel: str
    purpose: str
    template: str
    recipient: str | None
    text: str
    draft_id: int | None = None
    day: date | None = None


def intended(draft: Any) -> Intended:
    """A draft (a row of that table) as a message that is meant to go."""
    return Intended(
        draft.customer_id, draft.channel, draft.purpose, draft.template, draft.recipient, draft.text, draft.id,
        occasions.day_of(draft.given),
    )  # fmt: skip


class _Earlier(NamedTuple):
    draft_id: int
    purpose: str
    template: str
    text: str
    day: date


def circumstances(
    db: Connection,
    intended: Sequence[Intended],
    reached: Mapping[int, Reach],
    policy: Policy,
    *,
    now: datetime,
    zone: tzinfo,
) -> list[Circumstances]:
    """What is known of each message, in their order; `zone` is the tenant's, in which days are counted."""
    ids = {each.customer_id for each in intended}
    allowed = consents.current(db, ids)
    addresses = [(each.channel, each.recipient) for each in intended if each.recipient]
    stopped = suppressions.suppressed(db, addresses)
    where = [(each.customer_id, each.channel, each.recipient) for each in intended if each.recipient]
    moved = reaching.strangers(db, where, reached, region=policy.region)
    earlier, open_points = _earlier(db, ids, policy, now, zone), _open_points(db, ids)
    found = []
    for each in intended:
        state = allowed.get(each.customer_id, {}).get((each.channel, each.purpose))
        complaint, overdue = open_points.get(each.customer_id, (None, None))
        others = [one for one in earlier.get(each.customer_id, ()) if one.draft_id != each.draft_id]
        month = now.astimezone(zone).date() - timedelta(days=MONTH_DAYS)
        found.append(
            Circumstances(
                channel=each.channel,
                purpose=each.purpose,
                recipient=each.recipient,
                text=each.text,
                zone=reached[each.customer_id].zone if each.customer_id in reached else policy.zone,
                consent=None if state is None else state.given,
                consent_since=None if state is None else state.at.astimezone(zone).date(),
                suppressed=stopped.get((each.channel, each.recipient or "")),
                moved=(each.customer_id, each.channel, each.recipient) in moved,
                recent=sum(one.day > month for one in others),
                last_offer=max((one.day for one in others if one.purpose == MARKETING), default=None),
                same_text=max((one.day for one in others if _is_same(one, each)), default=None),
                complaint=complaint,
                overdue=overdue,
                day=each.day,
            )
        )
    return found


def _is_same(before: _Earlier, now: Intended) -> bool:
    return before.template == now.template or bool(now.text and before.text == now.text)


def _earlier(
    db: Connection, ids: Collection[int], policy: Policy, now: datetime, zone: tzinfo
) -> dict[int, list[_Earlier]]:
    """Messages that have gone or are about to, as far back as any check looks."""
    longest = max(MONTH_DAYS, policy.frequency_days, policy.same_text_days)
    since = now - timedelta(days=longest + 1)
    found: dict[int, list[_Earlier]] = {}
    for some in chunks(ids):
        for row in db.execute(_GOING, {"some": some, "since": since}):
            one = _Earlier(row.id, row.purpose, row.template, row.text, row.at.astimezone(zone).date())
            found.setdefault(row.customer_id, []).append(one)
    return found


def _open_points(db: Connection, ids: Collection[int]) -> dict[int, tuple[Any, Any]]:
    """The day of the open complaint and the overdue balance of each customer who has one of them."""
    return dict(_points(db, ids))


def _points(db: Connection, ids: Collection[int]) -> Iterator[tuple[int, tuple[Any, Any]]]:
    for some in chunks(ids):
        for row in db.execute(_POINTS, {"some": some}):
            yield row.id, (row.open_complaint, row.overdue)


# Statements that are made once: they are asked before each message leaves, and making them anew would cost more than
# running them.
_SOME: BindParameter[int] = bindparam("some", expanding=True)
_WHEN = func.coalesce(drafts.c.sent_at, batches.c.send_at)
_GOING = (
    select(drafts.c.customer_id, drafts.c.id, drafts.c.purpose, drafts.c.template, drafts.c.text, _WHEN.label("at"))
    .join(batches, batches.c.id == drafts.c.batch_id)
    .where(drafts.c.customer_id.in_(_SOME), drafts.c.state.in_(("approved", "held", "sent")))
    .where(bindparam("since", type_=drafts.c.sent_at.type) < _WHEN)
)
_POINTS = (
    select(customers.c.id, customers.c.overdue, customer_facts.c.open_complaint)
    .outerjoin(customer_facts, customer_facts.c.customer_id == customers.c.id)
    .where(customers.c.id.in_(_SOME))
)
