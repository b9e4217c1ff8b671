"""The whole demo as a person meets it: `rekindle demo` in a process of its own, its page in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.demo import act_as, newest, write

pytestmark = pytest.mark.browser


def test_a_customer_is_found_by_did_you_mean_and_a_call_is_logged_on_the_card(demo, page):
    act_as(page, "Nancy Davolio", demo)
    write(page, "/customer the")
    expect(newest(page)).to_contain_text("Did you mean")
    newest(page).get_by_role("button", name="Open").first.click()
    expect(newest(page)).to_contain_text("Lifecycle")
    write(page, "/customer FISSA")
    expect(newest(page)).to_contain_text("No purchase yet")
    newest(page).get_by_role("button", name="Log an interaction").click()
    form = page.locator("dialog.modal")
    form.locator("[data-action-id=text] textarea").fill("Sent the new price list")
    form.get_by_role("button", name="Save").click()
    expect(newest(page)).to_contain_text("Call logged.")
    expect(newest(page)).to_contain_text("Sent the new price list")


def test_the_language_is_switched_and_back(demo, page):
    act_as(page, "Andrew Fuller", demo)
    write(page, "/rekindle settings")
    menu = newest(page).locator("[data-action-id='settings.language'] select")
    menu.select_option(label="简体中文")
    expect(newest(page)).to_contain_text("你的设置")
    write(page, "/customer quick")
    expect(newest(page)).to_contain_text("生命周期")
    write(page, "/rekindle settings")
    expect(newest(page)).to_contain_text("你的设置")
    newest(page).locator("[data-action-id='settings.language'] select").select_option(label="跟随 Slack")
    expect(newest(page)).to_contain_text("Your settings")


def test_a_segment_is_opened_from_the_overview_and_paged_through(demo, page):
    act_as(page, "Andrew Fuller", demo)
    write(page, "/segment")
    expect(newest(page).locator("svg")).to_be_visible()
    write(page, "/segment orders:>0")
    expect(newest(page)).to_contain_text("Page 1 of")
    newest(page).get_by_role("button", name="Next").click()
    expect(newest(page)).to_contain_text("Page 2 of")
    newest(page).get_by_role("button", name="Previous").click()
    expect(newest(page)).to_contain_text("Page 1 of")


def test_the_guest_is_refused(demo, page):
    act_as(page, "Sam Porter", demo)
    write(page, "/customer quick")
    expect(newest(page)).to_contain_text("not open to guests")


def test_a_chinese_rep_finds_by_pinyin_on_a_phone(demo, page):
    page.set_viewport_size({"width": 390, "height": 844})
    act_as(page, "李娜", demo)
    write(page, "/customer chenxi")
    expect(newest(page)).to_contain_text("上海晨曦")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_promise_in_a_sentence_is_confirmed_listed_done_and_undone(demo, page):
    act_as(page, "Nancy Davolio", demo)
    write(page, "follow up FISSA in 2 weeks: bring the new price list")
    expect(newest(page)).to_contain_text("Follow up with FISSA")
    newest(page).get_by_role("button", name="Yes, remind me").click()
    expect(newest(page)).to_contain_text("Follow-up with FISSA")
    write(page, "/followups")
    expect(newest(page)).to_contain_text("bring the new price list")
    newest(page).get_by_role("button", name="Done", exact=True).last.click()  # least at stake: they never ordered
    expect(newest(page)).to_contain_text("What came of it?")
    newest(page).get_by_role("button", name="Will order").click()
    expect(newest(page)).to_contain_text("will order. Written down as a call.")
    newest(page).get_by_role("button", name="Undo").click()
    expect(newest(page)).to_contain_text("taken back")
    expect(newest(page)).to_contain_text("bring the new price list")


def test_a_chinese_rep_promises_and_puts_off_on_a_phone(demo, page):
    page.set_viewport_size({"width": 390, "height": 844})
    act_as(page, "李娜", demo)
    write(page, "三天后回访 晨曦")
    newest(page).get_by_role("button", name="就是它").first.click()
    expect(newest(page)).to_contain_text("跟进上海晨曦")
    newest(page).get_by_role("button", name="好，提醒我").click()
    expect(newest(page)).to_contain_text("已安排")
    write(page, "/followups")
    newest(page).get_by_role("button", name="推到").first.click()
    expect(newest(page)).to_contain_text("已推迟到")
    write(page, "/customer 上海晨曦文具有限公司")
    expect(newest(page)).to_contain_text("李娜 的跟进")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_missing_consent_is_entered_on_a_phone_from_the_draft_that_lacks_it(demo, page):
    page.set_viewport_size({"width": 390, "height": 844})
    act_as(page, "Nancy Davolio", demo)
    write(page, "/customer ernst")
    expect(newest(page)).to_contain_text("Consent: none")
    newest(page).get_by_label("More actions").last.click()
    newest(page).get_by_role("button", name="Consent").click()
    expect(page.locator("dialog.modal")).to_contain_text("not asked yet, so not allowed")
    page.locator("dialog.modal").get_by_role("button", name="Cancel").click()
    newest(page).get_by_role("button", name="Write", exact=True).click()
    expect(newest(page)).to_contain_text("The customer has not allowed this")
    newest(page).get_by_role("button", name="Consent").click()
    form = page.locator("dialog.modal")
    form.get_by_label("E-mail about service").check()
    form.locator("select").select_option(label="On the phone")
    form.get_by_role("button", name="Save").click()
    expect(newest(page)).to_contain_text("Consent written down.")
    expect(newest(page).get_by_role("button", name="Submit for approval")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
