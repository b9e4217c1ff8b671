"""Who is away and who stands in is understood as people say it."""

from datetime import date

import pytest

from care.spoken_absences import recognises, understood
from words.errors import BadInput, WrongUsage

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("words", "first", "last", "deputy"),
    [
        ("away until 5 Dec, Li takes over", "2026-11-24", "2026-12-05", "Li"),
        ("I am away until next Friday, Li Na takes over.", "2026-11-24", "2026-12-04", "Li Na"),
        ("I'm on leave from tomorrow to 5.12., Rita Roth covers for me", "2026-11-25", "2026-12-05", "Rita Roth"),
        ("on vacation till 2026-12-05 and Rita stands in", "2026-11-24", "2026-12-05", "Rita"),
        ("我休假到12月5日，李娜代班", "2026-11-24", "2026-12-05", "李娜"),
        ("我从明天起休假到下周五，由李娜接手", "2026-11-25", "2026-12-04", "李娜"),
        ("出差到月底 李娜负责", "2026-11-24", "2026-11-30", "李娜"),
    ],
)
def test_days_and_deputy_are_found(words, first, last, deputy):
    assert recognises(words)
    found = understood(words, TODAY)
    assert (found.first.isoformat(), found.last.isoformat(), found.deputy) == (first, last, deputy)


@pytest.mark.parametrize("words", ["away until 5 December", "away until Li takes over", "休假到12月5日"])
def test_what_is_incomplete_is_answered_with_an_example(words):
    with pytest.raises(WrongUsage, match="5 December"):
        understood(words, TODAY)


@pytest.mark.parametrize(
    "words", ["away until 2026-01-05, Li takes over", "away from 5 Dec to tomorrow, Li takes over"]
)
def test_days_that_cannot_be_are_refused(words):
    with pytest.raises(BadInput, match=r"over|before"):
        understood(words, TODAY)


@pytest.mark.parametrize("words", ["acme in 2 weeks", "call acme tomorrow", "下周三回访 晨曦", "a way to go"])
def test_a_promise_is_no_absence(words):
    assert not recognises(words)
