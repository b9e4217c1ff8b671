from datetime import UTC, date
from pathlib import Path

import pytest
from sqlalchemy import select

from customers import facts, money, search_index
from customers.rules import Rules
from sources.importing import Options, run

TODAY = date(2026, 4, 1)


class Importer:
    """Imports texts as files into one database, and reads what came of it."""

    def __init__(self, database, folder: Path):
        self.database = database
        self.folder = folder
        self.count = 0

    def file(self, text, name=None):
        self.count += 1
        path = self.folder / (name or f"file{self.count}.csv")
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def __call__(self, *files, home="USD", region="US", today=TODAY, zone=UTC, **options):
        paths = [file if isinstance(file, Path) else self.file(file) for file in files]
        return run(
            self.database,
            paths,
            Options(**options),
            home_currency=home,
            default_region=region,
            today=today,
            rules=Rules(),
            zone=zone,
        )

    def rows(self, *columns, order=None):
        with self.database.reading() as db:
            return [
                tuple(row) for row in db.execute(select(*columns).order_by(order if order is not None else columns[0]))
            ]


@pytest.fixture
def followed(monkeypatch):
    """What was asked of the facts and the search index, which are promised elsewhere."""
    asked = []
    monkeypatch.setattr(search_index, "index", lambda db, ids: asked.append(("search", ids)))
    monkeypatch.setattr(facts, "refresh", lambda db, **said: asked.append(("facts", said["only"])))
    monkeypatch.setattr(money, "price_orders", lambda db, home: asked.append(("money", home)) or set())
    return asked


@pytest.fixture
def imports(database, tmp_path, followed):
    return Importer(database, tmp_path)


@pytest.fixture
def imports_here(sqlite, tmp_path, followed):
    """The same on SQLite alone, for promises that no database can break."""
    return Importer(sqlite, tmp_path)


@pytest.fixture
def imports_there(postgres, tmp_path):
    """The same on PostgreSQL alone, with the facts and the search index as they are."""
    return Importer(postgres, tmp_path)
