"""Made-up shops with amounts, and the files of orders of theirs, the same at each call."""

import csv
from datetime import date

import numpy as np

from customers.judgement.purchases import Purchases

TODAY = date(2024, 6, 30).toordinal()


def shop(customers=600, days=720, seed=3, gap=25.0, stays=250.0, single=0.3):
    """Customers who buy at rates of their own until they stay away for good; some buy once."""
    chance = np.random.default_rng(seed)
    who, day, amount = [], [], []
    for customer in range(customers):
        usual = gap * chance.gamma(3, 1 / 3) + 1
        at = chance.uniform(0, days - 1)
        until = min(days, at + (0 if chance.random() < single else chance.exponential(stays)))
        spends = chance.lognormal(3, 0.7)
        while at <= until:
            who.append(customer)
            day.append(int(at))
            amount.append(round(spends * chance.lognormal(0, 0.3), 2))
            at += max(1.0, usual * chance.gamma(1.5, 1 / 1.5))
    return Purchases.of(np.array(who), np.array(day) + TODAY - days, np.array(amount), customers)


def of(*histories):
    """One customer for each list of (days before today, amount)."""
    rows = [(who, TODAY - ago, amount) for who, history in enumerate(histories) for ago, amount in history]
    who, day, amount = (np.array(column) for column in zip(*rows, strict=True)) if rows else (np.zeros(0, int),) * 3
    return Purchases.of(who, day, amount.astype(float), len(histories))


def write(path, purchases, more=(), amounts=True):
    """Write a file of orders; ids begin with zeros. `more` are further rows."""
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["customer_id", "date", "amount"][: 3 if amounts else 2])
        for who, day, amount in zip(purchases.who, purchases.day, purchases.amount, strict=True):
            row = [f"{who:05d}", date.fromordinal(int(day)).isoformat(), f"{amount:.2f}"]
            out.writerow(row[: 3 if amounts else 2])
        out.writerows(more)
    return path
