"""The public purchase histories that the judgement is learnt from and measured on: read where they lie, never kept."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from customers.judgement.order_files import read
from customers.judgement.purchases import Purchases

# Of each set the days of judgement and their horizons (days), as the data's description names them; the newest last.
CUTOFFS = {
    "cdnow": [("1997-10-01", 180), ("1998-01-01", 180)],
    "online_retail": [("2011-06-12", 90), ("2011-09-10", 90)],
    "complete_journey": [("2017-09-01", 28), ("2017-10-15", 28), ("2017-12-03", 28)],
}
# More of them, with other horizons: a tenant's horizon is seldom one of the above.
OTHERS = {
    "cdnow": [("1998-04-01", 90), ("1998-01-01", 90), ("1998-05-01", 60), ("1997-10-01", 60)],
    "online_retail": [("2011-10-15", 45), ("2011-08-01", 60), ("2011-08-01", 120), ("2011-11-01", 30)],
    "complete_journey": [("2017-10-01", 90), ("2017-11-01", 60), ("2017-11-20", 14), ("2017-07-01", 60)],
}


def orders(folder: Path, name: str) -> Path:
    """The file of a set."""
    return folder / "purchases" / f"{name}_dev.csv.gz"


@cache
def purchases(folder: Path, name: str) -> Purchases:
    """The purchases of a set."""
    return read(orders(folder, name), amounts=True)[1]


def ordinal(day: str) -> int:
    """The number of a day written as ISO text."""
    return date.fromisoformat(day).toordinal()
