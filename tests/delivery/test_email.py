"""An e-mail to a customer is handed over once, or it is known why not; nothing is ever sent twice."""

import pytest

from delivery.email import EmailChannel, mime
from delivery.outcomes import TOO_FAST, Closed, Later, NotSent, Refused, Sent, Unknown
from sandbox.mail import AT_MESSAGE, MailServer
from tests.delivery.customers import EMAIL, email, planned, sent
from tests.delivery.doubles import StillClock, row, state
from words.errors import FixSetup

TIMEOUT = 0.4
"""Seconds: much longer than a loopback server takes, much shorter than the slow one waits."""


@pytest.fixture
def server():
    with MailServer(slow=2.0) as running:
        yield running


@pytest.fixture
def channel(server):
    opened = channel_to(server)
    yield opened
    opened.close()


def channel_to(server, **other):
    return EmailChannel(**{"host": "127.0.0.1", "port": server.port, "security": "none", "timeout": TIMEOUT} | other)


class Row:
    """What a channel looks at."""

    attempts = 0

    def __init__(self, payload):
        self.payload = payload


def tried(channel, payload=None, still_ours=lambda: True):
    return channel.send(Row(payload or email()), still_ours)


def test_an_email_arrives_as_it_was_written(server, channel):
    assert tried(channel) == Sent("<m1@acme.example>")
    (mail,) = server.messages
    assert (mail.sender, mail.recipients) == ("care@acme.example", ("ann1@example.com",))
    assert (mail.subject, mail.text.replace("\r\n", "\n")) == ("Your tea", email()["text"])
    assert mail.html.strip() == email()["html"]
    assert mail.raw == mime(email())


def test_many_messages_share_a_connection_and_a_new_one_is_opened_where_the_server_closed_it(server, channel):
    opened = server.faults.counted
    for number in range(5):
        assert isinstance(tried(channel, email(number)), Sent)
    server.hang_up()
    assert isinstance(tried(channel, email(6)), Sent)
    server.faults.come("hang up afterwards")
    assert isinstance(tried(channel, email(7)), Sent)
    assert isinstance(tried(channel, email(8)), Sent)
    assert [mail.headers["Message-ID"] for mail in server.messages] == [
        f"<m{n}@acme.example>" for n in (0, 1, 2, 3, 4, 6, 7, 8)
    ]
    assert (server.opened, sum(opened.values())) == (3, 1)


def test_a_connection_carries_no_more_than_servers_like(server, channel, monkeypatch):
    monkeypatch.setattr("delivery.smtp.MOST_MESSAGES", 2)
    for number in range(4):
        tried(channel, email(number))
    assert (len(server.messages), server.opened) == (4, 2)


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("450 at rcpt", Later(300.0, "smtp_450")),
        ("550 at rcpt", Refused("suppressed:bounced")),
        ("451 after data", Later(300.0, "smtp_451")),
        ("554 after data", Refused("smtp_554")),
        ("drop before data", Later(30.0, "unreachable")),
        ("drop during data", None),
        ("drop after storing", Unknown("SMTPServerDisconnected")),
        ("slow before data", Later(30.0, "unreachable")),
        ("slow after data", Unknown("SMTPServerDisconnected")),
        ("slow after storing", Unknown("SMTPServerDisconnected")),
        ("garbage after storing", Unknown("garbage")),
        ("hang up afterwards", Sent("<m1@acme.example>")),
    ],
)
def test_what_goes_wrong_is_told_apart(server, channel, fault, outcome):
    server.faults.come(fault)
    found = tried(channel)
    # Whether the end of the message has left when the server hangs up during the content is a matter of moments.
    assert found == outcome or (outcome is None and isinstance(found, Later | Unknown))
    assert len(server.messages) == (1 if fault.endswith(("storing", "afterwards")) else 0)


def test_every_fault_of_a_message_is_tested():
    tested = {each[0] for each in test_what_goes_wrong_is_told_apart.pytestmark[0].args[1]}
    assert tested == set(AT_MESSAGE)


def test_after_a_refusal_the_connection_is_used_for_the_next_customer(server, channel):
    server.faults.come("550 at rcpt", "554 after data")
    assert [type(tried(channel, email(number))) for number in range(3)] == [Refused, Refused, Sent]
    assert server.opened == 1


def test_a_server_that_wants_fewer_connections_slows_only_this_channel_down(server, channel):
    server.faults.come("421 at connect")
    assert tried(channel) == Later(60.0, TOO_FAST)


def test_nothing_leaves_when_the_lease_is_over_in_the_last_moment(server, channel):
    assert tried(channel, still_ours=lambda: False) == NotSent()
    assert isinstance(tried(channel, email(2)), Sent)
    assert [mail.headers["Message-ID"] for mail in server.messages] == ["<m2@acme.example>"]


def test_the_lease_is_asked_for_when_the_server_has_all_but_the_end(server, channel):
    asked = []

    def still_ours():
        asked.append(len(server.messages))
        return True

    tried(channel, still_ours=still_ours)
    assert (asked, len(server.messages)) == ([0], 1)


