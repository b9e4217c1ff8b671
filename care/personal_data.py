"""What we hold about one customer: every table in which something of a customer stands, and what erasing leaves of it.

A test compares this list with all tables that there are, so that a new one cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Table, or_, select

from customers.alert_tables import alert_messages, alert_votes, alerts
from customers.computed_tables import customer_cards, customer_facts, search_grams, search_names, stage_spans
from customers.notice_tables import notices
from customers.outlook_tables import outlooks
from customers.outreach_tables import assignments, batches, draft_cards, draft_steps, drafts, erasures
from customers.tables import (
    access_log,
    consents,
    contacts,
    corrections,
    customer_tags,
    customers,
    interactions,
    order_lines,
    orders,
)
from customers.work_tables import follow_up_steps, follow_ups
from delivery.health import FINAL
from delivery.tables import outbox
from words.speech import message

GOES, EMPTIED, STAYS = FATES = ("goes", "emptied", "stays")
"""What becomes of rows when their customer is erased: deleted, kept without the words in them, or kept as they are."""

BOOKS = message(
    "the law on book-keeping asks for them, such as HGB § 257 and AO § 147 in Germany, 会计档案管理办法 in China; "
    "your operator knows the law of your country"
)
PROOF = message("they prove that we were allowed to write")
FIGURES = message("the figures of campaigns rest on them; no words are in them")
WHO_LOOKED = message("who looked must stay known; no names are in it")
KNOWN_AGAIN = message("so that nobody writes there, and no old export brings the customer back")
RIGHT_HERE = message("an empty entry to which the kept rows belong")


@dataclass(frozen=True)
class Holding:
    """Rows of one table that are about a customer: `of` is the condition for a customer's id.

    `fate` is GOES, EMPTIED or STAYS, `why` says for what reason something stays, `empties` what emptied columns hold
    afterwards. An export shows all columns, or `only` these; what is not `shown` repeats what others hold. Under
    `called` it stands in an export, where that is not the table's name.
    """

    table: Table
    of: Callable[[int], ColumnElement[bool]]
    fate: str
    why: str = ""
    empties: Mapping[str, Any] = field(default_factory=dict)
    shown: bool = True
    only: tuple[str, ...] = ()
    called: str = ""
    alone: Callable[[int], ColumnElement[bool]] | None = None

    @property
    def emptied(self) -> Callable[[int], ColumnElement[bool]]:
        """The rows whose words go: those about this customer alone, where a row is about several or is still needed."""
        return self.alone or self.of

    @property
    def name(self) -> str:
        """Under which name it stands in an export."""
        return self.called or self.table.name


def _by_customer(table: Table) -> Callable[[int], ColumnElement[bool]]:
    return lambda customer_id: table.c.customer_id == customer_id


def _below(table: Table, link: str, above: Table) -> Callable[[int], ColumnElement[bool]]:
    """The rows that belong to rows of another table with a `customer_id`."""
    return lambda customer_id: table.c[link].in_(select(above.c.id).where(above.c.customer_id == customer_id))


def _batches(customer_id: int) -> ColumnElement[bool]:
    mine = select(drafts.c.batch_id).where(drafts.c.customer_id == customer_id)
    about = select(alerts.c.id).where(alerts.c.customer_id == customer_id)
    return or_(batches.c.id.in_(mine), batches.c.alert_id.in_(about))


def _batches_alone(customer_id: int) -> ColumnElement[bool]:
    """The batches of this customer alone: what people said of others stays."""
    others = select(drafts.c.batch_id).where(drafts.c.customer_id != customer_id)
    return _batches(customer_id) & batches.c.id.not_in(others)


def _cards(customer_id: int) -> ColumnElement[bool]:
    return draft_cards.c.batch_id.in_(select(batches.c.id).where(_batches(customer_id)))


def to_customer(customer_id: int) -> ColumnElement[bool]:
    """The messages of the outbox that go to a customer."""
    mine = select(drafts.c.outbox_id).where(drafts.c.customer_id == customer_id, drafts.c.outbox_id.is_not(None))
    return outbox.c.id.in_(mine)


def to_people(customer_id: int) -> ColumnElement[bool]:
    """The messages to our own people in which an alert or a draft of a customer stands, with their later versions."""
    told = select(alert_messages.c.outbox_id).join(alerts, alerts.c.message_id == alert_messages.c.id)
    told = told.where(alerts.c.customer_id == customer_id, alert_messages.c.outbox_id.is_not(None))
    asked = select(draft_cards.c.outbox_id).where(_cards(customer_id), draft_cards.c.outbox_id.is_not(None))
    return or_(*(column.in_(which) for column in (outbox.c.id, outbox.c.earlier_id) for which in (told, asked)))


def _over(customer_id: int) -> ColumnElement[bool]:
    """Those of them that were said; from the others `care.forgetting` takes the customer out."""
    return to_people(customer_id) & outbox.c.state.in_(FINAL)


NOBODY: dict[str, Any] = {
    "key": None, "parent_id": None, "owner_id": None, "industry": None, "size": None, "region": None, "city": None,
    "country": None, "source": None, "email": None, "phone": None, "birthday": None, "birthday_is_lunar": False,
    "birthday_year_known": True, "language": None, "time_zone": None, "credit_limit": None, "overdue": None,
}  # fmt: skip
"""What is left in the row of a customer who was erased; name and kind say that this is one (`customers.erased`)."""

WORDLESS: dict[str, Any] = {"recipient": None, "subject": "", "text": "", "written": {}, "given": {}, "reason": None}
"""A draft without its words: steps, moments and outcome stay for the figures."""

FREE: dict[str, Any] = {"segment": None, "occasion": None, "reason": None}
"""A batch without what people wrote, and without the birthday for which it was."""

HOLDINGS: tuple[Holding, ...] = (
    Holding(customers, lambda customer_id: customers.c.id == customer_id, EMPTIED, RIGHT_HERE, NOBODY),
    Holding(contacts, _by_customer(contacts), GOES),
    Holding(customer_tags, _by_customer(customer_tags), GOES),
    Holding(customer_facts, _by_customer(customer_facts), GOES),
    Holding(outlooks, _by_customer(outlooks), GOES),
    Holding(stage_spans, _by_customer(stage_spans), GOES),
    Holding(consents, _by_customer(consents), STAYS, PROOF),
    Holding(orders, _by_customer(orders), STAYS, BOOKS),
    Holding(order_lines, _below(order_lines, "order_id", orders), STAYS, BOOKS),
    Holding(interactions, _by_customer(interactions), GOES),
    Holding(follow_ups, _by_customer(follow_ups), GOES),
    Holding(follow_up_steps, _below(follow_up_steps, "follow_up_id", follow_ups), GOES),
    Holding(alerts, _by_customer(alerts), GOES),
    Holding(alert_votes, _below(alert_votes, "alert_id", alerts), GOES),
    Holding(notices, _by_customer(notices), GOES),
    Holding(batches, _batches, EMPTIED, FIGURES, FREE, alone=_batches_alone),
    Holding(drafts, _by_customer(drafts), EMPTIED, FIGURES, WORDLESS),
    Holding(draft_steps, _below(draft_steps, "draft_id", drafts), EMPTIED, FIGURES, {"reason": None}),
    Holding(draft_cards, _cards, STAYS, FIGURES),
    Holding(outbox, to_customer, EMPTIED, FIGURES, {"payload": None, "recipient": ""}),
    Holding(
        outbox, to_people, EMPTIED, FIGURES, {"payload": None},
        only=("id", "job", "kind", "action", "state", "due", "finished_at", "reason"), called="messages_to_our_people",
        alone=_over,
    ),
    Holding(assignments, _by_customer(assignments), STAYS, FIGURES),
    Holding(corrections, _by_customer(corrections), GOES),
    Holding(access_log, _by_customer(access_log), STAYS, WHO_LOOKED),
    # What is computed from the rows above, and only repeats them.
    Holding(customer_cards, _by_customer(customer_cards), GOES, shown=False),
    Holding(search_names, _by_customer(search_names), GOES, shown=False),
    Holding(search_grams, _by_customer(search_grams), GOES, shown=False),
    # Only of a customer who was erased, of whom nothing is left to show.
    Holding(erasures, _by_customer(erasures), STAYS, KNOWN_AGAIN, shown=False),
)  # fmt: skip
