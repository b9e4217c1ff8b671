"""`/rekindle privacy`: officers see what is held and who looked; nobody else does."""

import json

from sqlalchemy import insert, select, update

from customers import reps
from customers.alert_tables import alerts
from customers.computed_tables import customer_facts
from customers.tables import access_log, consents, customers
from tests.office import open_office, shown


def id_of(office, key):
    with office.database.reading() as db:
        return db.scalar(select(customers.c.id).where(customers.c.key == key))


def make_officer(office, name="Rita"):
    with office.database.transaction() as db:
        reps.grant(db, office.people[name].email, "privacy")


def looks(office, key):
    with office.database.reading() as db:
        chosen = select(access_log.c.what).where(access_log.c.customer_id == id_of(office, key))
        return list(db.scalars(chosen.order_by(access_log.c.id)))


def test_without_the_role_one_is_told_whom_to_ask(office):
    office.talk("Rita: /rekindle privacy acme", "bot: there is none yet. An operator names one with: `rekindle grant")
    make_officer(office, "Mona")
    office.talk("李娜: /rekindle 隐私 acme", "bot: 请联系：Mona Berg")
    assert looks(office, "A1") == []


def test_an_officer_sees_what_is_held_of_a_customer_of_another_team(office):
    make_officer(office)
    office.talk("Rita: /customer C1", "bot: 上海晨曦文具有限公司")
    assert "chenxi@example.com" not in shown(office.newest("Rita"))
    office.talk("Rita: /rekindle privacy 晨曦", "bot: Privacy: 上海晨曦文具有限公司", "bot: Orders: 9")
    assert "chenxi@example.com" in shown(office.newest("Rita"))
    office.talk("Rita: /rekindle privacy chenxi@example.com", "bot: Privacy: 上海晨曦文具有限公司")
    assert looks(office, "C1") == ["masked card", "privacy card", "privacy card"]


def test_several_that_fit_are_offered_and_lead_to_the_same_card(office):
    make_officer(office)
    office.talk("Rita: /rekindle privacy ac", "bot: Did you mean")
    rita = office.workspace.act_as(office.people["Rita"])
    rita.press(office.newest("Rita"), label="Open").wait()
    office.workspace.wait_for(lambda: "Privacy: Acme" in shown(office.newest("Rita")))
    office.talk("Rita: /rekindle privacy", "bot: Name a customer: `/rekindle privacy acme`")
    office.talk("Rita: /rekindle privacy qqqqqqqqqq", "bot: No customer fits “qqqqqqqqqq”")


def test_everything_comes_as_two_files_into_the_officers_dm(office):
    make_officer(office)
    office.talk("Rita: /rekindle privacy A1", "bot: Privacy: Acme GmbH", "Rita presses Export everything", "bot: .json")
    files = {file.name.rpartition(".")[2]: file.content.decode() for file in office.workspace.files.values()}
    told = json.loads(files["json"])
    assert told["customer_id"] == id_of(office, "A1")
    assert [contact["name"] for contact in told["tables"]["contacts"]] == ["Anna Apfel"]
    assert "What we hold about Acme GmbH" in files["html"]
    assert looks(office, "A1") == ["privacy card", "privacy export"]


def test_who_looked_is_shown_with_the_way(office):
    make_officer(office)
    office.talk("Mona: /customer A1", "bot: Acme GmbH")
    office.talk("Rita: /rekindle privacy A1", "bot: 2 looks by 2 people", "Rita presses Who looked")
    office.workspace.wait_for(lambda: "Mona Berg opened the card" in shown(office.newest("Rita")))
    words = shown(office.newest("Rita"))
    assert words.index("Rita Roth asked who looked") < words.index("Mona Berg opened the card")
    office.press("Rita", "Back")
    office.workspace.wait_for(lambda: "Privacy: Acme GmbH" in shown(office.newest("Rita")))


