"""`rekindle backtest` on a file: the alerts that would have been posted, or one clear line that says what is wrong."""

import gzip
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.__main__ import cli
from customers.judgement.alerts_on_files import backtest, told
from tests.customers.judgement.rhythms import FIRST, of, rows, tenant
from words.errors import BadInput, WrongUsage

SINCE, HORIZON = date.fromordinal(FIRST + 200), 60
HEADER = "customer_id,alert_date,silent_days,usual_gap,p_lapse\n"


def written(folder: Path, purchases, name: str = "orders.csv", amount: str = "9.5") -> Path:
    path = folder / name
    text = "customer_id,date,amount\n" + "".join(f"{who},{day},{amount}\n" for who, day in rows(purchases))
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


def alerts(path: Path, folder: Path, since: date = SINCE) -> list[str]:
    backtest(path, since, HORIZON, folder / "alerts.csv")
    return (folder / "alerts.csv").read_text().splitlines(keepends=True)


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> list[str]:
    folder = tmp_path_factory.mktemp("found")
    return alerts(written(folder, tenant(200)), folder)


def test_the_alerts_are_written_with_their_evidence(found):
    assert found[0] == HEADER
    assert len(found) > 50
    for line in found[1:]:
        who, day, silent, usual, chance = line.rstrip("\n").split(",")
        assert len(who) == 5
        assert date.fromisoformat(day) >= SINCE
        assert int(silent) > 0
        assert float(usual) >= 1
        assert 0 <= float(chance) <= 1


def test_ids_stay_as_they_are_written(found):
    assert {line[:2] for line in found[1:]} == {"00"}


def test_rows_after_a_day_changed_to_nonsense_leave_all_alerts_up_to_it_as_they_were(found, tmp_path):
    day = SINCE + timedelta(days=75)
    kept = [(who, when) for who, when in rows(tenant(200)) if date.fromisoformat(when) <= day]
    later = [(f"{n * 7 % 400:05d}", (day + timedelta(days=1 + n % 90)).isoformat()) for n in range(3000)]
    path = tmp_path / "orders.csv"
    path.write_text("customer_id,date,amount\n" + "".join(f"{who},{when},-1e9\n" for who, when in later + kept))

    def early(lines: list[str]) -> bytes:
        return "".join(line for line in lines[1:] if line.split(",")[1] <= day.isoformat()).encode()

    assert early(found)
    assert early(alerts(path, tmp_path)) == early(found)


def test_the_same_file_gives_the_same_bytes_compressed_or_not_with_amounts_or_without(found, tmp_path):
    assert alerts(written(tmp_path, tenant(200), "orders.csv.gz", amount=""), tmp_path) == found


def test_the_order_of_rows_and_rows_written_twice_change_nothing(found, tmp_path):
    path = written(tmp_path, tenant(200))
    header, *lines = path.read_text().splitlines(keepends=True)
    path.write_text(header + "".join(reversed(lines)) + "".join(lines[::3]))
    assert alerts(path, tmp_path) == found


@pytest.mark.parametrize("histories", [[[5]], [[1], [2], [3]], [[1, 2, 3]], [[4, 9]]])
def test_where_there_is_nothing_to_alert_only_the_header_is_written(tmp_path, histories):
    assert alerts(written(tmp_path, of(*histories)), tmp_path) == [HEADER]


def test_a_file_with_no_rows_gives_only_the_header(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("customer_id,date\n")
    assert alerts(path, tmp_path) == [HEADER]
    assert "0 alerts" in told(backtest(path, SINCE, HORIZON, tmp_path / "alerts.csv"))


def test_what_the_alerts_were_worth_is_told_in_a_line(tmp_path):
    line = told(backtest(written(tmp_path, tenant(200)), SINCE, HORIZON, tmp_path / "alerts.csv"))
    assert line.startswith(f"Would have posted {len((tmp_path / 'alerts.csv').read_text().splitlines()) - 1} alerts")
    assert "really lapsed" in line
    assert "unseen" in line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "no CSV"),
        (b"customer,date\n1,2024-01-01\n", "no column customer_id"),
        (b"customer_id,day\n1,2024-01-01\n", "no column date"),
        (b"customer_id,date\n1,2024-01-01\n2,yesterday\n", "row 2: “yesterday” is no date"),
        (b"customer_id,date\n1,2024-02-30\n", "row 1: “2024-02-30” is no date"),
        (b"customer_id,date\n,2024-01-01\n", "row 1: there is no customer_id"),
        (b"customer_id,date\n\xff\xfe,2024-01-01\n", "no CSV file in UTF-8"),
    ],
)
def test_a_file_that_cannot_be_judged_is_refused_in_a_line(tmp_path, text, said):
    path, out = tmp_path / "orders.csv", tmp_path / "alerts.csv"
    path.write_bytes(text)
    with pytest.raises(BadInput, match=said) as refused:
        backtest(path, SINCE, HORIZON, out)
    assert "\n" not in str(refused.value).strip()
    assert os.listdir(tmp_path) == ["orders.csv"]


def test_a_broken_archive_is_refused(tmp_path):
    path = written(tmp_path, tenant(20), "orders.csv.gz")
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(BadInput, match="cannot be read"):
        backtest(path, SINCE, HORIZON, tmp_path / "alerts.csv")
    assert not (tmp_path / "alerts.csv").exists()


def test_the_orders_are_never_overwritten_and_a_place_that_cannot_be_written_is_named(tmp_path):
    path = written(tmp_path, of([1, 2, 3]))
    with pytest.raises(WrongUsage, match="overwrite"):
        backtest(path, SINCE, HORIZON, path)
    with pytest.raises(WrongUsage, match="cannot be written"):
        backtest(path, SINCE, HORIZON, tmp_path / "nowhere" / "alerts.csv")


def ran(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", "backtest", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_writes_the_file_and_tells_what_it_was_worth(tmp_path, found):
    path, out = written(tmp_path, tenant(200)), tmp_path / "out.csv"
    done = ran("--orders", path, "--from", SINCE, "--horizon", HORIZON, "--out", out)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Would have posted")
    assert out.read_text() == "".join(found)


def test_the_command_refuses_in_one_line(tmp_path):
    done = ran("--orders", tmp_path / "none.csv", "--from", SINCE, "--horizon", HORIZON, "--out", tmp_path / "out.csv")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("rekindle: ")


def test_the_command_can_be_asked_in_the_terminal():
    assert any(command.callback.__name__ == "backtest" for command in cli.registered_commands)
