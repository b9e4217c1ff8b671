"""What a text for a customer may say: gathers the fields of message templates from what is known of customers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, func, select

from care import bought_together
from customers import card_rows
from customers.computed_tables import customer_cards, customer_facts
from customers.groups import Scope, chunks
from customers.tables import contacts, customers, interactions, order_lines, orders, reps
from customers.tables import products as products_table

Fields = dict[str, Any]

# Thanks for a visit come soon after it or not at all.
VISIT_DAYS = 60
# A rhythm is told to a customer only where it is one: three purchases, and gaps that vary by half of it at most.
PURCHASES_FOR_RHYTHM, STEADY = 3, 0.5
# After so many usual gaps without a purchase nobody would call that rhythm the present one any more.
SILENT_GAPS = 4
# Older complaints are better not dug up.
ISSUE_DAYS = 180
# Products of one order that fit into a sentence.
PRODUCTS = 3
# What is read only for texts that ask for it.
_OF_LAST_ORDER = frozenset({"last_day", "last_order", "last_products", "last_amount", "silence"})
_OF_VISIT = frozenset({"visit_day", "visitor", "met"})
_OF_RECOMMENDATION = frozenset({"recommended", "recommendations"})


def known(
    db: Connection,
    customer_ids: Iterable[int],
    asks: Collection[str],
    *,
    company: str,
    today: date,
    zone: tzinfo = UTC,
) -> dict[int, Fields]:
    """The fields that are known of some customers (see `words.template_fields`); `asks` are those that a text uses.

    What is not known is left out. `company` is the tenant's name, `today` the day of writing, `zone` the tenant's. Of
    a parent account only its own purchases are told, not those of its group: whoever writes may not see all of it.
    Fields of which the source is `given` are added by whoever makes the draft. Ids that nobody has are left out.
    """
    asked, found = frozenset(asks), {}
    for some in chunks(set(customer_ids)):
        fields = _stored(db, some, company, today)
        if asked & _OF_LAST_ORDER:
            _add_last_orders(db, some, today, fields)
        if asked & _OF_VISIT:
            _add_visits(db, some, today, zone, fields)
        if "issue_day" in asked:
            _add_issues(db, some, today, zone, fields)
        found.update(fields)
    if asked & _OF_RECOMMENDATION:
        for customer, suggested in bought_together.suggestions(db, list(found), today).items():
            found[customer]["recommended"] = [each.product for each in suggested]
            found[customer]["recommendations"] = [
                {"product": each.product, "because": each.because, "share": each.share} for each in suggested
            ]
    return found


def _stored(db: Connection, ids: Sequence[int], company: str, today: date) -> dict[int, Fields]:
    """What stands ready beside each customer: names, the rep, rhythm, products."""
    f = customer_facts.c
    rows = db.execute(
        select(
            customers.c.id,
            customers.c.name,
            customers.c.kind,
            reps.c.name.label("owner"),
            reps.c.email.label("owner_email"),
            f.purchases,
            f.first_day,
            f.last_day,
            f.gap_mean,
            f.gap_spread,
            f.group_customers,
            customer_cards.c.shown,
        )
        .select_from(customers)
        .outerjoin(customer_facts, f.customer_id == customers.c.id)
        .outerjoin(customer_cards, customer_cards.c.customer_id == customers.c.id)
        .outerjoin(reps, (reps.c.id == customers.c.owner_id) & reps.c.active)
        .where(customers.c.id.in_(ids))
    ).all()
    found: dict[int, Fields] = {}
    parents = []
    for row in rows:
        fields: Fields = {"company": company, "customer": row.name, "today": today, "purchases": row.purchases or 0}
        people = (row.shown or {}).get("contacts", [])
        if row.kind == "person":
            fields["person"] = row.name
        elif people:
            fields["person"] = people[0]["name"]
        if row.owner is not None:
            fields |= {"owner": row.owner, "owner_email": row.owner_email}
        found[row.id] = fields
        if row.group_customers is not None and row.group_customers > 1:
            parents.append(row.id)
            continue
        _add_rhythm(fields, row.first_day, row.last_day, row.gap_mean, row.gap_spread, today)
        _add_products(fields, [each["name"] for each in (row.shown or {}).get("products", [])])
    if parents:
        _add_own(db, parents, today, found)
    return found


def _add_own(db: Connection, parents: Sequence[int], today: date, found: dict[int, Fields]) -> None:
    """What parents bought themselves, read from their own orders."""
    own: dict[int, list[date]] = {}
    dated = select(orders.c.customer_id, orders.c.day).where(orders.c.customer_id.in_(parents), *_happened(today))
    for customer, day in db.execute(dated.distinct().order_by(orders.c.customer_id, orders.c.day)):
        own.setdefault(customer, []).append(day)
    liked: dict[int, list[str]] = {}
    for customer, name, _ in db.execute(card_rows.top_products_of(Scope(sorted(parents)), today)):
        liked.setdefault(customer, []).append(name)
    for parent in parents:
        days = own.get(parent, [])
        found[parent]["purchases"] = len(days)
        gaps = [(later - earlier).days for earlier, later in pairwise(days)]
        mean = sum(gaps) / len(gaps) if gaps else None
        spread = None
        if mean is not None and len(gaps) > 1:
            spread = (sum((gap - mean) ** 2 for gap in gaps) / (len(gaps) - 1)) ** 0.5
        first, last = (days[0], days[-1]) if days else (None, None)
        _add_rhythm(found[parent], first, last, mean, spread, today)
        _add_products(found[parent], liked.get(parent, []))


def _add_rhythm(
    fields: Fields, first: date | None, last: date | None, mean: float | None, spread: float | None, today: date
) -> None:
    if first is None or last is None:
        return
    fields["first_day"] = first
    years = last.year - first.year - ((last.month, last.day) < (first.month, first.day))
    if years >= 1:
        fields["years"] = years
    if mean is None or spread is None or spread > STEADY * mean or fields["purchases"] < PURCHASES_FOR_RHYTHM:
        return
    fallen_silent = (today - last).days > SILENT_GAPS * mean
    fields["former_gap" if fallen_silent else "gap"] = max(round(mean), 1)


def _add_products(fields: Fields, names: Sequence[str]) -> None:
    if names:
        fields |= {"products": list(names), "favourite": names[0]}


def _add_last_orders(db: Connection, ids: Sequence[int], today: date, found: dict[int, Fields]) -> None:
    """The last order that was neither cancelled nor a refund, and what was in it, the dearest first."""
    o = orders.c
    latest = (o.day.desc(), o.id.desc())
    ranked = (
        select(o.id, func.row_number().over(partition_by=o.customer_id, order_by=latest).label("nth"))
        .where(o.customer_id.in_(ids), *_happened(today))
        .subquery()
    )
    last = select(o.customer_id, o.day, o.id, o.key, o.amount, o.currency).join(ranked, ranked.c.id == o.id)
    newest = {row.customer_id: row for row in db.execute(last.where(ranked.c.nth == 1))}
    by_order = {row.id: customer for customer, row in newest.items()}
    for customer, row in newest.items():
        found[customer] |= {
            "last_day": row.day,
            "last_order": row.key,
            "last_amount": {"amount": row.amount, "currency": row.currency},
            "silence": (today - row.day).days,
        }
    lines = order_lines.c
    worth: dict[int, dict[str, Decimal]] = {}
    for some in chunks(set(by_order)):
        for order, name, quantity, price, discount in db.execute(
            select(lines.order_id, products_table.c.name, lines.quantity, lines.unit_price, lines.discount)
            .join(products_table, products_table.c.id == lines.product_id)
            .where(lines.order_id.in_(some))
        ):
            of_order = worth.setdefault(by_order[order], {})
            of_order[name] = of_order.get(name, Decimal(0)) + quantity * price * (1 - discount)
    for customer, by_name in worth.items():
        bought = sorted((name for name in by_name if by_name[name] >= 0), key=lambda name: (-by_name[name], name))
        if bought:
            found[customer]["last_products"] = bought[:PRODUCTS]


def _add_visits(db: Connection, ids: Sequence[int], today: date, zone: tzinfo, found: dict[int, Fields]) -> None:
    i = interactions.c
    visits = (
        select(i.customer_id, i.at, reps.c.name.label("visitor"), contacts.c.name.label("met"))
        .select_from(interactions)
        .outerjoin(reps, reps.c.id == i.rep_id)
        .outerjoin(contacts, contacts.c.id == i.contact_id)
        .where(i.customer_id.in_(ids), i.kind == "visit", i.at < _end(today, zone))
        .where(i.at >= _end(today - timedelta(days=VISIT_DAYS), zone))
        .order_by(i.customer_id, i.at, i.id)
    )
    for row in db.execute(visits):  # the newest last
        fields = found[row.customer_id]
        for name in _OF_VISIT:
            fields.pop(name, None)
        fields["visit_day"] = row.at.astimezone(zone).date()
        fields |= {name: value for name, value in (("visitor", row.visitor), ("met", row.met)) if value}


def _add_issues(db: Connection, ids: Sequence[int], today: date, zone: tzinfo, found: dict[int, Fields]) -> None:
    i = interactions.c
    complaints = select(i.customer_id, i.at).where(i.customer_id.in_(ids), i.kind == "complaint")
    complaints = complaints.where(i.at < _end(today, zone), i.at >= _end(today - timedelta(days=ISSUE_DAYS), zone))
    for customer, at in db.execute(complaints.order_by(i.customer_id, i.at, i.id)):
        found[customer]["issue_day"] = at.astimezone(zone).date()


def _happened(today: date) -> tuple[Any, ...]:
    """Orders that count as purchases: neither cancelled, nor refunds, nor of days to come."""
    return (orders.c.day <= today, orders.c.amount > 0, orders.c.status.is_distinct_from("cancelled"))


def _end(day: date, zone: tzinfo) -> datetime:
    """The moment at which a day ends."""
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
