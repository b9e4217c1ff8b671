from datetime import date

import pytest

from customers.measures import month_before


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2026, 3, 31), date(2026, 2, 28)),
        (date(2026, 1, 5), date(2025, 12, 5)),
        (date(2024, 3, 30), date(2024, 2, 29)),
    ],
)
def test_a_month_before_is_the_same_day_or_that_months_last(day: date, before: date) -> None:
    assert month_before(day) == before
