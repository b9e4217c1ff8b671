"""What would have come to a rep who is away comes to the deputy."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, update

from customers import deputies, reps
from customers.tables import reps as people
from words.errors import BadInput

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def team(database):
    """A manager and three reps; returns their ids by first letter."""
    with database.transaction() as db:
        ids = {}
        for name in "mabc":
            values = {
                "email": f"{name}@example.com",
                "name": name.upper(),
                "roles": "manager" if name == "m" else "rep",
            }
            values |= {"manager_id": ids.get("m"), "active": True}
            ids[name] = db.execute(insert(people).values(values).returning(people.c.id)).scalar_one()
    return ids


def away(db, team, who, deputy, first=TODAY, last=TODAY + timedelta(days=7)):
    deputies.leave(db, rep_id=team[who], deputy_id=team[deputy], first=first, last=last, today=TODAY, now=NOW)


def test_a_deputy_receives_from_the_first_day_to_the_last(database, team):
    with database.transaction() as db:
        away(db, team, "a", "b", TODAY + timedelta(days=1), TODAY + timedelta(days=3))
        received = [deputies.responsible(db, team["a"], TODAY + timedelta(days=ahead)) for ahead in range(5)]
    assert received == [team["a"], team["b"], team["b"], team["b"], team["a"]]


def test_a_deputy_who_is_away_too_hands_on(database, team):
    with database.transaction() as db:
        away(db, team, "a", "b")
        away(db, team, "b", "c")
        assert deputies.responsible(db, team["a"], TODAY) == team["c"]
        assert deputies.covered_by(db, team["c"], TODAY) == {team["a"], team["b"]}
        assert deputies.covered_by(db, team["b"], TODAY) == set()


def test_where_deputies_form_a_circle_everybody_keeps_their_own(database, team):
    with database.transaction() as db:
        for who, deputy in ("ab", "bc", "ca"):
            away(db, team, who, deputy)
        found = deputies.stand_ins(db, TODAY)
    assert found.of_all() == {team[who]: team[who] for who in "abc"}


def test_a_deputy_who_has_left_receives_nothing(database, team):
    with database.transaction() as db:
        away(db, team, "a", "b")
        db.execute(update(people).where(people.c.id == team["b"]).values(active=False))
        assert deputies.responsible(db, team["a"], TODAY) == team["a"]


def test_what_belongs_to_somebody_who_has_left_goes_to_the_manager_or_the_managers_deputy(database, team):
    with database.transaction() as db:
        db.execute(update(people).where(people.c.id == team["a"]).values(active=False))
        assert deputies.responsible(db, team["a"], TODAY) == team["m"]
        away(db, team, "m", "c")
        assert deputies.responsible(db, team["a"], TODAY) == team["c"]
        db.execute(update(people).values(active=False))
        assert deputies.responsible(db, team["a"], TODAY) is None


def test_a_deputy_sees_the_customers_in_full_as_long_as_that_lasts(database, team):
    with database.transaction() as db:
        away(db, team, "a", "b")
        now, later = (reps.load(db, "b@example.com", day) for day in (TODAY, TODAY + timedelta(days=8)))
    assert now.sight.full(team["a"])
    assert now.duties == {team["a"], team["b"]}
    assert not later.sight.full(team["a"])
    assert not now.exports.full(team["a"])


def test_a_managers_deputy_sees_what_the_manager_sees(database, team):
    with database.transaction() as db:
        away(db, team, "m", "a")
        found = reps.load(db, "a@example.com", TODAY)
    assert found.sight.full(team["c"])
    assert found.sight.full(None)


def test_whoever_comes_back_receives_their_own_again(database, team):
    with database.transaction() as db:
        away(db, team, "a", "b", TODAY - timedelta(days=3))
        assert deputies.current(db, team["a"], TODAY).deputy_name == "B"
        assert deputies.come_back(db, team["a"], TODAY)
        assert not deputies.come_back(db, team["a"], TODAY)
        assert deputies.current(db, team["a"], TODAY) is None
        assert deputies.responsible(db, team["a"], TODAY) == team["a"]


def test_the_newest_word_about_an_absence_counts(database, team):
    with database.transaction() as db:
        away(db, team, "a", "b")
        away(db, team, "a", "c")
        assert deputies.responsible(db, team["a"], TODAY) == team["c"]


@pytest.mark.parametrize(
    ("deputy", "first", "last", "says"),
    [
        ("a", TODAY, TODAY, "yourself"),
        ("b", TODAY, TODAY - timedelta(days=1), "before"),
        ("b", TODAY - timedelta(days=9), TODAY - timedelta(days=1), "over"),
    ],
)
def test_what_cannot_be_is_refused(database, team, deputy, first, last, says):
    with database.transaction() as db, pytest.raises(BadInput, match=says):
        away(db, team, "a", deputy, first, last)
