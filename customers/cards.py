"""Keeps ready what a card shows beside the facts: orders, products, contacts, tags, consent, what is open."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from json.encoder import encode_basestring as quoted
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, select, update

from customers import card_rows, groups
from customers.computed_tables import customer_cards, customer_facts
from customers.erased import ERASED
from customers.groups import Scope
from customers.tables import customers
from customers.writing import take_turns, write_rows
from database.types import MONEY_SCALE

COLUMNS = ("customer_id", "shown")
# Columns of customer_facts that come from here, in the order of `Shown.facts`.
FACT_COLUMNS = ("open_complaint", "last_score", "last_interaction", "next_follow_up")
# As much of what was said fits into one line of a card.
TEXT = 140


# An order of a card: key, day, amount in whole ten-thousandths, currency, status.
NewestOrder = tuple[str, Any, int, str, str | None]
FactsOfCard = tuple[str | None, int | None, str | None, str | None]


class Shown(NamedTuple):
    """What a card shows, as JSON text, and the facts that come with it (see FACT_COLUMNS; days as ISO text)."""

    shown: str
    facts: FactsOfCard


def refresh(db: Connection, only: Collection[int]) -> None:
    """Bring the cards of some customers up to date, after an interaction, a tag, a consent, a correction or a promise.

    Their facts get the open complaint, the last score, the last interaction and the next follow-up. Sums are
    not computed anew. Customers without facts get a card all the same. Give it a transaction.
    """
    take_turns(db)
    known = set(db.scalars(select(customers.c.id).where(customers.c.id.in_(list(only)), customers.c.kind != ERASED)))
    parents = groups.parents(db, known)
    plain = known - parents
    scopes = [Scope(chunk) for chunk in groups.chunks(plain)]
    scopes += [Scope(chunk, grouped=True) for chunk in groups.chunks(parents)]
    for scope in scopes:
        shown = load(db, scope, None)
        db.execute(delete(customer_cards).where(customer_cards.c.customer_id.in_(list(shown))))
        write_rows(db, customer_cards, COLUMNS, [(id, card.shown) for id, card in shown.items()])
        values = [
            {
                "who": id,
                "complaint": _day(card.facts[0]),
                "score": card.facts[1],
                "interaction": _day(card.facts[2]),
                "follow_up": _day(card.facts[3]),
            }
            for id, card in shown.items()
        ]
        if values:
            db.execute(
                update(customer_facts)
                .where(customer_facts.c.customer_id == bindparam("who"))
                .values(
                    open_complaint=bindparam("complaint"),
                    last_score=bindparam("score"),
                    last_interaction=bindparam("interaction"),
                    next_follow_up=bindparam("follow_up"),
                ),
                values,
            )


def load(
    db: Connection,
    scope: Scope,
    today: date | None,
    *,
    newest: Mapping[int, Sequence[NewestOrder]] | None = None,
    with_lines: bool = True,
) -> dict[int, Shown]:
    """Read what the cards of some customers show; orders and products of a parent are those of its whole group.

    With `today` nothing later is seen; a moment counts until the end of the day after in UTC, since it may still be
    today further west. Whoever knows the newest orders, or that no order has lines, says so and saves the reading.
    """
    own = Scope(scope.ids, whole=scope.whole)
    found: dict[int, dict[str, Any]] = {}  # only what is not empty: most customers have nothing but orders
    for customer, parent in db.execute(card_rows.parents_of(own)):
        _card(found, customer)["parent"] = parent
    for customer, children in db.execute(card_rows.children_of(own)):
        _card(found, customer)["children"] = children
    if newest is None:
        newest = _newest_orders(db, scope, today)
    if with_lines:
        for customer, name, spend in db.execute(card_rows.top_products_of(scope, today)):
            _card(found, customer)["products"].append({"name": name, "spend": f"{spend:.2f}"})
    for customer, name, title, phone, email in db.execute(card_rows.contacts_of(own)):
        contact = {"name": name, "title": title, "phone": phone, "email": email}
        _card(found, customer)["contacts"].append(contact)
    for customer, tag in db.execute(card_rows.tags_of(own)):
        _card(found, customer)["tags"].append(tag)
    for customer, channel, purpose, given, at in db.execute(card_rows.consents_of(own, today)):
        _card(found, customer)["consent"][f"{channel}:{purpose}"] = {"given": given, "on": _day_in_utc(at)}
    about = _add_interactions(db, own, today, found)
    promised = _add_follow_ups(db, own, found)
    nothing = (None, None, None)
    return {
        id: Shown(_as_json(newest.get(id, ()), found.get(id, _EMPTY)), (*about.get(id, nothing), promised.get(id)))
        for id in scope.ids
    }


def _newest_orders(db: Connection, scope: Scope, today: date | None) -> dict[int, list[NewestOrder]]:
    newest: dict[int, list[NewestOrder]] = {}
    for customer, key, day, amount, currency, status in db.execute(card_rows.newest_orders_of(scope, today)):
        newest.setdefault(customer, []).append((key, day, amount, currency, status))
    return newest


def _empty() -> dict[str, Any]:
    return {
        "products": [],
        "contacts": [],
        "tags": [],
        "consent": {},
        "interactions": [],
        "complaints": [],
        "follow_ups": [],
        "parent": None,
        "children": 0,
    }


_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_EMPTY = _write(_empty())


def _as_json(newest: Sequence[NewestOrder], beside: dict[str, Any] | str) -> str:
    """A card as text. Orders are most of a card, and writing them down directly takes a third of the encoder's time."""
    orders = ",".join([_order(*order) for order in newest])
    rest = beside if isinstance(beside, str) else _write(beside)
    return f'{{"orders":[{orders}],{rest[1:]}'


