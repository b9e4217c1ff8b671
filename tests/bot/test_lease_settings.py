"""A lease is much longer than one call to Slack, or the settings are refused in words."""

import pytest

from bot.settings import Settings, load
from delivery.leasing import Leasing
from words.errors import FixSetup


def test_the_numbers_of_a_lease_are_settings(monkeypatch):
    monkeypatch.setenv("LEASE_SECONDS", "60")
    monkeypatch.setenv("SEND_TIMEOUT", "15")
    assert load().leasing == Leasing(60, 15, Settings.model_fields["lookups"].default)


@pytest.mark.parametrize(("lease", "timeout"), [("30", "10"), ("120", "31"), ("nan", "1"), ("0", "1")])
def test_a_lease_that_is_hardly_longer_than_a_call_is_refused(monkeypatch, lease, timeout):
    monkeypatch.setenv("LEASE_SECONDS", lease)
    monkeypatch.setenv("SEND_TIMEOUT", timeout)
    with pytest.raises(FixSetup, match=r"SEND_TIMEOUT|LEASE_SECONDS"):
        load()
