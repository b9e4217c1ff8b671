"""Lost-customer alerts: who is told of whom, what a rep answers, and the good news when a customer comes back."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from bot.alert_messages import redraw
from bot.desk import Press
from care import alerts as care
from commands.alerts import open_words
from customers import alerting, facts, reps
from customers.alert_tables import alert_votes, alerts
from customers.computed_tables import customer_facts
from customers.tables import customers, orders
from customers.work_tables import follow_ups
from delivery.tables import outbox
from tests.office import open_office, shown
from tests.office_fixtures import on_both
from words.errors import NotAllowed
from words.speech import Speech


def id_of(office, key):
    with office.database.reading() as db:
        return db.scalar(select(customers.c.id).where(customers.c.key == key))


def slipping(office, key="A1"):
    """A customer who became swing within the last days: the office's own has been so for weeks."""
    office.working.jobs.tick()
    with office.database.transaction() as db:
        db.execute(update(alerts).where(alerts.c.customer_id == id_of(office, key)).values(state="found"))


def rita_reads(office, name="Rita"):
    office.morning_of(name)
    office.read_dm(name)
    return office.workspace.wait_for(lambda: the_alerts(office, name))


def the_alerts(office, name="Rita"):
    said = [message for message in office._of_bot(office.people[name]) if "alert." in str(message.blocks)]
    return said[-1] if said else None


def press(office, label, name="Rita", words=""):
    office.workspace.act_as(office.people[name]).press(the_alerts(office, name), label=label).wait()
    return office.workspace.wait_for(lambda: words in shown(the_alerts(office, name)) and the_alerts(office, name))


def choose(office, menu, choice, words, name="Rita"):
    message = the_alerts(office, name)
    parts = [part for block in message.blocks for part in block.get("elements", ())]
    action = next(part["action_id"] for part in parts if part.get("action_id", "").startswith(f"alert.{menu}"))
    office.workspace.act_as(office.people[name]).choose(message, action, choice).wait()
    return office.workspace.wait_for(lambda: words in shown(the_alerts(office, name)) and the_alerts(office, name))


def stored(office, key="A1"):
    with office.database.reading() as db:
        return db.execute(select(alerts).where(alerts.c.customer_id == id_of(office, key))).first()


@on_both
def test_an_alert_tells_how_one_can_tell_what_is_open_and_what_to_do(office):
    slipping(office)
    words = shown(rita_reads(office))
    for part in (
        "1 customer is slipping away", "Acme GmbH", "$6,015 a year at stake", "Buys every 20 ± 0 days",
        "Open complaint since", "Two boxes were broken.", "$1,000", "Settle the complaint first", "By the first rules",
    ):  # fmt: skip
        assert part in words
    assert stored(office).state == "open"


def test_what_was_lost_before_the_first_run_is_not_told_one_by_one(office):
    office.working.jobs.tick()
    assert stored(office).state == "before"
    office.morning_of("Rita")
    with office.database.reading() as db:
        assert db.scalar(select(outbox.c.id).where(outbox.c.job == "lost_customer_alerts")) is None


def test_not_lost_is_taken_back_by_undo_and_a_second_press_does_no_harm(office):
    slipping(office)
    first = rita_reads(office)
    office.workspace.act_as(office.people["Rita"]).press(first, label="Not lost").wait()
    office.workspace.wait_for(lambda: "not lost, as you said" in shown(the_alerts(office)))
    assert (stored(office).state, stored(office).cause) == ("dismissed", "not_lost")
    press(office, "Undo", words="taken back")
    assert (stored(office).state, stored(office).cause) == ("open", None)


@pytest.mark.parametrize("number", range(len(care.CAUSES)))
def test_every_cause_can_be_named(office, number):
    slipping(office)
    label = ("Price", "Product quality", "Service", "Process too slow", "Competitor", "Contact left", "No more need",
             "Other")[number]  # fmt: skip
    rita_reads(office)
    choose(office, "lost", label, f"lost: {label.lower()}")
    assert stored(office).cause == care.CAUSES[number]


