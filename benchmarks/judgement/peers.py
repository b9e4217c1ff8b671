"""One peer's predictions, made in an environment of its own: `python peers.py PEER KNOWN.npz PREDICTIONS.csv`.

Stands alone: that environment holds the peer, numpy and pandas, and nothing of ours. Prints the seconds it took and the
most memory in MiB. `PEER` is one of the functions below.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

Known = Mapping[str, Any]
DAYS = 90  # of silence, the rule of thumb


def silence(known: Known) -> dict[str, Any]:
    """Silent for 90 days or not, each with the share that was lost in the closed windows."""
    late, now = known["train_silence"] > DAYS, known["silence"] > DAYS
    lost = known["train_lost"]
    rates = [lost[group].mean() if group.any() else lost.mean() for group in (~late, late)]
    return {"p_lost": np.where(now, rates[1], rates[0])}


def rfm(known: Known) -> dict[str, Any]:
    """Quintiles of recency, frequency and money, weighed by a logistic regression on the closed windows."""
    model = importlib.import_module("sklearn.linear_model").LogisticRegression(C=10.0)
    model.fit(known["train_rfm"], known["train_lost"])
    return {"p_lost": model.predict_proba(known["rfm"])[:, 1]}


def lightgbm(known: Known) -> dict[str, Any]:
    """Boosted trees on our features and closed windows."""
    library = importlib.import_module("lightgbm")
    shape = {
        "n_estimators": 120,
        "learning_rate": 0.04,
        "num_leaves": 8,
        "min_child_samples": 40,
        "subsample": 0.8,
        "subsample_freq": 1,
        "colsample_bytree": 0.8,
        "verbose": -1,
        "n_jobs": 1,
        "random_state": 0,
    }
    lost = library.LGBMClassifier(**shape).fit(known["train_features"], known["train_lost"])
    number = library.LGBMRegressor(objective="poisson", **shape).fit(known["train_features"], known["train_number"])
    expected = number.predict(known["features"])
    return {
        "p_lost": lost.predict_proba(known["features"])[:, 1],
        "exp_n": expected,
        "exp_spend": expected * np.maximum(known["mean_spend"], 0),
    }


def lifetimes(known: Known) -> dict[str, Any]:
    """MBG/NBD and Gamma-Gamma of lifetimes; what it reports is the chance to be alive."""
    library = importlib.import_module("lifetimes")
    x, recency, age = (known[name].astype(float) for name in ("repeats", "recency", "age"))
    model = library.ModifiedBetaGeoFitter(penalizer_coef=0.001)
    model.fit(x, recency, age)
    expected = np.asarray(
        model.conditional_expected_number_of_purchases_up_to_time(float(known["horizon"]), x, recency, age)
    )
    expected = np.nan_to_num(expected, posinf=0.0)
    alive = np.asarray(model.conditional_probability_alive(x, recency, age))
    spent = (x > 0) & (known["mean_spend"] > 0)
    value = library.GammaGammaFitter(penalizer_coef=0.01)
    value.fit(x[spent], known["mean_spend"][spent])
    mean = np.asarray(value.conditional_expected_average_profit(x, np.maximum(known["mean_spend"], 0.01)))
    parameters = {name: float(model.params_[name]) for name in ("r", "alpha", "a", "b")}
    return {"p_lost": 1 - alive, "exp_n": expected, "exp_spend": expected * mean, "parameters": parameters}


def pymc_marketing(known: Known) -> dict[str, Any]:
    """MBG/NBD of pymc-marketing, fitted to its most likely parameters; the chance to be alive."""
    pandas = importlib.import_module("pandas")
    clv = importlib.import_module("pymc_marketing.clv")
    data = pandas.DataFrame(
        {
            "customer_id": np.arange(len(known["age"])),
            "frequency": known["repeats"].astype(float),
            "recency": known["recency"].astype(float),
            "T": known["age"].astype(float),
        }
    )
    model = clv.ModifiedBetaGeoModel(data=data)
    model.build_model()
    model.fit(method="map", progressbar=False)
    alive = np.asarray(model.expected_probability_alive(data)).mean(axis=(0, 1))
    horizon = int(known["horizon"])
    expected = np.asarray(model.expected_purchases(data, future_t=horizon)).mean(axis=(0, 1))
    fitted = model.fit_result
    parameters = {name: float(np.asarray(fitted[name]).mean()) for name in ("r", "alpha", "a", "b")}
    return {
        "p_lost": 1 - alive,
        "exp_n": expected,
        "exp_spend": expected * np.maximum(known["mean_spend"], 0),
        "parameters": parameters,
    }


def cdnow(known: Known) -> dict[str, Any]:
    """The published sample of CDNOW that lifetimes carries: repeat purchases, and weeks."""
    table = importlib.import_module("lifetimes.datasets").load_cdnow_summary()
    return {"p_lost": table["frequency"], "exp_n": table["recency"], "exp_spend": table["T"], "of": len(known)}


PEERS = {
    "silent for 90 days": silence,
    "RFM quintiles": rfm,
    "lifetimes": lifetimes,
    "pymc-marketing": pymc_marketing,
    "LightGBM": lightgbm,
    "cdnow": cdnow,
}


def main(peer: str, known: str, out: str) -> None:
    """Predict, write the predictions, and say how long it took."""
    warnings.simplefilter("ignore")
    with np.load(known) as arrays:
        begun = time.perf_counter()
        said = PEERS[peer](arrays)
        seconds = time.perf_counter() - begun
        ids = arrays["ids"] if peer != "cdnow" else np.arange(len(said["p_lost"]))
    columns = [name for name in ("p_lost", "exp_n", "exp_spend") if name in said]
    rows = zip(ids, *(np.asarray(said[name]) for name in columns), strict=True)
    with Path(out).open("w") as file:
        file.write(",".join(["customer_id", *columns]) + "\n")
        file.writelines(",".join(str(cell) for cell in row) + "\n" for row in rows)
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    told = {"seconds": seconds, "peak": int(peak.split()[1]) / 1024, "parameters": said.get("parameters")}
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:4])
