"""A business whose customers may be written to: imported as a tenant is, with a history, contacts and consent."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select, update

from benchmarks import tenant
from benchmarks.importing import import_files
from care.outreach_policy import Policy
from customers import reps as people
from customers.computed_tables import customer_facts
from customers.reps import Person
from customers.tables import consents, customers
from database.engine import Database

ZONE = ZoneInfo("Europe/Berlin")
COMPANY, SENDER = "Tea House", "Tea House <care@tea.example>"
# Orders of each customer on average.
ORDERS_EACH = 10
# One customer in five has not bought yet: so many more are made than are written to.
MORE = 1.4
# Products that are bought together, and how many of them stand in one order.
FAMILY, IN_ONE_ORDER = 6, 3
POLICY = Policy(
    company=COMPANY,
    channels=frozenset({"email", "sms"}),
    mail_from=SENDER,
    public_url="https://care.tea.example",
    region="DE",
    zone=ZONE,
    quiet_from=time(0),
    quiet_until=time(0),  # equal ends: none, whenever the bench runs
)


def fill(url: str, folder: str, buyers: int, seed: int, today: str) -> int:
    """Make and import customers of whom so many have bought; all of them allow everything. Returns how many there are.

    A file of order lines in which products go together takes the place of the tenant's: else nothing could be
    recommended.
    """
    many = round(buyers * MORE) + 5
    written = tenant.write(folder, many, many * ORDERS_EACH, seed, today)
    _together(Path(folder), Random(seed))
    done = import_files(url, folder, [name for names in written.values() for name in names])
    if done["exit_code"] != 0:
        raise RuntimeError(done["summary"])
    database = Database(url)
    with database.transaction() as db:
        _allow(db)
    database.close()
    return many


def buyers(db: Connection, most: int) -> list[int]:
    """Customers who have bought something, at most so many; raises LookupError where there are fewer."""
    bought = select(customer_facts.c.customer_id).where(customer_facts.c.purchases > 0)
    found = list(db.scalars(bought.order_by(customer_facts.c.customer_id).limit(most)))
    if len(found) < most:
        raise LookupError(f"only {len(found)} of {most} customers have bought something")
    return found


def who(db: Connection, email: str, today: date) -> Person:
    """One of the tenant's people."""
    found = people.load(db, email, today)
    assert found is not None
    return found


def today() -> date:
    """The business's day."""
    return datetime.now(ZONE).date()


def _allow(db: Connection) -> None:
    """Enter that everybody allows everything, whatever was imported; nobody complains."""
    entry = {"given": True, "at": datetime.now(UTC), "how": "form", "rep_id": None}
    entries = [
        {"customer_id": customer, "channel": channel, "purpose": purpose} | entry
        for customer in db.scalars(select(customers.c.id))
        for channel in ("email", "sms")
        for purpose in ("service", "marketing")
    ]
    db.execute(insert(consents), entries)
    db.execute(update(customer_facts).values(open_complaint=None))


def _together(folder: Path, chance: Random) -> None:
    """Write order lines again: the products of one order come from one family."""
    with (folder / "order_lines.csv").open(encoding="utf-8", newline="") as file:
        columns, *lines = csv.reader(file)
    numbers = list(dict.fromkeys(line[0] for line in lines))

    def again() -> Iterator[list[str]]:
        for number in numbers:
            first = chance.randrange(tenant.PRODUCTS // FAMILY) * FAMILY
            for product in chance.sample(range(first + 1, first + FAMILY + 1), IN_ONE_ORDER):
                price = f"{chance.uniform(2, 400):.2f}"
                yield [number, f"A{product:03d}", str(chance.randint(1, 20)), price, "0"]

    with (folder / "order_lines.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(again())
