"""Writes drafts: for one customer, or for every customer of a segment, from a message template."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo
from typing import Any

from sqlalchemy import Connection, delete, exists, insert, select

from care import consents, draft_life, fields_for_words, reaching, suppressions
from care.approvers import needs_second
from care.checks import MARKETING
from care.outreach_policy import Policy
from care.reaching import Reach
from customers.holding import refuse_erased
from customers.outreach_tables import batches, drafts
from words.errors import BadInput, RekindleError
from words.rendering import MissingFields, Rendered, render
from words.speech import message
from words.templates import Template, templates

UNSUBSCRIBE = "unsubscribe"
UNWRITTEN = "unwritten"
"""The reason of a draft that could not be written; after a colon follow the fields that are missing."""
SAME_ADDRESS = f"{UNWRITTEN}_same_address"
# Drafts whose rows are written by one statement.
AT_ONCE = 500


@dataclass(frozen=True)
class Wanted:
    """What to write: the template's key, the channel (None: whichever suits the customer), what its author gives.

    `given` are fields of templates; days are dates. `segment`, `campaign_id`, `alert_id` and `occasion` say where it
    comes from. `recipient` is where it goes in place of the customer's own address of that channel: to one contact.
    """

    template: str
    channel: str | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    segment: str | None = None
    campaign_id: int | None = None
    alert_id: int | None = None
    occasion: str | None = None
    recipient: str | None = None


@dataclass(frozen=True)
class Proposed:
    """What was written: the batch and its drafts, and why some customers were left out."""

    batch_id: int
    draft_ids: tuple[int, ...]
    left_out: Mapping[int, RekindleError]


def choices(key: str) -> tuple[Template, ...]:
    """The template of a key in every channel and language; raises `BadInput` where there is none."""
    found = tuple(each for each in templates() if each.key == key)
    if not found:
        raise BadInput("There is no text “{key}”. Choose one of the list.", key=key)
    return found


def propose(
    db: Connection,
    policy: Policy,
    wanted: Wanted,
    customer_ids: Collection[int],
    *,
    by: int | None,
    at: datetime,
    today: date,
    zone: tzinfo,
) -> Proposed:
    """Write drafts for customers and keep them in the hands of their author, in the caller's transaction.

    Raises the reason where the text can be written to none of them; whoever is left out is named with the reason.
    """
    sorts = choices(wanted.template)
    reached = reaching.reach(db, customer_ids, region=policy.region, zone=policy.zone)
    asks = frozenset().union(*(sort.asks for sort in sorts))
    known = fields_for_words.known(db, list(reached), asks, company=policy.company, today=today, zone=zone)
    allowed = consents.current(db, reached) if wanted.channel is None else {}
    rows: list[dict[str, Any]] = []
    left_out: dict[int, RekindleError] = {}
    taken: set[suppressions.Address] = set()
    for customer_id in sorted(reached):
        way = reached[customer_id]
        try:
            sort = _sort(sorts, way, wanted.channel, policy, allowed.get(customer_id, {}))
            recipient = wanted.recipient or way.addresses.get(sort.channel)
            if sort.purpose == MARKETING:
                _once(taken, (sort.channel, recipient or ""))
            values = known[customer_id] | way.greeted(sort.channel)
            rows.append(_written(sort, customer_id, recipient, values, wanted.given, policy))
        except RekindleError as why:
            left_out[customer_id] = why
    if not rows:
        raise next(iter(left_out.values()), BadInput("This customer is not here any more."))
    written = len(rows)
    if wanted.segment is not None:  # whoever approves must see who gets nothing, and why
        rows += [_unwritten(sorts[0], id, reached[id], why) for id, why in left_out.items()]
    batch = {
        "template": wanted.template,
        "segment": wanted.segment,
        "campaign_id": wanted.campaign_id,
        "alert_id": wanted.alert_id,
        "occasion": wanted.occasion,
        "made_by": by,
        "made_at": at,
        "state": "making",
        "second_person": needs_second(db, policy, [row["customer_id"] for row in rows[:written]]),
    }
    batch_id = int(db.execute(insert(batches).values(batch).returning(batches.c.id)).scalar_one())
    ids: list[int] = []
    writing = insert(drafts).returning(drafts.c.id, sort_by_parameter_order=True)
    for start in range(0, len(rows), AT_ONCE):
        some = [row | {"batch_id": batch_id, "made_at": at} for row in rows[start : start + AT_ONCE]]
        ids += [int(id) for id in db.scalars(writing, some)]
    refuse_erased(db, [row["customer_id"] for row in rows])
    draft_life.begin(db, ids[:written], by=by, at=at)
    return Proposed(batch_id, tuple(ids[:written]), left_out)


def in_place_of(before: Any, template: str, given: Mapping[str, Any]) -> Wanted:
    """What to write in place of a draft (its row with the batch's alert and occasion): another text, or other fields.

    A message to one contact stays one to that contact, by the same channel.
    """
    wanted = Wanted(template, given=given, alert_id=before.alert_id, occasion=before.occasion)
    person = before.given.get("person")
    if before.occasion is None or person is None:
        return wanted
    return replace(wanted, channel=before.channel, given={**given, "person": person}, recipient=before.recipient)


def discard(db: Connection, batch_id: int) -> bool:
    """Take back a batch for which its author has not asked; nothing of it is kept.

    False where that is over, or where some of it was sent: what a customer has received stays known.
    """
    mine = (batches.c.id == batch_id) & (batches.c.state == "making")
    draft_life.hold(db, [batch_id])
    left = (drafts.c.batch_id == batch_id) & drafts.c.state.in_((draft_life.HELD, draft_life.SENT))
    if db.execute(select(batches.c.id).where(mine, ~exists().where(left))).first() is None:
        return False
    db.execute(delete(drafts).where(drafts.c.batch_id == batch_id))
    db.execute(delete(batches).where(mine))
    return True


def _sort(
    sorts: Sequence[Template], way: Reach, channel: str | None, policy: Policy, allowed: Mapping[Any, Any]
) -> Template:
    """The template in the customer's language, by the channel asked for or the first one that suits the customer."""
    spoken = [sort for sort in sorts if sort.language == way.language and channel in (None, sort.channel)]
    if not spoken:
        title = next((sort.title for sort in sorts if sort.language == way.language), sorts[0].title)
        raise BadInput("“{title}” is not there for this channel in the customer's language.", title=title)

    def fits(sort: Template) -> tuple[bool, bool, bool]:
        state = allowed.get((sort.channel, sort.purpose))
        return (
            not (state is not None and state.given and sort.channel in way.addresses),
            sort.channel not in way.addresses,
            sort.channel not in policy.channels,
        )

    return min(spoken, key=fits)  # of equals the first: e-mail


class SameAddress(BadInput):
    """Another customer of the same batch is reached at the same address, where one offer is enough."""


def _once(taken: set[suppressions.Address], there: suppressions.Address) -> None:
    """Take an address for one offer of a batch; raises `SameAddress` where another one goes there."""
    one = (there[0], suppressions.folded(*there))
    if there[1] and one in taken:
        raise SameAddress(message("Another customer of this batch has the same address, and gets it there."))
    taken.add(one)


def _written(
    sort: Template,
    customer_id: int,
    recipient: str | None,
    known: Mapping[str, Any],
    given: Mapping[str, Any],
    policy: Policy,
) -> dict[str, Any]:
    token = secrets.token_urlsafe(18)
    if UNSUBSCRIBE in sort.fields and not policy.can_unsubscribe:
        raise BadInput(
            "E-mails with offers need a way to unsubscribe: ask your operator to set PUBLIC_URL or UNSUBSCRIBE_MAILTO."
        )
    values = dict(known) | {name: value for name, value in given.items() if value not in (None, "")}
    finished: Rendered = render(sort, values | {UNSUBSCRIBE: policy.unsubscribe(token)})
    return {
        "customer_id": customer_id,
        "template": sort.key,
        "channel": sort.channel,
        "language": sort.language,
        "purpose": sort.purpose,
        "recipient": recipient,
        "subject": finished.subject,
        "text": finished.text,
        "written": {"subject": finished.subject, "text": finished.text},
        "given": {name: _storable(value) for name, value in given.items()},
        "state": draft_life.PROPOSED,
        "reason": None,
        "token": token,
    }


def _unwritten(sort: Template, customer_id: int, way: Reach, why: RekindleError) -> dict[str, Any]:
    """What is kept of a customer of a segment to whom the text cannot be written."""
    missing = ",".join(why.fields) if isinstance(why, MissingFields) else ""
    reason = SAME_ADDRESS if isinstance(why, SameAddress) else f"{UNWRITTEN}:{missing}" if missing else UNWRITTEN
    return {
        "customer_id": customer_id,
        "template": sort.key,
        "channel": sort.channel,
        "language": way.language,
        "purpose": sort.purpose,
        "recipient": None,
        "subject": "",
        "text": "",
        "written": {},
        "given": {},
        "state": draft_life.FAILED,
        "reason": reason,
        "token": secrets.token_urlsafe(18),
    }


def _storable(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
