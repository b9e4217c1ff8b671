"""What a card shows beside the facts, as it is read from the tables: last orders, top products, contacts and so on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Double,
    String,
    Subquery,
    Table,
    and_,
    cast,
    func,
    or_,
    select,
    true,
    type_coerce,
)

from customers.groups import Scope
from customers.history import NEWEST
from customers.tables import (
    consents,
    contacts,
    customer_tags,
    customers,
    interactions,
    order_lines,
    orders,
    products,
    reps,
)
from customers.work_tables import follow_ups
from database.types import MONEY_SCALE

# How much a card has room for.
PRODUCTS, CONTACTS, INTERACTIONS, COMPLAINTS, FOLLOW_UPS = 3, 3, 3, 3, 3
# The states in which a follow-up still waits to be done.
WAITING = ("open", "snoozed")


def parents_of(scope: Scope) -> Any:
    """(customer, name of its parent)."""
    above = customers.alias("above")
    named = select(customers.c.id, above.c.name).join(above, above.c.id == customers.c.parent_id)
    return named.where(scope.within(customers.c.id))


def children_of(scope: Scope) -> Any:
    """(customer, number of its children)."""
    counted = select(customers.c.parent_id, func.count()).where(scope.within(customers.c.parent_id))
    return counted.group_by(customers.c.parent_id)


def tags_of(scope: Scope) -> Any:
    """(customer, tag), by tag."""
    of_customer = customer_tags.c.customer_id
    return select(of_customer, customer_tags.c.tag).where(scope.within(of_customer)).order_by(customer_tags.c.tag)


def consents_of(scope: Scope, today: date | None) -> Any:
    """(customer, channel, purpose, whether given, moment as the database has it), the newest last."""
    c = consents.c
    entries = select(c.customer_id, c.channel, c.purpose, c.given, type_coerce(c.at, String))
    entries = entries.where(scope.within(c.customer_id), _until(c.at, today))
    return entries.order_by(c.customer_id, c.at, c.id)


def newest_orders_of(scope: Scope, today: date | None) -> Any:
    """(customer, key, day, amount, currency, status) of the newest orders, the newest first."""
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


def top_products_of(scope: Scope, today: date | None) -> Any:
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


def contacts_of(scope: Scope) -> Any:
    """(customer, name, title, phone, e-mail) of the first contacts."""
    first = _ranked(contacts, (contacts.c.id,), scope.within(contacts.c.customer_id)).c
    shown = select(first.customer_id, first.name, first.title, first.phone, first.email)
    return shown.where(first.nth <= CONTACTS).order_by(first.customer_id, first.nth)


def interactions_of(scope: Scope, today: date | None) -> Any:
    """The newest interactions with the names of their reps, the newest first."""
    last = _ranked(interactions, _NEWEST_FIRST, _interactions(scope, today))
    named = select(last, reps.c.name.label("rep")).outerjoin(reps, reps.c.id == last.c.rep_id)
    return named.where(last.c.nth <= INTERACTIONS).order_by(last.c.customer_id, last.c.nth)


def complaints_of(scope: Scope, today: date | None) -> Any:
    """The open complaints, those first that wait longest."""
    c = interactions.c
    is_open = and_(_interactions(scope, today), c.kind == "complaint", c.closed_at.is_(None))
    waiting = _ranked(interactions, (c.at, c.id), is_open)
    return select(waiting).where(waiting.c.nth <= COMPLAINTS).order_by(waiting.c.customer_id, waiting.c.nth)


def follow_ups_of(scope: Scope) -> Any:
    """The follow-ups that wait, with the names of their reps, the next one first."""
    c = follow_ups.c
    waiting = and_(scope.within(c.customer_id), c.state.in_(WAITING))
    first = _ranked(follow_ups, (c.due, c.id), waiting)
    named = select(first, reps.c.name.label("rep")).outerjoin(reps, reps.c.id == first.c.rep_id)
    return named.where(first.c.nth <= FOLLOW_UPS).order_by(first.c.customer_id, first.c.nth)


def scores_of(scope: Scope, today: date | None) -> Any:
    """(customer, newest score)."""
    with_score = and_(_interactions(scope, today), interactions.c.score.is_not(None))
    scored = _ranked(interactions, _NEWEST_FIRST, with_score)
    return select(scored.c.customer_id, scored.c.score).where(scored.c.nth == 1)


_NEWEST_FIRST = (interactions.c.at.desc(), interactions.c.id.desc())


def _interactions(scope: Scope, today: date | None) -> ColumnElement[bool]:
    return and_(scope.within(interactions.c.customer_id), _until(interactions.c.at, today))


def _ranked(table: Table, order: tuple[ColumnElement[Any], ...], which: ColumnElement[bool]) -> Subquery:
    """The rows of a table with `nth`, their place among the rows of their customer."""
    nth = func.row_number().over(partition_by=table.c.customer_id, order_by=order)
    return select(table, nth.label("nth")).where(which).subquery()


def _until(moment: ColumnElement[datetime], today: date | None) -> ColumnElement[bool]:
    if today is None:
        return true()
    end = today + timedelta(days=2)
    return moment < datetime(end.year, end.month, end.day, tzinfo=UTC)
