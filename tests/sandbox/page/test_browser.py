"""The page in a real browser, with a real bot behind it: what a person does and sees."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.sandbox.page.little_bot import Scene

pytestmark = pytest.mark.browser


def write(page: Page, text: str) -> None:
    """Type into the box and send with Enter, as a person does."""
    page.locator("#write").fill(text)
    page.locator("#write").press("Enter")


def last(page: Page) -> Locator:
    return page.locator("#stream .message").last


def test_typing_a_command_is_completed_and_answered_for_me_alone(stage: Scene, page: Page):
    page.goto(stage.url(stage.rita, stage.general))
    page.locator("#write").press_sequentially("/he")
    expect(page.locator(".completion")).to_contain_text("/hello <name> Say hello to you alone")
    page.locator("#write").press("Enter")
    expect(page.locator("#write")).to_have_value("/hello ")
    page.locator("#write").press_sequentially("Acme")
    page.locator("#write").press("Enter")
    expect(last(page)).to_contain_text("Hello Acme!")
    expect(last(page)).to_contain_text("Only visible to you")
    page.goto(stage.url(stage.li, stage.general))
    expect(page.locator("#stream")).not_to_contain_text("Hello Acme!")


def test_a_command_is_picked_with_the_mouse_or_the_arrows(stage: Scene, page: Page):
    page.goto(stage.url(stage.rita))
    page.locator("#write").press_sequentially("/")
    page.locator(".completion li", has_text="/table").click()
    expect(page.locator("#write")).to_have_value("/table ")
    page.locator("#write").fill("/c")
    page.locator("#write").press("ArrowDown")
    page.locator("#write").press("Tab")
    expect(page.locator("#write")).to_have_value("/chart ")


def test_an_unknown_command_is_refused(stage: Scene, page: Page):
    page.goto(stage.url(stage.rita))
    write(page, "/nonsense")
    expect(last(page)).to_contain_text("/nonsense is not a valid command")


def test_enter_that_ends_a_composition_of_chinese_signs_does_not_send(stage: Scene, page: Page):
    page.goto(stage.url(stage.li, stage.general))
    page.locator("#write").fill("客户")
    press = (
        "(box, composing) => box.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: composing}))"
    )
    page.locator("#write").evaluate(press, True)
    expect(page.locator("#write")).to_have_value("客户")
    page.locator("#write").evaluate(press, False)
    expect(page.locator("#write")).to_have_value("")
    expect(last(page)).to_contain_text("客户")


def test_shift_and_enter_begin_a_new_line(stage: Scene, page: Page):
    page.goto(stage.url(stage.rita, stage.general))
    page.locator("#write").press_sequentially("one")
    page.locator("#write").press("Shift+Enter")
    page.locator("#write").press_sequentially("two")
    page.locator("#write").press("Enter")
    expect(last(page).locator(".text")).to_have_text("one\ntwo", use_inner_text=True)


def test_a_mention_of_the_app_is_completed_and_answered(stage: Scene, page: Page):
    page.goto(stage.url(stage.rita, stage.general))
    page.locator("#write").press_sequentially("Hi @em")
    expect(page.locator(".completion")).to_contain_text("@Ember")
    page.locator("#write").press("Tab")
    expect(page.locator("#write")).to_have_value("Hi @Ember ")
    page.locator("#write").press("Enter")
    expect(last(page)).to_contain_text("You said: Hi @Ember")


def test_a_button_is_busy_until_the_app_has_answered(stage: Scene, page: Page):
    page.goto(stage.url(stage.rita))
    write(page, "/card")
    button = page.locator("[data-action-id=slow]")
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    stage.release.set()
    expect(page.get_by_text("Done slowly")).to_be_visible()
    expect(button).not_to_have_attribute("aria-busy", "true")


def test_a_button_that_is_never_answered_says_so_to_me_alone(stage: Scene, page: Page):
    page.goto(stage.url(stage.rita))
    write(page, "/card")
    page.locator("[data-action-id=slow]").click()
    workspace = stage.workspace
    workspace.wait_for(lambda: workspace.deliveries and workspace.deliveries[-1].payload.get("type") == "block_actions")
    workspace.pass_time(4)
    expect(last(page)).to_contain_text("Ember did not respond: “operation_timeout”")
    expect(last(page)).to_contain_text("Only visible to you")
    expect(page.locator("[data-action-id=slow]")).not_to_have_attribute("aria-busy", "true")
    page.get_by_text("What the app did wrong").click()
    expect(page.locator("#fault-list")).to_contain_text("was not acknowledged within 3 s")
    stage.release.set()


def test_a_dangerous_button_asks_first(stage: Scene, page: Page):
    page.goto(stage.url(stage.rita))
    write(page, "/card")
    page.locator("[data-action-id=remove]").click()
    expect(page.locator("#confirm")).to_contain_text("It cannot be undone.")
    page.get_by_role("button", name="Keep").click()
    page.locator("[data-action-id=remove]").click()
    page.locator("#confirm").get_by_role("button", name="Remove").click()
    stage.workspace.wait_for(lambda: stage.pressed)
    assert stage.pressed == [("remove", "1")]


def test_menus_tell_the_app_what_was_chosen(stage: Scene, page: Page):
    page.goto(stage.url(stage.rita))
    write(page, "/card")
    page.locator("[data-action-id=menu] summary").click()
    page.get_by_role("button", name="Timeline").click()
    expect(page.locator("[data-action-id=menu][open]")).to_have_count(0)
    page.locator("[data-action-id=owner] select").select_option(stage.li.id)
    page.locator("[data-action-id=tags] summary").click()
    page.get_by_label("VIP").check()
    page.get_by_label("Wholesale 批发").check()
    page.locator("#stream .header").click()
    page.locator("[data-action-id=day] input").fill("2026-04-01")
    stage.workspace.wait_for(lambda: len(stage.pressed) == 4)
    told = {}
    for delivery in stage.workspace.deliveries:
        for action in delivery.payload.get("actions", []):
            told[action["action_id"]] = action
    assert told["menu"]["selected_option"]["value"] == "timeline"
    assert told["owner"]["selected_user"] == stage.li.id
    assert [option["value"] for option in told["tags"]["selected_options"]] == ["vip", "wholesale"]
    assert told["day"]["selected_date"] == "2026-04-01"


def test_a_form_shows_what_is_wrong_keeps_what_was_typed_and_is_sent(stage: Scene, page: Page):
    page.goto(stage.url(stage.rita))
    write(page, "/form")
    form = page.get_by_role("dialog", name="Log an interaction")
    expect(form.get_by_label("Kind")).to_be_focused()
    form.get_by_role("button", name="Save").click()
    expect(form.locator("[data-block-id=kind] .fault")).to_have_text("Please complete this required field.")
    expect(form.get_by_label("Kind")).to_be_focused()
    form.get_by_label("Kind").select_option(label="Visit")
    form.get_by_label("What was said").fill("bad")
    form.get_by_label("Product (optional)").fill("cha")
    form.get_by_role("option", name="Chang").click()
    form.get_by_role("checkbox", name="E-mail").check()
    form.get_by_role("button", name="Save").click()
    expect(form.locator("[data-block-id=note] .fault")).to_have_text("That word will not do <b>")
    expect(form.locator("[data-block-id=kind] .fault")).to_be_hidden()
    form.get_by_label("What was said").fill("They want more 龙井")
    form.get_by_role("button", name="Save").click()
    expect(form).to_be_hidden()
    [values] = stage.submitted
    assert values["note"]["text"]["value"] == "They want more 龙井"
    assert values["kind"]["kind"]["selected_option"]["value"] == "visit"
    assert values["product"]["product"]["selected_option"]["value"] == "Chang"
    assert [each["value"] for each in values["tags"]["tags"]["selected_options"]] == ["email"]
    assert values["when"]["day"]["selected_date"] == "2026-03-05"


def test_a_form_on_top_of_another_closes_first_and_the_other_is_as_it_was(stage: Scene, page: Page):
    page.goto(stage.url(stage.rita))
    write(page, "/form")
    page.get_by_label("What was said").fill("half a sentence")
    page.get_by_role("button", name="More …").click()
    expect(page.get_by_role("dialog", name="On top")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Log an interaction")).to_be_visible()
    expect(page.get_by_label("What was said")).to_have_value("half a sentence")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert stage.workspace.modals_of(stage.rita) == []


def test_the_focus_stays_inside_a_form(stage: Scene, page: Page):
    page.goto(stage.url(stage.rita))
    write(page, "/form")
    expect(page.get_by_role("dialog")).to_be_visible()
    inside = "document.activeElement === document.body || Boolean(document.activeElement.closest('dialog'))"
    for _ in range(25):
        page.keyboard.press("Tab")
        assert page.evaluate(inside)


def test_what_is_typed_survives_what_others_do_meanwhile(stage: Scene, page: Page):
    page.goto(stage.url(stage.rita, stage.general))
    page.locator("#write").press_sequentially("half a ")
    stage.workspace.act_as(stage.li).say(stage.general, "news from Li")
    expect(last(page)).to_contain_text("news from Li")
    expect(page.locator("#write")).to_be_focused()
    page.locator("#write").press_sequentially("sentence")
    expect(page.locator("#write")).to_have_value("half a sentence")


def test_a_card_taller_than_the_window_is_shown_from_its_head(stage: Scene, page: Page):
    page.set_viewport_size({"width": 1280, "height": 480})
    page.goto(stage.url(stage.rita))
    write(page, "/hello")
    expect(last(page)).to_contain_text("Hello")
    write(page, "/card")
    expect(page.locator("#stream .header")).to_be_in_viewport()
    expect(last(page).get_by_text("Top products")).not_to_be_in_viewport()


def test_one_switches_to_another_person_who_reads_chinese(stage: Scene, page: Page):
    page.goto(stage.url(stage.rita, stage.general))
    page.locator("#switcher summary").click()
    page.locator(f"[data-person={stage.li.id}]").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator("#switcher summary")).to_contain_text("李伟")
    expect(page.locator("h1")).to_have_text("# sales")


def test_a_reply_stands_in_its_thread(stage: Scene, page: Page):
    first = stage.workspace.act_as(stage.rita).say(stage.general, "Who knows Acme?")
    page.goto(stage.url(stage.rita, stage.general))
    page.locator(f"[data-ts='{first.ts}']").hover()
    page.get_by_label("Reply in a thread").click()
    page.locator("#reply").fill("I do")
    page.locator("#reply").press("Enter")
    expect(page.locator("#replies .message").last).to_contain_text("I do")
    expect(page.locator("#stream .replies")).to_contain_text("1 reply")
    expect(page.locator("#stream")).not_to_contain_text("I do")


def test_the_home_tab_is_drawn_by_the_app_when_it_is_opened(stage: Scene, page: Page):
    page.goto(stage.url(stage.rita))
    page.get_by_role("link", name="Home").click()
    expect(page.locator("#home")).to_contain_text("3 follow-ups are due.")
    page.locator("#home").get_by_role("button", name="Open").click()
    stage.workspace.wait_for(lambda: stage.pressed == [("open_due", "1")])


def test_shortcuts_open_a_form_from_the_box_and_from_a_message(stage: Scene, page: Page):
    stage.workspace.act_as(stage.rita).say(stage.general, "Acme called")
    page.goto(stage.url(stage.rita, stage.general))
    page.get_by_label("Shortcuts").click()
    page.get_by_role("button", name="Log a call").click()
    expect(page.get_by_role("dialog", name="Log an interaction")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    last(page).hover()
    last(page).get_by_label("More actions").click()
    page.get_by_role("button", name="Log this").click()
    expect(page.get_by_role("dialog", name="Log an interaction")).to_be_visible()


@pytest.mark.parametrize("person", ["rita", "li"])
def test_a_phone_shows_everything_without_scrolling_sideways(stage: Scene, browser: Browser, person: str):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    phone = context.new_page()
    phone.goto(stage.url(getattr(stage, person)))
    for command in (f"/card {'A very long name ' * 9}{'Ü' * 60}客户", "/chart", "/table"):
        write(phone, command)
    phone.locator(".file").wait_for()
    phone.locator("svg.plot").nth(3).wait_for()
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    assert phone.locator("#stream").evaluate("(stream) => stream.scrollWidth - stream.clientWidth") == 0
    expect(phone.locator("#write")).to_be_in_viewport()
    expect(phone.locator("#side")).not_to_be_visible()
    phone.locator(".burger").click()
    expect(phone.locator("#side")).to_be_visible()
    phone.keyboard.press("Escape")
    expect(phone.locator("#side")).not_to_be_visible()
    write(phone, "/form")
    form = phone.locator("dialog.modal")
    expect(form).to_be_visible()
    assert form.evaluate("(form) => [form.offsetWidth, form.offsetHeight]") == [390, 844]
    context.close()


def test_the_page_says_so_while_the_workspace_is_gone_and_finds_it_again(stage: Scene, page: Page):
    page.goto(stage.url(stage.rita))
    expect(page.locator("#away")).to_be_hidden()
    stage.serving.reset_sockets()
    expect(page.locator("#away")).to_be_visible()
    expect(page.locator("#away")).to_be_hidden()
    stage.workspace.wait_for(lambda: stage.workspace.courier.connections)
