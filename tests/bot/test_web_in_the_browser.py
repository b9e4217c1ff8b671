"""The page where a customer unsubscribes, in a real browser, on a phone."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from care import consents
from tests.bot.web_fixtures import served
from tests.care.drafts import NOW, Drafts

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("language", "buttons", "told"),
    [
        (
            "en",
            ("Unsubscribe", "Stop all e-mails", "Undo"),
            ("Once you unsubscribe, Acme & Sons sends", "Thank you", "no e-mails", "subscribed again"),
        ),
        (
            "zh_CN",
            ("退订", "退订所有邮件", "撤销"),
            ("退订后，Acme & Sons将不再", "您已成功退订", "任何邮件", "已恢复订阅"),
        ),
    ],
)
def test_a_customer_unsubscribes_ends_everything_and_takes_it_back(sqlite, page, language, buttons, told):
    ledger = Drafts(sqlite)
    acme = ledger.customer("Acme")
    with sqlite.transaction() as db:
        before = NOW - timedelta(days=9)
        consents.give(db, acme, "email", consents.PURPOSES, how="form", by=None, at=before)
    ledger.draft(acme, state="sent", token="t0ken", language=language)
    page.set_viewport_size({"width": 390, "height": 844})
    with served(sqlite, NOW) as caller:
        page.goto(f"http://127.0.0.1:{caller.port}/u/t0ken")
        expect(page.locator("main")).to_contain_text(told[0])
        assert page.evaluate("getComputedStyle(document.querySelector('main')).borderRadius") == "12px"
        for button, words in zip(buttons, told[1:], strict=True):
            page.get_by_role("button", name=button, exact=True).click()
            expect(page.locator("main")).to_contain_text(words)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.goto("about:blank")
    with sqlite.reading() as db:
        standing = consents.current(db, [acme])[acme]
    assert all(consents.allows(standing, "email", purpose) for purpose in consents.PURPOSES)
