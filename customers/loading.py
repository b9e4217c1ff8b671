"""Shows one customer to one person: in full or masked, never without an entry in the access log."""

from __future__ import annotations

import json
from collections import namedtuple
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, bindparam, false, func, literal_column, not_, select

from customers import cards, groups
from customers.computed_tables import customer_cards, customer_facts
from customers.erased import ERASED
from customers.groups import Scope
from customers.looks import Looks
from customers.outlook_tables import outlooks
from customers.reps import Person
from customers.sight import Sight
from customers.tables import customers, reps
from database.engine import Database
from database.keyed import KeyedRead

_CUSTOMER = customers.c.keys()
_FACTS = customer_facts.c.keys()
# Whose outlook it is, the facts say.
_OUTLOOK = [column for column in outlooks.c if column.name != "customer_id"]
# Plain tuples with names, made from the tables themselves, so that a new column needs no second list.
CustomerRow = namedtuple("CustomerRow", _CUSTOMER)  # type: ignore[misc]
FactsRow = namedtuple("FactsRow", _FACTS)  # type: ignore[misc]
OutlookRow = namedtuple("OutlookRow", [column.name for column in _OUTLOOK])  # type: ignore[misc]

# What a masked card may know: whose customer it is, what it is called, where it stands. Everything else is left out,
# so that nobody can show it by mistake; a new column is hidden until somebody names it here.
OPEN_CUSTOMER = frozenset({"id", "key", "name", "folded_name", "kind", "parent_id", "owner_id", "city", "language"})
OPEN_FACTS = frozenset({"customer_id", "computed_on", "loyalty", "loyalty_since", "stage", "stage_since"})
OPEN_SHOWN = frozenset({"parent"})
# Amounts of a parent's facts that are known of its whole group only, and what stands for them where that is hidden.
OF_THE_GROUP: dict[str, Any] = {
    **dict.fromkeys(("profit_year", "profit_year_before", "spend_half", "spend_half_before", "at_stake"), Decimal(0)),
    **dict.fromkeys(("average_order", "rfm")),
}

# One read by primary key; built once, so that SQLAlchemy compiles it once.
_ONE = KeyedRead(
    select(*customers.c, *customer_facts.c, *_OUTLOOK, customer_cards.c.shown, reps.c.name.label("owner_name"))
    .select_from(customers)
    .outerjoin(customer_facts, customer_facts.c.customer_id == customers.c.id)
    .outerjoin(outlooks, outlooks.c.customer_id == customers.c.id)
    .outerjoin(customer_cards, customer_cards.c.customer_id == customers.c.id)
    .outerjoin(reps, reps.c.id == customers.c.owner_id)
    .where(customers.c.id == bindparam("wanted"), customers.c.kind != literal_column(f"'{ERASED}'"))
)


@dataclass(frozen=True)
class Seen:
    """A customer as one person may see it.

    `customer` has the columns of the table customers, `facts` those of customer_facts (None before the first facts),
    `shown` is what the card shows beside them, `outlook` has the columns of outlooks: what is to be expected of the
    customer (None before anybody was judged). Where `full` is False, hidden columns are None and hidden parts absent.
    """

    customer: Any
    facts: Any | None
    shown: dict[str, Any]
    owner_name: str | None
    full: bool
    outlook: Any | None = None

    def masked(self) -> Seen:
        """The same without everything that is hidden from others, for sharing with a channel."""
        return replace(
            self,
            customer=_only(self.customer, OPEN_CUSTOMER),
            facts=None if self.facts is None else _only(self.facts, OPEN_FACTS),
            shown={part: value for part, value in self.shown.items() if part in OPEN_SHOWN},
            full=False,
            outlook=None,
        )


def load(database: Database, looks: Looks, person: Person, customer_id: int, what: str = "card") -> Seen | None:
    """Load a customer for a person, write that down, and only then return it; None if there is no such customer.

    Of a parent account with a customer that this person does not see in full, no amount, order or product is the
    group's: they are the parent's own, or left out. `what` names the way of looking in the access log; a masked look is
    logged as such.
    """
    rows = _ONE.rows(database, wanted=customer_id)
    if not rows:
        return None
    seen = _seen(rows[0])
    if not person.sight.full(seen.customer.owner_id):
        seen = seen.masked()
    elif seen.facts is not None and seen.facts.group_customers > 1:
        with database.reading() as db:
            if _hides_some(db, person.sight, customer_id):
                seen = _on_its_own(db, seen)
    looks.record(person.id, customer_id, what if seen.full else f"masked {what}")
    return seen


def _seen(row: Any) -> Seen:
    """A row of `_ONE`, in full."""
    facts_end = len(_CUSTOMER) + len(_FACTS)
    outlook_end = facts_end + len(_OUTLOOK)
    customer: Any = CustomerRow._make(row[: len(_CUSTOMER)])
    facts: Any = FactsRow._make(row[len(_CUSTOMER) : facts_end])
    outlook: Any = OutlookRow._make(row[facts_end:outlook_end])
    known = None if facts.customer_id is None else facts
    judged = None if outlook.judged_on is None else outlook
    return Seen(customer, known, row[outlook_end] or {}, row[outlook_end + 1], full=True, outlook=judged)


def _hides_some(db: Connection, sight: Sight, parent_id: int) -> bool:
    """Whether somebody in the group of a parent is hidden from a person with this sight."""
    pairs = groups.members(customers.c.id == parent_id)
    hidden = select(customers.c.id).join(pairs, pairs.c.member == customers.c.id)
    hidden = hidden.where(not_(func.coalesce(sight.clause(), false())))  # compared with nobody, an owner is unknown
    return db.execute(hidden.limit(1)).first() is not None


def _on_its_own(db: Connection, seen: Seen) -> Seen:
    """A parent without what its group brought, or what is expected of it.

    Days and numbers of purchases, loyalty and stage stay the group's.
    """
    own = json.loads(cards.load(db, Scope([seen.customer.id]), None)[seen.customer.id].shown)
    facts: Any = seen.facts
    alone = facts._replace(**OF_THE_GROUP, spend=facts.own_spend, spend_year=facts.own_spend_year, group_customers=1)
    return replace(
        seen, facts=alone, shown={**seen.shown, "orders": own["orders"], "products": own["products"]}, outlook=None
    )


def _only(row: Any, allowed: frozenset[str]) -> Any:
    return row._make(value if name in allowed else None for name, value in zip(row._fields, row, strict=True))
