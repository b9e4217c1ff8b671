"""What a customer allows is seen and entered from the card, by whoever sees the customer in full, with undo."""

import pytest
from sqlalchemy import select

from care import consent_entries, consents, suppressions
from customers.sight import Sight
from customers.tables import access_log, customers, reps
from customers.tables import consents as ledger
from tests.care.drafts import Drafts, draft
from tests.office import shown
from words.errors import NotAllowed

SERVICE, OFFERS, TEXTS = "email:service", "email:marketing", "sms:marketing"


def _open(office, who="Rita", which="A1", label="Consent"):
    office.talk(f"{who}: /customer {which}", "bot: ")
    office.pick(who, label)
    return office.form(who)


def _card(office, words, who="Rita"):
    return office.workspace.wait_for(lambda: office.newest(who) if words in shown(office.newest(who)) else None)


def _customer(office, key):
    with office.database.reading() as db:
        return db.scalar(select(customers.c.id).where(customers.c.key == key))


def _entries(office, customer_id):
    wanted = select(ledger.c.channel, ledger.c.purpose, ledger.c.given, ledger.c.how).order_by(ledger.c.id)
    with office.database.reading() as db:
        return [
            tuple(row)
            for row in db.execute(wanted.where(ledger.c.customer_id == customer_id, ledger.c.how != "import"))
        ]


def test_the_form_says_what_holds_since_when_and_how(office):
    view = shown(_open(office))
    assert "E-mail with offers: allowed since" in view
    assert "by import" in view
    assert "Text messages with offers: not asked yet, so not allowed" in view


def test_what_a_customer_says_on_the_phone_is_written_down_with_who_entered_it(office):
    _open(office)
    office.submit("Rita", {"allowed": [SERVICE, OFFERS, TEXTS], "how": "phone"})
    card = _card(office, "Consent written down.")
    assert "text messages with offers" in shown(card)
    assert _entries(office, _customer(office, "A1")) == [("sms", "marketing", True, "phone")]
    assert "Text messages with offers: allowed since" in shown(_open(office))
    assert "on the phone (Rita Roth)" in shown(office.form("Rita"))


def test_a_withdrawal_stops_what_waits_and_undo_lets_new_ones_go(office):
    drafts = Drafts(office.database)
    acme = _customer(office, "A1")
    held, _ = drafts.queued(acme)
    _open(office)
    office.submit("Rita", {"allowed": [SERVICE], "how": "in_person"})
    card = _card(office, "Consent written down. 1 message that waited to be sent was stopped.")
    assert "e-mail with offers" not in shown(card)
    assert draft(office.database, held).reason == "consent_withdrawn"
    office.talk("Rita presses Undo", "bot: Taken back.", "bot: e-mail with offers")
    assert _entries(office, acme)[-1] == ("email", "marketing", True, "taken_back")
    assert draft(office.database, held).state == "failed"


def test_the_last_tick_can_be_taken_away(office):
    _open(office)
    office.submit("Rita", {"allowed": [], "how": "writing"})
    card = shown(_card(office, "Consent written down."))
    assert "Consent: none. Nothing may be sent; the customer does not want e-mail with offers" in card


def test_what_the_customer_does_while_the_form_is_open_is_kept(office):
    acme = _customer(office, "A1")
    _open(office)
    with office.database.transaction() as db:
        consents.withdraw(db, acme, "email", ["marketing"], how="link", by=None, at=office.now)
    office.submit("Rita", {"allowed": [SERVICE, OFFERS, TEXTS], "how": "phone"})
    card = shown(_card(office, "Consent written down."))
    assert "e-mail with offers" not in card
    assert "text messages with offers" in card


def test_undo_does_not_override_something_newer(office):
    acme = _customer(office, "A1")
    _open(office)
    office.submit("Rita", {"allowed": [SERVICE, OFFERS, TEXTS], "how": "phone"})
    _card(office, "Consent written down.")
    with office.database.transaction() as db:
        consents.withdraw(db, acme, "sms", ["marketing"], how="text_message", by=None, at=office.now)
    office.talk("Rita presses Undo", "bot: Something newer is known")


