"""`rekindle backtest`: over the own database, or over a file of orders, and never half of each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import cli
from database.engine import Database
from database.upgrade import prepare
from tests.ledger import Ledger


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["backtest", *words])


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """The database that the settings name, closed again: only the program opens it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'own.db'}")
    database = Database(f"sqlite:///{tmp_path / 'own.db'}")
    prepare(database)
    database.close()
    return database


def test_an_empty_database_is_told_what_is_missing(own: Database) -> None:
    said = run()
    assert said.exit_code == 0
    assert said.output.startswith("No silences with a known outcome yet between ")


def test_the_own_orders_are_counted_for_as_many_days_as_are_asked_for(own: Database) -> None:
    ledger, today = Ledger(own), datetime.now(UTC).date()
    for nr in range(8):
        customer = ledger.customer(f"C{nr}")
        for days in range(0 if nr % 2 else 400, 900, 12):
            ledger.order(customer, today - timedelta(days=days))
    own.close()
    said = run("--days", "700")
    assert said.exit_code == 0
    assert "in the newest 700 days whose outcome is known" in said.output
    assert "alerts per customer and year" in said.output


@pytest.mark.parametrize(
    "words", [("--horizon", "90"), ("--orders", "orders.csv"), ("--out", "out.csv", "--days", "90"), ("--days", "0")]
)
def test_half_of_what_a_file_needs_is_refused(words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2
