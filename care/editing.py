"""Replaces the words of a draft by those of a person, as far as they can be sent."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from care import draft_life, reaching
from care.outreach_policy import Policy
from customers.outreach_tables import drafts
from words.errors import BadInput
from words.rendering import LONGEST_SUBJECT, LONGEST_TEXT, lines_seen
from words.speech import CHINESE
from words.templates import EMAIL, SMS


def edit(db: Connection, policy: Policy, draft_id: int, subject: str, text: str, *, by: int, at: datetime) -> None:
    """Replace the words of a draft that is still proposed; raises `BadInput` for words that could not be sent.

    If the customer has another address by now it goes there.
    """
    mine = select(drafts).where(drafts.c.id == draft_id)
    draft_life.hold(db, [row.batch_id for row in db.execute(mine)])
    row = db.execute(mine).first()
    if row is None:
        raise BadInput("This draft is not here any more.")
    subject, text = " ".join(lines_seen(subject).split()), lines_seen(text)
    refuse_unsendable(row.channel, row.language, row.purpose, subject, text, policy, row.token)
    draft_life.move(db, [draft_id], "edited", by=by, at=at)
    values = {"subject": subject, "text": text, "edited_by": by, "recipient": _recipient(db, policy, row)}
    db.execute(update(drafts).where(drafts.c.id == draft_id).values(values))


def _recipient(db: Connection, policy: Policy, draft: Any) -> str | None:
    """Where a draft goes: as written, if somebody is still reached there; a message to a contact to that contact."""
    reached = reaching.reach(db, [draft.customer_id], region=policy.region, zone=policy.zone)
    written = (draft.customer_id, draft.channel, draft.recipient)
    if draft.recipient and not reaching.strangers(db, [written], reached, region=policy.region):
        return str(draft.recipient)
    person = draft.given.get("person")
    if person is not None:
        return reaching.of_contact(db, draft.customer_id, person, draft.channel, region=policy.region)
    way = reached.get(draft.customer_id)
    return None if way is None else way.addresses.get(draft.channel)


def refuse_unsendable(
    channel: str, language: str, purpose: str, subject: str, text: str, policy: Policy, token: str
) -> None:
    """Raise `BadInput` for words that are empty, too long, or without what every message carries."""
    if not text or (channel == EMAIL and not subject):
        raise BadInput("A message needs words, and an e-mail a subject.")
    if len(text) > LONGEST_TEXT[channel] or len(subject) > LONGEST_SUBJECT:
        raise BadInput("This message is too long: {most} characters at most.", most=LONGEST_TEXT[channel])
    link = policy.unsubscribe(token)
    if channel == EMAIL and purpose == "marketing" and not re.search(re.escape(link) + r"(?![\w-])", text):
        raise BadInput("Keep the way to unsubscribe in the text: {link}", link=link)
    if channel == SMS and language == CHINESE:
        if not (text.startswith(f"【{policy.company}】") and text.endswith("拒收请回复R")):
            raise BadInput(
                "A Chinese text message begins with {begin} and ends with {end}.",
                begin=f"【{policy.company}】",
                end="拒收请回复R",
            )
    elif channel == SMS and not (policy.company in text and text.endswith("Reply STOP to opt out")):
        raise BadInput(
            "A text message names {company} and ends with “{end}”.", company=policy.company, end="Reply STOP to opt out"
        )