def test_many_looks_are_turned_page_by_page(office):
    make_officer(office)
    row = {"rep_id": 1, "customer_id": id_of(office, "A1"), "what": "masked timeline", "at": office.now}
    with office.database.transaction() as db:
        db.execute(insert(access_log).values([row] * 30))
    office.talk("Rita: /rekindle privacy A1", "bot: 31 looks by 2 people", "Rita presses Who looked")
    office.workspace.wait_for(lambda: "Older" in str(office.newest("Rita").blocks))
    office.press("Rita", "Older")
    office.workspace.wait_for(lambda: "Newer" in str(office.newest("Rita").blocks))
    assert "read the timeline (masked)" in shown(office.newest("Rita"))


def test_the_buttons_are_refused_to_whoever_is_no_officer_any_more(office):
    make_officer(office)
    office.talk("Rita: /rekindle privacy A1", "bot: Privacy: Acme GmbH")
    with office.database.transaction() as db:
        db.execute(update(reps.reps).where(reps.reps.c.name == "Rita Roth").values(roles="rep"))
    office.working.desk.people.forget("rita@example.com")
    office.talk("Rita presses Export everything", "bot: This is for privacy officers")
    assert not office.workspace.files


def test_where_slack_may_not_see_it_nothing_is_exported_to_slack(tenant, tmp_path):
    with open_office(tmp_path, prepared=tenant, slack_shows="ids") as office:
        make_officer(office)
        office.talk("Rita: /rekindle privacy A1", "bot: Privacy: A1", "Rita presses Export everything", "bot: terminal")
        assert "Acme" not in shown(office.newest("Rita"))
        assert not office.workspace.files


def erase_form(office, text):
    office.talk(f"Rita: /rekindle privacy {text}", "bot: Privacy")
    office.press("Rita", "Erase …")
    return office.form("Rita")


def test_erasing_says_what_it_does_asks_for_the_name_and_tells_what_was_kept(office):
    make_officer(office)
    acme = id_of(office, "A1")
    words = shown(erase_form(office, "A1"))
    for part in (
        "says who Acme GmbH is will be erased",
        "• Contacts",
        "Orders: the law",
        "HGB § 257",
        "cannot be undone",
        "Back-ups",
    ):
        assert part in words.replace("*", "")
    assert "What is expected" in words
    office.submit("Rita", {"name": "Acme"})
    assert "This is not the name that stands above: Acme GmbH" in str(office.form("Rita").errors)
    office.submit("Rita", {"name": " acme gmbh "})
    words = shown(office.workspace.wait_for(lambda: the_answer(office, "Erased customer")))
    for part in (
        f"Erased customer #{acme}",
        "✅ Erased.",
        "by Rita Roth",
        "Orders",
        "Hashes of number",
        "Export what is left",
    ):
        assert part in words
    office.talk("Rita: /customer info@acme.example.com", "bot: No customer fits")
    office.talk(f"Mona: /rekindle privacy #{acme}", "bot: This is for privacy officers")
    office.talk(f"Rita: /rekindle privacy #{acme}", f"bot: Erased customer #{acme}", "Rita presses Who looked")
    office.workspace.wait_for(lambda: "erased the customer" in shown(office.newest("Rita")))


def the_answer(office, words):
    newest = office.newest("Rita")
    return newest if words in shown(newest) else None


def test_in_chinese_the_form_and_the_answer_are_chinese(office):
    make_officer(office, "李娜")
    office.talk("李娜 in DM: 隐私 晨曦", "bot: 隐私：上海晨曦文具有限公司")
    office.press("李娜", "删除……")
    assert "会计档案管理办法" in shown(office.form("李娜"))
    office.submit("李娜", {"name": "上海晨曦文具有限公司"})
    office.workspace.wait_for(lambda: "已删除客户" in shown(office.newest("李娜")))


def test_two_officers_who_erase_at_once_do_it_once(office):
    make_officer(office)
    acme = id_of(office, "A1")
    form = erase_form(office, "A1")
    make_officer(office, "Mona")
    office.talk("Mona: /rekindle privacy A1", "bot: Privacy")
    office.press("Mona", "Erase …")
    office.submit("Rita", {"name": "Acme GmbH"})
    office.workspace.wait_for(lambda: the_answer(office, "Erased customer"))
    assert form.id
    office.submit("Mona", {"name": "Acme GmbH"})
    office.workspace.wait_for(lambda: "has been erased already" in shown(office.newest("Mona")))
    with office.database.reading() as db:
        kinds = db.scalars(select(access_log.c.what).where(access_log.c.customer_id == acme)).all()
    assert kinds.count("erased") == 1


