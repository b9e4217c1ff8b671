"""Invents a tenant: its reps, customers, products and four years of orders, as files that can be imported."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from benchmarks import names

YEARS = 4
DAYS = 365 * YEARS
REPS, TEAMS = 200, 20
HEAD = "head@example.com"
PRODUCTS = 300
# Shares of customers and how many orders each has compared to the others: most buy seldom, few very often.
RHYTHMS = (
    (0.05, 0),  # nothing yet
    (0.20, 1),  # little: a few orders, far apart
    (0.45, 6),  # some months apart
    (0.22, 15),  # every month or two
    (0.08, 60),  # every week
)
# A third has stopped buying at some time in these years, a third began within them.
STOPPED = BEGAN = 1 / 3
RATES = {"CNY": 0.14, "EUR": 1.09, "USD": 1.0}
MONTHS = YEARS * 12 + 1


def write(folder: str, customers: int, orders: int, seed: int, today: str) -> dict[str, list[str]]:
    """Write the tenant's files into the folder; returns their names by the step in which they are imported."""
    rng, place, until = Random(seed), Path(folder), date.fromisoformat(today)
    people = list(_reps())
    currencies: list[str] = []
    _write(place, "reps.csv", "name,email,role,team,manager,country,time_zone", people)
    _write(
        place,
        "customers.csv",
        "id,name,kind,industry,size,region,city,country,source,owner,email,phone,language,consent_email,tags",
        _customers(rng, customers, currencies),
    )
    _write(place, "contacts.csv", "id,customer,name,title,email,phone", _contacts(rng, customers))
    _write(place, "products.csv", "id,name,type,price,cost,brand", _products(rng))
    _write(place, "rates.csv", "currency,date,rate", _rates(until))
    days = _rhythms(rng, customers, orders, until)
    _write(place, "orders.csv", ORDER_COLUMNS, order_rows(rng, days, currencies, "SO"))
    _write(place, "order_lines.csv", "order,product,quantity,unit_price,discount", _lines(rng, orders))
    _write(place, "interactions.csv", "id,customer,kind,date,rep,text", _interactions(rng, customers, until))
    return {
        "people": ["reps.csv", "customers.csv", "contacts.csv", "products.csv", "rates.csv"],
        "orders": ["orders.csv"],
        "details": ["order_lines.csv", "interactions.csv"],
    }


def write_large(folder: str, customers: int, mebibytes: int, seed: int, today: str) -> int:
    """Write `large.csv`, orders of the same customers of at least this size; returns the number of orders.

    `large_bad.csv` is the same with a fault in its last line.
    """
    rng, place, until = Random(seed), Path(folder), date.fromisoformat(today)
    currencies: list[str] = []
    for _ in _customers(Random(seed), customers, currencies):
        pass
    rows = mebibytes * 1024 * 1024 // SMALLEST_ROW + 1
    days = _rhythms(rng, customers, rows, until)
    _write(place, "large.csv", ORDER_COLUMNS, order_rows(rng, days, currencies, "LG"))
    content = (place / "large.csv").read_bytes().rstrip(b"\n")
    last = content.rfind(b"\n") + 1
    spoilt = content[last:].split(b",")
    spoilt[2] = b"someday"
    (place / "large_bad.csv").write_bytes(content[:last] + b",".join(spoilt) + b"\n")
    return rows


ORDER_COLUMNS = "id,customer,date,amount,currency,channel,status"
# Bytes of the shortest possible line of orders: the file is then surely large enough.
SMALLEST_ROW = len("SO0000001,C000001,2026-01-01,1.00,USD,web,\n")


def order_rows(
    rng: Random, days: list[tuple[int, int, date]], currencies: list[str], prefix: str
) -> Iterator[list[Any]]:
    """Orders in the order of their days: `days` are (ordinal of the day, number of the customer, day)."""
    text: dict[date, str] = {}
    for number, (_, customer, day) in enumerate(days, 1):
        amount = rng.lognormvariate(5.5, 1.0) + 1
        chance = rng.random()
        if chance < 0.01:
            amount, status = -amount / 2, "refunded"
        else:
            status = "cancelled" if chance < 0.02 else "paid" if chance < 0.6 else ""
        written = text.get(day) or text.setdefault(day, day.isoformat())
        channel = "web" if chance > 0.5 else "shop" if chance > 0.25 else "phone"
        yield [
            f"{prefix}{number:07d}", f"C{customer:06d}", written, f"{amount:.2f}", currencies[customer - 1], channel,
            status,
        ]  # fmt: skip


def rep_email(number: int) -> str:
    """The address of a rep, 1 to `REPS`."""
    return f"rep{number:03d}@example.com"


def lead_email(team: int) -> str:
    """The address of a team's manager, 1 to `TEAMS`."""
    return f"lead{team:02d}@example.com"


def owner_of(customer: int) -> int:
    """Which rep, 1 to `REPS`, looks after a customer."""
    return customer * 7 % REPS + 1


def team_of(rep: int) -> int:
    """Which team, 1 to `TEAMS`, a rep is in."""
    return rep % TEAMS + 1


