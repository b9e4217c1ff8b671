"""One contact of a company on the privacy card: what is held, a file of it, and erasing that contact alone."""

import json

from sqlalchemy import insert, select, update

from customers import cards
from customers.computed_tables import customer_facts
from customers.tables import access_log, consents, contacts, customers, reps
from tests.commands.test_privacy import make_officer
from tests.office import open_office, shown


def open_contact(office, who="Rita", company="Acme GmbH"):
    office.talk(f"{who}: /rekindle privacy A1", f"bot: Privacy: {company}")
    with office.database.reading() as db:
        anna = db.execute(select(contacts).where(contacts.c.name == "Anna Apfel")).one()
    choose(office, who, f"{anna.customer_id}:{anna.id}")
    return anna


def choose(office, who, value):
    user = office.workspace.act_as(office.people[who])
    user.choose(office.newest(who), "privacy.contact", value).wait()


def names(office):
    with office.database.reading() as db:
        return db.scalars(select(contacts.c.name)).all()


def looks(office):
    with office.database.reading() as db:
        return db.scalars(select(access_log.c.what).order_by(access_log.c.id)).all()


def test_an_officer_sees_exports_and_erases_one_contact_and_the_company_stays(office):
    make_officer(office)
    open_contact(office)
    office.workspace.wait_for(lambda: "Privacy: Anna Apfel" in shown(office.newest("Rita")))
    assert "anna@example.com" in shown(office.newest("Rita"))
    office.talk("Rita presses Export", "bot: .json")
    files = {file.name.rpartition(".")[2]: file.content.decode() for file in office.workspace.files.values()}
    assert json.loads(files["json"])["format"] == "rekindle.contact.1"
    assert "What we hold about Anna Apfel" in files["html"]
    open_contact(office)
    office.workspace.wait_for(lambda: "Privacy: Anna Apfel" in shown(office.newest("Rita")))
    office.press("Rita", "Erase this contact …")
    words = shown(office.form("Rita")).replace("*", "")
    for part in ("Anna Apfel will be erased, and nobody else", "Acme GmbH stays a customer", "cannot be undone"):
        assert part in words
    assert "single word" not in words
    office.submit("Rita", {"name": "Anna"})
    assert "This is not the name that stands above: Anna Apfel" in str(office.form("Rita").errors)
    office.submit("Rita", {"name": "anna apfel"})
    office.workspace.wait_for(lambda: "The contact was erased." in shown(office.newest("Rita")))
    assert "Anna Apfel" not in names(office)
    office.talk("Rita: /customer A1", "bot: Acme GmbH")
    assert "Anna" not in shown(office.newest("Rita"))
    assert looks(office)[-2:] == ["contact_erased", "card"]
    office.talk("Rita: /rekindle privacy A1", "bot: Privacy: Acme GmbH", "Rita presses Who looked")
    office.workspace.wait_for(lambda: "Rita Roth erased a contact" in shown(office.newest("Rita")))


def test_in_chinese_it_is_chinese_and_a_name_of_one_word_asks_how_far(office):
    make_officer(office, "李娜")
    with office.database.transaction() as db:
        db.execute(update(contacts).where(contacts.c.name == "Anna Apfel").values(name="May", folded_name="may"))
        may = db.execute(select(contacts).where(contacts.c.name == "May")).one()
    office.talk("李娜 in DM: 隐私 A1", "bot: 隐私：Acme GmbH")
    choose(office, "李娜", f"{may.customer_id}:{may.id}")
    office.workspace.wait_for(lambda: "隐私：May" in shown(office.newest("李娜")))
    office.press("李娜", "删除这位联系人……")
    words = shown(office.form("李娜"))
    assert "只有一个词" in str(office.form("李娜").blocks) or "只有一个词" in words
    office.submit("李娜", {"name": "May"})
    office.workspace.wait_for(lambda: "联系人已删除。" in shown(office.newest("李娜")))
    assert "May" not in names(office)


