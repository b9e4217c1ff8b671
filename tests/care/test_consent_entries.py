"""What a rep enters about consent changes what the rep changed and nothing else, and can be taken back."""

import pytest

from care import consent_entries, consents
from customers.sight import Sight
from tests.care.drafts import NOW, Drafts
from words.errors import BadInput

OFFERS, SERVICE, TEXTS = ("email", "marketing"), ("email", "service"), ("sms", "marketing")
EVERYBODYS = Sight(unowned=True)


@pytest.fixture
def ledger(database):
    return Drafts(database)


def record(ledger, customer, shown, wanted, *, by, how="phone"):
    with ledger.database.transaction() as db:
        return consent_entries.record(db, customer, shown=shown, wanted=wanted, how=how, by=by, at=NOW)


def undo(ledger, entries, by):
    with ledger.database.transaction() as db:
        return consent_entries.undo(db, entries, by=by, sight=EVERYBODYS, at=NOW)


def allowed(ledger, customer):
    with ledger.database.reading() as db:
        return {key for key, state in consents.current(db, [customer])[customer].items() if state.given}


def test_several_changes_are_written_and_taken_back_together(ledger):
    acme, rita = ledger.customer("Acme"), ledger.rep("Rita")
    record(ledger, acme, [], [OFFERS], by=rita)
    entries = record(ledger, acme, [OFFERS], [SERVICE, TEXTS], by=rita).entries
    assert allowed(ledger, acme) == {SERVICE, TEXTS}
    assert len(entries) == 3
    assert undo(ledger, entries, rita) == (acme, ())
    assert allowed(ledger, acme) == {OFFERS}
    with pytest.raises(BadInput, match="Something newer"):
        undo(ledger, entries, rita)


def test_what_was_left_as_shown_stays_as_it_is_by_now(ledger):
    acme, rita = ledger.customer("Acme"), ledger.rep("Rita")
    record(ledger, acme, [OFFERS], [OFFERS, TEXTS], by=rita)
    assert allowed(ledger, acme) == {TEXTS}


def test_nothing_changed_writes_nothing(ledger):
    acme, rita = ledger.customer("Acme"), ledger.rep("Rita")
    assert record(ledger, acme, [OFFERS], [OFFERS], by=rita).entries == ()


def test_how_a_customer_told_must_be_one_of_the_known_ways(ledger):
    acme, rita = ledger.customer("Acme"), ledger.rep("Rita")
    with pytest.raises(BadInput):
        record(ledger, acme, [], [OFFERS], by=rita, how="telepathy")


def test_an_entry_that_was_erased_cannot_be_taken_back(ledger):
    with pytest.raises(BadInput, match="not here any more"):
        undo(ledger, [4711], ledger.rep("Rita"))
