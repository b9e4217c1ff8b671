"""Turns a filter into a condition of the database on customers and their facts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Double,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    true,
    type_coerce,
)

from customers.computed_tables import customer_facts
from customers.explain import STEADY
from customers.fields import Field, by_any_name
from customers.filter_compare import compared, days_ago, same
from customers.filter_tree import (
    All,
    Condition,
    Either,
    Filter,
    Is,
    Me,
    Missing,
    Node,
    Not,
    Where,
)
from customers.folding import fold
from customers.outlook_tables import outlooks
from customers.tables import consents, customer_tags, customers, order_lines, orders, products, reps


def compile(filter_: Filter, *, today: date, person_id: int | None) -> ColumnElement[bool]:
    """The filter as a condition for a query over `customers` joined with `customer_facts`.

    `me` is the rep with `person_id`. Empty columns fulfil nothing but `none`, so that a minus in front brings them.
    """
    return _node(filter_.root, today, person_id)


def _node(node: Node, today: date, me: int | None) -> ColumnElement[bool]:
    match node:
        case All(parts):
            return and_(true(), *(_node(part, today, me) for part in parts))
        case Either(parts):
            return or_(false(), *(_node(part, today, me) for part in parts))
        case Not(part):
            return not_(_node(part, today, me))
        case Where(name, conditions):
            field = by_any_name()[name]
            return or_(false(), *(_condition(field, one, today, me) for one in conditions))


def _condition(field: Field, one: Condition, today: date, me: int | None) -> ColumnElement[bool]:
    match field.kind:
        case "owner":
            return _owner(one, me)
        case "team":
            return _team(one)
        case "parent":
            above = customers.alias()
            is_above = above.c.id == customers.c.parent_id
            return _exists(above, is_above, one, above.c.folded_name, above.c.key, folded=True)
        case "tag":
            return _exists(customer_tags, customer_tags.c.customer_id == customers.c.id, one, customer_tags.c.tag)
        case "product":
            return _bought(one)
        case "consent":
            return _allowed(field.column) == (one == Is(True))
        case "name":
            return _text(one, lambda text: customers.c.folded_name.contains(fold(text), autoescape=True))
        case "key":
            if isinstance(one, Missing):
                return customers.c.key.is_(None)
            return _text(one, lambda text: and_(customers.c.key.is_not(None), same(customers.c.key, text)))
    if field.name == "trend":
        return _trend() == (one.value if isinstance(one, Is) else "none")
    if field.column in outlooks.c:
        return _expected(outlooks.c[field.column], one, today)
    column = (customer_facts if field.column in customer_facts.c else customers).c[field.column]
    if field.kind == "flag":
        return (column.is_(True) if field.column == "price_only" else column.is_not(None)) == (one == Is(True))
    if field.choices and isinstance(one, Is):
        return _known(column, column == one.value)  # the word as it is stored: an index finds it
    if field.name == "silent":
        return _known(column, days_ago(column, one, today))
    return _known(column, compared(column, one, today))


def _known(column: Column[Any], holds: ColumnElement[bool] | None) -> ColumnElement[bool]:
    """NULL fulfils nothing, and is not unknown either: `not` must turn it into true."""
    return column.is_(None) if holds is None else and_(column.is_not(None), holds)


def _expected(column: Column[Any], one: Condition, today: date) -> ColumnElement[bool]:
    """The same of what is expected of customers; where too little is known, nothing is."""
    holds = compared(column, one, today)
    told = select(outlooks.c.customer_id).where(outlooks.c.confidence != "none")
    if holds is None:
        return customers.c.id.not_in(told)
    return customers.c.id.in_(told.where(holds))


def _trend() -> ColumnElement[str]:
    """The sales of half a year against those of the half before, in the words that "why?" has for them."""
    half, before = (
        cast(type_coerce(customer_facts.c[name], BigInteger), Double) for name in ("spend_half", "spend_half_before")
    )
    steady = float(STEADY)
    # Orders without a rate are missing in one of the halves.
    unknown = or_(customer_facts.c.customer_id.is_(None), customer_facts.c.unpriced_orders > 0)
    return case(
        (or_(unknown, and_(half <= 0, before <= 0)), "none"),
        (before <= 0, "up"),
        (half - before >= steady * before, "up"),
        (before - half >= steady * before, "down"),
        else_="steady",
    )


def _text(one: Condition, holds: Callable[[str], ColumnElement[bool]]) -> ColumnElement[bool]:
    return holds(one.value) if isinstance(one, Is) and isinstance(one.value, str) else false()


def _owner(one: Condition, me: int | None) -> ColumnElement[bool]:
    owner = customers.c.owner_id
    match one:
        case Missing():
            return owner.is_(None)
        case Me():
            return and_(owner.is_not(None), owner == me) if me is not None else false()
        case Is(str() as text):
            pattern = text if "@" in text else f"{text}@"
            called = or_(
                reps.c.email == text.lower(),
                reps.c.email.startswith(pattern.lower(), autoescape=True),
                func.lower(reps.c.name).contains(text.lower(), autoescape=True),
                reps.c.name.contains(text, autoescape=True),
            )
            return and_(owner.is_not(None), owner.in_(select(reps.c.id).where(called)))
    return false()


def _team(one: Condition) -> ColumnElement[bool]:
    owner = customers.c.owner_id
    if isinstance(one, Missing):
        return or_(owner.is_(None), owner.in_(select(reps.c.id).where(reps.c.team.is_(None))))
    return _text(
        one, lambda text: and_(owner.is_not(None), owner.in_(select(reps.c.id).where(same(reps.c.team, text))))
    )


def _exists(
    table: Any, joined: ColumnElement[bool], one: Condition, *columns: Column[Any], folded: bool = False
) -> ColumnElement[bool]:
    """Whether a joined row says this in one of its columns; `none`: whether there is no such row."""
    if isinstance(one, Missing):
        return not_(exists().select_from(table).where(joined, columns[0].is_not(None)))
    return _text(
        one,
        lambda text: (
            exists()
            .select_from(table)
            .where(joined, or_(*(same(column, fold(text) if folded else text) for column in columns)))
        ),
    )


def _bought(one: Condition) -> ColumnElement[bool]:
    lines = orders.join(order_lines, order_lines.c.order_id == orders.c.id)
    buyers = select(orders.c.customer_id).select_from(lines).where(orders.c.status.is_distinct_from("cancelled"))
    if isinstance(one, Missing):
        return customers.c.id.not_in(buyers)

    def bought(text: str) -> ColumnElement[bool]:
        # The products are few and are found first, then their lines, then who bought them.
        called = products.c.folded_name.contains(fold(text), autoescape=True)
        alike = or_(called, *(same(products.c[name], text) for name in ("key", "type", "brand")))
        return customers.c.id.in_(buyers.where(order_lines.c.product_id.in_(select(products.c.id).where(alike))))

    return _text(one, bought)


def _allowed(channel: str) -> ColumnElement[bool]:
    """Whether the newest entry of the ledger allows marketing on this channel; no entry allows nothing."""
    newest = (
        select(consents.c.given)
        .where(
            consents.c.customer_id == customers.c.id,
            consents.c.channel == channel,
            consents.c.purpose == "marketing",
        )
        .order_by(consents.c.at.desc(), consents.c.id.desc())
        .limit(1)
        .correlate(customers)
        .scalar_subquery()
    )
    allowed: ColumnElement[bool] = func.coalesce(newest, false())
    return allowed
