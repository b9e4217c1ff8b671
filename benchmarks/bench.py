"""What every bench is told: how large the tenant is, where it stands, and where the figures go."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from benchmarks.figures import Report

HOME_CURRENCY, REGION = "USD", "DE"


@dataclass(frozen=True)
class Bench:
    """One run: sizes, the folder for files, the database, the seed of everything that is drawn by chance."""

    customers: int
    orders: int
    large: int  # MiB of the large file; 0 leaves it out
    asks: int  # look-ups one after the other
    crowd: int  # people who ask at once
    folder: Path
    database_url: str
    seed: int
    report: Report

    @contextmanager
    def copy_of_database(self) -> Iterator[str]:
        """A copy of the database as it stands, gone at the end; nobody may be connected to the original."""
        address = make_url(self.database_url)
        if address.get_backend_name() == "sqlite":
            copied = self.folder / "copy.db"
            shutil.copy(str(address.database), copied)
            try:
                yield f"sqlite:///{copied}"
            finally:
                for ending in ("", "-wal", "-shm"):
                    copied.with_name(copied.name + ending).unlink(missing_ok=True)
            return
        name = f"{address.database}_copy"
        plain = address.set(drivername="postgresql")
        server = plain.set(database="postgres").render_as_string(hide_password=False)
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{address.database}"'.encode())
        try:
            yield plain.set(database=name).render_as_string(hide_password=False)
        finally:
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
