"""Databases for tests: SQLite in a folder of its own, and a PostgreSQL server that is started once for all tests."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event

from database.engine import Database
from database.upgrade import prepare


@pytest.fixture(scope="session")
def prepared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared, empty SQLite database that is there to be copied: that is quicker than preparing each test's own."""
    path = tmp_path_factory.mktemp("prepared") / "rekindle.db"
    _prepare(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite(tmp_path: Path, prepared_sqlite: Path) -> Iterator[Database]:
    """A prepared, empty SQLite database."""
    path = tmp_path / "rekindle.db"
    shutil.copyfile(prepared_sqlite, path)
    database = Database(f"sqlite:///{path}")
    event.listen(database.engine, "connect", _without_waiting_for_the_disk)
    yield database
    database.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server of our own, without a database name; skipped where none can run."""
    programs = _postgres_programs()
    if programs is None:
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL's server programs are missing, and CI must not skip its tests")
        pytest.skip("PostgreSQL's server programs (initdb, pg_ctl) are not on this machine")
    # The server refuses to run as root, so there it runs as the user that Debian's package made for it.
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="rekindle-postgres-"))
    if user:
        shutil.chown(folder, "postgres", "postgres")
    data, port = folder / "data", _free_port()

    def run(*command: str) -> None:
        subprocess.run([*user, *command], check=True, cwd=folder, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)

    run(str(programs / "initdb"), "-D", str(data), "-U", "rekindle", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-h 127.0.0.1 -p {port} -k {folder} -c fsync=off -c max_connections=60"
    run(str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql://rekindle@127.0.0.1:{port}"
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            run(str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    """The address of a new, empty PostgreSQL database."""
    with _postgres_database(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def prepared_postgres(postgres_server: str) -> Iterator[str]:
    """The name of a prepared, empty PostgreSQL database that is there to be copied."""
    with _postgres_database(postgres_server) as url:
        _prepare(url)
        yield url.rpartition("/")[2]


@pytest.fixture
def postgres(postgres_server: str, prepared_postgres: str) -> Iterator[Database]:
    """A prepared, empty PostgreSQL database."""
    with _postgres_database(postgres_server, template=prepared_postgres) as url:
        database = Database(url)
        yield database
        database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Database:
    """The same promise on both databases."""
    chosen: Database = request.getfixturevalue(request.param)
    return chosen


@contextmanager
def _postgres_database(server: str, template: str = "template1") -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        # Copying files makes no checkpoint, which would be most of a test's time.
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY wal_log")
    yield f"{server}/{name}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _without_waiting_for_the_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")  # no test lives through a power cut


def _prepare(url: str) -> None:
    database = Database(url)
    prepare(database)
    database.close()


def _postgres_programs() -> Path | None:
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)  # where Debian and Ubuntu put them
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
