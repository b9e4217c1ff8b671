"""Turns a filter into a condition of the database on customers and their facts."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, exists, false, func, not_, or_, select, true

from customers.fields import Field, by_any_name
from customers.filter_tree import (
    Ago,
    All,
    Between,
    Compare,
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
from customers.tables import (
    consents,
    customer_facts,
    customer_tags,
    customers,
    order_lines,
    orders,
    products,
    reps,
)
from database.types import Money

_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
# More days ago is an earlier day.
_TURNED = {">": "<", "<": ">", ">=": "<=", "<=": ">="}


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
            same = above.c.id == customers.c.parent_id
            return _exists(above, same, one, above.c.folded_name, above.c.key, folded=True)
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
            return _text(one, lambda text: and_(customers.c.key.is_not(None), _same(customers.c.key, text)))
    column = (customer_facts if field.column in customer_facts.c else customers).c[field.column]
    if field.kind == "flag":
        return (column.is_(True) if field.column == "price_only" else column.is_not(None)) == (one == Is(True))
    if field.choices and isinstance(one, Is):
        return _known(column, column == one.value)  # the word as it is stored: an index finds it
    if field.name == "silent":
        return _known(column, _days_ago(column, one, today))
    return _known(column, _compared(column, one, today))


def _known(column: Column[Any], holds: ColumnElement[bool] | None) -> ColumnElement[bool]:
    """NULL fulfils nothing, and is not unknown either: `not` must turn it into true."""
    return column.is_(None) if holds is None else and_(column.is_not(None), holds)


def _compared(column: Column[Any], one: Condition, today: date) -> ColumnElement[bool] | None:
    """The condition on a column, None for "is empty"."""
    match one:
        case Compare(sign, Ago(days)):
            return _signed(_TURNED[sign], column, _before(today, days))
        case Compare(sign, value):
            return _signed(sign, column, _bound(column, value))
        case Between(Ago(newer), Ago(older)):
            return column.between(_before(today, older), _before(today, newer))
        case Between(low, high):
            return column.between(_bound(column, low), _bound(column, high))
        case Is(Ago(days)):
            return column == _before(today, days)
        case Is(str() as text):
            return _same(column, text)
        case Is(value):
            return _signed("=", column, _bound(column, value))
    return None


def _days_ago(column: Column[Any], one: Condition, today: date) -> ColumnElement[bool] | None:
    """The same for a number of days since a day."""
    match one:
        case Compare(sign, value):
            return _compared(column, Compare(sign, Ago(_whole(value))), today)
        case Between(low, high):
            return _compared(column, Between(Ago(_whole(low)), Ago(_whole(high))), today)
        case Is(value):
            return _compared(column, Is(Ago(_whole(value))), today)
    return None


def _whole(value: Any) -> int:
    return int(Decimal(value))


def _before(today: date, days: int) -> date:
    return today - timedelta(days=min(days, today.toordinal() - 1))


def _signed(sign: str, column: Column[Any], value: Any) -> ColumnElement[bool]:
    compared: ColumnElement[bool] = _SIGNS[sign](column, value)
    return compared


def _bound(column: Column[Any], value: Any) -> Any:
    """The value as the driver takes it: only amounts of money are kept as Decimal."""
    if not isinstance(value, Decimal) or isinstance(column.type, Money):
        return value
    return int(value) if value == int(value) else float(value)


def _same(column: Column[Any], text: str) -> ColumnElement[bool]:
    """Equal in any case. SQLite lowers only the letters a to z, hence the spellings beside."""
    same: ColumnElement[bool] = or_(
        func.lower(column) == text.lower(), column.in_(sorted({text, text.upper(), text.title(), text.lower()}))
    )
    return same


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
        one, lambda text: and_(owner.is_not(None), owner.in_(select(reps.c.id).where(_same(reps.c.team, text))))
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
            .where(joined, or_(*(_same(column, fold(text) if folded else text) for column in columns)))
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
        alike = or_(called, *(_same(products.c[name], text) for name in ("key", "type", "brand")))
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
