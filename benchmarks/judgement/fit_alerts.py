"""Fits the weights that alerts begin with, on the evaluation data: `python -m benchmarks.judgement.fit_alerts FOLDER`.

Prints them for `customers/judgement/alert_weights.py`. With `--measure` it also leaves out each set in turn and has the
data's own `judge.py` measure the alerts on it, with weights that only the other sets taught.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from customers.judgement.alert_features import NAMES
from customers.judgement.order_files import read
from customers.judgement.regression import Prior, poisson
from customers.judgement.silences import silences
from customers.judgement.survival import stretches
from customers.timelines import Floats

# The sets and the horizon (days) of their alerts.
SETS = {"cdnow": 90, "online_retail": 60, "complete_journey": 28}
# Every set counts as so many purchases that ended a silence, however many it has: the next tenant resembles none.
_COUNTED = 1500.0
# Barely held: only what the sets do not show at all stays 0. The level of a rate is never known beforehand.
_FIRM = 1.0


def fitted(folder: Path, sets: list[str]) -> Floats:
    """The weights that some of the sets teach."""
    parts = []
    for name in sets:
        _, purchases = read(folder / "purchases" / f"{name}_dev.csv.gz")
        rows, watched, bought = stretches(silences(purchases), int(purchases.day.max()), SETS[name])
        parts.append((rows, watched, bought, np.full(len(bought), _COUNTED / bought.sum())))
    rows, watched, bought, weight = (np.concatenate(column) for column in zip(*parts, strict=True))
    centre = np.zeros(len(NAMES))
    return poisson(rows, bought, Prior(centre, np.full(len(NAMES), _FIRM)), exposure=watched, weight=weight)


def main(arguments: list[str]) -> int:
    """Print the weights as Python."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="The evaluation data.")
    said = parser.parse_args(arguments)
    print("WEIGHTS = (")
    for name, weight in zip(NAMES, fitted(said.folder, list(SETS)), strict=True):
        print(f"    {weight:.3f},  # {name}")
    print(")")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
