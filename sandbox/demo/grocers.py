"""Northwind's customers as the demo shows them: moved to end yesterday, with owners and what Northwind does not say."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from zlib import crc32

from sandbox.demo.people import HEAD, employee_email
from sandbox.demo.reading import Row, rows

# Customers whom nobody looks after, so that a manager has some to hand out.
UNOWNED = frozenset({"CENTC", "GROSR", "LAZYK", "PARIS"})

_NANCY = "1"
# Handed over to Nancy, whom one acts as: of those she took most orders of, nobody is slipping away or lost.
_HANDED_OVER = {"BLONP": _NANCY, "FAMIA": _NANCY, "MEREP": _NANCY}
_TAGS = {"ERNSH": "vip", "QUICK": "vip", "SAVEA": "vip", "FOLKO": "organic", "BLAUS": "organic", "MEREP": "far away"}
# The first of these pieces found in a name says what the business is.
_INDUSTRIES = (
    ("restaur", "restaurant"),
    ("taquer", "restaurant"),
    ("bistro", "restaurant"),
    ("comida", "restaurant"),
    ("cocina", "restaurant"),
    ("cozinha", "restaurant"),
    ("delikat", "delicatessen"),
    ("delicat", "delicatessen"),
    ("spezial", "delicatessen"),
    ("spécial", "delicatessen"),
    ("gourmet", "delicatessen"),
    ("import", "import and wholesale"),
    ("trading", "import and wholesale"),
    ("vin", "wine and beer"),
    ("beer", "wine and beer"),
    ("beverages", "wine and beer"),
    ("market", "supermarket"),
    ("mercado", "supermarket"),
    ("stop", "supermarket"),
)
_SOURCES = ("trade fair", "referral", "website", "cold call")


def customers(today: date) -> list[Row]:
    """Return Northwind's customers as `customers.csv` has them."""
    owners, counts = _owners(), Counter(each["CustomerID"] for each in rows("northwind/orders.csv"))
    countries = {each["name"]: each for each in rows("invented/countries.csv")}
    found = []
    for each in rows("northwind/customers.csv"):
        key, country = each["CustomerID"], countries[each["Country"]]
        size = "large" if counts[key] >= 15 else "medium" if counts[key] >= 6 else "small"
        found.append(
            {
                "id": key,
                "name": " ".join(each["CompanyName"].split()),
                "kind": "company",
                "industry": _industry(each["CompanyName"]),
                "size": size,
                "region": country["region"],
                "city": each["City"],
                "country": country["code"],
                "source": _SOURCES[_number(key, "source") % len(_SOURCES)],
                "owner": "" if key in UNOWNED else owners[key],
                "email": f"orders@{key.lower()}.example.com",
                "phone": each["Phone"],
                "language": "en",
                "time_zone": country["time_zone"],
                "consent_email": _consent(key, "email", 60, today),
                "consent_sms": _consent(key, "sms", 25, today),
                "tags": _TAGS.get(key, ""),
                "credit_limit": {"large": "50000", "medium": "20000", "small": ""}[size],
            }
        )
    return found


def contacts() -> list[Row]:
    """Return the one person whom Northwind knows at each customer, some with an invented birthday."""
    return [
        {
            "id": f"{each['CustomerID']}-1",
            "customer": each["CustomerID"],
            "name": each["ContactName"],
            "title": each["ContactTitle"],
            "email": f"{_address(each['ContactName'])}@{each['CustomerID'].lower()}.example.com",
            "phone": each["Phone"],
            "birthday": _birthday(each["CustomerID"]),
        }
        for each in rows("northwind/customers.csv")
    ]


def products() -> list[Row]:
    """Return Northwind's products with invented costs."""
    categories = {each["CategoryID"]: each["CategoryName"] for each in rows("northwind/categories.csv")}
    more = {each["name"]: each for each in rows("invented/categories.csv")}
    makers = {each["SupplierID"]: each["CompanyName"] for each in rows("northwind/suppliers.csv")}
    found = []
    for each in rows("northwind/products.csv"):
        category = categories[each["CategoryID"]]
        cost = Decimal(each["UnitPrice"]) * Decimal(more[category]["cost_share"])
        found.append(
            {
                "id": f"NP{int(each['ProductID']):02}",
                "name": each["ProductName"],
                "type": category,
                "price": each["UnitPrice"],
                "cost": str(cost.quantize(Decimal("0.01"))),
                "brand": makers[each["SupplierID"]],
                "function": more[category]["function"],
                "audience": more[category]["audience"],
            }
        )
    return found


