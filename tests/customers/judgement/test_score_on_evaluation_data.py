"""On real histories that the weights have not seen, the judgement reaches what is promised of it."""

import os
from pathlib import Path

import numpy as np
import pytest

from benchmarks.judgement.fit_score import learnt
from benchmarks.judgement.sets import CUTOFFS, ordinal, purchases
from customers.judgement.on_files import judged
from customers.judgement.purchase_model import fitted
from customers.judgement.statistics import outcome, statistics
from customers.judgement.weights import REPEAT, SINGLE

FOLDER = Path(os.environ.get("EVALUATION_DATA") or ".")
pytestmark = [
    pytest.mark.evaluation,
    pytest.mark.skipif(
        not os.environ.get("EVALUATION_DATA"), reason="EVALUATION_DATA names no folder with the evaluation data"
    ),
]


def test_the_shipped_weights_are_those_that_the_program_fits():
    for fresh, shipped in zip(learnt(FOLDER, list(CUTOFFS)), (REPEAT, SINGLE), strict=True):
        assert list(fresh) == list(shipped)
        assert np.allclose(list(fresh.values()), list(shipped.values()), atol=0.002)
    assert 3 * (len(REPEAT) + len(SINGLE)) <= 300


# What LightGBM reached on the same features and days when the weights were fitted, with the allowed distance.
@pytest.mark.parametrize(
    ("name", "log_loss"),
    [("cdnow", 0.5751 + 0.009), ("online_retail", 0.5476 + 0.009), ("complete_journey", 0.3049 + 0.009)],
)
def test_a_set_that_the_weights_have_not_seen_is_judged_as_promised(name, log_loss):
    day, horizon = CUTOFFS[name][-1]
    shipped = learnt(FOLDER, [other for other in CUTOFFS if other != name])
    bought = purchases(FOLDER, name)
    who, _, said = judged(bought, ordinal(day), horizon, shipped)
    _, known = statistics(bought, ordinal(day), horizon)
    repeat = known.purchases >= 2
    lost = outcome(bought, who, ordinal(day), horizon).purchases[repeat] == 0
    chance = said.p_lost[repeat]
    assert -np.mean(np.where(lost, np.log(chance), np.log(1 - chance))) <= log_loss


def test_the_published_parameters_of_cdnow_are_found_on_half_of_its_customers():
    _, known = statistics(purchases(FOLDER, "cdnow"), ordinal("1997-09-30"), 180)
    recency, age = (known.last - known.first) / 7, (known.day - known.first) / 7
    model = fitted(known.purchases - 1, recency, age, stops_at_first=False, weight=0.0)
    # Print is on another sample of the same cohort: r .243, alpha 4.414, a .793, b 2.426.
    assert model[:4] == pytest.approx((0.243, 4.414, 0.793, 2.426), rel=0.12)
