"""What programs and Twilio report about messages is believed if it is signed, and means something for the customer."""

import json
import logging
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from bot.web_hooks import MOST_EVENTS
from bot.web_signatures import WINDOW, twilio_signature
from care import consents, suppressions
from customers.folding import fold
from customers.outreach_tables import drafts
from customers.search_index import index
from customers.tables import customers
from delivery.tables import outbox
from delivery.webhook import signed
from tests.bot.web_fixtures import SECRET, served
from tests.care.drafts import NOW, Drafts, draft

ANN, NUMBER = "ann@example.com", "+4915112345678"
BOTH = ("marketing", "service")


@pytest.fixture
def ledger(database):
    return Drafts(database)


@pytest.fixture
def caller(database):
    with served(database, NOW) as caller:
        yield caller


def customer(ledger, name="Acme", **more):
    with ledger.database.transaction() as db:
        row = {"name": name, "folded_name": fold(name), "key": name, "created_at": NOW, "kind": "company"}
        flags = {"birthday_is_lunar": False, "birthday_year_known": True}
        id = db.scalar(customers.insert().values(row | flags | more).returning(customers.c.id))
        index(db, [id])
        for channel in ("email", "sms"):
            consents.give(db, id, channel, BOTH, how="form", by=None, at=NOW - timedelta(days=9))
    return id


def sent(ledger, customer_id, channel="email", *, reference=None, days_ago=1, **more):
    """A message that was sent: (draft, key in the outbox, its id: Message-ID or that of the network)."""
    draft_id, message_id = ledger.queued(
        customer_id, channel=channel, state="sent", sent_at=NOW - timedelta(days=days_ago), **more
    )
    reference = reference or (f"<rekindle.{draft_id}.abc@acme.example>" if channel == "email" else f"SM{draft_id}")
    ledger.change(update(outbox).where(outbox.c.id == message_id).values(state="sent", reference=reference))
    with ledger.database.reading() as db:
        return draft_id, db.scalar(select(outbox.c.key).where(outbox.c.id == message_id)), reference


def allowed(ledger, customer_id):
    with ledger.database.reading() as db:
        return {key for key, state in consents.current(db, [customer_id])[customer_id].items() if state.given}


def suppressed(ledger, channel, address):
    with ledger.database.reading() as db:
        return suppressions.suppressed(db, [(channel, address)]).get((channel, address))


def moments(ledger, draft_id):
    row = draft(ledger.database, draft_id)._mapping
    return [name for name in ("delivered_at", "bounced_at", "replied_at", "unsubscribed_at") if row[name]]


@pytest.mark.parametrize("by", ["message_id", "key", "to"])
@pytest.mark.parametrize(
    ("kind", "moment", "reason", "offers"),
    [
        ("delivered", "delivered_at", None, True),
        ("bounced", "bounced_at", "bounced", True),
        ("complained", "unsubscribed_at", "complained", False),
        ("replied", "replied_at", None, True),
        ("unsubscribed", "unsubscribed_at", None, False),
    ],
)
def test_an_event_names_its_message_and_the_same_again_changes_nothing(
    ledger, caller, by, kind, moment, reason, offers
):
    acme = customer(ledger, email=ANN)
    draft_id, key, message_id = sent(ledger, acme)
    event = {"kind": kind, by: {"message_id": message_id, "key": key, "to": "Ann@Example.com"}[by]}
    for _ in range(2):
        answer = caller.report(event)
        assert (answer.status, answer.told) == (200, {"understood": 1, "not_understood": []})
        assert moments(ledger, draft_id) == [moment]
        assert caller.changed == {draft_id}
        assert suppressed(ledger, "email", ANN) == reason
        assert (("email", "marketing") in allowed(ledger, acme)) is offers
    assert {("email", "service"), ("sms", "marketing")} <= allowed(ledger, acme)


def test_a_message_whose_sending_is_not_settled_yet_is_known_by_its_message_id(ledger, caller):
    acme = customer(ledger)
    draft_id, message_id = ledger.queued(acme)
    name = f"<rekindle.{draft_id}.xyz@acme.example>"
    payload = json.dumps({"message_id": name})
    ledger.change(update(outbox).where(outbox.c.id == message_id).values(state="leased", payload=payload))
    assert caller.report({"kind": "delivered", "message_id": name.strip("<>")}).told["understood"] == 1
    assert moments(ledger, draft_id) == ["delivered_at"]