def test_a_cause_is_explained_in_words(office):
    slipping(office)
    rita_reads(office)
    choose(office, "lost", "Price", "lost: price")
    office.workspace.act_as(office.people["Rita"]).press(the_alerts(office), label="In words").wait()
    office.submit("Rita", {"words": "A rival is <cheaper> by 20 %"})
    office.workspace.wait_for(lambda: "A rival is <cheaper>" in shown(the_alerts(office)))
    assert stored(office).words == "A rival is <cheaper> by 20 %"


def test_who_does_not_see_a_customer_any_more_does_not_read_what_the_next_rep_writes(office):
    slipping(office)
    rita_reads(office)
    choose(office, "lost", "Price", "lost: price")
    with office.database.transaction() as db:
        li = reps.load(db, "li@example.com", office.today)
        db.execute(update(customers).where(customers.c.key == "A1").values(owner_id=li.id))
        care.add_words(db, care.theirs(db, li, stored(office).id).id, "Anna pays 5 elsewhere")
        redraw(db, office.working.desk, [stored(office).message_id])
    office.working.desk.wake()
    changed = office.workspace.wait_for(lambda: "李娜" in shown(the_alerts(office)) and the_alerts(office))
    assert "Anna" not in shown(changed)
    assert "In words" not in shown(changed)


@pytest.mark.parametrize("shows", ["masked", "ids"])
def test_a_reps_words_do_not_come_back_to_slack_where_details_may_not(tenant, tmp_path, shows):
    with open_office(tmp_path, prepared=tenant, slack_shows=shows) as office:
        slipping(office)
        rita_reads(office)
        choose(office, "lost", "Price", "lost: price")
        with office.database.transaction() as db:
            care.add_words(db, stored(office).id, "Anna pays 5 elsewhere")
        assert "In words" not in shown(the_alerts(office))
        with office.working.desk.reading() as db:
            rita = reps.load(db, "rita@example.com", office.today)
        with pytest.raises(NotAllowed, match="SLACK_SHOWS"):
            open_words.handler(Press(rita, Speech("en"), f"{stored(office).id}|home|0", "U1"), office.working.desk)


@on_both
def test_a_snoozed_alert_comes_back_in_a_new_message_on_its_morning(office):
    slipping(office)
    rita_reads(office)
    choose(office, "snooze", next_day(office), "comes back on")
    assert stored(office).state == "snoozed"
    before = stored(office).message_id
    rita_reads(office)
    office.workspace.wait_for(lambda: stored(office).message_id != before)
    assert stored(office).state == "open"


def next_day(office):
    parts = [part for block in the_alerts(office).blocks for part in block.get("elements", ())]
    menu = next(part for part in parts if part.get("action_id", "").startswith("alert.snooze"))
    return menu["options"][0]["text"]["text"]


@on_both
def test_a_follow_up_is_made_from_the_alert_and_undone(office):
    slipping(office)
    rita_reads(office)
    office.workspace.act_as(office.people["Rita"]).press(the_alerts(office), label="Follow up").wait()
    office.submit("Rita", {"what": "Bring new boxes"})
    office.workspace.wait_for(lambda: "Bring new boxes" in shown(the_alerts(office)))
    with office.database.reading() as db:
        assert "alert" in db.scalars(select(follow_ups.c.rule)).all()
    press(office, "Undo", words="taken back")
    with office.database.reading() as db:
        assert "alert" not in db.scalars(select(follow_ups.c.rule)).all()


@on_both
def test_votes_are_kept_changed_and_taken_back(office):
    slipping(office)
    rita_reads(office)

    def votes():
        with office.database.reading() as db:
            return list(db.scalars(select(alert_votes.c.useful)))

    press(office, "👍 Useful", words="Useful ✓")
    assert votes() == [True]
    press(office, "👎 Noise", words="Noise ✓")
    assert votes() == [False]
    press(office, "👎 Noise ✓")
    office.workspace.wait_for(lambda: "✓" not in shown(the_alerts(office)))
    assert votes() == []


@on_both
def test_a_new_order_turns_the_alert_into_recovered_where_it_stands(office):
    slipping(office)
    rita_reads(office)
    with office.database.transaction() as db:
        order = {"key": "NEW", "customer_id": id_of(office, "A1"), "day": office.today, "amount": 900}
        db.execute(insert(orders).values(order | {"currency": "USD", "home_amount": 900}))
    assert stored(office).state == "open"  # whatever brings orders in says nothing
    office.working.jobs.tick()
    words = shown(office.workspace.wait_for(lambda: recovered(office)))
    assert "bought again on" in words
    assert stored(office).state == "recovered"
    assert stored(office).ended_on == office.today


