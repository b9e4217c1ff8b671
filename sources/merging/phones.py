"""Reads phone numbers whose row names no country: as numbers of the country that is stored for the customer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, bindparam, select, update

from customers.tables import customers
from sources.cells import details
from sources.intake import Waiting
from sources.merging.run import FETCHED, Run


def read_phones(run: Run, waiting: Waiting, customer_id: Column[Any]) -> None:
    """Turn the phone numbers that wait as written (`phone_said`) into the international form.

    `customer_id` is the column of the waiting rows with the customer whose country counts; without one it is
    DEFAULT_REGION.
    """
    if not waiting.has("phone"):
        return
    rows = waiting.rows
    said = (
        select(rows.c.seq, rows.c.line, rows.c.phone_said, customers.c.country)
        .join(customers, customers.c.id == customer_id, isouter=True)
        .where(rows.c.phone_said.is_not(None))
        .order_by(rows.c.seq)
    )
    written = update(rows).where(rows.c.seq == bindparam("at")).values(phone=bindparam("number"))
    unusual = []
    for some in run.db.execute(said.execution_options(yield_per=FETCHED)).partitions():
        numbers = []
        for seq, line, cell, country in some:
            number, usual = details.phone(cell, country, run.region)
            numbers.append({"at": seq, "number": number})
            if not usual:
                unusual.append((line, cell))
        run.db.execute(written, numbers)
    if not waiting.phones_warned:  # rows that are merged a second time, without rejected ones, were warned about
        waiting.phones_warned = True
        waiting.warn(run.warnings, "phone", unusual, details.UNUSUAL_PHONE)
