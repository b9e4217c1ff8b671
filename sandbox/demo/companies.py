"""The demo's invented Chinese companies: who they are, what they buy and what reps noted about them."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from sandbox.demo.reading import Row, rows
from sandbox.demo.stories import STORIES, Sale

# Products have one price list, in the demo's home currency; a round figure near the rates that the demo writes.
_YUAN_PER_DOLLAR = Decimal("7.1")
# What one unit of a currency costs in yuan when a price list is made: round figures, for the same reason.
_YUAN_PER_UNIT = {"CNY": Decimal(1), "EUR": Decimal("7.8"), "HKD": Decimal("0.92")}
_CENT = Decimal("0.01")


def customers(today: date) -> list[Row]:
    """Return the companies and private buyers as `customers.csv` has them."""
    return [
        {
            **each,
            "country": "CN",
            "email": _office(each),
            "language": "zh_CN",
            "time_zone": "Asia/Shanghai",
            "owner": _rep(each["owner"]),
            "consent_email": consent(each["consent_email"], today),
            "consent_sms": consent(each["consent_sms"], today),
        }
        for each in _companies()
    ]


def consent(text: str, today: date) -> str:
    """Return the day on which consent was given `text` days ago; `no` and nothing stay what they are."""
    return days_before(today, text) if text.isdigit() else text


def days_before(today: date, days: str | int) -> str:
    """Return the day that lies so many days before `today`, as 2026-03-05."""
    return (today - timedelta(days=int(days))).isoformat()


def contacts() -> list[Row]:
    """Return the people at the companies as `contacts.csv` has them."""
    slugs = {each["id"]: each["slug"] for each in _companies()}
    seen: dict[str, int] = defaultdict(int)
    found = []
    for each in rows("invented/contacts.csv"):
        customer = each["customer"]
        seen[customer] += 1
        email = f"{each['pinyin']}@{slugs[customer]}.example.com"
        found.append({**each, "id": f"{customer}-{seen[customer]}", "email": email})
    return found


def products() -> list[Row]:
    """Return the price list as `products.csv` has it, in the demo's home currency."""
    return [
        {**each, "price": _dollars(each["price"]), "cost": _dollars(each["cost"])}
        for each in rows("invented/products.csv")
    ]


def orders(today: date) -> tuple[list[Row], list[Row]]:
    """Return the orders, with amount and currency, and their lines; a refund has no lines."""
    shelf = rows("invented/products.csv")
    all_orders: list[Row] = []
    all_lines: list[Row] = []
    for company in _companies():
        # Seeded by the company alone: a company tells the same story whatever day it is. Only random() is promised to
        # give the same numbers in every version of Python.
        dice = random.Random(company["id"]).random
        sales = STORIES[company["story"]](int(company["every"]), dice)
        choice = [each for each in shelf if each["type"] in company["likes"].split(";")]
        over = Decimal(0)
        for nr, sale in enumerate(sales, 1):
            key, currency = f"{company['id']}-{nr:04}", sale.currency or company["currency"]
            wanted = Decimal(company["basket"]) * Decimal(f"{sale.size:.4f}")
            if wanted > 0:
                lines = _lines(key, sale, wanted - over, _pair(choice, nr), _YUAN_PER_UNIT[currency])
                over += sum(_yuan(line, _YUAN_PER_UNIT[currency]) for line in lines) - wanted
                amount = sum((_net(line) for line in lines), Decimal(0)).quantize(_CENT)
                all_lines += lines
            else:
                amount = (wanted / _YUAN_PER_UNIT[currency]).quantize(_CENT)
            all_orders.append(
                {
                    "id": key,
                    "customer": company["id"],
                    "date": days_before(today, sale.days_ago),
                    "amount": str(amount),
                    "currency": currency,
                    "channel": _channel(company["channel"], nr),
                    "status": sale.status,
                }
            )
    return all_orders, all_lines


def interactions(today: date) -> list[Row]:
    """Return what reps wrote down, as `interactions.csv` has it."""
    return [
        {**each, "id": f"CI{nr:03}", "date": days_before(today, each["days_ago"]), "rep": _rep(each["rep"])}
        for nr, each in enumerate(rows("invented/interactions.csv"), 1)
    ]


def _companies() -> list[Row]:
    return rows("invented/companies.csv")


def _office(company: Row) -> str:
    if company["kind"] == "person":
        return f"{company['slug']}@example.com"
    return f"caigou@{company['slug']}.example.com"


def _rep(address: str) -> str:
    return f"{address}@example.com" if address else ""


def _dollars(yuan: str) -> str:
    return str((Decimal(yuan) / _YUAN_PER_DOLLAR).quantize(_CENT))


def _channel(usual: str, nr: int) -> str:
    """Every fifth order comes the other way, so that a main channel is a main one and not the only one."""
    return usual if nr % 5 else {"online": "offline", "offline": "online"}[usual]


def _pair(choice: Sequence[Row], nr: int) -> list[Row]:
    """Walk through what a company likes, two products at a time."""
    return [choice[nr % len(choice)], choice[(nr + 1) % len(choice)]]


def _lines(key: str, sale: Sale, wanted: Decimal, goods: Sequence[Row], yuan_per_unit: Decimal) -> list[Row]:
    """Fill a basket of about `wanted` yuan, list price, with whole pieces of these goods."""
    each_gets = wanted / len(goods)
    return [
        {
            "order": key,
            "product": good["id"],
            "quantity": str(max(1, round(each_gets / Decimal(good["price"])))),
            "unit_price": str((Decimal(good["price"]) / yuan_per_unit).quantize(_CENT)),
            "discount": sale.discount,
        }
        for good in goods
    ]


def _net(line: Row) -> Decimal:
    return Decimal(line["quantity"]) * Decimal(line["unit_price"]) * (1 - Decimal(line["discount"]))


def _yuan(line: Row, yuan_per_unit: Decimal) -> Decimal:
    """What a line comes to at list price."""
    return Decimal(line["quantity"]) * Decimal(line["unit_price"]) * yuan_per_unit
