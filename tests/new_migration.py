"""Writes a migration for what the tables declare and the newest migration lacks.

Usage: python -m tests.new_migration "what changes"
"""

import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlmodel import SQLModel

import customers.alert_tables
import customers.computed_tables
import customers.morning_tables
import customers.notice_tables
import customers.outlook_tables
import customers.outreach_tables
import customers.tables
import customers.work_tables  # noqa: F401
import delivery.tables  # noqa: F401
from database.engine import Database
from database.upgrade import alembic_config, prepare


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'empty.db'}")
        if any((Path(alembic_config.__code__.co_filename).parent / "migrations" / "versions").glob("*.py")):
            prepare(database)
        with database.transaction() as connection:
            command.revision(alembic_config(connection, SQLModel.metadata), message=sys.argv[1], autogenerate=True)
        database.close()


if __name__ == "__main__":
    main()
