"""A text message to a customer is handed to Twilio once, or it is known why not; nothing is ever sent twice."""

import pytest

from delivery.outcomes import TOO_FAST, Closed, Later, NotSent, Refused, Sent, Unknown
from delivery.text_messages import TwilioChannel
from sandbox.text_messages import FAULTS, TextServer
from tests.delivery.customers import SMS, planned, sent, text_message
from tests.delivery.doubles import StillClock, state

TIMEOUT = 0.4


@pytest.fixture
def twilio():
    with TextServer(silence=1.0) as running:
        yield running


def channel_to(twilio, **other):
    usual = {"account": twilio.account, "token": twilio.token, "sender": "+15005550006", "api_url": twilio.api_url}
    return TwilioChannel(**usual | {"timeout": TIMEOUT} | other)


class Row:
    payload, key = text_message(), "random-key"


def tried(channel, still_ours=lambda: True):
    return channel.send(Row(), still_ours)


def test_a_text_arrives_as_it_was_written(twilio):
    found = tried(channel_to(twilio, status_url="http://127.0.0.1:9/hooks/twilio"))
    (text,) = twilio.messages
    assert found == Sent(text.sid)
    assert (text.to, text.text, text.sender) == ("+4915112345001", "Your tea is here. 1", "+15005550006")
    assert text.report_to == "http://127.0.0.1:9/hooks/twilio?key=random-key"


def test_a_messaging_service_is_named_as_such(twilio):
    tried(channel_to(twilio, sender="MG123"))
    assert twilio.messages[0].sender == "MG123"


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("401", Closed("twilio_sign_in")),
        ("429", Later(1.0, TOO_FAST)),
        ("21211", Refused("suppressed:invalid")),
        ("21610", Refused("suppressed:unsubscribed")),
        ("21614", Refused("suppressed:invalid")),
        ("500 before", Unknown("http_500")),
        ("500 after", Unknown("http_500")),
        ("503", Unknown("http_503")),
        ("reset before", Unknown("RemoteDisconnected")),
        ("reset after", Unknown("RemoteDisconnected")),
        ("silence before", Unknown("TimeoutError")),
        ("silence after", Unknown("TimeoutError")),
        ("garbage after", Unknown("http_201")),
    ],
)
def test_what_goes_wrong_is_told_apart(twilio, fault, outcome):
    twilio.faults.come(fault)
    found = tried(channel_to(twilio))
    # A reset is seen while the answer is waited for, or while it is read.
    assert found == outcome or (fault.startswith("reset") and isinstance(found, Unknown))
    assert len(twilio.messages) == fault.endswith("after")


def test_every_fault_is_tested():
    assert {each[0] for each in test_what_goes_wrong_is_told_apart.pytestmark[0].args[1]} == set(FAULTS)


def test_whoever_answered_stop_gets_nothing_more(twilio):
    channel = channel_to(twilio)
    tried(channel)
    with pytest.raises(ConnectionRefusedError):
        twilio.answer(twilio.messages[0], " stop ", "http://127.0.0.1:9/hooks/twilio")
    assert tried(channel) == Refused("suppressed:unsubscribed")


def test_a_wrong_account_or_token_costs_no_message(twilio):
    assert tried(channel_to(twilio, token="wrong")) == Closed("twilio_sign_in")
    assert tried(channel_to(twilio, account="ACother")) == Closed("twilio_sign_in")


def test_a_sender_that_is_not_ones_own_costs_no_message(twilio):
    twilio.errors["401"] = (400, 21606, "The 'From' phone number provided is not a valid message-capable number")
    twilio.faults.come("401")
    assert tried(channel_to(twilio)) == Closed("twilio_sender")


def test_where_twilio_cannot_be_reached_nothing_was_said(twilio):
    assert tried(channel_to(twilio, api_url="http://127.0.0.1:9/")) == Closed("twilio_unreachable", 30.0)


def test_nothing_leaves_when_the_lease_is_over_in_the_last_moment(twilio):
    assert tried(channel_to(twilio), still_ours=lambda: False) == NotSent()
    assert twilio.messages == []


def test_an_ambiguous_message_waits_for_a_person_and_is_sent_once(database, twilio):
    twilio.faults.come("reset after", "", "500 before", "21610", "429")
    ids = planned(database, SMS, *(text_message(number) for number in range(5)))
    sent(database, SMS, channel_to(twilio), StillClock(), rounds=4)
    assert [state(database, each) for each in ids] == [
        ("waiting", "cannot_look_up"),
        ("sent", None),
        ("waiting", "cannot_look_up"),
        ("dead", "suppressed:unsubscribed"),
        ("sent", None),
    ]
    assert [text.text[-1] for text in twilio.messages] == ["0", "1", "4"]
