"""Whoever reads sees one moment, and an error tells nobody's data."""

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from customers.tables import reps
from database.engine import Database


def _add(database: Database, email: str) -> None:
    with database.transaction() as db:
        db.execute(insert(reps).values(email=email, name="Rita", roles="rep", active=True))


def test_what_is_committed_meanwhile_is_not_seen_until_the_next_reading(database: Database) -> None:
    count = select(func.count()).select_from(reps)
    with database.reading() as db:
        assert db.scalar(count) == 0
        _add(database, "rita@example.com")
        assert db.scalar(count) == 0
    with database.reading() as db:
        assert db.scalar(count) == 1


def test_a_writer_sees_what_others_committed_before_its_next_statement(postgres: Database) -> None:
    count = select(func.count()).select_from(reps)
    with postgres.reading() as db:  # leaves its connection to the next one
        assert db.scalar(count) == 0
    with postgres.transaction() as db:
        assert db.scalar(count) == 0
        _add(postgres, "rita@example.com")
        assert db.scalar(count) == 1


def test_an_error_of_the_database_does_not_tell_the_values(database: Database) -> None:
    _add(database, "secret@example.com")
    with pytest.raises(IntegrityError) as failed:
        _add(database, "secret@example.com")
    told = f"{failed.value} {failed.value.orig} {failed.value.__cause__}"
    assert "secret" not in told
    assert "Rita" not in told
    assert "reps" in told  # but where it happened
