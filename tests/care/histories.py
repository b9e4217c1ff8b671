"""Customers, campaigns, messages and orders of whom tests know the outcome."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, func, insert, select

from care import campaigns
from customers.outreach_tables import assignments, batches, drafts
from customers.tables import customers, orders

TODAY = date(2026, 6, 30)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def add_customers(db: Connection, number: int, first: int = 1, **columns: Any) -> None:
    row = {"kind": "company", "birthday_is_lunar": False, "birthday_year_known": True, "created_at": noon(ago(900))}
    names = [
        {"id": id, "name": f"C{id}", "folded_name": f"c{id}", **row, **columns} for id in range(first, first + number)
    ]
    db.execute(insert(customers), names)


def campaign(db: Connection, name: str = "Win back", share: float = 0.1, *, days: int = 30, **more: Any) -> int:
    given = {"template": "win_back/price", "purpose": "marketing", **more}
    return campaigns.create(
        db, name, given.pop("template"), given.pop("purpose"), share, days, None, noon(ago(500)), **given
    )


def drawn(db: Connection, campaign_id: int, treated: range, control: range, on: date) -> None:
    """Put customers into the groups, as if the lot had done it at noon of a day."""
    rows = [(id, False) for id in treated] + [(id, True) for id in control]
    moment = {"campaign_id": campaign_id, "at": noon(on)}
    db.execute(insert(assignments), [{"customer_id": id, "control": group, **moment} for id, group in rows])


def compared(
    db: Connection, name: str, first: int, treated: tuple[int, int], control: tuple[int, int], over: date, **more: Any
) -> int:
    """A campaign that is over since a day: (customers, of whom so many bought) of both groups, by ids from `first` on.

    Everybody who bought spent 100; each message is a draft that was sent. Returns the campaign's id.
    """
    (n, back), (m, control_back) = treated, control
    on = over - timedelta(days=37)
    id = campaign(db, name, **more)
    drawn(db, id, range(first, first + n), range(first + n, first + n + m), on)
    for customer in range(first, first + n):
        sent(db, customer, on, campaign_id=id, segment="loyalty:lost", template=more.get("template", "win_back/price"))
    for customer in (*range(first, first + back), *range(first + n, first + n + control_back)):
        bought(db, customer, on + timedelta(days=9), 100)
    return id


def sent(
    db: Connection, customer_id: int, at: date, *, state: str = "sent", campaign_id: int | None = None, **more: Any
) -> int:
    """A draft to a customer that was sent at noon of a day, or at a moment; returns its id."""
    moment = at if isinstance(at, datetime) else noon(at)
    batch = {"template": "win_back/price", "made_at": moment, "state": "approved", "campaign_id": campaign_id}
    batch |= {name: more.pop(name) for name in ("segment", "made_by") if name in more}
    if "template" in more:
        batch["template"] = more["template"]
    batch_id = db.scalar(insert(batches).values(second_person=False, **batch).returning(batches.c.id))
    row = {"batch_id": batch_id, "customer_id": customer_id, "template": "win_back/price", "channel": "email"}
    row |= {"language": "en", "purpose": "marketing", "subject": "", "text": "", "written": {}, "given": {}}
    row |= {"state": state, "token": f"t{batch_id}", "made_at": moment, "sent_at": moment if state == "sent" else None}
    made = db.scalar(insert(drafts).values(row | more).returning(drafts.c.id))
    assert made is not None
    return int(made)


def bought(
    db: Connection, customer_id: int, day: date, amount: object, *, home: Any = "same", currency: str = "USD",
    status: str | None = None,
) -> None:  # fmt: skip
    number = db.scalar(select(func.count()).select_from(orders))
    row = {"key": f"o{number}", "customer_id": customer_id, "day": day, "amount": Decimal(str(amount))}
    row |= {"status": status, "currency": currency, "sums_lines": False}
    row["home_amount"] = row["amount"] if home == "same" else home
    db.execute(insert(orders).values(row))