def orders(today: date) -> tuple[list[Row], list[Row]]:
    """Return the orders, whose amounts are the sums of their lines, and the lines; the newest order is yesterday's."""
    sold = rows("northwind/orders.csv")
    moved = today - timedelta(days=1) - max(date.fromisoformat(each["OrderDate"]) for each in sold)
    return [
        {
            "id": f"NW{each['OrderID']}",
            "customer": each["CustomerID"],
            "date": (date.fromisoformat(each["OrderDate"]) + moved).isoformat(),
            "channel": _channel(each),
            "status": "shipped" if each["ShippedDate"] else "open",
        }
        for each in sold
    ], [
        {
            "order": f"NW{each['OrderID']}",
            "product": f"NP{int(each['ProductID']):02}",
            "quantity": each["Quantity"],
            "unit_price": each["UnitPrice"],
            "discount": each["Discount"],
        }
        for each in rows("northwind/order_details.csv")
    ]


def interactions(today: date) -> list[Row]:
    """Return what reps wrote down about Northwind's customers; whoever owns a customer wrote them, or would."""
    owners = _owners()
    names = {each["CustomerID"]: each["ContactName"] for each in rows("northwind/customers.csv")}
    return [
        {
            **each,
            "id": f"NI{nr:03}",
            "contact": names[each["customer"]],
            "date": (today - timedelta(days=int(each["days_ago"]))).isoformat(),
            "rep": owners[each["customer"]],
        }
        for nr, each in enumerate(rows("invented/northwind_interactions.csv"), 1)
    ]


def _owners() -> dict[str, str]:
    """Who took most of a customer's orders, by e-mail, save two handed over; who never ordered is Nancy's.

    The head owns nobody.
    """
    emails = {
        each["EmployeeID"]: employee_email(each["FirstName"], each["LastName"])
        for each in rows("northwind/employees.csv")
    }
    taken: dict[str, Counter[str]] = defaultdict(Counter)
    for each in rows("northwind/orders.csv"):
        if each["EmployeeID"] != HEAD:
            taken[each["CustomerID"]][each["EmployeeID"]] += 1
    return {
        each["CustomerID"]: emails[_HANDED_OVER.get(each["CustomerID"]) or _most(taken[each["CustomerID"]])]
        for each in rows("northwind/customers.csv")
    }


def _most(taken: Counter[str]) -> str:
    return min(taken, key=lambda employee: (-taken[employee], employee), default=_NANCY)


def _address(name: str) -> str:
    """`José Pedro Freyre` becomes `jose.pedro.freyre`."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return ".".join(plain.split())


def _number(key: str, what: str) -> int:
    """A number that looks like chance and is the same every time."""
    return crc32(f"{what} {key}".encode())


def _industry(name: str) -> str:
    return next((industry for piece, industry in _INDUSTRIES if piece in name.lower()), "food retail")


def _consent(key: str, channel: str, percent: int, today: date) -> str:
    """Some said yes on a day, one in ten said no, from the others nothing is known."""
    roll = _number(key, channel) % 100
    if roll < percent:
        return (today - timedelta(days=30 + 7 * roll)).isoformat()
    return "no" if roll >= 90 else ""


def _birthday(key: str) -> str:
    """Of one contact in three the birthday is known."""
    number = _number(key, "birthday")
    return "" if number % 3 else f"{1955 + number % 41}-{1 + number % 12:02}-{1 + number % 28:02}"


def _channel(order: Row) -> str:
    """A customer has a usual way of ordering; three of four orders come that way."""
    usual = _number(order["CustomerID"], "channel") % 2
    other = int(order["OrderID"]) % 4 == 0
    return ("online", "offline")[usual ^ other]
