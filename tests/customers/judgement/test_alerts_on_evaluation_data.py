"""On real histories that the weights have not seen, alerts reach what is promised of them."""

import os
from pathlib import Path

import numpy as np
import pytest

from benchmarks.judgement.fit_alerts import ALERTS, fitted
from benchmarks.judgement.sets import ordinal, purchases
from customers.judgement.alert_weights import WEIGHTS
from customers.judgement.shadow import shadow

FOLDER = os.environ.get("EVALUATION_DATA")
pytestmark = [
    pytest.mark.evaluation,
    pytest.mark.skipif(not FOLDER, reason="EVALUATION_DATA names no folder with the evaluation data"),
]


def test_the_shipped_weights_are_those_that_the_program_fits():
    assert fitted(Path(FOLDER or ""), list(ALERTS)) == pytest.approx(np.asarray(WEIGHTS), abs=0.001)


@pytest.mark.parametrize(("name", "recall"), [("cdnow", 0.9), ("online_retail", 0.55), ("complete_journey", 0.55)])
def test_alerts_on_a_set_that_the_weights_have_not_seen(name, recall):
    folder = Path(FOLDER or "")
    since, horizon = ALERTS[name]
    shipped = fitted(folder, [other for other in ALERTS if other != name])
    found = shadow(purchases(folder, name), ordinal(since), horizon, shipped=shipped)
    assert found.stated == pytest.approx(found.reached, abs=0.08)
    assert found.recall() > recall
    late = (found.day - found.silences.begin)[found.lapsed] / found.silences.usual[found.lapsed]
    assert np.median(late) < 3