def test_whoever_is_no_officer_any_more_is_refused_and_an_erased_contact_is_not_here(office):
    make_officer(office)
    anna = open_contact(office)
    office.workspace.wait_for(lambda: "Privacy: Anna Apfel" in shown(office.newest("Rita")))
    with office.database.transaction() as db:
        db.execute(update(reps).where(reps.c.name == "Rita Roth").values(roles="rep"))
    office.working.desk.people.forget("rita@example.com")
    office.talk("Rita presses Export", "bot: This is for privacy officers")
    make_officer(office)
    office.working.desk.people.forget("rita@example.com")
    office.talk("Rita: /rekindle privacy A1", "bot: Privacy: Acme GmbH")
    with office.database.transaction() as db:
        db.execute(contacts.delete().where(contacts.c.id == anna.id))
    choose(office, "Rita", f"{anna.customer_id}:{anna.id}")
    office.workspace.wait_for(lambda: "This contact is not here any more" in shown(office.newest("Rita")))


def test_where_slack_may_not_see_names_contacts_have_numbers(tenant, tmp_path):
    with open_office(tmp_path, prepared=tenant, slack_shows="ids") as office:
        make_officer(office)
        office.talk("Rita: /rekindle privacy A1", "bot: Privacy: A1")
        with office.database.reading() as db:
            anna = db.execute(select(contacts).join(customers).where(customers.c.key == "A1")).one()
        assert f"#{anna.id}" in str(office.newest("Rita").blocks)
        choose(office, "Rita", f"{anna.customer_id}:{anna.id}")
        office.workspace.wait_for(lambda: f"Privacy: #{anna.id}" in shown(office.newest("Rita")))
        assert "Anna" not in str(office.newest("Rita").blocks)
        office.press("Rita", "Erase this contact …")
        assert "Anna" not in str(office.form("Rita").blocks)
        office.submit("Rita", {"name": f"#{anna.id}"})
        office.workspace.wait_for(lambda: "The contact was erased." in shown(office.newest("Rita")))
        assert "Anna Apfel" not in names(office)


def test_where_slack_may_not_see_names_a_contact_is_exported_in_the_terminal(tenant, tmp_path):
    with open_office(tmp_path, prepared=tenant, slack_shows="ids") as office:
        make_officer(office)
        anna = open_contact(office, company="A1")
        office.workspace.wait_for(lambda: f"Privacy: #{anna.id}" in shown(office.newest("Rita")))
        office.talk("Rita presses Export", "bot: terminal")
        assert not office.workspace.files


def test_a_draft_that_greets_the_contact_ends_and_its_cards_lose_the_name(tenant, tmp_path):
    way = {"mail_from": "Tea <care@tea.example>", "smtp_host": "127.0.0.1", "unsubscribe_mailto": "no@tea.example",
           "quiet_from": "00:00", "quiet_until": "00:00", "company_name": "Tea"}  # fmt: skip
    with open_office(tmp_path, prepared=tenant, **way) as office:
        make_officer(office, "李娜")
        office.working.jobs.tick()  # who is who in Slack
        with office.database.transaction() as db:
            tools = db.scalar(select(customers.c.id).where(customers.c.key == "A2"))
            db.execute(insert(contacts).values(customer_id=tools, name="Ben Baum", folded_name="ben baum"))
            ben = db.execute(select(contacts).where(contacts.c.name == "Ben Baum")).one()
            cards.refresh(db, [tools])
            entry = {"customer_id": tools, "channel": "email", "given": True, "how": "phone"}
            db.execute(insert(consents).values(entry | {"purpose": "marketing", "at": office.now}))
            db.execute(update(customer_facts).values(value="mid"))  # one manager is enough
        office.talk("Rita: /draft A2 check_in", "bot: Message to Acme Tools Ltd")
        office.talk("Rita presses Submit for approval", "bot: Waits for Mona Berg")
        mona, dm = office.people["Mona"], office.workspace.dm(office.people["Mona"])

        def card():
            return "\n".join(shown(each) for each in office.workspace.visible_to(mona, dm))

        office.workspace.wait_for(lambda: "Ben" in card())
        office.talk("李娜 in DM: 隐私 A2", "bot: 隐私：Acme Tools Ltd")
        choose(office, "李娜", f"{ben.customer_id}:{ben.id}")
        office.workspace.wait_for(lambda: "隐私：Ben Baum" in shown(office.newest("李娜")))
        office.press("李娜", "删除这位联系人……")
        office.submit("李娜", {"name": "Ben Baum"})
        office.workspace.wait_for(lambda: "已停止 1 份草稿" in shown(office.newest("李娜")))
        office.workspace.wait_for(lambda: "Not sent: the contact was erased" in card())
        assert "Ben" not in card()
        assert "Acme Tools Ltd" in card()
