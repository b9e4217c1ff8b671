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
    """The address of a prepared PostgreSQL database, which every test leaves empty."""
    with _postgres_database(postgres_server) as url:
        _prepare(url)
        yield url


@pytest.fixture
def postgres_url(prepared_postgres: str) -> Iterator[str]:
    """The address of a prepared, empty PostgreSQL database."""
    yield prepared_postgres
    _empty(prepared_postgres)


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Database]:
    """A prepared, empty PostgreSQL database."""
    database = Database(postgres_url)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Database:
    """The same promise on both databases."""
    chosen: Database = request.getfixturevalue(request.param)
    return chosen


@contextmanager
def _postgres_database(server: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        # Copying files makes no checkpoint, which would be most of the time.
        connection.execute(f"CREATE DATABASE {name} STRATEGY wal_log")
    yield f"{server}/{name}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _empty(url: str) -> None:
    """Bring a prepared PostgreSQL database back to where it began; a new one would take a hundred times as long."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        names = [name for (name,) in connection.execute(tables)]
        filled = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names)
        used = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
        with connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")  # in whatever order: nothing refers
            for (name,) in connection.execute(filled).fetchall():
                connection.execute(f"DELETE FROM {name}")
            for (name,) in connection.execute(used).fetchall():
                connection.execute(f"ALTER SEQUENCE {name} RESTART")


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
