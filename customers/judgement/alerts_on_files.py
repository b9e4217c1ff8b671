"""`rekindle backtest` on a file of orders: which alerts would have been posted, written as a file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from customers.judgement.order_files import read, refuse_overwriting, write
from customers.judgement.shadow import Shadow, shadow
from customers.timelines import Floats, iso


def backtest(
    orders: Path,
    since: date,
    horizon: int,
    out: Path,
    precision: float | None = None,
    shipped: Floats | None = None,
) -> Shadow:
    """Write the alerts that would have been posted from a day on, had they run every day.

    Columns: customer_id, alert_date, silent_days, usual_gap (the customer's mean gap in days) and p_lapse (the chance
    that the alert is precise). The file appears whole or not at all. Raises `BadInput` for orders that cannot be read,
    `WrongUsage` for an `out` that cannot be written. `shipped` are other weights to start from, for measuring.
    """
    refuse_overwriting(orders, out)
    ids, purchases = read(orders)
    found = shadow(purchases, since.toordinal(), horizon, precision, shipped=shipped)
    table = pd.DataFrame(
        {
            "customer_id": [ids[who] for who in found.silences.who.tolist()],
            "alert_date": [iso(day) for day in found.day.tolist()],
            "silent_days": found.day - found.silences.begin,
            "usual_gap": [f"{gap:.1f}" for gap in found.silences.usual.tolist()],
            "p_lapse": [f"{chance:.4f}" for chance in found.p_lapse.tolist()],
        }
    )
    write(table, out)
    return found


def told(found: Shadow) -> str:
    """What a shadow was worth, in one line."""
    said = f"Would have posted {len(found.day)} alerts from {iso(found.since)} to {iso(found.until)}"
    closed = int(found.closed.sum())
    if found.stated is not None and found.reached is not None:
        said += (
            f"; {closed} have a known outcome, {int(found.lapsed.sum())} of them really lapsed"
            f" ({found.reached:.0%}; stated {found.stated:.0%})"
        )
    caught = found.recall()
    if caught is not None:
        said += f"; of {len(found.alerted)} lapses {caught:.0%} were caught in time, {found.unseen} went unseen"
    return said + "."
