"""Commands as plain words: in a DM, after a mention, in both languages, with what Slack makes of them."""

import pytest

from bot.joining import discovered
from bot.wording import understood

COMMANDS = discovered().commands


@pytest.mark.parametrize(
    ("words", "command", "rest"),
    [
        ("customer acme", "/customer", "acme"),
        ("Customer  Acme GmbH", "/customer", "Acme GmbH"),
        ("/customer acme", "/customer", "acme"),
        ("<@U123> customer acme", "/customer", "acme"),
        ("客户 晨曦", "/customer", "晨曦"),
        ("客户晨曦", "/customer", "晨曦"),
        ("细分", "/segment", ""),
        ("segment silent:&gt;60d", "/segment", "silent:>60d"),
        ("customer <mailto:info@acme.example.com|info@acme.example.com>", "/customer", "info@acme.example.com"),
        ("customer <tel:+49301234567|+49 30 1234567>", "/customer", "+49 30 1234567"),
        ("customer <http://acme.com|acme.com>", "/customer", "acme.com"),
        ("customer <mailto:info@acme.example.com>", "/customer", "info@acme.example.com"),
        ("customers are kings", "", "customers are kings"),
        ("make me a coffee", "", "make me a coffee"),
    ],
)
def test_words_become_a_command_and_the_rest(words, command, rest):
    assert understood(words, COMMANDS) == (command, rest)