def test_a_number_alone_is_no_message_id(ledger, caller):
    draft_id, _, _ = sent(ledger, customer(ledger))
    guessed = {"kind": "bounced", "message_id": f"<rekindle.{draft_id}.guess@acme.example>"}
    assert caller.report(guessed).told["not_understood"] == [{"index": 0, "reason": "unknown_message"}]
    assert moments(ledger, draft_id) == []


def test_what_was_not_understood_is_named_by_its_place_and_the_rest_counts(ledger, caller):
    draft_id, key, _ = sent(ledger, customer(ledger))
    told = caller.report(
        {"kind": "opened", "key": key},
        {"kind": "delivered", "key": key},
        {"kind": "delivered", "key": "nobody's"},
        {"kind": "delivered"},
        {"kind": "replied", "to": "nobody@example.com"},
        "delivered",
        {"kind": "delivered", "key": 5},
        {"kind": "bounced", "to": ANN, "channel": "fax"},
        {"kind": "delivered", "message_id": "<someone@else.example>"},
    ).told
    assert told["understood"] == 1
    assert [(each["index"], each["reason"]) for each in told["not_understood"]] == [
        (0, "unknown_kind"),
        (2, "unknown_message"),
        (3, "no_address"),
        (4, "unknown_message"),
        (5, "malformed"),
        (6, "malformed"),
        (7, "malformed"),
        (8, "unknown_message"),
    ]
    assert moments(ledger, draft_id) == ["delivered_at"]


def test_a_bounce_of_an_address_without_a_message_still_ends_it(ledger, caller):
    customer(ledger, email=ANN)
    assert caller.report({"kind": "bounced", "to": ANN}).told["understood"] == 1
    assert suppressed(ledger, "email", ANN) == "bounced"


def test_unsubscribing_by_mail_counts_for_every_customer_with_that_address(ledger, caller):
    first, second = customer(ledger, "Acme", email="ANN@example.com"), customer(ledger, "Acme East", email=ANN)
    other = customer(ledger, "Other", email="bea@example.com")
    contact_only = customer(ledger, "Contact", email="office@example.com")
    ledger.contact(contact_only, "Ann", email=ANN)
    with ledger.database.transaction() as db:
        index(db, [contact_only])
    caller.report({"kind": "unsubscribed", "to": ANN, "channel": "email"})
    for each in (first, second):
        assert ("email", "marketing") not in allowed(ledger, each)
    for each in (other, contact_only):
        assert ("email", "marketing") in allowed(ledger, each)
    assert suppressed(ledger, "email", ANN) is None


def test_unsubscribing_from_an_address_that_was_corrected_since_finds_who_got_the_message(ledger, caller):
    acme = customer(ledger, email="new@example.com")
    draft_id, _, _ = sent(ledger, acme)
    caller.report({"kind": "unsubscribed", "to": ANN})
    assert ("email", "marketing") not in allowed(ledger, acme)
    assert moments(ledger, draft_id) == ["unsubscribed_at"]


def test_unsubscribing_from_an_address_that_nobody_has_is_kept_for_whoever_gets_it(ledger, caller):
    assert caller.report({"kind": "unsubscribed", "to": ANN}).told["understood"] == 1
    assert suppressed(ledger, "email", ANN) == "unsubscribed"


def test_a_reply_from_an_address_is_one_to_the_newest_message_there(ledger, caller):
    acme = customer(ledger, email=ANN)
    older, newest = sent(ledger, acme, days_ago=9)[0], sent(ledger, acme, days_ago=2)[0]
    long_ago = sent(ledger, acme, days_ago=40)[0]
    caller.report({"kind": "replied", "to": ANN})
    assert [moments(ledger, each) for each in (older, newest, long_ago)] == [[], ["replied_at"], []]


