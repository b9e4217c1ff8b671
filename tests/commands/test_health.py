"""`/rekindle health`: what waits for a person's decision, and the buttons to decide."""

from datetime import timedelta

from sqlalchemy import insert, select, update

from customers.morning_tables import slack_users
from customers.tables import reps
from delivery import Message, Run, plan, skip
from delivery import health as delivery
from delivery.tables import outbox
from tests.office import shown


def held(office, state="waiting", reason="looked_up_in_vain"):
    """A message to Rita whose fate a person must decide."""
    with office.database.transaction() as db:
        message = Message(office.people["Rita"].id, {"text": "Nothing for operators"}, office.now, office.now)
        run = Run("lost_customer_alerts", "rep:1", office.today)
        (number,) = plan(db, run, [message], office.now)
        done = {"state": state, "reason": reason, "ready_at": None, "finished_at": office.now}
        db.execute(update(outbox).where(outbox.c.id == number).values(done))
    return number


def state(office, number):
    with office.database.reading() as db:
        return db.scalar(select(outbox.c.state).where(outbox.c.id == number))


def test_a_manager_decides_what_nobody_else_can_tell(office):
    number = held(office)
    told = office.talk(
        "Mona: /rekindle health", "bot: For you to decide", "bot: Lost-customer alerts", "bot: Nobody can"
    )
    assert "Nothing for operators" not in str(told.blocks)
    office.talk("Mona presses It was sent", f"bot: #{number} counts as sent.")
    assert state(office, number) == "sent"


def test_a_refused_message_is_sent_again(office):
    number = held(office, "dead", "is_archived")
    office.talk(
        "Mona: /rekindle health", "bot: That channel is archived", "Mona presses Send again", "bot: is sent again."
    )
    assert office.workspace.wait_for(lambda: state(office, number) == "sent" or state(office, number) == "pending")


def test_what_a_customers_channel_refused_is_over_and_says_so(office):
    number = held(office, "dead", "smtp_554")
    with office.database.transaction() as db:
        db.execute(update(outbox).where(outbox.c.id == number).values(kind="email"))
    card = office.talk("Mona: /rekindle health", "bot: What a customer's channel refused is over")
    assert "Send again" not in shown(card)
    with office.database.transaction() as db:
        for decision in ("resend", "was_sent"):  # by a card of the time before
            assert not delivery.decide(db, number, decision, office.now, office.now)


def test_two_who_decide_at_once_do_not_both_decide(office):
    number = held(office)
    office.talk("Mona: /rekindle health", "bot: For you to decide")
    with office.database.transaction() as db:
        db.execute(update(outbox).where(outbox.c.id == number).values(state="sent"))
    office.talk("Mona presses It was sent", "bot: Somebody else has decided")


def test_what_keeps_people_from_hearing_is_named_with_what_to_do(office):
    with office.database.transaction() as db:
        li = db.scalar(select(reps.c.id).where(reps.c.email == "li@example.com"))
        db.execute(slack_users.delete().where(slack_users.c.rep_id == li))
        db.execute(insert(slack_users).values(rep_id=li, trouble="unknown", language="en", seen_at=office.now))
        skip(db, Run("mornings", "rep:1", office.today), "too_late", office.now - timedelta(hours=1))
    told = shown(office.talk("Mona: /rekindle health", "bot: Something waits for you."))
    assert "Not found in Slack by e-mail address: 李娜" in told
    assert "It was too late" in told
    assert "SEK: 1" in told


def test_health_in_chinese_and_only_for_who_runs_or_leads(office):
    office.talk("李娜: /rekindle 状态", "bot: 只有运维和经理")
    office.talk("Rita: /rekindle health", "bot: Only operators and managers")
