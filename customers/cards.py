"""Keeps ready what a card shows beside the facts: last orders, top products, contacts, tags, consent, complaints."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Double,
    Subquery,
    Table,
    and_,
    bindparam,
    cast,
    delete,
    func,
    or_,
    select,
    true,
    type_coerce,
    update,
)

from customers import groups
from customers.groups import Scope
from customers.history import NEWEST
from customers.tables import (
    consents,
    contacts,
    customer_cards,
    customer_facts,
    customer_tags,
    customers,
    interactions,
    order_lines,
    orders,
    products,
    reps,
)
from customers.writing import take_turns, write_rows
from database.types import MONEY_SCALE

COLUMNS = ("customer_id", "shown")
# Columns of customer_facts that come from here, in the order of `Shown.facts`.
FACT_COLUMNS = ("open_complaint", "last_score", "last_interaction")
# How much a card has room for.
PRODUCTS, CONTACTS, INTERACTIONS, COMPLAINTS, TEXT = 3, 3, 3, 3, 140


# An order of a card: key, day, amount in whole ten-thousandths, currency, status.
NewestOrder = tuple[str, Any, int, str, str | None]
FactsOfCard = tuple[str | None, int | None, str | None]


class Shown(NamedTuple):
    """What a card shows, as JSON text, and the facts that come with it (see FACT_COLUMNS; days as ISO text)."""

    shown: str
    facts: FactsOfCard


def refresh(db: Connection, only: Collection[int]) -> None:
    """Bring the cards of some customers up to date, after an interaction, a tag, a consent or a correction.

    Their facts get the open complaint, the last score and the last interaction. Sums are not computed anew. Customers
    without facts get a card all the same. Give it a transaction.
    """
    take_turns(db)
    known = set(db.scalars(select(customers.c.id).where(customers.c.id.in_(list(only)))))
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
    found = {customer: _empty() for customer in scope.ids}
    for customer, parent in db.execute(_parents(own)):
        _card(found, customer)["parent"] = parent
    for customer, children in db.execute(_children(own)):
        _card(found, customer)["children"] = children
    if newest is None:
        for customer, *order in db.execute(_newest_orders(scope, today)):
            _card(found, customer)["orders"].append(_order(*order))
    else:
        for customer, known in newest.items():
            _card(found, customer)["orders"] = [_order(*order) for order in known]
    if with_lines:
        for customer, name, spend in db.execute(_top_products(scope, today)):
            _card(found, customer)["products"].append({"name": name, "spend": f"{spend:.2f}"})
    for customer, name, title, phone, email in db.execute(_contacts(own)):
        contact = {"name": name, "title": title, "phone": phone, "email": email}
        _card(found, customer)["contacts"].append(contact)
    for customer, tag in db.execute(_tags(own)):
        _card(found, customer)["tags"].append(tag)
    for row in db.execute(_consents(own, today)):  # the newest comes last and stays
        state = {"given": row.given, "on": row.at.date().isoformat()}
        _card(found, row.customer_id)["consent"][f"{row.channel}:{row.purpose}"] = state
    about = _add_interactions(db, own, today, found)
    write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    nothing = (None, None, None)
    return {id: Shown(write(found[id]), about.get(id, nothing)) for id in scope.ids}


def _empty() -> dict[str, Any]:
    return {
        "orders": [],
        "products": [],
        "contacts": [],
        "tags": [],
        "consent": {},
        "interactions": [],
        "complaints": [],
        "parent": None,
        "children": 0,
    }


def _card(found: dict[int, dict[str, Any]], customer: int) -> dict[str, Any]:
    """The card of a customer; one that appeared while a whole range was read gets a card that nobody keeps."""
    return found.get(customer) or found.setdefault(customer, _empty())


def _order(key: str, day: date | str, amount: int, currency: str, status: str | None) -> dict[str, Any]:
    return {"key": key, "day": str(day), "amount": plain(amount), "currency": currency, "status": status}


def plain(amount: int) -> str:
    """An amount in whole ten-thousandths as decimal text: two digits, or four where they are needed."""
    whole, part = divmod(abs(amount), MONEY_SCALE)
    digits = f"{part // 100:02d}" if part % 100 == 0 else f"{part:04d}"
    return f"{'-' if amount < 0 else ''}{whole}.{digits}"


def _parents(scope: Scope) -> Any:
    above = customers.alias("above")
    named = select(customers.c.id, above.c.name).join(above, above.c.id == customers.c.parent_id)
    return named.where(scope.within(customers.c.id))


def _children(scope: Scope) -> Any:
    counted = select(customers.c.parent_id, func.count()).where(scope.within(customers.c.parent_id))
    return counted.group_by(customers.c.parent_id)


def _tags(scope: Scope) -> Any:
    of_customer = customer_tags.c.customer_id
    return select(of_customer, customer_tags.c.tag).where(scope.within(of_customer)).order_by(customer_tags.c.tag)


def _consents(scope: Scope, today: date | None) -> Any:
    entries = select(consents).where(scope.within(consents.c.customer_id), _until(consents.c.at, today))
    return entries.order_by(consents.c.customer_id, consents.c.at, consents.c.id)


def _newest_orders(scope: Scope, today: date | None) -> Any:
    source, customer, mine = scope.reach(orders)
    newest = (orders.c.day.desc(), orders.c.id.desc())
    ranked = (
        select(
            customer.label("customer"),
            orders.c.id,
            func.row_number().over(partition_by=customer, order_by=newest).label("nth"),
        )
        .select_from(source)
        .where(mine, true() if today is None else orders.c.day <= today)
        .subquery()
    )
    return (
        select(
            ranked.c.customer,
            orders.c.key,
            orders.c.day,
            type_coerce(orders.c.amount, BigInteger),
            orders.c.currency,
            orders.c.status,
        )
        .join(ranked, ranked.c.id == orders.c.id)
        .where(ranked.c.nth <= NEWEST)
        .order_by(ranked.c.customer, ranked.c.nth)
    )


def _top_products(scope: Scope, today: date | None) -> Any:
    """The products that brought most in HOME_CURRENCY; a line's part of its order is converted as the order was."""
    source, customer, mine = scope.reach(orders)
    lines = order_lines.c
    net = (
        cast(type_coerce(lines.quantity, BigInteger), Double)
        * type_coerce(lines.unit_price, BigInteger)
        * (MONEY_SCALE - type_coerce(lines.discount, BigInteger))
        * (cast(type_coerce(orders.c.home_amount, BigInteger), Double) / type_coerce(orders.c.amount, BigInteger))
        / float(MONEY_SCALE**3)
    )
    brought = func.sum(net)
    best = (brought.desc(), lines.product_id)
    ranked = (
        select(
            customer.label("customer"),
            lines.product_id,
            brought.label("spend"),
            func.row_number().over(partition_by=customer, order_by=best).label("nth"),
        )
        .select_from(source.join(order_lines, lines.order_id == orders.c.id))
        .where(mine, orders.c.home_amount.is_not(None), type_coerce(orders.c.amount, BigInteger) != 0)
        .where(or_(orders.c.status.is_(None), orders.c.status != "cancelled"))
        .where(true() if today is None else orders.c.day <= today)
        .group_by(customer, lines.product_id)
        .having(brought > 0)
        .subquery()
    )
    return (
        select(ranked.c.customer, products.c.name, ranked.c.spend)
        .join(products, products.c.id == ranked.c.product_id)
        .where(ranked.c.nth <= PRODUCTS)
        .order_by(ranked.c.customer, ranked.c.nth)
    )


