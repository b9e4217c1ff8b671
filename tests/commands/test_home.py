"""The Home tab: the day as it is, done there, drawn anew, in both languages; in Slack's own form or not at all."""

from datetime import date, timedelta

from sqlalchemy import insert, select, update

from customers.alert_tables import alert_messages, alerts
from customers.tables import customers, reps
from tests.commands.test_follow_ups import promise
from tests.office import shown
from words.speech import CHINESE, Speech


def home(office, name, words=""):
    """A person's Home once these words stand in it."""
    person = office.people[name]
    view = office.workspace.wait_for(
        lambda: (found := office.workspace.home_of(person)) and words in shown(found) and found
    )
    return view


def opened(office, name, words=""):
    office.workspace.act_as(office.people[name]).open_home()
    return home(office, name, words)


def press(office, name, where, label):
    office.workspace.act_as(office.people[name]).press(where, label=label).wait()


def form(office, name, words=""):
    """What the Home opened in front of a person, once these words stand in it."""
    return office.workspace.wait_for(lambda: (view := office.form(name)) and words in shown(view) and view)


def test_the_home_is_the_reps_day(office):
    promise(office)
    told = shown(opened(office, "Rita", "Your day, Rita Roth"))
    assert told.index("Ask about the boxes") < told.index("Customers who are slipping away")
    assert "Acme GmbH" in told
    assert "上海" not in told


def test_the_home_in_chinese(office):
    promise(office, "C1", "li@example.com", what="问价格")
    told = shown(opened(office, "李娜", "你的一天"))
    assert "今天到期" in told
    assert "问价格" in told
    assert "Acme" not in told


def test_a_follow_up_is_done_on_the_home_and_taken_back_there(office):
    promise(office)
    press(office, "Rita", opened(office, "Rita", "Ask about the boxes"), "Done")
    view = home(office, "Rita", "Acme GmbH: done.\nWhat came of it?")
    assert "Ask about the boxes" not in shown(view)
    press(office, "Rita", view, "Undo")
    assert "Ask about the boxes" in shown(home(office, "Rita", "Acme GmbH: taken back."))


def test_a_follow_up_is_put_off_in_a_form_over_the_home(office):
    promise(office)
    view = opened(office, "Rita", "Ask about the boxes")
    menu = next(each for block in view.blocks for each in block.get("elements", ()) if each["type"] == "overflow")
    rita = office.workspace.act_as(office.people["Rita"])
    rita.choose(view, menu["action_id"], "Another day").wait()
    day = office.today + timedelta(days=20)
    office.submit("Rita", {"day": day.isoformat()})
    assert "1 more comes up later." in shown(home(office, "Rita", "put off to"))


def test_the_card_opens_over_the_home_and_its_buttons_work_there(office):
    press(office, "Rita", opened(office, "Rita", "Acme GmbH"), "Open")
    card = form(office, "Rita", "Last orders")
    press(office, "Rita", card, "Timeline")
    press(office, "Rita", form(office, "Rita", "timeline"), "Back to the card")
    press(office, "Rita", form(office, "Rita", "Last orders"), "Log an interaction")
    form(office, "Rita", "What happened")
    office.submit("Rita", {"kind": "call", "text": "Talked about boxes"})
    form(office, "Rita", "Talked about boxes")
    assert "Your day" in shown(home(office, "Rita"))


def test_nothing_is_shared_with_a_channel_from_the_home(office):
    press(office, "Rita", opened(office, "Rita", "Acme GmbH"), "Open")
    press(office, "Rita", form(office, "Rita", "Last orders"), "Share")
    form(office, "Rita", "Only you read here.")


def test_lists_and_digest_open_over_the_home(office):
    view = opened(office, "Mona", "Your day and your team's, Mona Berg")
    press(office, "Mona", view, "Digest")
    digest = form(office, "Mona", "Your team's digest")
    assert "data_visualization" not in str(digest.blocks)
    press(office, "Mona", view, "All follow-ups")
    form(office, "Mona", "No follow-up is waiting.")
    press(office, "Mona", view, "Lost customers")
    form(office, "Mona", "Lost customers")


def test_an_open_alert_is_settled_on_the_home(office):
    with office.database.transaction() as db:
        acme = db.scalar(select(customers.c.id).where(customers.c.key == "A1"))
        row = {"customer_id": acme, "began": office.today - timedelta(days=60), "found_on": office.today}
        row |= {"rule": "silence", "loyalty": "swing", "state": "open", "told_at": office.now}
        db.execute(insert(alerts).values(row))
    press(office, "Rita", opened(office, "Rita", "Open alerts"), "Not lost")
    assert "Open alerts" not in shown(home(office, "Rita", "not lost. Thank you."))
    assert "Open alerts" not in shown(opened(office, "Mona", "Mona"))


def test_an_alert_that_a_manager_got_in_an_owners_place_is_settled_on_the_managers_home(office):
    with office.database.transaction() as db:
        acme = db.scalar(select(customers.c.id).where(customers.c.key == "A1"))
        db.execute(update(customers).where(customers.c.id == acme).values(owner_id=None))
        mona = db.scalar(select(reps.c.id).where(reps.c.email == "mona@example.com"))
        told = {"rep_id": mona, "local_date": office.today, "at": office.now}
        message_id = db.scalar(insert(alert_messages).values(told).returning(alert_messages.c.id))
        row = {"customer_id": acme, "began": office.today - timedelta(days=60), "found_on": office.today}
        row |= {"rule": "silence", "loyalty": "swing", "state": "open", "told_at": office.now, "message_id": message_id}
        db.execute(insert(alerts).values(row))
    press(office, "Mona", opened(office, "Mona", "Open alerts"), "Not lost")
    assert "Open alerts" not in shown(home(office, "Mona", "not lost. Thank you."))


def test_language_and_the_own_day_are_set_on_the_home(office):
    view = opened(office, "Rita", "Your settings")
    rita = office.workspace.act_as(office.people["Rita"])
    rita.choose(view, "home.language", "简体中文").wait()
    press(office, "Rita", home(office, "Rita", "你的一天"), "修改")
    office.submit("Rita", {"quiet_from": "none", "morning": "09:00"})
    assert "9:00" in shown(home(office, "Rita", "已保存"))
    assert Speech(CHINESE)("no quiet hours") in shown(home(office, "Rita"))


def test_an_absence_is_begun_and_ended_on_the_home(office):
    press(office, "Rita", opened(office, "Rita", "Nobody stands in for you."), "I am away")
    rita = office.workspace.act_as(office.people["Rita"])
    li = rita.type_ahead(office.form("Rita"), "away.deputy", "李")[0]["value"]
    first = date.fromisoformat(office.today.isoformat()) + timedelta(days=1)
    values = {"first": first.isoformat(), "last": (first + timedelta(days=3)).isoformat(), "deputy": li}
    office.submit("Rita", values)
    press(office, "Rita", home(office, "Rita", "李娜 takes over"), "I am back")
    assert "Nobody stands in for you." in shown(home(office, "Rita", "Welcome back"))


def test_guests_strangers_and_unknown_people_read_why_they_see_nothing(office):
    assert "not open to guests" in shown(opened(office, "Gus", "guests"))
    assert "does not know nora@example.com" in shown(opened(office, "Nora", "nora"))


def test_the_messages_tab_draws_no_home(office):
    rita = office.workspace.act_as(office.people["Rita"])
    rita.open_messages()
    office.talk("Rita: /lost", "bot: Lost customers")
    assert office.workspace.home_of(office.people["Rita"]) is None
