"""What a person chose about their day is kept; whatever they left open is the tenant's default."""

from datetime import time

import pytest
from sqlalchemy import insert

from customers import preferences
from customers.preferences import Preferences
from customers.tables import reps

DEFAULT = Preferences(time(8, 30), time(20), time(8), 10)


@pytest.fixture
def rep(database):
    with database.transaction() as db:
        values = {"email": "r@example.com", "name": "R", "roles": "rep", "active": True}
        return db.execute(insert(reps).values(values).returning(reps.c.id)).scalar_one()


def test_what_was_not_chosen_is_the_default(database, rep):
    with database.transaction() as db:
        assert preferences.of(db, rep, DEFAULT) == DEFAULT
        preferences.choose(db, rep, {"morning": time(7), "daily_cap": 3})
        assert preferences.of(db, rep, DEFAULT) == Preferences(time(7), time(20), time(8), 3)
        assert preferences.of_all(db, DEFAULT) == {rep: Preferences(time(7), time(20), time(8), 3)}


def test_a_new_choice_takes_the_place_of_the_one_before_and_nothing_is_the_default_again(database, rep):
    with database.transaction() as db:
        preferences.choose(db, rep, {"morning": time(7)})
        preferences.choose(db, rep, {"quiet_from": time(21, 30)})
        assert preferences.of(db, rep, DEFAULT) == Preferences(time(8, 30), time(21, 30), time(8), 10)
        preferences.choose(db, rep, {})
        assert preferences.of_all(db, DEFAULT) == {}