def _reps() -> Iterator[list[Any]]:
    yield ["Head of Sales", HEAD, "manager", "", "", "DE", "Europe/Berlin"]
    for team in range(1, TEAMS + 1):
        yield [f"Lead {team}", lead_email(team), "manager", f"Team {team}", HEAD, "DE", "Europe/Berlin"]
    for rep in range(1, REPS + 1):
        team = team_of(rep)
        yield [f"Rep {rep}", rep_email(rep), "rep", f"Team {team}", lead_email(team), "DE", "Europe/Berlin"]


def _customers(rng: Random, count: int, currencies: list[str]) -> Iterator[list[Any]]:
    """Half Latin, half Chinese, an eighth of them persons; fills in the currency in which each of them buys."""
    for number in range(1, count + 1):
        kind, city, country = "company", "", "CN"
        chinese, person = rng.random() < 0.5, rng.random() < 0.125
        if chinese:
            name, city = (names.chinese_person(rng), "上海") if person else names.chinese_company(rng)
            industry, region, phone = "文具", "华东", f"+86 138 {rng.randrange(10**8):08d}"
        else:
            name = names.latin_person(rng) if person else names.latin_company(rng)
            city, country = rng.choice(names.LATIN_CITIES)
            industry, region, phone = "Food", "Europe", f"+49 30 {rng.randrange(10**7):07d}"
        if person:
            kind = "person"
        currencies.append("CNY" if chinese else "USD" if country in ("US", "GB") else "EUR")
        consent = rng.choice(("yes", "no", ""))
        yield [
            f"C{number:06d}", name, kind, industry, rng.choice(("1-9", "10-49", "50-249", "250+")), region, city,
            country, rng.choice(("fair", "web", "referral", "partner")), rep_email(owner_of(number)),
            f"info{number}@customer.example.com", phone, "zh" if chinese else "en", consent,
            "vip" if number % 25 == 0 else "",
        ]  # fmt: skip


def _contacts(rng: Random, customers: int) -> Iterator[list[Any]]:
    for number in range(1, customers + 1, 3):
        name = names.chinese_person(rng) if rng.random() < 0.5 else names.latin_person(rng)
        yield [f"P{number:06d}", f"C{number:06d}", name, "Buyer", f"contact{number}@customer.example.com", ""]


def _products(rng: Random) -> Iterator[list[Any]]:
    for number in range(1, PRODUCTS + 1):
        price = rng.uniform(2, 400)
        kind = rng.choice(("Coffee", "Tea", "Paper", "Tools", "文具"))
        yield [f"A{number:03d}", f"{kind} {number}", kind, f"{price:.2f}", f"{price * 0.6:.2f}", "House"]


def _rates(until: date) -> Iterator[list[Any]]:
    for month in range(MONTHS, -1, -1):
        day = until - timedelta(days=month * 31)
        for currency in ("CNY", "EUR"):
            yield [currency, day.isoformat(), f"{RATES[currency] * (1 + month % 5 / 100):.4f}"]


def _rhythms(rng: Random, customers: int, orders: int, until: date) -> list[tuple[int, int, date]]:
    """Exactly so many (ordinal of the day, number of the customer, day), sorted, each customer at its own rhythm."""
    weights = [weight for _, weight in RHYTHMS]
    drawn = rng.choices(weights, [share for share, _ in RHYTHMS], k=customers)
    drawn[0] = 1  # somebody buys, also among three customers
    whole = sum(drawn)
    counts = [orders * weight // whole for weight in drawn]
    buying = [number for number, weight in enumerate(drawn) if weight]
    for number in rng.choices(buying, k=orders - sum(counts)):
        counts[number] += 1
    start = until.toordinal() - DAYS
    known = [date.fromordinal(start + day) for day in range(DAYS + 1)]
    found: list[tuple[int, int, date]] = []
    for number, count in enumerate(counts, 1):
        if not count:
            continue
        first = rng.random() * 0.8 if rng.random() < BEGAN else 0.0
        last = first + (1 - first) * rng.random() if rng.random() < STOPPED else 1.0
        gap = (last - first) * (DAYS - 1) / count
        steady = rng.random() < 0.6
        for turn in range(count):
            moved = rng.gauss(0, 0.2) if steady else rng.random() - 0.5
            day = int(first * DAYS + gap * (turn + 0.5 + moved)) + 1
            day = min(max(day, 0), DAYS)
            found.append((start + day, number, known[day]))
    found.sort()
    return found


def _lines(rng: Random, orders: int) -> Iterator[list[Any]]:
    """Two products for every fifth order."""
    for number in range(1, orders + 1, 5):
        for product in rng.sample(range(1, PRODUCTS + 1), 2):
            discount = rng.choice(("0", "0", "0", "0.1", "0.2"))
            yield [f"SO{number:07d}", f"A{product:03d}", rng.randint(1, 20), f"{rng.uniform(2, 400):.2f}", discount]


def _interactions(rng: Random, customers: int, until: date) -> Iterator[list[Any]]:
    for number in range(1, customers + 1, 4):
        day = until - timedelta(days=rng.randrange(DAYS))
        kind = rng.choice(("call", "visit", "email", "note", "complaint"))
        yield [
            f"I{number:06d}",
            f"C{number:06d}",
            kind,
            day.isoformat(),
            rep_email(owner_of(number)),
            "Asked for prices.",
        ]


def _write(folder: Path, name: str, columns: str, rows: Iterable[Iterable[Any]]) -> None:
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns.split(","))
        writer.writerows(rows)
