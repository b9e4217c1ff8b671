"""An e-mail says what was written, to mail programs of every kind, and nothing that anybody smuggled in."""

import email
import email.policy
import re
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.mime import Unsendable, address, mime, named_address
from tests.delivery.customers import email as payload


def read(**other):
    return email.message_from_bytes(mime(payload(**other)), policy=email.policy.default)


def part(message, kind):
    return message.get_body((kind,)).get_content().replace("\r\n", "\n")


def test_the_head_holds_what_mail_programs_need():
    message = read(**{"from": "Acme <care@acme.example>"})
    assert {name: message[name] for name in ("From", "To", "Reply-To", "Subject", "Message-ID", "MIME-Version")} == {
        "From": "Acme <care@acme.example>",
        "To": "ann1@example.com",
        "Reply-To": "rita@acme.example",
        "Subject": "Your tea",
        "Message-ID": "<m1@acme.example>",
        "MIME-Version": "1.0",
    }
    assert parsedate_to_datetime(message["Date"]) == datetime(2026, 3, 5, 12, tzinfo=UTC)
    assert message.get_content_type() == "multipart/alternative"
    assert [each.get_content_type() for each in message.iter_parts()] == ["text/plain", "text/html"]


def test_unsubscribing_takes_one_click_where_a_post_is_enough():
    message = read()
    assert message["List-Unsubscribe"] == "<https://acme.example/u/abc>, <mailto:stop@acme.example>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    by_mail = read(unsubscribe=["mailto:stop@acme.example"], one_click=False)
    assert by_mail["List-Unsubscribe"] == "<mailto:stop@acme.example>"
    assert by_mail["List-Unsubscribe-Post"] is None


def test_a_message_to_one_customer_alone_may_be_answered_by_an_absence_note():
    message = read(unsubscribe=[], one_click=False, reply_to=None)
    for name in ("List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted", "Reply-To"):
        assert message[name] is None


def test_a_long_link_stays_in_one_piece():
    link = "https://acme.example/u/" + "a" * 300
    assert f"<{link}>".encode() in mime(payload(unsubscribe=[link]))


def test_the_same_payload_gives_the_same_bytes_and_another_one_others():
    assert mime(payload()) == mime(payload())
    assert mime(payload(text="a")) != mime(payload(text="b"))


def test_a_message_without_html_is_plain():
    message = read(html="")
    assert message.get_content_type() == "text/plain"
    assert part(message, "plain").rstrip() == payload()["text"].rstrip()


@pytest.mark.parametrize(
    "text",
    [
        "Grüße aus München: 20 % auf Tee",
        "亲爱的客户，您的龙井茶已经到货，欢迎随时联系我们安排送货时间，期待您的回复。" * 5,
        "a word that is much longer than a line: " + "x" * 500,
        "=?utf-8?b?SGFoYQ==?= is what I wrote",
        "two  blanks and one at the end ",
        "🍵" * 60,
        "a plain subject that has to be folded because it is so very long, longer than a line may be in a head",
        "",
    ],
)
def test_any_subject_and_text_arrives_as_it_was_written(text):
    message = read(subject=text, text=text, html=f"<p>{text}</p>")
    assert message["Subject"] == text
    assert part(message, "plain") == text
    assert part(message, "html") == f"<p>{text}</p>"


@pytest.mark.parametrize("name", ["Acme", "Acme, Inc.", 'The "Best" Tea', "北风贸易", "Tee & Co. KG", "=?x?="])
def test_any_name_of_the_sender_arrives_as_it_was_written(name):
    message = read(**{"from": f"{name} <care@acme.example>"})
    (sender,) = message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (name, "care@acme.example")


@pytest.mark.parametrize("name", ["北风贸易有限公司客户服务部华东大区上海分公司", "x" * 200])
def test_a_name_that_needs_several_lines_is_one_name(name):
    head = email.message_from_bytes(mime(payload(**{"from": f"{name} <care@acme.example>"})))
    assert str(make_header(decode_header(head["From"]))).replace("\r\n", "") == f"{name} <care@acme.example>"


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00\ufffd"), max_size=300)


@given(texts, texts, texts)
def test_lines_are_legal_and_the_body_is_what_was_written(subject, text, html):
    subject = re.sub(r"[\x00-\x1f\x7f\u2028\u2029]", "", subject)
    raw = mime(payload(subject=subject, text=text, html=html))
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    lines = raw.split(b"\r\n")
    assert all(len(line) <= 78 for line in lines)
    assert raw.endswith(b"\r\n")
    head, _, _ = raw.partition(b"\r\n\r\n")
    assert [line for line in head.split(b"\r\n") if not line.strip()] == []
    message = email.message_from_bytes(raw, policy=email.policy.default)
    plain = message.get_body(("plain",)).get_payload(decode=True).decode()
    assert plain.replace("\r\n", "\n").rstrip("\n") == text.rstrip("\n")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("subject", "Tea\r\nBcc: all@example.com", "broken_header"),
        ("subject", "Tea\nBcc: all@example.com", "broken_header"),
        ("subject", "Tea\x00", "broken_header"),
        ("subject", None, "broken_header"),
        ("from", "Acme\r\nBcc: x@example.com <care@acme.example>", "broken_header"),
        ("from", "Acme <no address>", "broken_header"),
        ("to", "ann@example.com\r\nBcc: x@example.com", "suppressed:invalid"),
        ("to", "ann@example.com, bob@example.com", "suppressed:invalid"),
        ("to", "ann@example.com>\r\nRCPT TO:<x@example.com", "suppressed:invalid"),
        ("to", "ann", "suppressed:invalid"),
        ("to", "@example.com", "suppressed:invalid"),
        ("to", "ann..b@example.com", "suppressed:invalid"),
        ("to", "ann@-example.com", "suppressed:invalid"),
        ("to", "a" * 65 + "@example.com", "suppressed:invalid"),
        ("to", "grün@example.com", "address_unsupported"),
        ("to", "ann@straße.de", "address_unsupported"),
        ("reply_to", "rita@acme.example\nX: y", "broken_header"),
        ("reply_to", "rita..roth@acme.example", "broken_header"),
        ("message_id", "<a b@acme.example>", "broken_header"),
        ("message_id", "<a@acme.example>\r\nX: y", "broken_header"),
        ("date", "yesterday", "broken_header"),
        ("date", "2026-03-05T12:00:00", "broken_header"),
        ("unsubscribe", ["https://acme.example/u\r\nX: y"], "broken_header"),
        ("unsubscribe", ["javascript:alert(1)"], "broken_header"),
        ("unsubscribe", ["https://acme.example/>, <https://evil.example/"], "broken_header"),
    ],
)
def test_what_must_not_stand_in_a_head_is_refused_with_a_code(field, value, code):
    with pytest.raises(Unsendable) as refused:
        mime(payload(**{field: value}))
    assert refused.value.code == code


def test_a_domain_in_other_letters_is_written_as_servers_know_it():
    assert address("ann@münchen.example") == "ann@xn--mnchen-3ya.example"
    assert address("kefu@例子.example") == "kefu@xn--fsqu00a.example"


def test_an_address_may_stand_with_or_without_a_name():
    assert named_address("care@acme.example") == ("", "care@acme.example")
    assert named_address('"Acme, Inc." <care@acme.example>') == ("Acme, Inc.", "care@acme.example")
    assert named_address("<care@acme.example>") == ("", "care@acme.example")
