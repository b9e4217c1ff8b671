"""Addresses that must not be written to any more are known again however they are spelt, and kept as hashes only."""

import pytest
from sqlalchemy import select

from care import suppressions
from customers.outreach_tables import suppressions as rows
from tests.care.drafts import NOW


def suppress(database, channel, address, reason="bounced"):
    with database.transaction() as db:
        return suppressions.suppress(db, channel, address, reason, NOW)


def suppressed(database, *asked):
    with database.reading() as db:
        return suppressions.suppressed(db, asked)


def test_an_address_is_known_again_however_it_is_spelt(database):
    suppress(database, "email", "Ann@Example.com")
    suppress(database, "sms", "+49 151 12345678", "unsubscribed")
    asked = [("email", " ann@example.COM "), ("sms", "+4915112345678"), ("sms", "+49 (151) 123-45678;ext=2")]
    assert suppressed(database, *asked, ("email", "bea@example.com")) == {
        asked[0]: "bounced",
        asked[1]: "unsubscribed",
        asked[2]: "unsubscribed",
    }


def test_a_channel_says_nothing_about_another(database):
    suppress(database, "email", "ann@example.com")
    assert suppressed(database, ("sms", "ann@example.com")) == {}


def test_the_first_reason_stays(database):
    assert suppress(database, "email", "ann@example.com", "complained")
    assert not suppress(database, "email", "ann@example.com", "bounced")
    assert suppressed(database, ("email", "ann@example.com")) == {("email", "ann@example.com"): "complained"}


def test_many_are_asked_for_together(database):
    asked = [("email", f"p{n}@example.com") for n in range(1200)]
    suppress(database, "email", "p1100@example.com")
    assert suppressed(database, *asked) == {asked[1100]: "bounced"}


def test_a_lifted_one_may_be_written_to_again(database):
    suppress(database, "sms", "+4915112345678", "unsubscribed")
    with database.transaction() as db:
        assert not suppressions.lift(db, "sms", "+4915112345678", reason="bounced")
        assert suppressions.lift(db, "sms", "+4915112345678", reason="unsubscribed")
        assert not suppressions.lift(db, "sms", "+4915112345678")
    assert suppressed(database, ("sms", "+4915112345678")) == {}


def test_nothing_but_a_hash_is_kept(database):
    suppress(database, "email", "ann@example.com")
    with database.reading() as db:
        row = db.execute(select(rows)).one()
    assert len(row.address_hash) == 64
    assert "ann" not in str(tuple(row))


def test_an_unknown_reason_is_refused(database):
    with pytest.raises(ValueError, match="no reason"):
        suppress(database, "email", "ann@example.com", "dull")