def test_a_server_that_cannot_be_reached_closes_the_channel_and_costs_no_message(server):
    server.close()
    assert tried(channel_to(server)) == Closed("mail_unreachable", 30.0)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_what_goes_over_the_network_is_encrypted_and_signed_in(certificate, security):
    users = {"rekindle": "secret"}
    with MailServer(tls=certificate.server, tls_at_once=security == "tls", users=users) as server:
        trusted = {"security": security, "host": "localhost", "context": certificate.client}
        good = channel_to(server, user="rekindle", password="secret", **trusted)
        assert isinstance(tried(good), Sent)
        good.close()
        assert tried(channel_to(server, user="rekindle", password="wrong", **trusted)) == Closed("mail_sign_in")
        assert tried(channel_to(server, **trusted)) == Closed("mail_sign_in")
        assert len(server.messages) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_is_not_trusted(certificate, security, monkeypatch):
    monkeypatch.setattr("delivery.smtp.on_this_machine", lambda host: False)
    with MailServer(tls=certificate.server, tls_at_once=security == "tls") as server:
        assert tried(channel_to(server, security=security)) == Closed("mail_tls")
        assert server.messages == []


def test_the_certificate_of_a_server_on_this_machine_needs_nobody_to_vouch_for_it(certificate):
    with MailServer(tls=certificate.server) as server:
        channel = channel_to(server, security="starttls")
        assert isinstance(tried(channel), Sent)
        channel.close()


def test_a_server_without_tls_or_with_a_broken_one_gets_neither_message_nor_password(server):
    channel = channel_to(server, security="starttls", user="rekindle", password="secret")
    assert tried(channel) == Closed("mail_tls")
    server.faults.come("tls broken")
    assert tried(channel) == Closed("mail_tls")
    assert server.messages == []


def test_where_signing_in_is_refused_all_messages_wait(certificate):
    with MailServer(tls=certificate.server, users={"a": "b"}) as server:
        server.faults.come("auth refused")
        channel = channel_to(server, security="starttls", user="a", password="b")
        assert tried(channel) == Closed("mail_sign_in")
        assert isinstance(tried(channel), Sent)
        channel.close()


@pytest.mark.parametrize("host", ["mail.acme.example", "10.0.0.7", "192.0.2.1"])
def test_nothing_goes_in_the_clear_to_another_machine(host):
    with pytest.raises(FixSetup, match="SMTP_SECURITY"):
        EmailChannel(host=host, port=25, security="none")


def test_a_password_that_cannot_be_said_is_refused_at_once():
    with pytest.raises(FixSetup, match="SMTP_PASSWORD"):
        EmailChannel(host="localhost", port=25, user="a", password="schlüssel")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("550 5.1.1 No such user", "suppressed:bounced"),
        ("550 5.1.10 Null MX", "suppressed:bounced"),
        ("551 5.1.6 Moved", "suppressed:bounced"),
        ("553 5.1.3 What is that", "suppressed:invalid"),
        ("550 No such user here", "suppressed:bounced"),
        ("550 5.7.1 No such user, says the policy", "smtp_550"),
        ("550 Relaying denied", "smtp_550"),
        ("550 5.1.8 Bad sender", "smtp_550"),
        ("552 5.1.1 Too large", "smtp_552"),
    ],
)
def test_an_address_is_given_up_only_where_the_server_says_that_it_is_not_there(
    server, channel, monkeypatch, answer, reason
):
    monkeypatch.setitem(__import__("sandbox.mail").mail.ANSWERS, "550 at rcpt", answer)
    server.faults.come("550 at rcpt")
    assert tried(channel) == Refused(reason)


def test_a_message_that_is_put_off_again_waits_longer_each_time(server, channel):
    server.faults.always("450 at rcpt")
    waits = []
    for attempts in range(6):
        Row.attempts = attempts
        waits.append(tried(channel).seconds)
    Row.attempts = 0
    assert waits == [300, 600, 1200, 2400, 3600, 3600]


def test_an_ambiguous_message_waits_for_a_person_and_is_sent_once(database, server, channel):
    clock = StillClock()
    server.faults.come("drop after storing", "", "slow after data", "550 at rcpt")
    ids = planned(database, EMAIL, *(email(number) for number in range(4)))
    sent(database, EMAIL, channel, clock, rounds=4)
    assert [state(database, each) for each in ids] == [
        ("waiting", "cannot_look_up"),
        ("sent", None),
        ("waiting", "cannot_look_up"),
        ("dead", "suppressed:bounced"),
    ]
    assert row(database, ids[1]).reference == "<m1@acme.example>"
    assert [mail.headers["Message-ID"] for mail in server.messages] == ["<m0@acme.example>", "<m1@acme.example>"]


def test_what_was_definitely_not_taken_is_sent_later(database, server, channel):
    clock = StillClock()
    server.faults.come("451 after data", "drop before data")
    ids = planned(database, EMAIL, email(1), email(2))
    sent(database, EMAIL, channel, clock, rounds=2, pause=400)
    assert [state(database, each) for each in ids] == [("sent", None), ("sent", None)]
    assert len(server.messages) == 2


def test_a_payload_that_cannot_become_an_email_kills_only_itself(database, server, channel):
    bad = [email(1, to="no address"), email(2, subject="Tea\r\nBcc: all@example.com"), email(3, to="grün@example.com")]
    ids = planned(database, EMAIL, *bad, email(4))
    sent(database, EMAIL, channel, StillClock())
    reasons = [state(database, each)[1] for each in ids]
    assert reasons == ["suppressed:invalid", "broken_header", "address_unsupported", None]
    assert len(server.messages) == 1
