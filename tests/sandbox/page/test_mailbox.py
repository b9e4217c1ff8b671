"""The customers' mailbox: what they received is seen as they see it, and what they do reaches the app, signed."""

from __future__ import annotations

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import expect
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from delivery.email import EmailChannel
from delivery.text_messages import TwilioChannel
from sandbox.listening import Listener
from sandbox.mailbox import post_office
from sandbox.server import serve
from sandbox.text_messages import signature
from sandbox.workspace import Workspace
from tests.delivery.customers import email, text_message

SECRET = "shared"
HTML = """<p style="color:#333">Dear Ann,</p><p>your tea is here.</p><script>document.title = "broken into"</script>
<p>{long}<a href="{link}">Unsubscribe</a></p>"""


class Web:
    """Stands in for the app's public web: keeps what comes, and answers as it is told."""

    def __init__(self):
        self.calls, self.status = [], 200
        routes = [Route("/{rest:path}", self.take, methods=["GET", "POST"])]
        self.listener = Listener(Starlette(routes=routes), 0)
        self.url = self.listener.url
        self.listener.start()

    async def take(self, request):
        self.calls.append((request.method, request.url.path, dict(request.headers), await request.body()))
        return PlainTextResponse("unsubscribed", self.status)

    def posted(self, path):
        return [(headers, body) for method, at, headers, body in self.calls if (method, at) == ("POST", path)]


class Office:
    """A workspace with a mailbox, and the channels by which customers are reached."""

    def __init__(self, serving, workspace, web, mailbox, reached):
        self.serving, self.workspace, self.web, self.mailbox = serving, workspace, web, mailbox
        told = reached.settings
        self.mail = EmailChannel(host="127.0.0.1", port=told["smtp_port"], security="none")
        self.texts = TwilioChannel(
            account=told["twilio_account"],
            token=reached.token,
            sender=told["twilio_from"],
            api_url=told["twilio_api_url"],
            status_url=f"{web.url}/hooks/twilio",
        )
        self.token = reached.token

    def write(self, channel, payload):
        row = type("Row", (), {"payload": payload, "attempts": 0, "key": "k"})
        return channel.send(row, lambda: True)

    def send_email(self, number=1, **other):
        link = f"{self.web.url}/u/abc"
        usual = {"html": HTML.format(link=link, long=""), "unsubscribe": [link]}
        self.write(self.mail, email(number, **usual | other))
        return self.mailbox.letters()[0]

    def send_text(self, number=1, **other):
        self.write(self.texts, text_message(number, **other))
        return self.mailbox.letters()[0]

    def url(self, person, **more):
        return f"{self.serving.url}/mailbox?as={person.id}" + "".join(f"&{name}={more[name]}" for name in more)

    def do(self, verb, letter, headers=None, **more):
        body = "&".join(f"{name}={value}" for name, value in {"id": letter.id, "as": self.rita.id, **more}.items())
        request = urllib.request.Request(f"{self.serving.url}/mailbox/do/{verb}", body.encode(), headers or {})
        with urllib.request.urlopen(request) as answer:
            return answer.read().decode()


@pytest.fixture
def office():
    workspace, web = Workspace("Northwind", "northwind"), Web()
    workspace.install({"display_information": {"name": "Rekindle"}})
    with post_office(web_url=web.url, secret=SECRET, changed=workspace.touch) as (mailbox, reached):
        workspace.mailbox = mailbox
        with serve(workspace) as serving:
            shown = Office(serving, workspace, web, mailbox, reached)
            shown.rita = workspace.add_person("rita", "Rita Stone", tz="America/New_York")
            shown.li = workspace.add_person("li", "李伟", locale="zh-CN", tz="Asia/Shanghai")
            yield shown
            shown.mail.close()
    web.listener.close()


def get(url):
    with urllib.request.urlopen(url) as answer:
        return answer.read().decode()


def test_letters_of_both_kinds_are_listed_newest_first_and_counted_until_they_are_read(office):
    first, second = office.send_email(), office.send_text()
    drawn = get(office.url(office.rita))
    assert drawn.index(second.to) < drawn.index(first.to)
    assert '<b class="count" aria-label="2 unread">2</b>' in drawn
    get(office.url(office.rita, id=first.id))
    assert '<b class="count" aria-label="1 unread">1</b>' in get(f"{office.serving.url}/?as={office.rita.id}")


def test_an_empty_mailbox_says_how_something_gets_there_in_each_readers_language(office):
    assert "No customer has received a message yet." in get(office.url(office.rita))
    chinese = get(office.url(office.li))
    assert "还没有客户收到消息。" in chinese
    assert "客户的收件箱" in chinese


def test_a_workspace_without_mailbox_shows_none(office):
    office.workspace.mailbox = None
    assert "/mailbox" not in get(f"{office.serving.url}/?as={office.rita.id}")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(office.url(office.rita))


def test_a_letter_shows_its_head_and_what_it_says_whatever_stands_in_it(office):
    letter = office.send_email(subject="Tee für <b>Ann</b>", text="1 < 2 & <script>alert(1)</script>")
    drawn = get(office.url(office.rita, id=letter.id, view="text"))
    assert "Tee für &lt;b&gt;Ann&lt;/b&gt;" in drawn
    assert "1 &lt; 2 &amp; &lt;script&gt;" in drawn
    assert "Acme &lt;care@acme.example&gt;" in drawn
    assert f'href="{office.web.url}/u/abc"' in drawn
    assert "List-Unsubscribe-Post" in drawn
    source = get(office.url(office.rita, id=letter.id, view="source"))
    assert "Content-Type: multipart/alternative" in source


