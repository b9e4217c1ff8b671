"""How long the judgement takes for a million customers with four million purchases, and how much memory it needs."""

from __future__ import annotations

import json
import sys
import time

import numpy as np

from benchmarks.apart import memory
from customers.judgement import score
from customers.judgement.on_files import judged
from customers.judgement.purchases import Purchases
from customers.judgement.statistics import statistics

HORIZON = 60
DAYS = 730
TODAY = 738_000  # any ordinal


def invented(customers: int, purchases: int, seed: int) -> Purchases:
    """Purchases of customers who buy at rates of their own and stop one day."""
    chance = np.random.default_rng(seed)
    rate = chance.gamma(0.8, 1.0, customers)
    first = chance.integers(0, DAYS - 1, customers)
    lived = np.minimum(chance.exponential(300.0, customers), DAYS - 1 - first)
    more = chance.poisson(rate * lived * (purchases - customers) / (rate * lived).sum())
    who = np.concatenate((np.arange(customers), np.repeat(np.arange(customers), more)))
    day = np.concatenate((first, first[who[customers:]] + chance.random(int(more.sum())) * lived[who[customers:]]))
    amount = np.round(chance.lognormal(3.5, 0.8, len(who)), 2)
    return Purchases.of(who, day.astype(np.int64) + TODAY - DAYS, amount, customers)


def measure(customers: int, purchases: int, seed: int) -> dict[str, float]:
    """Seconds to learn and to score, and for 10,000 touched customers; memory in MiB before and at the most."""
    bought = invented(customers, purchases, seed)
    before = memory("VmRSS")
    begun, core = time.perf_counter(), time.process_time()
    who, judge, said = judged(bought, TODAY, HORIZON)
    seconds, core = time.perf_counter() - begun, time.process_time() - core
    _, now = statistics(bought, TODAY, HORIZON)
    touched = now.of(np.arange(min(10_000, len(who))))
    begun = time.perf_counter()
    again = type(judge).from_json(judge.to_json()).predict(touched)
    return {
        "customers": len(who),
        "purchases": len(bought.day),
        "seconds": seconds,
        "core_seconds": core,
        "touched_seconds": time.perf_counter() - begun,
        "arrays": before,
        "lost": float(said.p_lost.mean()),
        "same": float(np.array_equal(again.p_lost, said.p_lost[: len(again.p_lost)])),
        "horizon": float(score.default_horizon(now)),
    }


if __name__ == "__main__":
    print(json.dumps(measure(*(int(number) for number in sys.argv[1:4]))))
