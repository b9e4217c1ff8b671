"""Made-up purchase histories with a known rhythm, the same at each call."""

import numpy as np

from customers.judgement.purchases import Purchases

FIRST = 738_000  # the ordinal of some day


def tenant(customers: int = 400, days: int = 500, seed: int = 1, gap: float = 14.0, stays: float = 200.0) -> Purchases:
    """Customers who buy about every `gap` days, each at their own rhythm, until they stay away for good."""
    chance = np.random.default_rng(seed)
    who, day = [], []
    for customer in range(customers):
        usual = gap * chance.gamma(4, 1 / 4) + 1
        leaves = chance.exponential(stays)
        at = chance.uniform(0, days / 2)
        until = min(days, at + leaves)
        while at <= until:
            who.append(customer)
            day.append(int(at))
            at += max(1.0, usual * chance.gamma(1.5, 1 / 1.5))
    return Purchases.of(np.array(who), np.array(day) + FIRST, None, customers)


def of(*histories: list[int]) -> Purchases:
    """One customer for each list of days after FIRST."""
    who = np.repeat(np.arange(len(histories)), [len(days) for days in histories])
    day = np.array([day for days in histories for day in days], dtype=np.int64)
    return Purchases.of(who, day + FIRST, None, len(histories))


def rows(purchases: Purchases) -> list[tuple[str, str]]:
    """The rows of a file of orders."""
    names = [f"{customer:05d}" for customer in purchases.who.tolist()]
    dates = np.datetime_as_string(purchases.day.astype("datetime64[D]") - np.timedelta64(719_163, "D"))
    return list(zip(names, dates.tolist(), strict=True))
