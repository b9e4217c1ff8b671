"""Fits the weights that every tenant's judgement starts from: `python -m benchmarks.judgement.fit_score FOLDER`.

Prints `customers/judgement/weights.py`. What was known at a day and what customers then did makes one task; every set
counts alike, however many customers it has, and every task has a level of its own, so that the weights tell apart the
customers of one shop and not shops.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.judgement.sets import CUTOFFS, OTHERS, ordinal, purchases
from customers.judgement.features import NAMES, SINGLE, seen, tenant
from customers.judgement.regression import Prior, logistic, poisson
from customers.judgement.statistics import outcome, statistics
from customers.judgement.weights import Table
from customers.timelines import Floats, Ints

# Every set counts as so many customers.
COUNTED = 3_000.0
# How firmly the weights are held at 0 (at 1 for what the purchase model says), in customers, for a feature with a
# spread of 1; flat from 10 to 100 when a set that is left out is predicted.
FIRMNESS, LEAST_SPREAD = 30.0, 0.05
# The features of the customers of a task, how often they bought then, and as how many customers they count.
Task = tuple[Floats, Ints, float]
# The common level is hardly held, those of the tasks about as firmly as one customer holds them.
LEVEL, LEVELS = 0.1, 1.0

HEAD = '''"""What public purchase histories taught about who is being lost: what each tenant's own weights start from.

Made by `benchmarks/judgement/fit_score.py` from three sets: CDNOW (Fader and Hardie), Online Retail (UCI) and
Complete Journey (84.51). Features are in the order and units of `features.py`.
"""

from __future__ import annotations

# name of a feature: (weight for the log-odds of being lost, weight for the log of purchases, usual spread)
Table = dict[str, tuple[float, float, float]]
'''


def learnt(folder: Path, names: Sequence[str]) -> tuple[Table, Table]:
    """The weights for repeat and for single buyers that some of the sets teach."""
    repeat: list[Task] = []
    single: list[Task] = []
    for name in names:
        tasks = CUTOFFS[name] + OTHERS[name]
        for day, horizon in tasks:
            who, known = statistics(purchases(folder, name), ordinal(day), horizon)
            then = outcome(purchases(folder, name), who, ordinal(day), horizon).purchases
            features = seen(known, tenant(known)).features
            for chosen, width, gathered in (
                (known.purchases > 1, len(NAMES), repeat),
                (known.purchases == 1, len(SINGLE), single),
            ):
                gathered.append((features[chosen, :width], then[chosen], COUNTED / len(tasks)))
    return _table(repeat, NAMES), _table(single, SINGLE)


def _table(tasks: list[Task], names: Sequence[str]) -> Table:
    tasks = [task for task in tasks if len(task[1])]
    matrix = np.concatenate([features for features, _, _ in tasks])
    then = np.concatenate([outcome for _, outcome, _ in tasks]).astype(np.float64)
    weight = np.concatenate([np.full(len(outcome), counted / len(outcome)) for _, outcome, counted in tasks])
    task = np.repeat(np.arange(len(tasks)), [len(outcome) for _, outcome, _ in tasks])
    spread = matrix.std(axis=0)
    firmness = np.concatenate(
        ([LEVEL], FIRMNESS * np.maximum(spread[1:], LEAST_SPREAD) ** 2, np.full(len(tasks), LEVELS))
    )
    levels = (task[:, None] == np.arange(len(tasks))).astype(np.float64)
    matrix = np.column_stack((matrix, levels))

    def centre(feature: str) -> Floats:
        at = np.zeros(matrix.shape[1])
        at[names.index(feature)] = 1.0
        return at

    lost = logistic(matrix, (then == 0).astype(np.float64), Prior(centre("model"), firmness), weight=weight)
    number = poisson(matrix, then, Prior(centre("expected"), firmness), weight=weight)
    columns = zip(names, lost.tolist(), number.tolist(), spread.tolist(), strict=False)
    return {name: (round(a, 3), round(b, 3), round(c, 3)) for name, a, b, c in columns}


def main(arguments: Sequence[str]) -> int:
    """Print the weights as Python."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="The evaluation data.")
    said = parser.parse_args(arguments)
    print(HEAD)
    for title, table in zip(("REPEAT", "SINGLE"), learnt(said.folder, list(CUTOFFS)), strict=True):
        print(f"{title}: Table = {{")
        for name, row in table.items():
            print(f'    "{name}": {row},')
        print("}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
