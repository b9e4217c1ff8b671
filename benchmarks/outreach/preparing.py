"""Makes the customers of the plan, writes to each of them, and asks for approval, before anything goes wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, insert, select

from benchmarks.outreach.numbers import POLICY
from benchmarks.outreach.plan import Planned
from care import approving, drafting
from care.drafting import Wanted
from customers import reps as people
from customers.reps import Person
from customers.tables import consents, customers, orders, reps
from database.engine import Database

TEMPLATE = "win_back/price"
AUTHOR, APPROVER = "rita@tea.example", "mia@tea.example"
# Batches that are written in one transaction.
TOGETHER = 50


def prepare(database: Database, plan: Sequence[Planned]) -> None:
    """Fill the database; each batch carries its number as its segment."""
    now = datetime.now(UTC)
    with database.transaction() as db:
        _people(db)
        ids = _customers(db, plan, now)
    batches = [list(each) for _, each in groupby(plan, lambda planned: planned.batch)]
    for start in range(0, len(batches), TOGETHER):
        with database.transaction() as db:
            author = who(db, AUTHOR).id
            for batch in batches[start : start + TOGETHER]:
                wanted = Wanted(TEMPLATE, batch[0].channel, {"offer": batch[0].words}, segment=str(batch[0].batch))
                chosen = [ids[planned.number] for planned in batch]
                made = drafting.propose(db, POLICY, wanted, chosen, by=author, at=now, today=now.date(), zone=UTC)
                approving.ask(db, POLICY, made.batch_id, by=author, at=now, day=now.date(), zone=UTC)


def who(db: Connection, email: str) -> Person:
    """One of the two people who are there."""
    found = people.load(db, email, datetime.now(UTC).date())
    assert found is not None
    return found


def _people(db: Connection) -> None:
    known = {"country": "DE", "time_zone": "Europe/Berlin", "active": True}
    mia = {"name": "Mia", "email": APPROVER, "roles": "manager"} | known
    leads = db.execute(insert(reps).values(mia).returning(reps.c.id)).scalar_one()
    db.execute(insert(reps).values({"name": "Rita", "email": AUTHOR, "roles": "rep", "manager_id": leads} | known))


def _customers(db: Connection, plan: Sequence[Planned], now: datetime) -> dict[int, int]:
    """Customers with one order each; returns their ids by their number in the plan."""
    owner = db.scalar(select(reps.c.id).where(reps.c.email == AUTHOR))
    rows: list[dict[str, Any]] = [
        {
            "key": str(planned.number),
            "name": planned.name,
            "folded_name": planned.name.lower(),
            "owner_id": owner,
            "email": planned.email,
            "phone": planned.phone,
            "language": "en",
            "created_at": now,
        }
        for planned in plan
    ]
    ids = list(db.scalars(insert(customers).returning(customers.c.id, sort_by_parameter_order=True), rows))
    bought = {"day": now.date() - timedelta(days=120), "amount": Decimal(100), "currency": "USD"}
    db.execute(
        insert(orders),
        [{"customer_id": id, "key": f"O{planned.number}"} | bought for id, planned in zip(ids, plan, strict=True)],
    )
    entries = [entry for id, planned in zip(ids, plan, strict=True) for entry in _consents(id, planned, now)]
    db.execute(insert(consents), entries)
    return {planned.number: id for id, planned in zip(ids, plan, strict=True)}


def _consents(customer_id: int, planned: Planned, now: datetime) -> list[dict[str, Any]]:
    """What the ledger says of a customer; a win-back is an offer."""
    other = "sms" if planned.channel == "email" else "email"
    entry = {"customer_id": customer_id, "given": True, "how": "form", "at": now - timedelta(days=90)}
    allowed: dict[str, list[tuple[str, str]]] = {
        "yes": [(planned.channel, "marketing")],
        "never asked": [],
        "other purpose": [(planned.channel, "service")],
        "other channel": [(other, "marketing")],
    }
    return [entry | {"channel": channel, "purpose": purpose} for channel, purpose in allowed[planned.allowed]]
