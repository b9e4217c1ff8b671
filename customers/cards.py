"""Keeps ready what a card shows beside the facts: last orders, top products, contacts, tags, consent, complaints."""

from __future__ import annotations

import json
from collections.abc import Collection
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
ORDERS, PRODUCTS, CONTACTS, INTERACTIONS, COMPLAINTS, TEXT = 5, 3, 3, 3, 3, 140


class Shown(NamedTuple):
    """What a card shows, as JSON text, and the facts that come with it (see FACT_COLUMNS; days as ISO text)."""

    shown: str
    facts: tuple[str | None, int | None, str | None]


def refresh(db: Connection, only: Collection[int]) -> None:
    """Bring the cards of some customers up to date, after an interaction, a tag, a consent or a correction.

    Their facts get the open complaint, the last score and the last interaction. Sums are not computed anew. Customers
    without facts get a card all the same. Give it a transaction.
    """
    take_turns(db)
    parents = groups.parents(db, only)
    plain = [id for id in only if id not in parents]
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


def load(db: Connection, scope: Scope, today: date | None) -> dict[int, Shown]:
    """Read what the cards of some customers show; orders and products of a parent are those of its whole group.

    With `today` nothing later is seen; a moment counts until the end of the day after in UTC, since it may still be
    today further west.
    """
    found: dict[int, dict[str, Any]] = {}
    about: dict[int, tuple[str | None, int | None, str | None]] = {}
    for customer, parent, children in db.execute(_places(scope)):
        found[customer] = {
            "orders": [], "products": [], "contacts": [], "tags": [], "consent": {}, "interactions": [],
            "complaints": [], "parent": parent, "children": children,
        }  # fmt: skip
        about[customer] = (None, None, None)
    for customer, key, day, amount, currency, status in db.execute(_newest_orders(scope, today)):
        if customer in found:
            found[customer]["orders"].append(
                {"key": key, "day": day.isoformat(), "amount": plain(amount), "currency": currency, "status": status}
            )
    own = Scope(scope.ids, whole=scope.whole)
    for customer, name, spend in db.execute(_top_products(scope, today)):
        if customer in found:
            found[customer]["products"].append({"name": name, "spend": f"{spend:.2f}"})
    for row in db.execute(_contacts(own)):
        if row.customer_id in found:
            found[row.customer_id]["contacts"].append(
                {"name": row.name, "title": row.title, "phone": row.phone, "email": row.email}
            )
    for customer, tag in db.execute(
        select(customer_tags.c.customer_id, customer_tags.c.tag).where(own.within(customer_tags.c.customer_id))
    ):
        if customer in found:
            found[customer]["tags"].append(tag)
    _add_consent(db, own, today, found)
    _add_interactions(db, own, today, found, about)
    for card in found.values():
        card["tags"].sort()
    return {
        customer: Shown(json.dumps(card, ensure_ascii=False, separators=(",", ":")), about[customer])
        for customer, card in found.items()
    }


def plain(amount: int) -> str:
    """An amount in whole ten-thousandths as decimal text: two digits, or four where they are needed."""
    whole, part = divmod(abs(amount), MONEY_SCALE)
    digits = f"{part // 100:02d}" if part % 100 == 0 else f"{part:04d}"
    return f"{'-' if amount < 0 else ''}{whole}.{digits}"


def _places(scope: Scope) -> Any:
    above, below = customers.alias("above"), customers.alias("below")
    children = select(func.count()).where(below.c.parent_id == customers.c.id).scalar_subquery()
    return (
        select(customers.c.id, above.c.name, children)
        .outerjoin(above, above.c.id == customers.c.parent_id)
        .where(scope.within(customers.c.id))
        .order_by(customers.c.id)
    )


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
        .where(ranked.c.nth <= ORDERS)
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
    ranked = _ranked(contacts, (contacts.c.id,), scope.within(contacts.c.customer_id))
    return select(ranked).where(ranked.c.nth <= CONTACTS).order_by(ranked.c.customer_id, ranked.c.nth)


def _add_consent(db: Connection, scope: Scope, today: date | None, found: dict[int, dict[str, Any]]) -> None:
    """The newest entry of each channel and purpose counts."""
    entries = select(consents).where(scope.within(consents.c.customer_id), _until(consents.c.at, today))
    for row in db.execute(entries.order_by(consents.c.customer_id, consents.c.at, consents.c.id)):
        if row.customer_id in found:
            state = {"given": row.given, "on": row.at.date().isoformat()}
            found[row.customer_id]["consent"][f"{row.channel}:{row.purpose}"] = state


def _add_interactions(
    db: Connection,
    scope: Scope,
    today: date | None,
    found: dict[int, dict[str, Any]],
    about: dict[int, tuple[str | None, int | None, str | None]],
) -> None:
    """The newest interactions, the open complaints (those that wait longest first) and the newest score."""
    mine = and_(scope.within(interactions.c.customer_id), _until(interactions.c.at, today))
    newest = (interactions.c.at.desc(), interactions.c.id.desc())
    oldest = (interactions.c.at, interactions.c.id)
    last = _ranked(interactions, newest, mine)
    rows = db.execute(
        select(last, reps.c.name.label("rep"))
        .outerjoin(reps, reps.c.id == last.c.rep_id)
        .where(last.c.nth <= INTERACTIONS)
        .order_by(last.c.customer_id, last.c.nth)
    )
    for row in rows:
        if row.customer_id not in found:
            continue
        if row.nth == 1:
            about[row.customer_id] = (None, None, row.at.date().isoformat())
        found[row.customer_id]["interactions"].append(
            {
                "id": row.id,
                "at": row.at.isoformat(),
                "kind": row.kind,
                "text": row.text[:TEXT],
                "rep": row.rep,
                "outcome": row.outcome,
            }
        )
    is_open = and_(mine, interactions.c.kind == "complaint", interactions.c.closed_at.is_(None))
    waiting = _ranked(interactions, oldest, is_open)
    for row in db.execute(
        select(waiting).where(waiting.c.nth <= COMPLAINTS).order_by(waiting.c.customer_id, waiting.c.nth)
    ):
        if row.customer_id not in found:
            continue
        on = row.at.date().isoformat()
        if row.nth == 1:
            about[row.customer_id] = (on, None, about[row.customer_id][2])
        found[row.customer_id]["complaints"].append({"id": row.id, "on": on, "text": row.text[:TEXT]})
    scored = _ranked(interactions, newest, and_(mine, interactions.c.score.is_not(None)))
    for row in db.execute(select(scored.c.customer_id, scored.c.score).where(scored.c.nth == 1)):
        if row.customer_id in found:
            complaint, _, interaction = about[row.customer_id]
            about[row.customer_id] = (complaint, row.score, interaction)


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
