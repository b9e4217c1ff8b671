import threading
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from customers import looks as looks_room
from customers.computed_tables import customer_cards
from customers.loading import load
from customers.looks import Looks
from customers.tables import access_log, customers
from database.engine import Database
from tests.customers.search_office import ann, boss, named_customers


def _prepare(database: Database) -> None:
    with named_customers(database) as db:
        shown = {"orders": [{"key": "1"}], "contacts": [{"name": "单小明"}], "tags": ["vip"], "parent": None}
        db.execute(insert(customer_cards).values(customer_id=5, shown=shown))
        values = {"birthday": date(1980, 1, 2), "credit_limit": Decimal(5)}
        db.execute(update(customers).where(customers.c.id == 5).values(**values))


def test_looks_of_many_people_at_once_are_all_written(database: Database) -> None:
    _prepare(database)
    looks = Looks(database)
    people = [threading.Thread(target=looks.record, args=(ann.id, 1 + number % 9, "card")) for number in range(40)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(access_log)) == 40


def test_those_who_wait_share_the_next_transaction(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    _prepare(sqlite)
    looks = Looks(sqlite)
    together: list[int] = []
    write = looks_room._ENTRIES.write

    def counted(database: Database, rows: list[Any]) -> None:
        together.append(len(rows))
        write(database, rows)

    monkeypatch.setattr(looks_room._ENTRIES, "write", counted)
    with sqlite.transaction():  # the first look waits for this one to end, all others gather meanwhile
        people = [threading.Thread(target=looks.record, args=(ann.id, 1, "card")) for _ in range(10)]
        for one in people:
            one.start()
        for _ in range(10_000):
            if len(looks._gathering.rows) == 9:
                break
            threading.Event().wait(0.001)
    for one in people:
        one.join()
    assert together == [1, 9]  # the first look, and the nine others together
    with sqlite.reading() as db:
        assert db.scalar(select(func.count()).select_from(access_log)) == 10


def test_a_failure_reaches_whoever_waits_and_the_next_look_works(database: Database) -> None:
    _prepare(database)
    looks = Looks(database)
    with pytest.raises(database.engine.dialect.loaded_dbapi.IntegrityError):
        looks.record(9_999, 1, "card")
    looks.record(ann.id, 1, "card")
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(access_log)) == 1


def test_all_of_a_list_are_written_down_and_an_empty_list_is_no_look(database: Database) -> None:
    _prepare(database)
    looks = Looks(database)
    looks.record_all(ann.id, [3, 1, 2], "list")
    looks.record_all(ann.id, [], "list")
    looks.record(ann.id, 4, "card")
    with database.reading() as db:
        rows = db.execute(select(access_log.c.customer_id, access_log.c.what).order_by(access_log.c.id)).all()
    assert rows == [(3, "list"), (1, "list"), (2, "list"), (4, "card")]


def test_lists_of_many_people_at_once_are_all_written(database: Database) -> None:
    _prepare(database)
    looks = Looks(database)
    people = [threading.Thread(target=looks.record_all, args=(ann.id, range(1, 6), "list")) for _ in range(10)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(access_log)) == 50


def test_nobody_gets_a_list_when_one_of_its_looks_cannot_be_written(database: Database) -> None:
    _prepare(database)
    with pytest.raises(database.engine.dialect.loaded_dbapi.IntegrityError):
        Looks(database).record_all(9_999, [1, 2], "list")
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(access_log)) == 0


def test_the_owner_sees_everything_and_the_look_is_written_down(database: Database) -> None:
    _prepare(database)
    seen = load(database, Looks(database, now=lambda: datetime(2026, 11, 20, tzinfo=UTC)), boss, 5)
    assert seen is not None
    assert seen.full
    assert seen.customer.phone == "13912345678"
    assert seen.owner_name == "李娜"
    assert seen.shown["contacts"] == [{"name": "单小明"}]
    with database.reading() as db:
        assert db.execute(select(access_log.c.rep_id, access_log.c.customer_id, access_log.c.what)).all() == [
            (boss.id, 5, "card")
        ]


def test_others_see_a_masked_customer_without_any_hidden_field(database: Database) -> None:
    _prepare(database)
    seen = load(database, Looks(database), ann, 5)
    assert seen is not None
    assert not seen.full
    assert seen.facts is not None
    assert (seen.customer.name, seen.owner_name, seen.facts.stage) == ("上海晨光文具有限公司", "李娜", "prospect")
    hidden = [seen.customer.phone, seen.customer.email, seen.customer.birthday, seen.customer.credit_limit]
    amounts = [value for name, value in seen.facts._asdict().items() if isinstance(value, Decimal)]
    assert (hidden, amounts) == ([None] * 4, [])
    assert set(seen.shown) <= {"parent"}
    with database.reading() as db:
        assert db.scalar(select(access_log.c.what)) == "masked card"


def test_a_customer_who_does_not_exist_is_none_and_no_look(database: Database) -> None:
    _prepare(database)
    assert load(database, Looks(database), boss, 12_345) is None
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(access_log)) == 0


def test_nobody_sees_a_customer_when_the_look_cannot_be_written(database: Database) -> None:
    _prepare(database)
    stranger = boss.__class__(9_999, "X", "x@example.com", boss.roles, None, None, boss.sight, boss.exports)
    with pytest.raises(database.engine.dialect.loaded_dbapi.IntegrityError):
        load(database, Looks(database), stranger, 5)
