"""What came of a message is written once, and a bounce or a complaint ends writing to that address."""

from datetime import timedelta

import pytest

from care import outcomes, suppressions
from tests.care.drafts import NOW, Drafts, draft

LATER = NOW + timedelta(hours=1)
EMAIL = ("email", "ann@example.com")


@pytest.fixture
def ledger(database):
    return Drafts(database)


def suppressed(ledger):
    with ledger.database.reading() as db:
        return suppressions.suppressed(db, [EMAIL])


@pytest.mark.parametrize(
    ("what", "column", "reason"),
    [
        (outcomes.delivered, "delivered_at", None),
        (outcomes.bounced, "bounced_at", "bounced"),
        (outcomes.complained, "unsubscribed_at", "complained"),
        (outcomes.replied, "replied_at", None),
        (outcomes.unsubscribed, "unsubscribed_at", None),
    ],
)
def test_the_first_moment_counts(ledger, what, column, reason):
    sent = ledger.draft(ledger.customer("Acme"), state="sent")
    with ledger.database.transaction() as db:
        assert what(db, sent, NOW)
        assert not what(db, sent, LATER)
    row = draft(ledger.database, sent)
    assert row._mapping[column] == NOW
    moments = ("delivered_at", "bounced_at", "unsubscribed_at", "replied_at")
    assert [name for name in moments if row._mapping[name]] == [column]
    assert suppressed(ledger) == ({EMAIL: reason} if reason else {})


def test_a_passing_fault_bounces_without_ending_it_all(ledger):
    sent = ledger.draft(ledger.customer("Acme"), state="sent")
    with ledger.database.transaction() as db:
        assert outcomes.bounced(db, sent, NOW, for_good=False)
    assert draft(ledger.database, sent).bounced_at == NOW
    assert suppressed(ledger) == {}


def test_a_draft_whose_address_was_forgotten_suppresses_nothing(ledger):
    sent = ledger.draft(ledger.customer("Acme"), state="sent", recipient=None)
    with ledger.database.transaction() as db:
        assert outcomes.bounced(db, sent, NOW)
    assert suppressed(ledger) == {}
