"""Fits the weights that alerts begin with, on the evaluation data: `python -m benchmarks.judgement.fit_alerts FOLDER`.

Prints them for `customers/judgement/alert_weights.py`. With `--measure` each set is left out in turn instead: its
alerts begin with weights that only the other sets taught, and the data's own `judge.py` measures them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.judgement.sets import orders, purchases
from customers.judgement.alert_features import NAMES
from customers.judgement.alerts_on_files import backtest
from customers.judgement.regression import Prior, poisson
from customers.judgement.silences import silences
from customers.judgement.survival import stretches
from customers.timelines import Floats

# Of each set the day from which alerts run, and their horizon (days), as the data's description names them.
ALERTS = {"cdnow": ("1997-09-01", 90), "online_retail": ("2011-05-01", 60), "complete_journey": ("2017-05-01", 28)}
# Every set counts as so many purchases that ended a silence, however many it has: the next tenant resembles none.
_COUNTED = 1500.0
# Barely held: only what the sets do not show at all stays 0.
_FIRM = 1.0


def fitted(folder: Path, sets: list[str]) -> Floats:
    """The weights that some of the sets teach, in the order of `alert_features.NAMES`."""
    parts = []
    for name in sets:
        known = purchases(folder, name)
        rows, watched, bought = stretches(silences(known), int(known.day.max()), ALERTS[name][1])
        parts.append((rows, watched, bought, np.full(len(bought), _COUNTED / bought.sum())))
    rows, watched, bought, weight = (np.concatenate(column) for column in zip(*parts, strict=True))
    prior = Prior(np.zeros(len(NAMES)), np.full(len(NAMES), _FIRM))
    return poisson(rows, bought, prior, exposure=watched, weight=weight)


def measured(folder: Path, name: str, python: str = sys.executable) -> dict[str, Any]:
    """What `judge.py` says of the alerts on a set that the weights have not seen.

    `python` is an interpreter that has what `judge.py` needs (numpy, pandas and scikit-learn).
    """
    since, horizon = ALERTS[name]
    shipped = fitted(folder, [other for other in ALERTS if other != name])
    with tempfile.TemporaryDirectory() as temporary:
        out = Path(temporary) / "alerts.csv"
        backtest(orders(folder, name), date.fromisoformat(since), horizon, out, shipped=shipped)
        judge = [
            str(folder / "purchases" / "judge.py"),
            "alerts",
            str(orders(folder, name)),
            since,
            str(horizon),
            str(out),
        ]
        said = subprocess.run([python, *judge], check=True, capture_output=True, text=True)
    figures: dict[str, Any] = json.loads(said.stdout)
    return figures


def main(arguments: list[str]) -> int:
    """Print the weights as Python, or how good the alerts are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="The evaluation data.")
    parser.add_argument("--measure", action="store_true", help="Leave out each set in turn and measure.")
    parser.add_argument("--python", default=sys.executable, help="An interpreter with what judge.py needs.")
    said = parser.parse_args(arguments)
    if said.measure:
        for name in ALERTS:
            print(name, json.dumps(measured(said.folder, name, said.python)))
        return 0
    print("WEIGHTS = (")
    for name, weight in zip(NAMES, fitted(said.folder, list(ALERTS)), strict=True):
        print(f"    {weight:.3f},  # {name}")
    print(")")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