def test_old_buttons_of_an_erased_customer_answer_that_it_is_not_here(office):
    make_officer(office)
    office.talk("Mona: /customer A1", "bot: Acme GmbH")
    erase_form(office, "A1")
    office.submit("Rita", {"name": "Acme GmbH"})
    office.workspace.wait_for(lambda: the_answer(office, "Erased customer"))
    office.talk("Mona presses Timeline", "bot: This customer is not here any more.")


def test_what_stands_in_slack_is_changed_where_it_stands(office):
    """An alert in the owner's DM and a reminder lose the customer; the officer is another person."""
    make_officer(office, "李娜")
    acme = id_of(office, "A1")
    office.talk("Rita: /followups A1 tomorrow: bring the new boxes", "bot: Follow up with Acme GmbH")
    office.talk("Rita presses Yes, remind me", "bot: Follow-up with Acme GmbH")
    office.working.jobs.tick()
    with office.database.transaction() as db:
        db.execute(update(alerts).where(alerts.c.customer_id == acme).values(state="found"))
    office.morning_of("Rita")
    dm = office.workspace.dm(office.people["Rita"])

    def said():
        return [shown(each) for each in office.workspace.visible_to(office.people["Rita"], dm)]

    office.workspace.wait_for(lambda: any("slipping away" in words for words in said()))
    office.workspace.wait_for(lambda: any("bring the new boxes" in words for words in said()))
    office.talk("李娜 in DM: 隐私 A1", "bot: 隐私：Acme GmbH")
    office.press("李娜", "删除……")
    office.submit("李娜", {"name": "Acme GmbH"})
    office.workspace.wait_for(lambda: "已删除客户" in shown(office.newest("李娜")))
    office.workspace.wait_for(lambda: any("Nothing is left here" in words for words in said()))
    office.workspace.wait_for(lambda: not any("Acme GmbH" in words or "new boxes" in words for words in said()))


def test_a_draft_that_waits_for_approval_ends_and_its_cards_lose_the_words(tenant, tmp_path):
    way = {"mail_from": "Tea <care@tea.example>", "smtp_host": "127.0.0.1", "unsubscribe_mailto": "no@tea.example",
           "quiet_from": "00:00", "quiet_until": "00:00", "company_name": "Tea"}  # fmt: skip
    with open_office(tmp_path, prepared=tenant, **way) as office:
        make_officer(office, "李娜")
        office.working.jobs.tick()  # who is who in Slack
        with office.database.transaction() as db:
            entry = {"customer_id": id_of(office, "A2"), "channel": "email", "given": True, "how": "phone"}
            db.execute(insert(consents).values([entry | {"purpose": "marketing", "at": office.now}]))
            db.execute(update(customer_facts).values(value="mid"))  # one manager is enough
        office.talk("Rita: /draft tools check_in", "bot: Message to Acme Tools Ltd")
        office.talk("Rita presses Submit for approval", "bot: Waits for Mona Berg")
        mona, dm = office.people["Mona"], office.workspace.dm(office.people["Mona"])

        def card():
            return "\n".join(shown(each) for each in office.workspace.visible_to(mona, dm))

        office.workspace.wait_for(lambda: "Message to Acme Tools Ltd" in card())
        assert "tools@example.com" in card()
        office.talk("李娜 in DM: 隐私 A2", "bot: 隐私：Acme Tools Ltd")
        office.press("李娜", "删除……")
        office.submit("李娜", {"name": "Acme Tools Ltd"})
        office.workspace.wait_for(lambda: "已停止 1 份草稿" in shown(office.newest("李娜")))
        office.workspace.wait_for(lambda: "Not sent: the customer was erased" in card())
        assert "Acme" not in card()
        assert "tools@example.com" not in card()
