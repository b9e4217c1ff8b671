"""The databases of the bench, and how each is troubled: SQLite is locked, PostgreSQL crashes and comes again."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import psycopg
from sqlalchemy import make_url

OWN_SERVER = "postgresql://"
"""The --database-url that makes the bench start a server of its own, which it may crash."""

# A server that has just crashed may not start at once: what it held is still being given back.
STARTS = 10


class Troubled(Protocol):
    """A database that can be troubled; `trouble` blocks for about `seconds`."""

    url: str

    def trouble(self, seconds: float) -> None:
        """Keep everybody from the database for a while, or throw everybody out."""
        ...


class Locked:
    """SQLite: somebody else writes for a while."""

    def __init__(self, url: str) -> None:
        self.url = url

    def trouble(self, seconds: float) -> None:
        """Hold the write lock."""
        path = make_url(self.url).database
        with contextlib.closing(sqlite3.connect(str(path), timeout=60, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
            other.execute("ROLLBACK")


class Disconnected:
    """A PostgreSQL server that is not ours: all who work in this database are thrown out, as by a restart."""

    def __init__(self, url: str) -> None:
        self.url = url

    def trouble(self, seconds: float) -> None:
        """Throw everybody out, again and again for a while."""
        until = time.monotonic() + seconds
        query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
        with psycopg.connect(self.url, autocommit=True) as connection:
            while time.monotonic() < until:
                connection.execute(query + "pg_backend_pid()")
                time.sleep(0.2)


class Crashed:
    """A PostgreSQL server of our own: it is killed without warning and started again."""

    def __init__(self, folder: Path, programs: Path) -> None:
        # The server refuses to run as root, so there it runs as the user that Debian's package made for it.
        self._user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._user:
            shutil.chown(folder, "postgres", "postgres")
        self._folder, self._programs = folder, programs
        self._data, port = folder / "data", _free_port()
        self._options = f"-h 127.0.0.1 -p {port} -k {folder} -c max_connections=100"
        self._run("initdb", "-U", "rekindle", "-A", "trust", "-E", "UTF8")
        self.start()
        self.url = f"postgresql://rekindle@127.0.0.1:{port}/postgres"

    def start(self) -> None:
        """Start, or come again after a crash."""
        start = ("pg_ctl", "-w", "-l", str(self._folder / "log"), "-o", self._options, "start")
        for _ in range(STARTS):
            with contextlib.suppress(subprocess.CalledProcessError):
                self._run(*start)
                return
            time.sleep(1.0)
        self._run(*start)

    def stop(self) -> None:
        """Crash: what was not committed is lost, everybody is thrown out."""
        self._run("pg_ctl", "-m", "immediate", "stop")

    def trouble(self, seconds: float) -> None:
        """Crash and come again after a while."""
        self.stop()
        time.sleep(seconds)
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._user, str(self._programs / program), "-D", str(self._data), *arguments]
        quiet = subprocess.DEVNULL
        subprocess.run(command, check=True, cwd=self._folder, stdout=quiet, stdin=quiet, stderr=quiet)


@contextmanager
def troubled(url: str, folder: Path) -> Iterator[Troubled]:
    """The database of a run: SQLite in the folder where no URL is given."""
    if url == OWN_SERVER:
        home = Path(tempfile.mkdtemp(prefix="rekindle-postgres-"))
        server = Crashed(home, _programs())
        try:
            yield server
        finally:
            with contextlib.suppress(subprocess.CalledProcessError):
                server.stop()
            shutil.rmtree(home, ignore_errors=True)
    elif url.startswith("postgres"):
        yield Disconnected(url)
    else:
        yield Locked(url or f"sqlite:///{folder / 'rekindle.db'}")


def _programs() -> Path:
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)  # where Debian and Ubuntu put them
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise SystemExit("PostgreSQL's server programs (initdb, pg_ctl) are not on this machine")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
