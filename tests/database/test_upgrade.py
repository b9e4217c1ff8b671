"""The database is created and brought up to date by whoever meets it first."""

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
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
from database.upgrade import prepare
from words.errors import FixSetup


def test_the_migrations_make_exactly_the_tables_that_the_code_declares(database):
    with database.reading() as db:
        differences = compare_metadata(MigrationContext.configure(db), SQLModel.metadata)
    assert differences == []


def test_two_programs_that_start_at_once_make_one_database(tmp_path):
    url = f"sqlite:///{tmp_path / 'both.db'}"
    failures = []

    def start():
        database = Database(url)
        try:
            prepare(database)
        except Exception as failure:
            failures.append(failure)
        finally:
            database.close()

    _at_once(start, 6)
    assert failures == []
    database = Database(url)
    assert "customers" in inspect(database.engine).get_table_names()
    database.close()


@pytest.mark.postgres
def test_two_programs_that_start_at_once_make_one_postgresql_database(empty_postgres_url):
    failures = []

    def start():
        database = Database(empty_postgres_url)
        try:
            prepare(database)
        except Exception as failure:
            failures.append(failure)
        finally:
            database.close()

    _at_once(start, 4)
    assert failures == []


def test_a_database_of_a_newer_rekindle_is_refused_with_what_to_do(sqlite):
    with sqlite.transaction() as db:
        db.execute(text("UPDATE alembic_version SET version_num = 'from-the-future'"))
    with pytest.raises(FixSetup, match="newer Rekindle"):
        prepare(sqlite)


@pytest.mark.parametrize(
    "url",
    ["mysql://root@localhost/x", "nonsense", "sqlite:////no/such/folder/file.db", "sqlite:///:memory:", "sqlite://"],
)
def test_a_database_that_cannot_be_used_is_named_in_one_line(url):
    with pytest.raises(FixSetup, match="DATABASE_URL") as refused:
        prepare(Database(url))
    assert "\n" not in str(refused.value)


def test_a_password_never_stands_in_an_error():
    database = Database("postgresql://rita:very-secret@127.0.0.1:1/none")
    with pytest.raises(FixSetup) as refused:
        prepare(database)
    database.close()
    assert "very-secret" not in str(refused.value)


def _at_once(work, times):
    threads = [threading.Thread(target=work) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