def _contacts(scope: Scope) -> Any:
    first = _ranked(contacts, (contacts.c.id,), scope.within(contacts.c.customer_id)).c
    shown = select(first.customer_id, first.name, first.title, first.phone, first.email)
    return shown.where(first.nth <= CONTACTS).order_by(first.customer_id, first.nth)


def _add_interactions(
    db: Connection, scope: Scope, today: date | None, found: dict[int, dict[str, Any]]
) -> dict[int, FactsOfCard]:
    """Add the newest interactions and the open complaints, those that wait longest first; returns the facts."""
    mine = and_(scope.within(interactions.c.customer_id), _until(interactions.c.at, today))
    newest = (interactions.c.at.desc(), interactions.c.id.desc())
    last_day: dict[int, str] = {}
    last = _ranked(interactions, newest, mine)
    rows = db.execute(
        select(last, reps.c.name.label("rep"))
        .outerjoin(reps, reps.c.id == last.c.rep_id)
        .where(last.c.nth <= INTERACTIONS)
        .order_by(last.c.customer_id, last.c.nth)
    )
    for row in rows:
        last_day.setdefault(row.customer_id, row.at.date().isoformat())
        said = {"id": row.id, "at": row.at.isoformat(), "kind": row.kind, "text": row.text[:TEXT]}
        said |= {"rep": row.rep, "outcome": row.outcome}
        _card(found, row.customer_id)["interactions"].append(said)
    complaint: dict[int, str] = {}
    is_open = and_(mine, interactions.c.kind == "complaint", interactions.c.closed_at.is_(None))
    waiting = _ranked(interactions, (interactions.c.at, interactions.c.id), is_open)
    open_ones = select(waiting).where(waiting.c.nth <= COMPLAINTS).order_by(waiting.c.customer_id, waiting.c.nth)
    for row in db.execute(open_ones):
        on = row.at.date().isoformat()
        complaint.setdefault(row.customer_id, on)
        _card(found, row.customer_id)["complaints"].append({"id": row.id, "on": on, "text": row.text[:TEXT]})
    scored = _ranked(interactions, newest, and_(mine, interactions.c.score.is_not(None)))
    score = {row.customer_id: row.score for row in db.execute(select(scored).where(scored.c.nth == 1))}
    return {id: (complaint.get(id), score.get(id), last_day[id]) for id in last_day}


def _ranked(table: Table, order: tuple[ColumnElement[Any], ...], which: ColumnElement[bool]) -> Subquery:
    """The rows of a table with `nth`, their place among the rows of their customer."""
    nth = func.row_number().over(partition_by=table.c.customer_id, order_by=order)
    return select(table, nth.label("nth")).where(which).subquery()


def _until(moment: ColumnElement[datetime], today: date | None) -> ColumnElement[bool]:
    if today is None:
        return true()
    end = today + timedelta(days=2)
    return moment < datetime(end.year, end.month, end.day, tzinfo=UTC)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
