"""A promise in plain words is taken apart into the customer, the day and what is to be done."""

from datetime import date

import pytest

from care.spoken_promises import recognises, understood
from words.errors import BadInput, WrongUsage

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("words", "day", "customer", "what"),
    [
        ("acme in 2 weeks: call about the price", "2026-12-08", "acme", "call about the price"),
        ("acme in 2 weeks", "2026-12-08", "acme", ""),
        ("follow up acme in 2 weeks", "2026-12-08", "acme", ""),
        ("follow up with Acme Tools on 5 March", "2027-03-05", "Acme Tools", ""),
        ("remind me to call Acme Tools tomorrow", "2026-11-25", "Acme Tools", "call"),
        ("tomorrow acme, call about the price", "2026-11-25", "acme", "call about the price"),
        ("call acme tomorrow about the price", "2026-11-25", "acme", "about the price"),
        ("acme: visit the fair next week", "2026-11-30", "acme", "visit the fair"),
        ("Sunday Bakery next Wednesday", "2026-12-02", "Sunday Bakery", ""),
        ("下周三回访 acme", "2026-12-02", "acme", "回访"),
        ("晨曦 下周三：谈价格", "2026-12-02", "晨曦", "谈价格"),
        ("提醒我明天联系晨曦", "2026-11-25", "晨曦", ""),
        ("明天给晨曦打电话", "2026-11-25", "晨曦", "打电话"),
        ("acme 月底，寄样品", "2026-11-30", "acme", "寄样品"),
    ],
)
def test_customer_day_and_purpose_are_found(words, day, customer, what):
    spoken = understood(words, TODAY)
    assert spoken.day.isoformat() == day
    assert spoken.readings[-1] == (customer, what)


def test_a_name_that_begins_like_a_verb_is_read_as_a_name_first():
    assert understood("Call Center GmbH tomorrow", TODAY).readings[0] == ("Call Center GmbH", "")


@pytest.mark.parametrize("words", ["acme", "回访", "follow up acme soon", ""])
def test_without_a_day_examples_are_named(words):
    with pytest.raises(WrongUsage, match="Which day"):
        understood(words, TODAY)


@pytest.mark.parametrize("words", ["tomorrow", "follow up tomorrow", "明天回访"])
def test_without_a_customer_it_is_asked_for(words):
    with pytest.raises(WrongUsage, match="Which customer"):
        understood(words, TODAY)


def test_a_day_that_is_over_is_refused():
    with pytest.raises(BadInput, match="over"):
        understood("acme 2026-11-01", TODAY)


@pytest.mark.parametrize(
    "words",
    [
        "下周三回访 acme",
        "remind me to call acme tomorrow",
        "提醒我明天联系晨曦",
        "明天给晨曦打电话",
        "给晨曦周五发邮件",
    ],
)
def test_a_sentence_that_promises_something_is_recognised(words):
    assert recognises(words)


@pytest.mark.parametrize("words", ["make me a coffee tomorrow", "call me maybe", "customers are kings", "回访"])
def test_other_sentences_are_not(words):
    assert not recognises(words)
