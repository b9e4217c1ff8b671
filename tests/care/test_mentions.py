"""The words that name a customer are found in messages, as words of their own, and taken out without breaking them."""

import pytest
from sqlalchemy import update

from care.mentions import Words, without, words_of
from customers.outreach_tables import drafts
from tests.care.outreach import Outreach
from tests.ledger import Ledger, ago

LABEL = "(gone)"


@pytest.mark.parametrize(
    ("name", "line", "named"),
    [
        ("Bold", "*Bold*  ·  due today", True),
        ("Bold", "*BOLD*", True),
        ("Bold", "Boldness Ltd is lost", False),
        ("Bold", "_Bold_ called", True),
        ("Bold & <Co>", "*Bold &amp; &lt;Co&gt;* is lost", True),
        ("晨曦", "上海晨曦文具有限公司 到期", True),
        ("O'Brien", "O'Brien's order", True),
        ("A.B.", "A.B. called", True),
        ("A.B.", "AXBY called", False),
        ("ann@example.com", "write to ann@example.com.", True),
        ("ann@example.com", "write to joann@example.com", False),
    ],
)
def test_a_name_is_found_as_a_word_of_its_own(name, line, named):
    assert Words((name,)).about(line) is named


def test_a_line_that_repeats_what_was_written_is_about_the_customer():
    words = Words(("Acme",), ("Two boxes were broken, and Ann is cross.\nShe wants new ones by Friday",))
    assert words.about("> Two boxes were broken, and Ann is…")
    assert words.about("_She wants new ones by Friday_")
    assert not words.about("by Friday")
    assert not words.about("3 follow-ups are due")


def test_the_lines_that_an_edit_of_a_draft_changed_are_about_its_customer(database):
    tenant = Outreach(database)
    made = tenant.propose(tenant.acme)
    tenant.change(update(drafts).values(text="Give my love to the twins."))
    with database.reading() as db:
        words = words_of(db, tenant.acme)
    draft = tenant.draft(made.draft_ids[0])
    before = next(line for line in draft.written["text"].split("\n") if len(line) > 20)
    assert words.about("+ Give my love to the twins.")
    assert words.about(f"- {before}")


def test_of_nobody_nothing_is_found():
    assert not Words(()).about("anything at all, however long it may be")
    assert without({"text": "Acme"}, Words(()), LABEL) is None


def test_only_lines_about_the_customer_go_from_a_list():
    told = {"text": "2 lost: Acme, Bold", "blocks": [section("*Lost*\n• Acme, $5\n• Bold, $6"), context("2 in all")]}
    left = without(told, Words(("Acme",)), LABEL)
    assert left == {"text": LABEL, "blocks": [section("*Lost*\n(gone)\n• Bold, $6"), context("2 in all")]}
    assert without(told, Words(("Nobody",)), LABEL) is None


def test_a_paragraph_with_buttons_goes_with_them():
    opener = {"type": "button", "text": plain("Open"), "action_id": "open", "value": "7"}
    told = {
        "text": "Good morning",
        "blocks": [
            section("*Acme*\nBroken boxes") | {"accessory": opener}, actions(opener), context("by the first rules"),
            section("*Bold*\nBroken boxes") | {"accessory": opener}, actions(opener),
            {"type": "divider"}, actions(opener),
        ],
    }  # fmt: skip
    left = without(told, Words(("Acme",)), LABEL)
    assert [block["type"] for block in left["blocks"]] == ["section", *(block["type"] for block in told["blocks"][3:])]
    assert left["blocks"][0]["text"]["text"] == "_(gone)_"
    assert left["blocks"][1:] == told["blocks"][3:]


def test_what_is_no_words_stays_whatever_a_customer_is_called():
    button = {"type": "button", "text": plain("Open Button"), "action_id": "button", "value": "button"}
    left = without({"text": "x", "blocks": [actions(button)]}, Words(("Button", "plain_text", "actions")), LABEL)
    assert left["blocks"] == [actions(button | {"text": plain(LABEL)})]


def test_the_words_of_a_customer_are_its_names_addresses_and_what_was_written(database):
    ledger = Ledger(database)
    acme = ledger.customer("Acme  Tools")
    ledger.contact(acme, "Ann", email="ann@example.com", phone="1234")
    ledger.contact(acme, "A", phone="+49301234")
    ledger.interaction(acme, ago(3), text="Wants the new price list")
    ledger.interaction(ledger.customer("Other"), ago(3), text="Other")
    with database.reading() as db:
        words = words_of(db, acme)
        assert words_of(db, 4711) == Words(())
    assert words == Words(("+49301234", "Acme Tools", "Ann", "ann@example.com"), ("Wants the new price list",))


def section(text):
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def context(text):
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}


def actions(*elements):
    return {"type": "actions", "elements": list(elements)}


def plain(text):
    return {"type": "plain_text", "text": text}
