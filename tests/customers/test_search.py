import pytest
from sqlalchemy import delete, update

from customers import search
from customers.folding import fold
from customers.looks import Looks
from customers.tables import customers
from database.engine import Database
from tests.customers.search_office import add, ann, boss, named_customers


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("alfki", 1),
        ("K2", 2),
        ("  LONESOME pine   restaurant", 2),
        ("lonesome", 2),
        ("pine rest", 2),
        ("restaurant pine", 2),
        ("acme", 4),  # the one called so without its legal form, not the one that begins so
        ("obrien sohne", 9),
        ("晨光文具", 5),
        ("晨广文具", 5),  # sounds alike
        ("上海 文具", 5),
        ("chenguang wenju", 5),
        ("cgwj", 5),
        ("zengshi", 8),
        ("长江", 7),
        ("chongqing", 7),
        ("cqcj", 7),
        ("139 1234 5678", 5),
        ("+86 139-1234-5678", 5),
        ("5678", 5),
        ("(503) 555 9573", 2),
        ("021 5555 1234", 6),
        ("CG@example.com", 5),
        ("单小明", 5),
        ("shan xiaoming", 5),
        ("sxm", 5),
        ("ming@example.org", 5),
    ],
)
def test_whatever_names_one_customer_finds_that_customer(sqlite: Database, typed: str, meant: int) -> None:
    with named_customers(sqlite) as db:
        assert search.find(db, boss.sight, typed, region="US").exact == meant


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("晨光", {5, 6}),
        ("shcg", {5, 6}),
        ("chenguang", {5, 6}),
        ("amce", {3, 4}),
        ("lonsome pine", {2}),
        ("Alfred Futerkiste", {1}),
        ("some", {2}),
    ],
)
def test_a_part_or_a_typing_error_offers_who_may_be_meant(database: Database, typed: str, offered: set[int]) -> None:
    with named_customers(database) as db:
        found = search.find(db, boss.sight, typed, region="US")
        assert {hit.id for hit in found.hits} == offered or found.exact in offered


@pytest.mark.parametrize("typed", ["139 1234 5678", "5678", "cg@example.com", "单小明", "sxm", "shan xiaoming"])
def test_hidden_fields_of_others_customers_are_not_searched(database: Database, typed: str) -> None:
    with named_customers(database) as db:
        found = search.find(db, ann.sight, typed, region="CN")
        assert 5 not in {found.exact, *(hit.id for hit in found.hits), *(hit.id for hit in found.closest)}


def test_names_of_others_customers_are_found(database: Database) -> None:
    with named_customers(database) as db:
        assert search.find(db, ann.sight, "晨光文具", region="CN").exact == 5


def test_two_customers_of_one_name_are_both_offered(database: Database) -> None:
    with named_customers(database) as db:
        add(db, 10, "ALFREDS  Futterkiste")
        search.index(db, [10])
        found = search.find(db, boss.sight, "Alfreds Futterkiste", region="US")
        assert found.exact is None
        assert {hit.id for hit in found.hits} == {1, 10}


def test_nothing_like_it_names_nobody_but_something_a_little_like_it_is_named(database: Database) -> None:
    with named_customers(database) as db:
        assert search.find(db, boss.sight, "qqqqqqqq", region="US") == search.Found()
        near = search.find(db, boss.sight, "Lonely Pint Rest", region="US")
        assert 2 in {hit.id for hit in (*near.hits, *near.closest)}


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "%",
        "_",
        "\x00",
        "\ud800",
        "zz\x00",
        "zz\ud800q \udfff@",
        "'; DROP TABLE customers; --",
        "a" * 5000,
        "🎉",
    ],
)
def test_any_text_is_harmless(database: Database, typed: str) -> None:
    with named_customers(database) as db:
        assert search.find(db, boss.sight, typed, region="US").exact is None


def test_at_most_as_many_as_asked_for_are_offered(sqlite: Database) -> None:
    with named_customers(sqlite) as db:
        for number in range(20, 40):
            add(db, number, f"Branch {number}")
        search.index(db, range(20, 40))
        assert len(search.find(db, boss.sight, "branch", region="US").hits) == 5


def test_a_new_name_replaces_the_old_spellings(database: Database) -> None:
    with named_customers(database) as db:
        db.execute(
            update(customers).where(customers.c.id == 2).values(name="Zebra Cafe", folded_name=fold("Zebra Cafe"))
        )
        search.index(db, [2])
        assert search.find(db, boss.sight, "zebra", region="US").exact == 2
        assert search.find(db, boss.sight, "Lonesome Pine Restaurant", region="US").exact is None


def test_a_customer_who_is_gone_is_found_no_more(database: Database) -> None:
    with named_customers(database) as db:
        db.execute(delete(customers).where(customers.c.id == 2))
        assert search.find(db, boss.sight, "Lonesome Pine Restaurant", region="US").exact is None


def test_indexing_everybody_twice_changes_nothing(database: Database) -> None:
    with named_customers(database) as db:
        search.index(db, None)
        assert search.find(db, boss.sight, "晨光文具", region="CN").exact == 5


def test_the_latest_looks_come_first_and_each_customer_once(database: Database) -> None:
    with named_customers(database):
        pass
    looks = Looks(database)
    for customer_id in (1, 2, 3, 1):
        looks.record(ann.id, customer_id, "card")
    looks.record(boss.id, 4, "card")
    with database.transaction() as db:
        db.execute(delete(customers).where(customers.c.id == 3))
        assert [hit.id for hit in search.recent(db, ann.id)] == [1, 2]


def test_characters_that_cannot_be_kept_are_looked_over(database: Database) -> None:
    with named_customers(database) as db:
        assert search.find(db, boss.sight, "\x00 Alf\ud800reds\x00 Futterkiste", region="US").exact == 1


def test_only_looks_at_single_customers_are_my_latest(database: Database) -> None:
    with named_customers(database):
        pass
    looks = Looks(database)
    looks.record(ann.id, 1, "card")
    looks.record(ann.id, 5, "masked card")
    looks.record_all(ann.id, [2, 3, 4], "list")
    looks.record(ann.id, 6, "share")
    with database.reading() as db:
        assert [hit.id for hit in search.recent(db, ann.id)] == [5, 1]


def test_a_mistyped_legal_form_still_tells_whom_of_two_is_meant(database: Database) -> None:
    with named_customers(database) as db:
        add(db, 10, "Acme GmbH")
        search.index(db, [10])
        found = search.find(db, boss.sight, "Acme Gmhb", region="US")
        assert found.exact == 10 or found.hits[0].id == 10
        found = search.find(db, boss.sight, "Acme Incc", region="US")
        assert found.exact == 4 or found.hits[0].id == 4
        found = search.find(db, boss.sight, "上海晨光文具有限工司", region="US")
        assert found.exact == 5 or found.hits[0].id == 5


def test_a_long_legal_form_in_common_makes_no_two_names_alike(database: Database) -> None:
    with named_customers(database) as db:
        add(db, 10, "Acme Incorporated")
        search.index(db, [10])
        for typed in ("Alma Incorporated", "Alma Incorporaetd"):
            found = search.find(db, boss.sight, typed, region="US")
            assert found.exact is None
            assert 10 not in {hit.id for hit in found.hits}
