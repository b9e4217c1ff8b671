from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Connection, insert

from customers import segments
from customers.fields import FIELDS
from customers.filter_language import parse
from customers.tables import consents, customer_tags, order_lines, orders, products
from database.engine import Database
from tests.customers.search_office import ANN, BOSS, LI, TODAY, add, add_people, ann, boss
from words.errors import BadInput, NotAllowed


def _ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@contextmanager
def _filled(database: Database) -> Iterator[Connection]:
    """Five customers: 1 to 3 are Ann's, 4 is Li's, 5 nobody's."""
    money = {"spend_year": Decimal(100), "own_spend_year": Decimal(100)}
    with database.transaction() as db:
        add_people(db)
        for customer_id, owner, columns, facts in [
            (1, ANN, {"region": "华东", "city": "Berlin"}, {
                **money, "value": "high", "value_before": "high", "loyalty": "loyal", "stage": "mature",
                "loyalty_before": "loyal", "stage_before": "mature",
                "loyalty_since": _ago(300), "stage_since": _ago(300), "last_day": _ago(10), "spend": Decimal(20_000),
                "at_stake": Decimal(50), "orders": 9, "gap_mean": 21.5}),
            (2, ANN, {"region": "EMEA"}, {
                **money, "value": "mid", "value_before": "high", "loyalty": "swing", "stage": "at_risk",
                "loyalty_before": "loyal", "stage_before": "growing",
                "loyalty_since": _ago(5), "stage_since": _ago(5), "last_day": _ago(61), "spend": Decimal(10_000),
                "at_stake": Decimal(90), "orders": 2, "open_complaint": _ago(3), "price_only": True}),
            (3, ANN, {}, {"loyalty": "none", "stage": "prospect"}),
            (4, LI, {}, {
                **money, "value": "low", "value_before": "low", "loyalty": "lost", "stage": "lost",
                "loyalty_before": "lost", "stage_before": "lost",
                "loyalty_since": _ago(90), "stage_since": _ago(90), "last_day": _ago(400), "at_stake": Decimal(90)}),
            (5, None, {"parent_id": 1}, {"loyalty": "none", "stage": "prospect"}),
        ]:  # fmt: skip
            add(db, customer_id, f"Customer {customer_id}", owner, **columns, facts=facts)
        db.execute(insert(customer_tags).values(customer_id=1, tag="VIP"))
        db.execute(insert(products).values(id=1, name="Dark Coffee", folded_name="dark coffee", type="Beverages"))
        for order_id, customer_id, status in [(1, 1, None), (2, 2, "cancelled")]:
            amounts = {"amount": Decimal(1), "currency": "USD", "day": _ago(10)}
            db.execute(
                insert(orders).values(id=order_id, key=str(order_id), customer_id=customer_id, status=status, **amounts)
            )
            line = {"nr": 1, "quantity": Decimal(1), "unit_price": Decimal(1), "discount": Decimal(0)}
            db.execute(insert(order_lines).values(order_id=order_id, product_id=1, **line))
        for days, given in [(9, True), (2, False)]:
            at = datetime(2026, 11, 20, tzinfo=UTC) - timedelta(days=days)
            ledger = {"channel": "email", "purpose": "marketing", "how": "form", "at": at, "given": given}
            db.execute(insert(consents).values(customer_id=1, **ledger))
            db.execute(insert(consents).values(customer_id=2, **{**ledger, "given": not given}))
        yield db


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("", [2, 4, 1, 3, 5]),  # most at stake first, then the older customer
        ("lost", [4]),
        ("value:high,mid", [2, 1]),
        ("value:none", [3, 5]),
        ("silent:>60d", [2, 4]),
        ("silent:>61d", [4]),
        ("silent:61d", [2]),
        ("silent:<=61d", [2, 1]),
        ("silent:5..61", [2, 1]),
        ("silent:none", [3, 5]),
        ("-silent:>60d", [1, 3, 5]),
        ("last:<30d", [1]),
        ("last:2026-09..2026-11", [2, 1]),
        ("spend:>10000", [1]),
        ("spend:>=1万", [2, 1]),
        ("rhythm:21..22", [1]),
        ("orders:2..5", [2]),
        ("owner:me", [2, 1, 3]),
        ("owner:none", [5]),
        ("owner:李娜", [4]),
        ("owner:r2@example.com", [4]),
        ("team:china", [4]),
        ("-team:sales", [4, 5]),
        ("region:华东 city:berlin", [1]),
        ("region:none", [4, 3, 5]),
        ("-region:EMEA", [4, 1, 3, 5]),
        ("tag:vip", [1]),
        ("tag:none", [2, 4, 3, 5]),
        ("bought:coffee", [1]),
        ("bought:beverages", [1]),
        ("bought:none", [2, 4, 3, 5]),
        ("complaint:yes", [2]),
        ("price_only:no", [4, 1, 3, 5]),
        ("consent_email:yes", [2]),
        ("-consent_email:yes owner:me", [1, 3]),
        ("parent:'customer", []),
        ("parent:K1", [5]),
        ("parent:none", [2, 4, 1, 3]),
        ("key:k4", [4]),
        ('"mer 4" OR high', [4, 1]),
        ('"%"', []),
        ("name:_", []),
    ],
)
def test_a_filter_lists_its_customers_most_at_stake_first(database: Database, typed: str, ids: list[int]) -> None:
    with _filled(database) as db:
        me = boss.__class__(ANN, "Ann", "a@example.com", boss.roles, None, None, boss.sight, boss.exports)
        page = segments.members(db, me, parse(typed), TODAY)
        assert [member.id for member in page.members] == ids
        assert page.total == len(ids)


