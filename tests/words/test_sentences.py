"""Every judgement has a sentence in both languages, and every word of the field has its word."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from customers import weighing
from customers.judgement.features import FACTS
from words.reasons import Number, Reason
from words.sentences import SENTENCES, joined, sentence
from words.speech import CHINESE, ENGLISH, Speech
from words.terms import TERMS, term

BOTH = (Speech(ENGLISH), Speech(CHINESE))
# A value of the right kind for each blank.
MONEY = {"profit", "expected", "high", "low", "half", "half_before", "average", "spend"}
DAYS = {"since", "day", "first"}


def filled(code: str) -> Reason:
    numbers: dict[str, Number] = {}
    for name in re.findall(r"{(\w+)}", SENTENCES[code]):
        if name in MONEY:
            numbers[name] = Decimal(1234)
        elif name in DAYS:
            numbers[name] = date(2026, 3, 5)
        elif name == "speaks":
            numbers[name] = weighing.FOR
        elif name == "currencies":
            numbers[name] = "JPY"
        else:
            numbers[name] = 0.25 if name.endswith("_share") else 21
    return Reason(code, numbers)


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_judgement_is_said_in_both_languages(code: str) -> None:
    english, chinese = (sentence(say, filled(code), "USD") for say in BOTH)
    assert english != chinese
    assert re.search(r"[\u4e00-\u9fff]", chinese)
    assert not re.search(r"[{}]", english + chinese)


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_translation_has_the_blanks_of_its_sentence(code: str) -> None:
    text = SENTENCES[code]
    assert sorted(re.findall(r"{\w+}", BOTH[1](text))) == sorted(re.findall(r"{\w+}", text))


def test_every_code_that_is_given_has_a_sentence() -> None:
    source = (Path(__file__).parents[2] / "customers" / "explain.py").read_text()
    written = set(re.findall(r'Reason\(\s*"([\w.]+)"', source))
    assert written
    assert written <= SENTENCES.keys()


def test_every_fact_that_can_weigh_has_a_sentence() -> None:
    assert {f"weighed.{fact}" for fact in FACTS} <= SENTENCES.keys()


def test_the_chance_continues_the_sentence_of_the_rhythm() -> None:
    swing = Reason("rhythm.usual_silent", {"gap": 21.2, "spread": 4.6, "silence_days": 48, "times": 2.26})
    chance = Reason("outlook.chance", {"again_share": 0.1812, "horizon_days": 90})
    english, chinese = (joined(say, [swing, chance], "USD") for say in BOTH)
    assert english == (
        "Buys every 21 ± 5 days; silent for 48 days, 2.3 times the usual; "
        "18% of customers like this bought again within 90 days."
    )
    assert chinese == ("每 21 ± 5 天购买一次；已有 48 天未购买，是平时的 2.3 倍；类似客户中有 18% 在 90 天内再次购买。")
    unknown = joined(BOTH[0], [swing, Reason("outlook.none")], "USD")
    assert unknown.endswith("2.3 times the usual; too little history to say who buys again.")


@pytest.mark.parametrize(
    ("share", "said"), [(0.0, "0%"), (0.001, "<1%"), (0.006, "1%"), (0.9951, ">99%"), (0.994, "99%"), (1.0, "100%")]
)
def test_what_is_neither_nothing_nor_all_is_not_rounded_to_it(share: float, said: str) -> None:
    reason = Reason("outlook.chance", {"again_share": share, "horizon_days": 90})
    assert sentence(BOTH[0], reason, "USD").startswith(f"{said} of customers")


def test_the_numbers_are_written_as_the_reader_writes_them() -> None:
    swing = Reason("rhythm.usual_silent", {"gap": 21.2, "spread": 4.6, "silence_days": 48, "times": 2.26})
    english, chinese = (sentence(say, swing, "USD") for say in BOTH)
    assert english == "Buys every 21 ± 5 days; silent for 48 days, 2.3 times the usual."
    assert chinese == "每 21 ± 5 天购买一次；已有 48 天未购买，是平时的 2.3 倍。"


def test_amounts_shares_and_counts_take_their_own_form() -> None:
    say = BOTH[0]
    assert sentence(say, Reason("value.brings", {"brings_share": 0.634}), "EUR") == (
        "All high-value customers together bring 63% of the spend."
    )
    assert sentence(say, Reason("money.unpriced", {"orders": 1, "currencies": "JPY, EUR"}), "USD") == (
        "1 order in JPY, EUR without an exchange rate, left out of all sums."
    )
    low = Reason("value.low", {"profit": Decimal("12.5"), "low": Decimal(40), "window_days": 365})
    assert sentence(say, low, "EUR") == "Low value: €12.50 of profit in the last 365 days; less than €40.00 is low."


@pytest.mark.parametrize(("kind", "word"), [(kind, word) for kind, words in TERMS.items() for word in words])
def test_every_word_of_the_field_has_a_chinese_one(kind: str, word: str) -> None:
    english, chinese = (term(say, kind, word) for say in BOTH)
    assert english != chinese
    assert re.fullmatch(r"[\u4e00-\u9fff]+", chinese)


def test_the_words_are_those_that_the_field_uses() -> None:
    chinese = BOTH[1]
    assert [term(chinese, "loyalty", word) for word in ("loyal", "swing", "lost")] == ["忠诚", "摇摆", "流失"]
    assert [term(chinese, "stage", word) for word in TERMS["stage"]] == (
        ["潜在", "新客户", "成长", "成熟", "忠诚", "预警", "流失", "挽回"]
    )


def test_a_word_that_nobody_knows_is_said_as_it_is() -> None:
    assert term(BOTH[1], "channel", "pop-up store") == "pop-up store"
