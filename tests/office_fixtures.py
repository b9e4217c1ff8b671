"""The office as a fixture; its small tenant is imported once and copied for each test."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.importing import import_files
from bot.settings import Settings
from database.upgrade import opened
from tests.office import Office, files, open_office

SQLITE, POSTGRES = "sqlite", "postgres"
on_both = pytest.mark.parametrize("office", [SQLITE, pytest.param(POSTGRES, marks=pytest.mark.postgres)], indirect=True)
"""Marks a promise whose SQL is not the simplest: it is kept on both databases."""


@pytest.fixture(scope="session")
def tenant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the small tenant's data."""
    folder = tmp_path_factory.mktemp("tenant")
    settings = Settings.model_construct(database_url=f"sqlite:///{folder / 'tenant.db'}", default_region="DE")
    with opened(settings.database_url) as database:
        outcome = import_files(settings, database, files(folder, datetime.now(UTC).date()))
        assert outcome.exit_code == 0, outcome.summary()
    return folder / "tenant.db"


@pytest.fixture
def office_settings() -> dict[str, Any]:
    """Settings of the office that differ from the usual ones; for a file of tests to change."""
    return {}


@pytest.fixture
def office(
    request: pytest.FixtureRequest, tenant: Path, tmp_path: Path, office_settings: dict[str, Any]
) -> Iterator[Office]:
    """The bot, connected to a workspace; see `tests.office.PEOPLE` for who is there."""
    where: dict[str, Any] = {"prepared": tenant}
    if getattr(request, "param", SQLITE) == POSTGRES:
        where = {"database_url": request.getfixturevalue("postgres_url")}
    with open_office(tmp_path, **where, **office_settings) as office:
        yield office