@pytest.mark.parametrize("odd", ["\x00", "\ud800"])
def test_characters_that_cannot_be_kept_are_looked_over(database: Database, odd: str) -> None:
    with _filled(database) as db:
        for typed in (f"name:{odd}Customer{odd}", f'"{odd}Customer"', f"tag:v{odd}ip", f"lo{odd}st", odd):
            segments.members(db, boss, parse(typed), TODAY)
        assert [one.id for one in segments.members(db, boss, parse(f"lo{odd}st"), TODAY).members] == [4]
        segments.save(db, ann, f"My{odd} Tea", f"tag:v{odd}ip")
        assert segments.saved(db, f"my tea{odd}") == "tag:vip"


def test_every_field_can_be_asked(database: Database) -> None:
    value = {"choice": "none", "flag": "yes", "consent": "no", "name": "x"}
    with _filled(database) as db:
        for field in FIELDS:
            kinds = {
                "number": ("3", ">2.5", "1..2"),
                "days": ("3", ">2w"),
                "money": ("3", "<2.5"),
                "day": ("2026", ">3d"),
                "ahead": ("2026", "<7d", "<today"),
                "share": ("70%", ">0.5", "10%..20%"),
            }
            for typed in kinds.get(field.kind, (value.get(field.kind, "none"), value.get(field.kind, "x"))):
                assert segments.members(db, boss, parse(f"{field.name}:{typed}"), TODAY).total in range(6)


def test_nobody_counts_or_lists_customers_of_others(database: Database) -> None:
    with _filled(database) as db:
        page = segments.members(db, ann, parse(""), TODAY)
        assert {member.id for member in page.members} == {1, 2, 3}
        found = segments.overview(db, ann)
        assert (found.customers, found.spend) == (3, Decimal(200))
        rows = list(segments.export(db, ann, parse(""), TODAY))
        assert [row[0] for row in rows[1:]] == ["K2", "K1", "K3"]


def test_pages_follow_each_other_and_a_page_too_far_is_the_last_one(database: Database) -> None:
    with _filled(database) as db:
        pages = [segments.members(db, boss, parse(""), TODAY, page=number, size=2) for number in (0, 1, 2, 9)]
        assert [[member.id for member in page.members] for page in pages] == [[2, 4], [1, 3], [5], [5]]
        assert [(page.page, page.total, page.spend) for page in pages] == [
            (0, 5, Decimal(300)), (1, 5, Decimal(300)), (2, 5, Decimal(300)), (2, 5, Decimal(300)),
        ]  # fmt: skip
        empty = segments.members(db, boss, parse("tag:nobody"), TODAY)
        assert (empty.members, empty.total, empty.spend) == ((), 0, Decimal(0))


def test_a_member_shows_owner_silence_and_what_is_at_stake(database: Database) -> None:
    with _filled(database) as db:
        first = segments.members(db, boss, parse("swing"), TODAY).members[0]
        shown = (first.name, first.owner_name, first.silent_days, first.at_stake, first.spend_year, first.stage)
        assert shown == ("Customer 2", "Ann Miller", 61, Decimal(90), Decimal(100), "at_risk")


def test_the_overview_counts_shares_and_what_changed_since_last_month(database: Database) -> None:
    with _filled(database) as db:
        found = segments.overview(db, boss)
        rows = {(row.dimension, row.name): row for row in found.rows}
        assert (found.customers, found.spend) == (5, Decimal(300))
        assert sum(row.customers for row in found.rows if row.dimension == "stage") == 5
        swing, loyal = rows["loyalty", "swing"], rows["loyalty", "loyal"]
        assert (swing.customers, swing.spend, swing.change, swing.came, swing.left) == (1, Decimal(100), 1, 1, 0)
        assert (loyal.customers, loyal.change, loyal.left) == (1, -1, 1)
        assert swing.share == pytest.approx(1 / 3)
        assert (rows["stage", "growing"].change, rows["stage", "at_risk"].change) == (-1, 1)
        assert (rows["value", "high"].change, rows["value", "mid"].change, rows["value", "none"].change) == (-1, 1, 0)
        assert rows["loyalty", "lost"].change == 0


def test_without_customers_the_overview_is_empty(database: Database) -> None:
    with database.transaction() as db:
        found = segments.overview(db, boss)
        assert (found.customers, found.spend, {row.share for row in found.rows}) == (0, Decimal(0), {0.0})


def test_a_filter_is_saved_found_in_any_case_and_forgotten(database: Database) -> None:
    with _filled(database) as db:
        segments.save(db, ann, "My Tea", "价值：高 owner:me")
        assert segments.saved(db, "my tea") == "value:high owner:me"
        segments.save(db, ann, "my tea", "lost")
        assert segments.saved(db, "My Tea") == "loyalty:lost"
        assert segments.saved_names(db) == ["my tea"]
        assert segments.forget(db, ann, "MY TEA")
        assert segments.saved(db, "My Tea") is None
        assert not segments.forget(db, ann, "My Tea")


@pytest.mark.parametrize("name", ["lost", "流失", "At Risk", "", "  ", "x" * 61, "a:b"])
def test_built_in_and_unusable_names_are_refused(sqlite: Database, name: str) -> None:
    with _filled(sqlite) as db, pytest.raises(BadInput):
        segments.save(db, ann, name, "high")


def test_somebody_elses_segment_is_neither_replaced_nor_deleted_but_by_a_manager(sqlite: Database) -> None:
    with _filled(sqlite) as db:
        segments.save(db, boss, "tea", "high")
        with pytest.raises(BadInput):
            segments.save(db, ann, "Tea", "lost")
        with pytest.raises(NotAllowed):
            segments.forget(db, ann, "tea")
        segments.save(db, ann, "coffee", "high")
        assert boss.id == BOSS
        assert segments.forget(db, boss, "coffee")