def recovered(office):
    said = [message for message in office._of_bot(office.people["Rita"]) if "bought again" in shown(message)]
    return said[-1] if said else None


def test_a_silence_is_told_once_however_often_it_is_looked_at(office):
    slipping(office)
    rita_reads(office)
    office.morning_of("Rita")
    office.morning_of("Rita")
    with office.database.reading() as db:
        assert len(db.execute(select(outbox).where(outbox.c.job == "lost_customer_alerts")).all()) == 1


def test_an_alert_that_gets_worse_changes_where_it_stands(office):
    slipping(office)
    rita_reads(office)
    with office.database.transaction() as db:
        facts = customer_facts.c.customer_id == id_of(office, "A1")
        db.execute(update(customer_facts).where(facts).values(loyalty="lost"))
        worse = alerting.keep(db, [], None, office.today, office.settings.rules)
    assert worse == [stored(office).id]
    assert stored(office).loyalty == "lost"


@on_both
def test_a_customer_without_an_owner_is_told_to_the_manager(office):
    office.working.jobs.tick()
    with office.database.transaction() as db:
        db.execute(update(customers).where(customers.c.key == "A1").values(owner_id=None))
        db.execute(update(alerts).values(state="found"))
    assert "Nobody owns this customer yet." in shown(rita_reads(office, "Mona"))


def test_a_chinese_rep_reads_and_answers_in_chinese(office):
    office.working.jobs.tick()
    with office.database.transaction() as db:
        silence = {"customer_id": id_of(office, "C1"), "began": office.today - timedelta(days=5), "rule": "silence"}
        more = {"found_on": office.today, "stated": 0.47, "loyalty": "swing", "state": "found"}
        db.execute(insert(alerts).values(silence | more))
    office.morning_of("李娜", country="CN")
    office.read_dm("李娜")
    words = shown(office.workspace.wait_for(lambda: the_alerts(office, "李娜")))
    assert "1 位客户正在流失" in words
    assert "约有 47 条是准确的" in words
    choose(office, "lost", "竞争对手", "已流失：竞争对手", "李娜")


def test_a_rep_cannot_act_on_the_alert_of_another_team(office):
    slipping(office)
    rita_reads(office)
    person, _ = office.working.desk.people.recognise(office.people["李娜"].id)
    with office.database.reading() as db, pytest.raises(Exception, match="another team"):
        care.theirs(db, person, stored(office).id)


@on_both
def test_all_who_slip_away_are_one_message_of_several_pages(office):
    office.working.jobs.tick()
    with office.database.transaction() as db:
        db.execute(alerts.delete())
        for row in db.execute(select(customers.c.id)).all():
            silence = {"customer_id": row.id, "began": office.today - timedelta(days=400), "rule": "silence"}
            more = {"found_on": office.today, "stated": 0.5, "loyalty": "swing", "state": "found"}
            db.execute(insert(alerts).values(silence | more))
        rita = db.scalar(select(customers.c.owner_id).where(customers.c.key == "A1"))
        db.execute(update(customers).values(owner_id=rita))
        db.execute(orders.delete())
    words = shown(rita_reads(office))
    assert "8 customers are slipping away" in words
    assert "Page 1 of 2" in words
    assert "Page 2 of 2" in shown(press(office, "Next", words="Page 2 of 2"))


def test_a_parent_account_is_told_of_with_what_it_buys_itself(office):
    with office.database.transaction() as db:
        child = {"parent_id": id_of(office, "A1")}
        db.execute(update(customers).where(customers.c.key == "A2").values(child))  # who buys on
        facts.refresh(db, today=office.today, rules=office.settings.rules)
    slipping(office)
    words = shown(rita_reads(office))
    for part in ("Acme GmbH", "$6,015 a year at stake", "Buys every 20 ± 0 days", "What it buys itself", "$1,000"):
        assert part in words
    assert "$200" not in words
    office.talk("Rita in DM: customer A1", "bot: 2 customers added up")  # the card is that of the group
