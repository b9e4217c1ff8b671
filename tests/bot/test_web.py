"""A customer unsubscribes by the link in a message, over real HTTP, without having to say who they are."""

import logging
import socket
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from bot import web
from bot.__main__ import cli
from bot.web_requests import LOOKS
from care import consents
from customers.outreach_tables import drafts
from customers.tables import consents as ledger_rows
from tests.bot.web_fixtures import PUBLIC, served
from tests.care.drafts import NOW, Drafts, draft, message_state
from tests.care.test_erasing import erase
from words.errors import FixSetup

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def ledger(database):
    return Drafts(database)


@pytest.fixture
def caller(database):
    with served(database, NOW) as caller:
        yield caller


def give(ledger, customer, *purposes, channel="email"):
    with ledger.database.transaction() as db:
        consents.give(db, customer, channel, purposes, how="form", by=None, at=NOW - timedelta(days=9))


def allowed(ledger, customer):
    with ledger.database.reading() as db:
        return {key for key, state in consents.current(db, [customer])[customer].items() if state.given}


def entries(ledger):
    with ledger.database.reading() as db:
        rows = db.execute(select(ledger_rows.c.purpose, ledger_rows.c.given, ledger_rows.c.how).order_by("id"))
        return [tuple(row) for row in rows]


def sent(ledger, *purposes, token="t0ken", channel="email", **more):
    """A customer who allowed these purposes, and a message with a link that was sent."""
    acme = ledger.customer("Ann Apfel")
    give(ledger, acme, *purposes, channel=channel)
    return acme, ledger.draft(acme, state="sent", token=token, channel=channel, **more)


def test_looking_at_the_page_changes_nothing_since_mail_scanners_follow_links(ledger, caller):
    _, draft_id = sent(ledger, "marketing", "service")
    before = entries(ledger)
    page = caller.get("/u/t0ken")
    assert page.status == 200
    assert "Acme &amp; Sons" in page.text
    assert "by e-mail" in page.text
    assert "Messages about your orders and questions still reach you." in page.text
    assert page.text.count("<button") == 1
    assert caller.ask("HEAD", "/u/t0ken").status == 200
    assert entries(ledger) == before
    assert draft(ledger.database, draft_id).unsubscribed_at is None


def test_the_page_says_nothing_about_the_customer_and_loads_nothing(ledger, caller):
    sent(ledger, "marketing")
    page = caller.get("/u/t0ken")
    for word in ("Ann", "Apfel", "example.com", "<script", "http", "<img", "<link"):
        assert word not in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "set-cookie" not in page.headers
    assert "server" not in page.headers


def test_one_press_ends_the_offers_at_once_and_nothing_else(ledger, caller):
    acme, draft_id = sent(ledger, "marketing", "service")
    give(ledger, acme, "marketing", channel="sms")
    held, message_id = ledger.queued(acme)
    answer = caller.send("/u/t0ken", do="unsubscribe")
    assert answer.status == 200
    assert "Thank you, you are unsubscribed" in answer.text
    assert allowed(ledger, acme) == {("email", "service"), ("sms", "marketing")}
    assert draft(ledger.database, draft_id).unsubscribed_at == NOW
    assert draft(ledger.database, held).state == "failed"
    assert message_state(ledger.database, message_id) == ("skipped", "consent_withdrawn")
    assert caller.changed == {draft_id, held}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"),
        (
            "multipart/form-data; boundary=b",
            '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
        ),
        ("text/plain", ""),
    ],
)
def test_a_mail_program_unsubscribes_with_one_click(ledger, caller, kind, body):
    acme, _ = sent(ledger, "marketing")
    answer = caller.ask("POST", "/u/t0ken", body, {"Content-Type": kind})
    assert answer.status == 200  # RFC 8058: no redirect
    assert allowed(ledger, acme) == set()


def test_unsubscribing_twice_is_one_entry_and_thanks_again(ledger, caller):
    acme, draft_id = sent(ledger, "marketing")
    first, second = caller.send("/u/t0ken", **ONE_CLICK), caller.send("/u/t0ken", **ONE_CLICK)
    assert (first.status, second.status) == (200, 200)
    assert entries(ledger) == [("marketing", True, "form"), ("marketing", False, "link")]
    assert draft(ledger.database, draft_id).unsubscribed_at == NOW
    assert allowed(ledger, acme) == set()