@pytest.mark.parametrize(
    "change",
    [
        {"X_Rekindle_Signature": ""},
        {"X_Rekindle_Signature": "v1=00"},
        {"X_Rekindle_Timestamp": "tomorrow"},
        {"X_Rekindle_Timestamp": "²"},
        {"X_Rekindle_Timestamp": str(int(NOW.timestamp()) + 1)},
    ],
)
def test_what_is_not_signed_is_refused(ledger, caller, change):
    draft_id, key, _ = sent(ledger, customer(ledger))
    answer = caller.report({"kind": "bounced", "key": key}, **{k: v.encode() for k, v in change.items()})
    assert (answer.status, moments(ledger, draft_id)) == (401, [])


@pytest.mark.parametrize(("seconds", "status"), [(WINDOW, 200), (-WINDOW, 200), (WINDOW + 1, 401), (-WINDOW - 1, 401)])
def test_a_signature_is_worth_something_for_five_minutes(caller, seconds, status):
    body = b'{"events": []}'
    headers = signed(SECRET, body, int(NOW.timestamp()) + seconds)
    assert caller.ask("POST", "/hooks/events", body, headers).status == status


def test_without_a_secret_nobody_is_believed(database):
    empty = SecretStr("")
    with served(database, NOW, webhook_secret=empty, twilio_token=empty) as caller:
        headers = signed("", b"{}", int(NOW.timestamp()))
        assert caller.ask("POST", "/hooks/events", b"{}", headers).status == 401
        assert caller.twilio(token="", From=NUMBER, Body="STOP").status == 401


@pytest.mark.parametrize("body", [b"", b"[]", b'{"events": {}}', b"\xff", b'{"events"'])
def test_a_body_that_is_no_list_of_events_is_refused_with_an_example(caller, body):
    answer = caller.report(body=body)
    assert answer.status == 400
    assert '{"events": [' in answer.told["error"]


def test_too_much_is_refused(caller):
    assert caller.report(*[{"kind": "x"}] * MOST_EVENTS).told["understood"] == 0
    assert caller.report(*[{"kind": "x"}] * (MOST_EVENTS + 1)).status == 413
    assert caller.report(body=b" " * 1_000_001).status == 413


def test_twilios_signature_is_the_one_of_its_documents():
    """The example of Twilio's documentation, "Validating Signatures from Twilio"."""
    form = {"CallSid": "CA1234567890ABCDE", "Caller": "+14158675310", "Digits": "1234", "From": "+14158675310"}
    url = "https://example.com/myapp.php?foo=1&bar=2"
    told = twilio_signature("12345", url, [*form.items(), ("To", "+18005551212")])
    assert told == "L/OH5YylLD5NRKLltdqwSvS0BnU="


@pytest.mark.parametrize("named", ["key", "sid"])
@pytest.mark.parametrize(
    ("status", "code", "moment", "reason", "allowed_after"),
    [
        ("delivered", "", "delivered_at", None, True),
        ("undelivered", "30003", "bounced_at", None, True),
        ("undelivered", "30005", "bounced_at", "bounced", True),
        ("failed", "21610", "bounced_at", "unsubscribed", False),
    ],
)
def test_twilio_reports_the_fate_of_a_text_message(ledger, caller, named, status, code, moment, reason, allowed_after):
    acme = customer(ledger, phone=NUMBER)
    draft_id, key, sid = sent(ledger, acme, "sms")
    query, sid = (f"?key={key}", "SMother") if named == "key" else ("", sid)
    answer = caller.twilio(query, MessageSid=sid, MessageStatus=status, ErrorCode=code, To=NUMBER, From="+1500")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert "<Response/>" in answer.text
    assert moments(ledger, draft_id)[0] == moment
    assert suppressed(ledger, "sms", NUMBER) == reason
    assert (("sms", "marketing") in allowed(ledger, acme)) is allowed_after


def test_twilios_report_about_somebody_elses_message_changes_nothing(ledger, caller):
    draft_id, _, _ = sent(ledger, customer(ledger, phone=NUMBER), "sms")
    for status in ("queued", "sent", "delivered"):
        assert caller.twilio(MessageSid="SMother", MessageStatus=status, To=NUMBER, From="+1500").status == 200
    assert moments(ledger, draft_id) == []


