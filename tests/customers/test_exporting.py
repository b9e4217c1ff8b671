import csv
import io
from datetime import date
from decimal import Decimal

import pytest

from customers import exporting

SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
UNSEEN = (
    "",
    " ",
    "\t",
    "\u00a0",
    "\u2003",
    "\u3000",
    "\u200b",
    "\ufeff",
    "\u2060",
    "\u00ad",
    "\u202e",
    "\x00",
    " \ufeff\u2003",
)


def test_an_exported_cell_cannot_be_a_formula_and_chinese_opens_rightly() -> None:
    cells = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", " =1", "＝1", "客户", -5, Decimal("1.50"), date(2026, 1, 2), None]
    content = b"".join(exporting.write_csv([["a"] * len(cells), cells]))
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows[1] == [
        "'=1+1", "'+1", "'-1", "'@x", "'\tx", "'\rx", "' =1", "'＝1", "客户", "-5", "1.5", "2026-01-02", "",
    ]  # fmt: skip


def test_a_long_export_comes_in_pieces() -> None:
    pieces = list(exporting.write_csv(["x" * 1_000] for _ in range(200)))
    assert len(pieces) > 1
    assert b"".join(pieces).count(b"\r\n") == 200


@pytest.mark.parametrize("unseen", UNSEEN)
@pytest.mark.parametrize("separator", [";", "\t", "\r", "\n", "|"])
def test_no_part_of_a_cell_is_a_formula_wherever_the_file_is_cut(separator: str, unseen: str) -> None:
    for sign in SIGNS:
        for quote in ("", '"', "'"):
            made = exporting.harmless(f"Acme{separator}{unseen}{quote}{sign}1+1{separator}{separator}{unseen}{sign}2")
            parts = [part.strip("".join(UNSEEN)) for part in made.split(separator)]
            assert not [part for part in parts if part.strip('"').startswith(SIGNS)]


@pytest.mark.parametrize("unseen", UNSEEN)
def test_nothing_unseen_hides_a_formula_at_the_start(unseen: str) -> None:
    for sign in SIGNS:
        assert exporting.harmless(f"{unseen}{sign}1+1").startswith("'")


@pytest.mark.parametrize("text", ["Smith-Jones; Sons", "a | b", "1;2", "R&D = fun", "a@b.example", "中文；－", ""])
def test_an_ordinary_text_stays_as_it_is(text: str) -> None:
    assert exporting.harmless(text) == text