def test_a_slip_of_the_finger_is_undone_and_can_be_repeated(ledger, caller):
    acme, draft_id = sent(ledger, "marketing", "service")
    assert ">Undo<" in caller.send("/u/t0ken", do="unsubscribe").text
    undone = caller.send("/u/t0ken", do="undo")
    assert "You are subscribed again" in undone.text
    assert allowed(ledger, acme) == {("email", "marketing"), ("email", "service")}
    assert entries(ledger)[-1] == ("marketing", True, "link_undone")
    assert draft(ledger.database, draft_id).unsubscribed_at is None
    caller.send("/u/t0ken", do="unsubscribe")
    assert allowed(ledger, acme) == {("email", "service")}


def test_whoever_has_the_mailbox_gets_no_offers_there_any_more_for_whichever_customer_they_were(ledger, caller):
    acme, _ = sent(ledger, "marketing")
    branch = ledger.customer("Branch")
    give(ledger, branch, "marketing", "service")
    ledger.draft(branch, state="sent")  # to the same address
    held, message_id = ledger.queued(branch)
    elsewhere = ledger.customer("Elsewhere")
    give(ledger, elsewhere, "marketing")
    ledger.draft(elsewhere, state="sent", recipient="else@example.com")
    caller.send("/u/t0ken", do="unsubscribe")
    assert (allowed(ledger, acme), allowed(ledger, branch)) == (set(), {("email", "service")})
    assert allowed(ledger, elsewhere) == {("email", "marketing")}
    assert message_state(ledger.database, message_id) == ("skipped", "consent_withdrawn")
    assert held in caller.changed
    caller.send("/u/t0ken", do="undo")
    assert allowed(ledger, branch) == {("email", "marketing"), ("email", "service")}


def test_undo_gives_back_no_more_than_the_link_took(ledger, caller):
    acme, _ = sent(ledger, "service")
    answer = caller.send("/u/t0ken", do="unsubscribe")
    assert ">Undo<" not in answer.text
    assert "You are subscribed again" not in caller.send("/u/t0ken", do="undo").text
    assert allowed(ledger, acme) == {("email", "service")}


def test_undo_does_not_take_back_what_was_withdrawn_in_another_way(ledger, caller):
    acme, _ = sent(ledger, "marketing")
    with ledger.database.transaction() as db:
        consents.withdraw(db, acme, "email", ["marketing"], how="phone", by=None, at=NOW)
    caller.send("/u/t0ken", do="undo")
    assert allowed(ledger, acme) == set()


def test_an_old_message_subscribes_nobody_again(ledger, database):
    acme, _ = sent(ledger, "marketing")
    with served(database, NOW) as caller:
        caller.send("/u/t0ken", do="unsubscribe")
    with served(database, NOW + timedelta(days=2)) as later:
        assert ">Undo<" not in later.get("/u/t0ken").text
        later.send("/u/t0ken", do="undo")
    assert allowed(ledger, acme) == set()


def test_who_was_erased_is_not_subscribed_again_by_an_old_link(ledger, caller):
    ledger.rep("Olga")
    acme, _ = sent(ledger, "marketing")
    caller.send("/u/t0ken", do="unsubscribe")
    erase(ledger.database, acme)
    assert ">Undo<" not in caller.get("/u/t0ken").text
    caller.send("/u/t0ken", do="undo")
    assert allowed(ledger, acme) == set()


def test_everything_ends_service_messages_too_and_comes_back_with_undo(ledger, caller):
    acme, _ = sent(ledger, "marketing", "service")
    assert ">Stop all e-mails<" in caller.send("/u/t0ken", do="unsubscribe").text
    assert "You get no e-mails from Acme &amp; Sons any more." in caller.send("/u/t0ken", do="everything").text
    assert allowed(ledger, acme) == set()
    caller.send("/u/t0ken", do="undo")
    assert allowed(ledger, acme) == {("email", "marketing"), ("email", "service")}


def test_a_message_by_sms_ends_text_messages(ledger, caller):
    acme, _ = sent(ledger, "marketing", channel="sms")
    give(ledger, acme, "marketing")
    assert "by text message" in caller.get("/u/t0ken").text
    caller.send("/u/t0ken", do="unsubscribe")
    assert allowed(ledger, acme) == {("email", "marketing")}


