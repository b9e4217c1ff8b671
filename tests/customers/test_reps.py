from datetime import date

from sqlalchemy import insert

from customers import reps
from customers.tables import reps as people
from database.engine import Database

TODAY = date(2026, 11, 24)


def test_a_role_is_given_once_and_an_unknown_person_is_created(database: Database) -> None:
    with database.transaction() as db:
        assert reps.grant(db, " New@Example.com", "operator")
        assert not reps.grant(db, "new@example.com", "operator")
        assert reps.grant(db, "new@example.com", "rep")
        found = reps.load(db, "new@example.com", TODAY)
    assert found is not None
    assert found.roles == {"rep", "operator"}


def test_who_had_left_is_nobody_until_a_role_is_given_again(database: Database) -> None:
    with database.transaction() as db:
        db.execute(insert(people).values(email="old@example.com", name="Old", roles="rep,manager", active=False))
        assert reps.load(db, "old@example.com", TODAY) is None
        assert reps.grant(db, "old@example.com", "rep")  # the role itself is not new
        found = reps.load(db, "old@example.com", TODAY)
        assert found is not None
        assert found.roles == {"rep", "manager"}
        assert not reps.grant(db, "old@example.com", "rep")
