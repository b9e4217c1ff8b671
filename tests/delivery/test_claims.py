"""A key is taken once, whoever asks and however many ask at once."""

import threading
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from delivery.claims import claim, forget_old
from delivery.tables import claims

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)


def test_the_first_takes_a_key_and_nobody_after(database):
    with database.transaction() as db:
        assert claim(db, "press:1", NOW)
        assert not claim(db, "press:1", NOW)
        assert claim(db, "press:2", NOW)


def test_of_many_at_once_exactly_one_takes_it(database):
    won = []

    def take():
        with database.transaction() as db:
            if claim(db, "event:1", NOW):
                won.append(1)

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won == [1]


def test_old_keys_are_forgotten_and_young_ones_kept(database):
    with database.transaction() as db:
        claim(db, "old", NOW - timedelta(days=2))
        claim(db, "young", NOW - timedelta(hours=2))
        assert forget_old(db, NOW) == 1
        assert db.scalar(select(func.count()).select_from(claims)) == 1
