"""Figures are honest: a missed limit is said and ends the program with 1."""

import pytest

from benchmarks import __main__ as program
from benchmarks.figures import Figure, Report, percentile


def test_a_line_has_name_figure_limit_and_verdict():
    assert Figure("a card", 12.34, "ms", at_most=20).line().split() == [
        "a",
        "card",
        "12.3",
        "ms",
        "<=",
        "20.0",
        "ms",
        "ok",
    ]
    assert Figure("a card", 21, "ms", at_most=20).line().endswith("MISSED")
    assert Figure("orders", 24_999, "rows/s", at_least=25_000).line().endswith(">= 25,000 rows/s    MISSED")
    assert Figure("orders", 25_000, "rows/s", at_least=25_000).kept


def test_what_was_never_promised_has_no_verdict():
    assert Figure("time", 3.0, "s").line().split() == ["time", "3.00", "s"]
    assert Figure("time", 3.0, "s").kept


def test_a_figure_that_is_no_number_is_missed():
    assert not Figure("rate", float("nan"), "1/s", at_least=1).kept


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.0, 1)])
def test_a_percentile_is_a_value_that_was_measured(share, expected):
    assert percentile(list(range(100, 0, -1)), share) == expected


def test_a_percentile_of_nothing_is_an_error():
    with pytest.raises(IndexError):
        percentile([], 0.5)


@pytest.mark.parametrize(("value", "code"), [(0.4, 0), (0.6, 1)])
def test_a_missed_limit_ends_the_program_with_1(value, code, monkeypatch, capsys, tmp_path):
    monkeypatch.setitem(program.BENCHES, "program", lambda run: run.report.add("help", value, "s", at_most=0.5))
    assert program.main(["program", "--folder", str(tmp_path)]) == code
    assert capsys.readouterr().out.splitlines()[-1] == f"{code} of 1 figures outside of their limits"


def test_a_report_knows_what_was_missed():
    report = Report()
    report.add("good", 1, "s", at_most=2)
    report.add("bad", 3, "s", at_most=2)
    assert [figure.name for figure in report.missed] == ["bad"]