def _card(found: dict[int, dict[str, Any]], customer: int) -> dict[str, Any]:
    """What a customer's card shows beside orders; one that just appears among the others gets what nobody keeps."""
    return found.get(customer) or found.setdefault(customer, _empty())


def _order(key: str, day: date | str, amount: int, currency: str, status: str | None) -> str:
    said = "null" if status is None else quoted(status)
    named = f'"key":{quoted(key)},"day":"{day}","amount":"{plain(amount)}"'
    return f'{{{named},"currency":{quoted(currency)},"status":{said}}}'


def plain(amount: int) -> str:
    """An amount in whole ten-thousandths as decimal text: two digits, or four where they are needed."""
    whole, part = divmod(abs(amount), MONEY_SCALE)
    digits = f"{part // 100:02d}" if part % 100 == 0 else f"{part:04d}"
    return f"{'-' if amount < 0 else ''}{whole}.{digits}"


def _add_interactions(
    db: Connection, scope: Scope, today: date | None, found: dict[int, dict[str, Any]]
) -> dict[int, tuple[str | None, int | None, str | None]]:
    """Add the newest interactions and the open complaints, those that wait longest first; returns the facts."""
    last_day: dict[int, str] = {}
    for row in db.execute(card_rows.interactions_of(scope, today)):
        last_day.setdefault(row.customer_id, row.at.date().isoformat())
        said = {"id": row.id, "at": row.at.isoformat(), "kind": row.kind, "text": row.text[:TEXT]}
        said |= {"rep": row.rep, "outcome": row.outcome}
        _card(found, row.customer_id)["interactions"].append(said)
    complaint: dict[int, str] = {}
    for row in db.execute(card_rows.complaints_of(scope, today)):
        on = row.at.date().isoformat()
        complaint.setdefault(row.customer_id, on)
        _card(found, row.customer_id)["complaints"].append({"id": row.id, "on": on, "text": row.text[:TEXT]})
    score = {row.customer_id: row.score for row in db.execute(card_rows.scores_of(scope, today))}
    return {id: (complaint.get(id), score.get(id), last_day[id]) for id in last_day}


def _add_follow_ups(db: Connection, scope: Scope, found: dict[int, dict[str, Any]]) -> dict[int, str]:
    """Add the follow-ups that wait, the next one first; returns the day of that one."""
    promised: dict[int, str] = {}
    for row in db.execute(card_rows.follow_ups_of(scope)):
        due = row.due.isoformat()
        promised.setdefault(row.customer_id, due)
        said = {"id": row.id, "due": due, "what": row.what[:TEXT], "rule": row.rule, "rep": row.rep}
        _card(found, row.customer_id)["follow_ups"].append(said)
    return promised


def _day_in_utc(moment: datetime | str) -> str:
    """The day of a moment, which SQLite gives as text in UTC and PostgreSQL in any zone."""
    return moment[:10] if isinstance(moment, str) else moment.astimezone(UTC).date().isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
