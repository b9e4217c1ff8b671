"""The invented tenant is the same for the same seed, and as large as was asked for."""

import csv
from datetime import date
from random import Random

import pytest

from benchmarks import names, tenant
from customers.folding import fold


def rows(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def written(tmp_path):
    tenant.write(str(tmp_path), customers=120, orders=1500, seed=1, today="2026-03-01")
    return tmp_path


def test_there_are_as_many_customers_and_orders_as_asked_for(written):
    assert len(rows(written / "customers.csv")) == 120
    orders = rows(written / "orders.csv")
    assert len({order["id"] for order in orders}) == len(orders) == 1500


def test_orders_lie_within_four_years_and_never_ahead(written):
    days = [date.fromisoformat(order["date"]) for order in rows(written / "orders.csv")]
    assert days == sorted(days)
    assert date(2026, 3, 1) >= days[-1]
    assert (date(2026, 3, 1) - days[0]).days <= tenant.DAYS


def test_the_same_seed_writes_the_same_files_and_another_one_others(written, tmp_path):
    again, other = tmp_path / "again", tmp_path / "other"
    for folder, seed in ((again, 1), (other, 2)):
        folder.mkdir()
        tenant.write(str(folder), customers=120, orders=1500, seed=seed, today="2026-03-01")
    for name in ("customers.csv", "orders.csv", "order_lines.csv"):
        assert (again / name).read_bytes() == (written / name).read_bytes()
        assert (other / name).read_bytes() != (written / name).read_bytes()


def test_a_large_file_is_large_enough_and_its_twin_differs_in_the_last_line_alone(tmp_path):
    count = tenant.write_large(str(tmp_path), customers=50, mebibytes=1, seed=1, today="2026-03-01")
    good = (tmp_path / "large.csv").read_text(encoding="utf-8").splitlines()
    bad = (tmp_path / "large_bad.csv").read_text(encoding="utf-8").splitlines()
    assert (tmp_path / "large.csv").stat().st_size >= 1024 * 1024
    assert len(good) == count + 1
    assert good[:-1] == bad[:-1]
    assert ",someday," in bad[-1]


def test_a_slip_changes_the_name_and_is_one_slip():
    rng = Random(1)
    for name in ["Müller & Rossi Coffee GmbH", "上海晨曦文具有限公司", "Al"] * 50:
        slipped = names.mistyped(rng, name)
        assert slipped != name
        assert abs(len(slipped) - len(name)) <= 1


def test_names_are_varied(written):
    found = {fold(row["name"]) for row in rows(written / "customers.csv")}
    assert len(found) > 110
    assert any("有限公司" in name for name in found)
    assert any("gmbh" in name for name in found)