@pytest.mark.parametrize("word", ["STOP", " stop. ", "Unsubscribe", "CANCEL", "end", "Quit", "退订", "TD", "ｔ", "R"])
def test_a_stop_by_text_message_ends_all_text_messages(ledger, caller, word):
    acme, other = customer(ledger, phone=NUMBER), customer(ledger, "Other", phone="+4915100000000")
    draft_id, _, _ = sent(ledger, acme, "sms")
    held, _ = ledger.queued(acme, channel="sms", purpose="service")
    caller.twilio(From=NUMBER, To="+1500", Body=word, MessageSid="SM9")
    assert allowed(ledger, acme) == {("email", "marketing"), ("email", "service")}
    assert len(allowed(ledger, other)) == 4
    assert draft(ledger.database, held).state == "failed"
    assert caller.changed == {draft_id, held}
    assert moments(ledger, draft_id) == ["unsubscribed_at"]
    assert suppressed(ledger, "sms", NUMBER) == "unsubscribed"


def test_a_sign_that_no_database_stores_breaks_no_report(ledger, caller):
    draft_id, _, _ = sent(ledger, customer(ledger, phone=NUMBER), "sms")
    assert caller.twilio(MessageSid="SM\0other", MessageStatus="delivered", To=NUMBER, From="+1500").status == 200
    assert moments(ledger, draft_id) == []


@pytest.mark.parametrize(("word", "moment"), [("STOP", "unsubscribed_at"), ("Yes please", "replied_at")])
def test_an_answer_that_is_faster_than_our_own_note_of_sending_is_about_that_message(ledger, caller, word, moment):
    acme = customer(ledger, phone=NUMBER)
    older, _, _ = sent(ledger, acme, "sms", days_ago=3)
    newer, message_id = ledger.queued(acme, channel="sms")
    left = update(outbox).where(outbox.c.id == message_id)
    ledger.change(left.values(state="sent", reference="SM9", finished_at=NOW - timedelta(seconds=2)))
    caller.twilio(From=NUMBER, To="+1500", Body=word, MessageSid="SM10")
    assert moments(ledger, newer) == [moment]
    assert moments(ledger, older) == []
    assert draft(ledger.database, newer).state == "held"


def test_a_start_lets_the_number_be_written_to_but_gives_no_consent(ledger, caller):
    acme = customer(ledger, phone=NUMBER)
    caller.twilio(From=NUMBER, Body="STOP", OptOutType="STOP")
    caller.twilio(From=NUMBER, Body="Start")
    assert suppressed(ledger, "sms", NUMBER) is None
    assert ("sms", "service") not in allowed(ledger, acme)


def test_anything_else_is_an_answer_whose_words_are_not_kept(ledger, caller, database):
    acme = customer(ledger, phone=NUMBER)
    draft_id, _, _ = sent(ledger, acme, "sms")
    assert caller.twilio(From=NUMBER, To="+1500", Body="Please stop by on Friday, my code is 4711").status == 200
    assert moments(ledger, draft_id) == ["replied_at"]
    assert len(allowed(ledger, acme)) == 4
    with database.reading() as db:
        rows = [str(db.execute(select(table)).all()) for table in (drafts, outbox)]
    assert "4711" not in "".join(rows)


def test_what_is_not_signed_by_twilio_is_refused(ledger, caller, caplog):
    acme = customer(ledger, phone=NUMBER)
    with caplog.at_level(logging.INFO):
        assert caller.twilio(token="wrong", From=NUMBER, Body="STOP").status == 401
        assert caller.send("/hooks/twilio", From=NUMBER, Body="STOP").status == 401
    assert len(allowed(ledger, acme)) == 4
    assert NUMBER not in caplog.text


@pytest.mark.parametrize("field", ["to", "key", "message_id"])
@pytest.mark.parametrize("odd", ["a\x00@example.com", "\ud800@example.com"])
def test_an_event_that_no_database_can_keep_takes_no_other_along(ledger, caller, odd, field):
    acme = customer(ledger, email=ANN)
    events = {"kind": "unsubscribed", "to": ANN}, {"kind": "bounced", "channel": "sms", "to": NUMBER, field: odd}
    answer = caller.report(*events)
    assert (answer.status, answer.told["not_understood"]) == (200, [{"index": 1, "reason": "malformed"}])
    assert ("email", "marketing") not in allowed(ledger, acme)
