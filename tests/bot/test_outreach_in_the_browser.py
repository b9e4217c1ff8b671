"""The whole loop in a real browser, in both languages: alert, cause, draft, approval, undo, mail, reply."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from pydantic import SecretStr
from sqlalchemy import insert, select, update

from bot import web as public_web
from bot.blocks import capital
from bot.joining import serving_web
from customers.alert_tables import alerts
from customers.computed_tables import customer_facts
from customers.outreach_tables import drafts
from customers.tables import consents, customers, interactions, reps
from delivery.tables import outbox
from sandbox.mailbox import post_office
from tests.bot.browsing import act_as
from tests.office import Office, open_office
from words.speech import Speech
from words.terms import term

pytestmark = pytest.mark.browser
SECRET = "between us"


@pytest.fixture
def office(tenant, tmp_path) -> Iterator[Office]:
    """An office that delivers to the mailbox of the sandbox's page; Acme is of no special value and allows offers."""
    opened: list[Office] = []
    with ExitStack() as stack:
        public = stack.enter_context(public_web.listen(0))
        web_url = f"http://127.0.0.1:{public.getsockname()[1]}"

        def changed() -> None:
            for office in opened:
                office.workspace.touch()

        mailbox, reached = stack.enter_context(post_office(web_url=web_url, secret=SECRET, changed=changed))
        settings = {
            "company_name": "Tea House",
            "mail_from": "Tea House <care@tea.example>",
            "public_url": web_url,
            "webhook_secret": SecretStr(SECRET),
            "twilio_token": SecretStr(reached.token),
            "hold_minutes": 2.0,
            "quiet_from": "00:00",
            "quiet_until": "00:00",
            **reached.settings,
        }
        office = stack.enter_context(open_office(tmp_path, prepared=tenant, **settings))
        office.workspace.mailbox = mailbox
        opened.append(office)
        stack.enter_context(serving_web(office.working.desk, public))
        with office.database.transaction() as db:
            acme = db.scalar(select(customers.c.id).where(customers.c.key == "A1"))
            db.execute(update(interactions).values(closed_at=office.now))
            db.execute(update(customer_facts).values(value="mid", open_complaint=None))
            allowed = {"customer_id": acme, "channel": "email", "purpose": "marketing", "given": True, "how": "form"}
            db.execute(insert(consents).values(allowed | {"at": office.now}))
        yield office


def newest(page: Page) -> Locator:
    return page.locator("#stream .message").last


def press(page: Page, label: str) -> None:
    newest(page).get_by_role("button", name=label, exact=True).last.click()


def state_of_mail(office: Office) -> str | None:
    with office.database.reading() as db:
        return db.scalar(select(outbox.c.state).where(outbox.c.kind == "email", outbox.c.state != "skipped"))


def letter_stands(page):
    """Wait until the letter is there as high as it is: what stands below it moves until then, also under a finger."""
    expect(page.frame_locator("iframe.shown").locator("body")).to_contain_text("One line more.")
    expect(page.locator("iframe.shown")).to_have_attribute("style", re.compile(r"height: \d\d+px"))


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh_CN", 390)])
def test_from_the_alert_to_the_outcome_on_the_card(office, page, language, width):
    say = Speech(language)
    page.set_viewport_size({"width": width, "height": 900})
    with office.database.transaction() as db:
        db.execute(update(reps).values(language=language))
    office.working.jobs.tick()
    with office.database.transaction() as db:  # the silence is news, not from before the first day
        db.execute(update(alerts).values(state="found"))
    mornings = office.working.mornings
    mornings.run(
        next(job for job in mornings.jobs if job.name == "lost_customer_alerts"),
        mornings.everybody(always=True),
        office.now,
    )

    act_as(page, office, "Rita")
    alerting = page.locator("[data-action-id^='alert.']")
    alert = page.locator("#stream .message").filter(has=alerting, has_text="Acme GmbH").last
    alert.locator("[data-action-id^='alert.lost'] select").first.select_option(
        label=capital(term(say, "cause", "price"))
    )
    expect(alert).to_contain_text(say("lost: {cause}", cause=term(say, "cause", "price")))
    alert.get_by_role("button", name=say("Write to them"), exact=True).first.click()
    expect(newest(page)).to_contain_text(say("Message to {customer}", customer="Acme GmbH"))
    expect(newest(page)).to_contain_text(capital(say("not submitted yet")))
    press(page, say("Edit"))
    form = page.locator("dialog.modal")
    words = form.locator("[data-action-id=text] textarea")
    words.fill("One line more.\n\n" + words.input_value())
    form.get_by_role("button", name=say("Save"), exact=True).click()
    expect(newest(page)).to_contain_text(say("Changed from the template:"))
    press(page, say("Submit for approval"))
    expect(page.locator("#stream")).to_contain_text(capital(say("waits for {person}", person="Mona Berg")))

    act_as(page, office, "Mona")
    expect(newest(page)).to_contain_text("One line more.")
    press(page, say("Approve"))
    expect(newest(page).get_by_role("button", name=say("Undo send"))).to_be_visible()
    press(page, say("Undo send"))
    expect(newest(page)).to_contain_text(capital(say("waits for {person}", person="Mona Berg")))
    press(page, say("Approve"))
    expect(newest(page).get_by_role("button", name=say("Undo send"))).to_be_visible()
    assert office.workspace.mailbox.letters() == []
    # Not much further: what the mailbox signs would be too old for the web.
    office.go_to(office.now + timedelta(minutes=3))
    office.workspace.wait_for(lambda: state_of_mail(office) == "sent")
    office.working.jobs.tick()
    expect(newest(page)).to_contain_text(say("sent"))

    page.locator(".burger").click() if width < 800 else None
    page.locator("a[href*='/mailbox']").first.click()
    page.locator("#letters a").first.click()
    expect(page.locator("article.letter h2")).to_be_visible()
    letter_stands(page)
    page.locator("form.answer input[name=words]").fill("Yes please, ten boxes")
    page.locator("form.answer button").click()
    expect(page.locator("#deeds .deed")).to_have_count(1)
    letter_stands(page)
    page.locator("form[action='/mailbox/do/unsubscribe'] button").click()
    expect(page.locator("#deeds .deed")).to_have_count(2)
    expect(page.locator("#deeds .fault")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    act_as(page, office, "Rita")
    card = page.locator("#stream .message", has_text=say("Message to {customer}", customer="Acme GmbH")).last
    expect(card).to_contain_text(say("replied"))
    expect(card).to_contain_text(say("unsubscribed"))
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    with office.database.reading() as db:
        assert db.scalar(select(drafts.c.replied_at)) is not None
        newest_entry = select(consents.c.given, consents.c.how).order_by(consents.c.id.desc()).limit(1)
        assert tuple(db.execute(newest_entry).one()) == (False, "link")
