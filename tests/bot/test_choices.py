"""What is asked back where a name does not say for sure which customer is meant."""

import pytest

from bot.cards.choices import did_you_mean, nothing_found
from customers.search import Hit
from words.speech import Speech


def _hit(number: int, how: str) -> Hit:
    return Hit(number, None, f"Customer {number}", "Berlin", None, None, 80, how)


@pytest.mark.parametrize("hows", [["close"], ["close", "close"], ["part"]])
def test_a_single_or_guessed_name_is_not_called_several_that_fit(hows):
    said = did_you_mean("custmer", [_hit(number, how) for number, how in enumerate(hows)], Speech())
    assert said.text == "No customer fits “custmer” exactly. Did you mean:"


def test_several_that_fit_are_called_so():
    said = did_you_mean("customer", [_hit(1, "name"), _hit(2, "part")], Speech())
    assert said.text == "Several customers fit “customer”. Did you mean:"


def test_a_very_long_question_is_not_read_back_in_full():
    said = nothing_found("x" * 400, [], Speech())
    assert len(said.text) < 120
