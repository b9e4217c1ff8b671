"""The bench of the judgement runs, at a size at which its figures say nothing, and leaves the other benches alone."""

import numpy as np
import pytest

from benchmarks.__main__ import BENCHES, JUDGEMENT, _evaluation, main
from benchmarks.judgement.peers import PEERS, silence
from benchmarks.judgement.scale import invented


def test_without_evaluation_data_the_speed_alone_is_measured(capsys):
    assert main(["judgement", "--customers", "300"]) == 0
    out, err = capsys.readouterr()
    assert "--data names no folder" in err
    lines = {line.split("  ")[0]: line for line in out.splitlines()}
    assert lines["learnt and scored, seconds of one core"].endswith("ok")
    assert "<= 600 MiB" in lines["most memory, the purchases among it"]


def test_the_evaluation_data_is_found_by_either_of_its_folders(tmp_path):
    (tmp_path / "purchases").mkdir()
    assert _evaluation(tmp_path) == _evaluation(tmp_path / "purchases") == tmp_path
    with pytest.raises(SystemExit, match="no folder “purchases” in it"):
        _evaluation(tmp_path / "elsewhere")


def test_the_judgement_is_measured_only_when_asked_for():
    assert JUDGEMENT not in BENCHES


def test_invented_purchases_are_as_many_as_asked_for():
    bought = invented(2_000, 8_000, 1)
    assert bought.many == 2_000
    assert abs(len(bought.day) - 8_000) < 500


def test_the_rule_of_thumb_says_what_was_seen_of_both_groups():
    known = {
        "train_silence": np.array([1, 2, 100, 200]),
        "train_lost": np.array([0, 1, 1, 1]),
        "silence": np.array([90, 91]),
    }
    assert silence(known)["p_lost"].tolist() == [0.5, 1.0]
    assert set(PEERS) >= {"silent for 90 days", "RFM quintiles", "lifetimes", "pymc-marketing", "LightGBM"}
