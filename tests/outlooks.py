"""Puts an outlook in place of the one that was judged, in as few words as a test needs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, delete, insert

from customers.outlook_tables import outlooks
from tests.ledger import TODAY


def foresee(db: Connection, customer: int, **told: Any) -> None:
    """Keep what is told of a customer, and something sensible for everything that is not."""
    judged_on = told.get("judged_on", TODAY)
    row = {
        "customer_id": customer,
        "judged_on": judged_on,
        "model": 1,
        "horizon": 90,
        "chance_lost": 0.82,
        "expected_orders": 0.4,
        "expected_spend": Decimal(0),
        "expected_before": Decimal(0),
        "due_on": judged_on + timedelta(days=12),
        "due_from": judged_on + timedelta(days=7),
        "due_until": judged_on + timedelta(days=18),
        "confidence": "enough",
        "weighed": "+silence_in_gaps -recent_purchases +spend",
    }
    db.execute(delete(outlooks).where(outlooks.c.customer_id == customer))
    db.execute(insert(outlooks).values(row | told))
