"""`/rekindle privacy`: officers see what is held and who looked; nobody else does."""

import json

from sqlalchemy import insert, select, update

from customers import reps
from customers.tables import access_log, customers
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