def test_only_whoever_entered_it_takes_it_back_and_only_while_seeing_the_customer(office):
    acme = _customer(office, "A1")
    _open(office)
    office.submit("Rita", {"allowed": [], "how": "phone"})
    _card(office, "Consent written down.")
    with office.database.transaction() as db:
        ids = db.scalars(select(ledger.c.id).where(ledger.c.customer_id == acme, ledger.c.how == "phone")).all()
        people = dict(db.execute(select(reps.c.email, reps.c.id)).all())
        rita, mona = people["rita@example.com"], people["mona@example.com"]
        for by, sight in ((mona, Sight(frozenset({rita}))), (rita, Sight(frozenset({mona})))):
            with pytest.raises(NotAllowed):
                consent_entries.undo(db, ids, by=by, sight=sight, at=office.now)
        assert consent_entries.undo(db, ids, by=rita, sight=Sight(frozenset({rita})), at=office.now)[0] == acme


def test_nothing_changed_is_said_and_how_must_be_said(office):
    _open(office)
    office.submit("Rita", {"allowed": [SERVICE, OFFERS], "how": "phone"})
    _card(office, "Nothing was changed.")
    view = _open(office)
    assert office.submit("Rita", {"allowed": []}).errors
    assert view.id


def test_an_address_that_nobody_writes_to_is_named_with_the_reason(office):
    with office.database.transaction() as db:
        suppressions.suppress(db, "email", "INFO@acme.example.com", "bounced", office.now)
    assert "Nothing is sent to info@acme.example.com: an earlier message came back." in shown(_open(office))


def test_an_address_that_bounced_is_written_to_again_when_somebody_says_that_it_is_right(office):
    address = ("email", "info@acme.example.com")
    with office.database.transaction() as db:
        suppressions.suppress(db, *address, "bounced", office.now)
    assert "Write there again" in shown(_open(office))
    office.submit("Rita", {"allowed": [SERVICE, OFFERS], "how": "phone", "works": ["email"]})
    _card(office, "Messages may go to info@acme.example.com again.")
    with office.database.reading() as db:
        assert suppressions.suppressed(db, [address]) == {}
        assert "address reopened" in db.scalars(select(access_log.c.what)).all()
    assert "Write there again" not in shown(_open(office))


@pytest.mark.parametrize("reason", ["complained", "unsubscribed", "erased"])
def test_an_address_whose_owner_wants_nothing_stays_closed(office, reason):
    with office.database.transaction() as db:
        suppressions.suppress(db, "email", "info@acme.example.com", reason, office.now)
    assert "Nothing is sent to info@acme.example.com" in shown(_open(office))
    assert "Write there again" not in shown(office.form("Rita"))


def test_what_happened_to_the_address_while_the_form_was_open_is_kept(office):
    address = ("email", "info@acme.example.com")
    with office.database.transaction() as db:
        suppressions.suppress(db, *address, "bounced", office.now)
    _open(office)
    with office.database.transaction() as db:
        suppressions.lift(db, *address)
        suppressions.suppress(db, *address, "complained", office.now)
    office.submit("Rita", {"allowed": [SERVICE, OFFERS], "how": "phone", "works": ["email"]})
    _card(office, "Nothing was changed.")
    with office.database.reading() as db:
        assert suppressions.suppressed(db, [address]) == {address: "complained"}


def test_whoever_sees_a_customer_masked_has_no_such_button(office):
    office.talk("李娜: /customer A1", "bot: Acme")
    assert "授权" not in shown(office.newest("李娜"))


def test_the_form_speaks_chinese(office):
    view = shown(_open(office, "李娜", "C1", "授权"))
    assert "客户同意接收的内容" in view
    assert "起同意（导入）" in view
