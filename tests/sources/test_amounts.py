"""Amounts are read exactly, whatever marks, signs and units people use; a doubtful one is never guessed silently."""

from contextlib import suppress
from datetime import UTC, date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.cells.amounts import AmountReader, discount_share
from sources.cells.columns import Column, Setting, reader
from sources.faults import Wrong
from sources.kinds import kind_named


def read(cell, home="USD", column=()):
    return AmountReader(home, lambda: column).amount(cell)


@pytest.mark.parametrize(
    ("cell", "amount", "currency"),
    [
        ("1234.5", "1234.5", None),
        ("1,234.50", "1234.50", None),
        ("1.234,50", "1234.50", None),
        ("1 234,50", "1234.50", None),
        ("1'234.50", "1234.50", None),
        ("1,234,567", "1234567", None),
        ("12,34,567.00", None, None),
        ("¥1,863.40", "1863.40", "CNY"),
        ("￥１，８６３．４０", "1863.40", "CNY"),
        ("1,552.60 元", "1552.60", "CNY"),
        ("654,06 €", "654.06", "EUR"),
        ("$12", "12", "USD"),
        ("HK$ 12", "12", "HKD"),
        ("EUR 12.50", "12.50", "EUR"),
        ("12.50 chf", "12.50", "CHF"),
        ("¥100元", "100", "CNY"),
        ("1.2万", "12000", None),
        ("1.2万元", "12000", "CNY"),
        ("0.3598万", "3598", None),
        ("1.5亿", "150000000", None),
        ("(500.00)", "-500", None),
        ("（500）", "-500", None),
        ("($500)", "-500", "USD"),
        ("$(500)", "-500", "USD"),
        ("-5", "-5", None),
        ("−5", "-5", None),
        ("-¥5", "-5", "CNY"),
        ("¥-5", "-5", "CNY"),
        ("5-", "-5", None),
        ("+5", "5", None),
        (".5", "0.5", None),
        ("0.234", "0.234", None),
    ],
)
def test_every_shape_is_understood_exactly(cell, amount, currency):
    if amount is None:
        with pytest.raises(Wrong, match="mixed up"):
            read(cell)
    else:
        assert read(cell) == (Decimal(amount), currency)


@pytest.mark.parametrize(
    "cell",
    ["N/A", "abc", "", "-", "1.2.3,4,5", "1,2,3", "(5", "5)", "(-5)", "--5", "$5€", "1e5", "5 apples", "1..5",
     "12,34.5",     "99999999999999999999", "nan", "inf", "1_000"],
)  # fmt: skip
def test_what_is_no_amount_is_refused(cell):
    with pytest.raises(Wrong):
        read(cell)


def test_a_yen_sign_means_the_home_currency_where_that_is_written_so():
    assert [read("¥5", home)[1] for home in ("CNY", "JPY", "USD")] == ["CNY", "JPY", "CNY"]
    assert [read("$5", home)[1] for home in ("USD", "CAD", "EUR")] == ["USD", "CAD", "USD"]


def test_three_digits_behind_a_single_mark_are_read_as_the_column_shows():
    assert read("1,234", column=["1,234", "12,50"])[0] == Decimal("1.234")
    assert read("1,234", column=["1,234", "1,234.50"])[0] == 1234
    assert read("1.234", column=["1.234", "1.234,50"])[0] == 1234
    assert read("1.234", column=["1.234", "17.5"])[0] == Decimal("1.234")


def test_cells_with_the_same_sign_decide_before_all_others():
    column = ["1.234 €", "3.016,00 €", "1444.80"]
    assert read("1.234 €", column=column) == (Decimal(1234), "EUR")
    assert read("1.234", column=column)[0] == Decimal("1.234")


def test_without_any_evidence_a_comma_groups_and_a_point_begins_the_decimals():
    assert read("1,234")[0] == 1234
    assert read("1.234")[0] == Decimal("1.234")


@pytest.mark.parametrize(
    ("cell", "share"),
    [("0.15", "0.15"), ("0,15", "0.15"), ("15%", "0.15"), ("15 %", "0.15"), ("8.5折", "0.15"), ("八五折", "0.15"),
     ("九折", "0.1"),     ("0", "0"), ("1", "1"), ("85折", "0.15")],
)  # fmt: skip
def test_a_discount_is_a_share_however_it_is_written(cell, share):
    assert discount_share(cell) == Decimal(share)


@pytest.mark.parametrize("cell", ["15", "-0.1", "150%", "half", "0折", ""])
def test_a_discount_beyond_all_or_nothing_is_refused(cell):
    with pytest.raises(Wrong):
        discount_share(cell)


amounts_in_cents = st.integers(-(10**13), 10**13)


@given(amounts_in_cents)
def test_every_amount_comes_back_from_every_shape(cents):
    amount = Decimal(cents) / 100
    plain, grouped = f"{amount:.2f}", f"{amount:,.2f}"
    german = grouped.translate(str.maketrans(",.", ".,"))
    for cell in (plain, grouped, german, f"{german} €", f"¥{grouped}", f"USD {plain}"):
        assert read(cell)[0] == amount


@given(st.text(max_size=20) | st.from_regex(r"\A[\d.,'()¥$€万亿 +-]{1,16}\Z"))
def test_no_cell_does_anything_but_give_an_amount_or_a_reason(cell):
    for understand in (read, discount_share):
        with suppress(Wrong):
            assert understand(cell) is not None


@given(st.lists(amounts_in_cents, min_size=1, max_size=20), st.booleans())
def test_reading_a_whole_batch_at_once_gives_the_same_as_reading_cell_by_cell(several, with_a_stranger):

    cells = [f"{Decimal(cents) / 100:.2f}" for cents in several]
    if with_a_stranger:
        cells.append("1,234.50")
    field = kind_named("orders").field("amount")
    setting = Setting("orders.csv", "USD", None, UTC, date(2026, 4, 1))
    column = Column("Amount", field, 0, reader(field, "Amount", setting, lambda: cells))
    (amounts, signs), wrong = column.read(cells)
    assert list(amounts) == [int(read(cell)[0] * 10_000) for cell in cells]
    assert set(signs) == {None}
    assert wrong == {}
