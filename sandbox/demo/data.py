"""Writes the demo's customers, orders and interactions as files that `rekindle import` reads."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from sandbox.demo import companies, grocers
from sandbox.demo.people import reps
from sandbox.demo.reading import Row

COLUMNS = {
    "reps.csv": "name,email,role,team,manager,country,time_zone",
    "customers.csv": (
        "id,name,kind,parent,industry,size,region,city,country,source,owner,email,phone,birthday,birthday_calendar,"
        "language,time_zone,consent_email,consent_sms,tags,credit_limit"
    ),
    "contacts.csv": "id,customer,name,title,email,phone,birthday",
    "products.csv": "id,name,type,price,cost,brand,function,audience",
    "rates.csv": "currency,date,rate",
    # Northwind's orders have no amount of their own: it comes from their lines.
    "orders_northwind.csv": "id,customer,date,channel,status",
    "orders_china.csv": "id,customer,date,amount,currency,channel,status",
    "order_lines.csv": "order,product,quantity,unit_price,discount",
    "interactions.csv": "id,customer,contact,kind,date,rep,text,outcome,score,closed",
}
"""Each file and its header, in the order in which they refer to one another."""

# Invented: what one unit is worth in US dollars, and how far it swings from month to month.
_RATES = {"CNY": (Decimal("0.1400"), Decimal("0.0004")), "EUR": (Decimal("1.0900"), Decimal("0.0050"))}
_SWING = (0, 1, 3, 2, 1, -1, -2, -3, -1, 0, 2, 1)
# The oldest story begins some 28 months ago.
_MONTHS = 36
_RESOLVED_AFTER = timedelta(days=9)


def write(folder: Path, today: date) -> list[Path]:
    """Write the files into `folder`, which must exist, as of `today`; returns them in the order of `COLUMNS`.

    The newest order is yesterday's. The same day gives the same files; another day gives the same stories, moved.
    """
    northwind, northwind_lines = grocers.orders(today)
    china, china_lines = companies.orders(today)
    contents = {
        "reps.csv": reps(),
        "customers.csv": grocers.customers(today) + companies.customers(today),
        "contacts.csv": grocers.contacts() + companies.contacts(),
        "products.csv": grocers.products() + companies.products(),
        "rates.csv": _rates(today),
        "orders_northwind.csv": northwind,
        "orders_china.csv": china,
        "order_lines.csv": northwind_lines + china_lines,
        "interactions.csv": [_closed(each) for each in grocers.interactions(today) + companies.interactions(today)],
    }
    return [_write(folder / name, columns.split(","), contents[name]) for name, columns in COLUMNS.items()]


def _closed(interaction: Row) -> Row:
    """A complaint that was resolved was so nine days after it came in."""
    if interaction["kind"] != "complaint" or not interaction["outcome"]:
        return interaction
    return {**interaction, "closed": (date.fromisoformat(interaction["date"]) + _RESOLVED_AFTER).isoformat()}


def _write(path: Path, columns: list[str], content: Iterable[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(content)
    return path


def _rates(today: date) -> list[Row]:
    """A rate on the first of each month, oldest first."""
    found = []
    for back in range(_MONTHS, -1, -1):
        year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
        for currency, (usual, step) in _RATES.items():
            day = date(year, month + 1, 1)
            found.append({"currency": currency, "date": day.isoformat(), "rate": str(usual + step * _SWING[month])})
    return found
