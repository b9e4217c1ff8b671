"""The ledger of consent: the newest entry counts, none is no consent, and a withdrawal stops what waits to be sent."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from care import consents
from customers.tables import consents as ledger_rows
from delivery.tables import outbox
from tests.care.drafts import NOW, Drafts, draft, message_state, steps
from tests.ledger import TODAY, ago

BOTH = ("service", "marketing")


@pytest.fixture
def ledger(database):
    return Drafts(database)


def give(ledger, customer, *purposes, channel="email", at=NOW, by=None, how="phone"):
    with ledger.database.transaction() as db:
        return consents.give(db, customer, channel, purposes, how=how, by=by, at=at)


def withdraw(ledger, customer, *purposes, channel="email", at=NOW, by=None, how="link"):
    with ledger.database.transaction() as db:
        return consents.withdraw(db, customer, channel, purposes, how=how, by=by, at=at)


def standing(ledger, customer):
    with ledger.database.reading() as db:
        return consents.current(db, [customer])[customer]


def entries(ledger):
    with ledger.database.reading() as db:
        return db.scalar(select(func.count()).select_from(ledger_rows))


def test_no_entry_is_no_consent(ledger):
    acme = ledger.customer("Acme")
    assert standing(ledger, acme) == {}
    assert not consents.allows(standing(ledger, acme), "email", "service")


def test_what_was_given_is_kept_with_when_how_and_by_whom(ledger):
    acme, rita = ledger.customer("Acme"), ledger.rep("Rita")
    assert give(ledger, acme, "marketing", by=rita).purposes == ("marketing",)
    state = standing(ledger, acme)["email", "marketing"]
    assert (state.given, state.at, state.how, state.rep_id, state.rep) == (True, NOW, "phone", rita, "Rita")
    assert consents.allows(standing(ledger, acme), "email", "marketing")
    assert not consents.allows(standing(ledger, acme), "email", "service")
    assert not consents.allows(standing(ledger, acme), "sms", "marketing")


def test_the_newest_entry_counts_and_of_two_at_the_same_moment_the_later_one(ledger):
    acme = ledger.customer("Acme")
    give(ledger, acme, "marketing")
    withdraw(ledger, acme, "marketing")
    assert not consents.allows(standing(ledger, acme), "email", "marketing")
    give(ledger, acme, "marketing", at=NOW + timedelta(seconds=1))
    assert consents.allows(standing(ledger, acme), "email", "marketing")


def test_a_withdrawal_counts_even_after_an_import_that_dated_its_word_in_the_future(ledger):
    acme = ledger.customer("Acme")
    ledger.consent(acme, ago(-30), given=True)
    withdraw(ledger, acme, "marketing")
    assert not consents.allows(standing(ledger, acme), "email", "marketing")


def test_saying_the_same_twice_writes_one_entry(ledger):
    acme = ledger.customer("Acme")
    assert withdraw(ledger, acme, *BOTH).purposes == BOTH
    assert withdraw(ledger, acme, *BOTH).purposes == ()
    assert entries(ledger) == 2


def test_the_standings_of_many_are_read_together(ledger):
    many = [ledger.customer(f"Customer {n}") for n in range(5)]
    give(ledger, many[1], "marketing")
    give(ledger, many[3], "service", channel="sms")
    with ledger.database.reading() as db:
        found = consents.current(db, many)
    assert {id: set(each) for id, each in found.items()} == {
        many[0]: set(),
        many[1]: {("email", "marketing")},
        many[2]: set(),
        many[3]: {("sms", "service")},
        many[4]: set(),
    }


def test_an_unknown_channel_or_purpose_is_refused(ledger):
    acme = ledger.customer("Acme")
    with pytest.raises(ValueError, match="knows no"):
        give(ledger, acme, "marketing", channel="fax")
    with pytest.raises(ValueError, match="knows no"):
        give(ledger, acme, "profiling")


def test_the_card_shows_the_change_at_once(ledger):
    acme = ledger.customer("Acme")
    ledger.refresh()
    give(ledger, acme, "marketing")
    assert ledger.shown(acme)["consent"] == {"email:marketing": {"given": True, "on": TODAY.isoformat()}}
    withdraw(ledger, acme, "marketing", at=NOW + timedelta(days=1))
    assert not ledger.shown(acme)["consent"]["email:marketing"]["given"]


def test_a_withdrawal_stops_what_waits_to_be_sent_for_it_and_nothing_else(ledger):
    acme, other, rita = ledger.customer("Acme"), ledger.customer("Other"), ledger.rep("Rita")
    for customer in (acme, other):
        for channel in ("email", "sms"):
            give(ledger, customer, *BOTH, channel=channel)
    stopped, its_message = ledger.queued(acme)
    approved = ledger.draft(acme, state="approved")
    kept = [
        ledger.queued(acme, purpose="service")[0],
        ledger.queued(acme, channel="sms")[0],
        ledger.queued(other)[0],
    ]
    proposed, sent = ledger.draft(acme, state="proposed"), ledger.draft(acme, state="sent")
    assert set(withdraw(ledger, acme, "marketing", by=rita).stopped) == {stopped, approved}
    for each in (stopped, approved):
        assert (draft(ledger.database, each).state, draft(ledger.database, each).reason) == (
            "failed",
            "consent_withdrawn",
        )
        assert steps(ledger.database, each) == [("failed", "consent_withdrawn", rita)]
    assert message_state(ledger.database, its_message) == ("skipped", "consent_withdrawn")
    assert [draft(ledger.database, each).state for each in kept] == ["held"] * 3
    assert [draft(ledger.database, each).state for each in (proposed, sent)] == ["proposed", "sent"]


@pytest.mark.parametrize("state", ["leased", "unknown", "waiting", "sent"])
def test_a_message_that_a_worker_has_held_is_left_to_whoever_sends(ledger, state):
    acme = ledger.customer("Acme")
    give(ledger, acme, "marketing")
    held, message_id = ledger.queued(acme)
    ledger.change(update(outbox).where(outbox.c.id == message_id).values(state=state))
    withdraw(ledger, acme, "marketing")
    assert draft(ledger.database, held).state == "held"
    assert message_state(ledger.database, message_id) == (state, None)
    assert steps(ledger.database, held) == []


def test_what_an_import_withdrew_is_stopped_for_all_at_once(ledger):
    gave, refuses, never = (ledger.customer(name) for name in ("Gave", "Refuses", "Never"))
    give(ledger, gave, "marketing")
    give(ledger, refuses, "marketing")
    drafted = {customer: ledger.queued(customer)[0] for customer in (gave, refuses, never)}
    ledger.consent(refuses, ago(-1), given=False)  # as the import writes it
    with ledger.database.transaction() as db:
        stopped = consents.stop_unwanted(db, by=None, at=NOW)
    assert set(stopped) == {drafted[refuses], drafted[never]}
    assert draft(ledger.database, drafted[gave]).state == "held"