def test_what_an_email_brings_along_runs_nowhere(office):
    letter = office.send_email()
    with urllib.request.urlopen(f"{office.serving.url}/mailbox/letter/{letter.id}") as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "<script>" in answer.read().decode()
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize(("verb", "kind"), [("reply", "replied"), ("spam", "complained"), ("bounce", "bounced")])
def test_what_a_customer_does_with_an_email_is_reported_signed(office, verb, kind):
    letter = office.send_email()
    office.do(verb, letter)
    ((headers, body),) = office.web.posted("/hooks/events")
    assert json.loads(body) == {"events": [{"kind": kind, "message_id": "<m1@acme.example>", "channel": "email"}]}
    told = headers["x-rekindle-timestamp"].encode() + b"." + body
    assert headers["x-rekindle-signature"] == f"v1={hmac.new(SECRET.encode(), told, hashlib.sha256).hexdigest()}"


def test_unsubscribing_by_one_click_posts_as_a_mail_program_does(office):
    letter = office.send_email()
    assert "Unsubscribed by one click" in office.do("unsubscribe", letter)
    ((headers, body),) = office.web.posted("/u/abc")
    assert (headers["content-type"], body) == ("application/x-www-form-urlencoded", b"List-Unsubscribe=One-Click")


def test_a_letter_that_offers_no_click_has_no_button_for_it(office):
    letter = office.send_email(unsubscribe=[], one_click=False)
    assert "Unsubscribe by one click" not in get(office.url(office.rita, id=letter.id))


def test_a_click_reaches_nothing_but_this_machine(office):
    letter = office.send_email(unsubscribe=["https://acme.example/u/abc"])
    assert "not on this machine" in office.do("unsubscribe", letter)


@pytest.mark.parametrize(("verb", "said"), [("stop", "STOP"), ("reply", "thanks")])
def test_an_answer_to_a_text_message_comes_as_from_twilio(office, verb, said):
    letter = office.send_text()
    office.do(verb, letter, words="thanks")
    forms = [(headers, dict(parse_qsl(body.decode()))) for headers, body in office.web.posted("/hooks/twilio")]
    headers, form = next((headers, form) for headers, form in forms if "Body" in form)
    assert (form["From"], form["Body"]) == ("+4915112345001", said)
    assert headers["x-twilio-signature"] == signature(office.token, f"{office.web.url}/hooks/twilio", form)


def test_twilio_reports_by_itself_that_a_text_message_was_delivered(office, monkeypatch):
    monkeypatch.setattr("sandbox.mailbox.DELIVERED_AFTER", 0.0)
    office.send_text()

    def reported():
        return [dict(parse_qsl(body.decode())) for _, body in office.web.posted("/hooks/twilio")]

    version = office.workspace.version
    while not reported():
        version = office.workspace.wait_newer(version, 0.05)
    assert [form["MessageStatus"] for form in reported()] == ["delivered"]


def test_what_the_app_does_not_take_is_said(office):
    letter = office.send_email()
    office.web.status = 401
    assert "The app did not take it: HTTP 401" in office.do("reply", letter)


def test_another_site_in_the_same_browser_may_not_act(office):
    letter = office.send_email()
    with pytest.raises(urllib.error.HTTPError, match="403"):
        office.do("spam", letter, {"Origin": "https://evil.example"})
    assert office.web.calls == []


@pytest.mark.browser
def test_a_letter_appears_by_itself_is_read_unsubscribed_and_answered(office, page):
    page.goto(office.url(office.rita))
    expect(page.locator("#letters")).to_contain_text("No customer has received a message yet.")
    office.send_email()
    page.locator("[data-letter]").click()
    expect(page.frame_locator("iframe.shown").locator("body")).to_contain_text("your tea is here.")
    assert "broken into" not in page.title()
    with page.context.expect_page() as opened:
        page.frame_locator("iframe.shown").get_by_role("link", name="Unsubscribe").click()
    expect(opened.value.locator("body")).to_contain_text("unsubscribed")
    page.get_by_role("button", name="Unsubscribe by one click").click()
    expect(page.locator(".deed")).to_contain_text("Unsubscribed by one click")
    page.get_by_placeholder("Answer …").fill("Thank you!")
    page.get_by_role("button", name="Answer", exact=True).click()
    expect(page.locator(".deed").last).to_contain_text("Answered: Thank you!")


@pytest.mark.browser
def test_on_a_phone_the_list_gives_way_to_the_letter(office, page):
    page.set_viewport_size({"width": 390, "height": 844})
    letter = office.send_text()
    page.goto(office.url(office.li))
    page.locator("[data-letter]").click()
    expect(page.locator(".bubble")).to_contain_text("Your tea is here.")
    expect(page.locator("#letters")).to_be_hidden()
    page.get_by_role("button", name="回复 STOP").click()
    expect(page.locator(".deed")).to_contain_text("STOP")
    assert letter.to in office.mailbox._texts.opted_out
    page.get_by_text("全部消息").click()
    expect(page.locator("#letters")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
