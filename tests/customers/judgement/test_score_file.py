"""`rekindle score` writes what is expected of every customer, or one clear line that says what is wrong."""

import csv
import gzip
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from bot.__main__ import cli
from customers.judgement.on_files import score_file
from tests.customers.judgement.shops import TODAY, of, shop, write
from words.errors import BadInput, WrongUsage

AS_OF = date.fromordinal(TODAY - 60)


@pytest.fixture(scope="module")
def orders(tmp_path_factory):
    return write(tmp_path_factory.mktemp("orders") / "orders.csv", shop(300))


def scored(orders, folder):
    score_file(orders, AS_OF, 60, folder / "scores.csv")
    return (folder / "scores.csv").read_bytes()


def table(written):
    return list(csv.DictReader(written.decode().splitlines()))


def test_everybody_known_by_then_is_in_it_with_every_column(orders, tmp_path):
    rows = table(scored(orders, tmp_path))
    assert list(rows[0]) == ["customer_id", "p_lost", "exp_n", "exp_spend", "next_due"]
    known = shop(300).until(AS_OF.toordinal())
    assert [row["customer_id"] for row in rows] == [f"{who:05d}" for who in np.flatnonzero(known.counts)]
    for row in rows:
        assert 0 <= float(row["p_lost"]) <= 1
        assert float(row["exp_n"]) >= 0
        assert float(row["exp_spend"]) >= 0
        assert date.fromisoformat(row["next_due"]) > AS_OF


def test_rows_after_the_day_changed_to_nonsense_leave_every_byte_as_it_was(orders, tmp_path):
    everything = shop(300)
    kept = everything.until(AS_OF.toordinal())
    nonsense = [
        (f"{7 * n:05d}", (AS_OF + timedelta(days=1 + n)).isoformat(), amount)
        for n, amount in enumerate(["nan", "-1e300", "", "x", "one, two", "1.2.3"] * 50)
    ]
    nonsense += [("", "9999-12-31", "7"), ("new", "2999-01-01", "7")]
    changed = write(tmp_path / "changed.csv", kept, nonsense)
    assert scored(changed, tmp_path) == scored(orders, tmp_path)


def test_it_says_the_same_in_another_process_and_from_a_gz(orders, tmp_path):
    packed, out = tmp_path / "orders.csv.gz", tmp_path / "other.csv"
    packed.write_bytes(gzip.compress(orders.read_bytes()))
    root = Path(__file__).parents[3]
    asked = ["score", "--orders", str(packed), "--as-of", AS_OF.isoformat(), "--horizon", "60", "--out", str(out)]
    environment = os.environ | {"PYTHONPATH": str(root), "PYTHONHASHSEED": "7"}
    ran = subprocess.run(
        [sys.executable, "-m", "bot", *asked], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "customers" in ran.stdout
    assert out.read_bytes() == scored(orders, tmp_path)


def test_every_row_is_a_purchase_and_those_of_one_day_are_one(tmp_path):
    path = tmp_path / "orders.csv"
    lines = [
        "customer_id,date,amount",
        "a,2024-01-01,0",
        "a,2024-01-01,5",
        "a,2024-02-01,-3",
        "a,2024-03-01,",
        "b,2024-03-01,1",
    ]
    path.write_text("\n".join(lines))
    twice = tmp_path / "twice.csv"
    twice.write_text("\n".join(["customer_id,date,amount", "a,2024-01-01,5", *lines[3:]]))
    assert scored(path, tmp_path) == scored(twice, tmp_path)
    assert len(table(scored(path, tmp_path))) == 2


@pytest.mark.parametrize("amounts", [True, False])
def test_without_amounts_exp_spend_is_empty(tmp_path, amounts):
    path = tmp_path / "orders.csv"
    head, end = ("customer_id,date,amount", ",") if amounts else ("customer_id,date", "")
    path.write_text("\n".join([head, *(f"{who},2024-01-{day:02d}{end}" for who in "abc" for day in (1, 9, 20))]))
    assert {row["exp_spend"] for row in table(scored(path, tmp_path))} == {""}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no CSV"),
        ("customer_id,date,amount\n", "no orders up to"),
        ("customer_id,when\n1,2024-01-01\n", "no column date"),
        ("customer_id,date,amount\n1,yesterday,5\n", "row 1: “yesterday” is no date"),
        ("customer_id,date,amount\n1,2024-01-01,5\n1,2024-01-02,five\n", "row 2: “five” is no amount"),
        ("customer_id,date,amount\n1,2030-01-01,5\n", "no orders up to"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line_and_nothing_is_written(tmp_path, text, says):
    path = tmp_path / "orders.csv"
    path.write_text(text)
    with pytest.raises(BadInput) as refused:
        scored(path, tmp_path)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
    assert list(tmp_path.iterdir()) == [path]


def test_a_truncated_gz_and_a_place_that_cannot_be_written_are_refused(orders, tmp_path):
    cut = tmp_path / "orders.csv.gz"
    cut.write_bytes(gzip.compress(orders.read_bytes())[:-200])
    with pytest.raises(BadInput):
        scored(cut, tmp_path)
    with pytest.raises(WrongUsage):
        score_file(orders, AS_OF, 60, tmp_path / "nowhere" / "scores.csv")
    with pytest.raises(WrongUsage):
        score_file(orders, AS_OF, 60, orders)


def test_a_day_that_is_none_is_wrong_usage(capsys, orders):
    with pytest.raises(SystemExit) as ended:
        cli(["score", "--orders", str(orders), "--as-of", "May", "--horizon", "60", "--out", "x.csv"])
    assert ended.value.code == 2


def test_a_due_day_beyond_the_calendar_is_its_last_day(tmp_path):
    path = write(tmp_path / "orders.csv", of([(0, 1.0)]))
    score_file(path, date.max, 3650, tmp_path / "scores.csv")
    assert table((tmp_path / "scores.csv").read_bytes())[0]["next_due"] == "9999-12-31"