def test_the_page_speaks_the_language_of_the_message(ledger, caller):
    sent(ledger, "marketing", "service", language="zh_CN")
    page = caller.get("/u/t0ken", **{"Accept-Language": "en"})
    assert '<html lang="zh-CN">' in page.text
    assert "不想再收到推广邮件？" in page.text
    assert "您已成功退订" in caller.send("/u/t0ken", do="unsubscribe").text


def test_a_link_that_nobody_knows_is_answered_politely_and_tells_nothing(ledger, caller):
    sent(ledger, "marketing")
    for answer in (caller.get("/u/other"), caller.send("/u/other", **ONE_CLICK)):
        assert answer.status == 404
        assert "This link does not work" in answer.text
        assert "Acme" not in answer.text
    assert caller.get("/u/t0ken%00").status == 404
    assert "链接无效" in caller.get("/u/other", **{"Accept-Language": "zh-CN,zh;q=0.9"}).text
    assert entries(ledger) == [("marketing", True, "form")]


def test_whoever_tries_links_is_slowed_down_but_no_customer_is(ledger, caller):
    acme, _ = sent(ledger, "marketing")
    answers = [caller.get(f"/u/guess{n}").status for n in range(LOOKS + 1)]
    assert answers == [404] * LOOKS + [429]
    assert caller.get("/u/t0ken").status == 200
    assert caller.send("/u/t0ken", **ONE_CLICK).status == 200
    assert allowed(ledger, acme) == set()


def test_the_pages_are_also_there_under_the_path_of_the_public_address(ledger, caller):
    sent(ledger, "marketing")
    path = PUBLIC.removeprefix("https://acme.example")
    assert caller.get(f"{path}/u/t0ken").status == 200
    assert caller.get(f"{path}/healthz").status == 200


def test_health_says_nothing_but_that_it_is_there(caller):
    answer = caller.get("/healthz")
    assert (answer.status, answer.text) == (200, "ok")
    assert (caller.get("/").status, caller.ask("DELETE", "/u/x").status) == (404, 405)


def test_a_failure_is_logged_without_words_of_the_request(ledger, caller, caplog, monkeypatch):
    def broken(*_):
        raise RuntimeError("t0ken of ann@example.com")

    monkeypatch.setattr("care.unsubscribing.subscription", broken)
    with caplog.at_level(logging.DEBUG):
        answer = caller.get("/u/t0ken")
    assert answer.status == 500
    assert "failure=RuntimeError" in caplog.text
    assert "t0ken" not in caplog.text + answer.text
    assert "ann@" not in caplog.text + answer.text


def test_nothing_personal_is_logged(ledger, caller, caplog):
    sent(ledger, "marketing")
    with caplog.at_level(logging.INFO):
        caller.get("/u/t0ken")
        caller.send("/u/t0ken", **ONE_CLICK)
    assert "t0ken" not in caplog.text
    assert "127.0.0.1" not in caplog.text


def test_a_link_whose_draft_was_erased_leads_nowhere(ledger, caller):
    _, draft_id = sent(ledger, "marketing")
    ledger.change(update(drafts).where(drafts.c.id == draft_id).values(token="gone"))
    assert caller.get("/u/t0ken").status == 404
    with ledger.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(drafts)) == 1


@pytest.mark.parametrize("before", [b"", b"GET /healthz HTTP/1.1\r\nHost: acme.example\r\n\r\n"])
def test_who_does_not_finish_a_request_takes_no_place_for_ever(caller, monkeypatch, before):
    monkeypatch.setattr(web, "SLOWEST", 0.2)
    with socket.create_connection(("127.0.0.1", caller.port), timeout=30) as slow:
        slow.sendall(before)
        while before and not before.endswith(b"ok"):
            before = slow.recv(4096)
        slow.sendall(b"GET /u/t0ken HTTP/1.1\r\nHost: acme.exam")
        assert slow.recv(4096) == b""  # closed, without an answer
    assert caller.get("/healthz").status == 200


def test_a_taken_port_is_one_line_for_the_operator():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(FixSetup, match="--web"):
        web.listen(taken.getsockname()[1])


def test_the_web_asks_for_the_public_address(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
        monkeypatch.setenv(name, "x")
    with pytest.raises(FixSetup, match="PUBLIC_URL"):
        cli(["run", "--web", "0"], standalone_mode=False)
