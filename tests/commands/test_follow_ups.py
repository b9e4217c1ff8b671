"""`/followups`: promised in a form or in plain words, listed, done, put off, handed over, dropped, each with undo."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from care import follow_ups
from care.working_days import next_working_day, on_working_day
from customers import cards
from customers.tables import customers, interactions, reps
from customers.work_tables import absences
from customers.work_tables import follow_ups as stored
from tests.office import shown
from words.speech import CHINESE, Speech

EN, ZH = Speech("en"), Speech(CHINESE)


def own_today(name):
    zones = {"Rita": "Europe/Berlin", "Mona": "Europe/Berlin", "李娜": "Asia/Shanghai"}
    return datetime.now(ZoneInfo(zones[name])).date()


def id_of(office, key):
    with office.database.reading() as db:
        return db.scalar(select(customers.c.id).where(customers.c.key == key))


def rep_of(office, email):
    with office.database.reading() as db:
        return db.scalar(select(reps.c.id).where(reps.c.email == email))


def promise(office, key="A1", email="rita@example.com", days=0, what="Ask about the boxes"):
    """A promise as it may wait in the database; `days` from today, also in the past."""
    today = own_today("李娜" if email == "li@example.com" else "Rita")
    rep = rep_of(office, email)
    with office.database.transaction() as db:
        step = follow_ups.make(
            db, customer_id=id_of(office, key), rep_id=rep, day=today, today=today, what=what, by=rep, now=NOW
        )
        day = today + timedelta(days=days)
        db.execute(update(stored).where(stored.c.id == step.line.id).values(due=day, promised=day))
        cards.refresh(db, [step.line.customer_id])
    return step.line.id


NOW = datetime.now(UTC)


def state(office, number):
    with office.database.reading() as db:
        return db.execute(select(stored).where(stored.c.id == number)).first()


def answer(office, name, words):
    return office.workspace.wait_for(lambda: office.newest(name) if words in shown(office.newest(name)) else None)


def test_a_promise_in_a_form_stands_on_the_card_and_is_undone_there(office):
    office.talk("Rita: /customer A1", "bot: Acme GmbH")
    office.press("Rita", "Follow up")
    wanted = own_today("Rita") + timedelta(days=9)
    office.submit("Rita", {"day": wanted.isoformat(), "what": "Send the *new* <!channel> list"})
    day = EN.weekday(on_working_day(wanted, "DE"))
    card = answer(office, "Rita", f"Follow-up on {day}.")
    assert "Send the *new* <!channel> list" in shown(card)
    assert "<!channel>" not in str(card.blocks)
    assert shown(card).index("Open points") < shown(card).index("Follow-up of Rita Roth")
    back = office.talk("Rita presses Undo", "bot: Taken back.")
    assert "Follow-up of Rita Roth" not in shown(back)


def test_a_day_that_is_over_is_refused_beneath_its_field(office):
    office.talk("Rita: /customer A1", "bot: Acme GmbH")
    office.press("Rita", "Follow up")
    view = office.submit("Rita", {"day": (own_today("Rita") - timedelta(days=1)).isoformat()})
    assert "is over" in view.errors["day"]


def test_the_day_of_a_promise_in_plain_words_is_shown_before_it_counts(office):
    day = EN.weekday(on_working_day(own_today("Rita") + timedelta(weeks=2), "DE"))
    office.talk("Rita: /followups Acme GmbH in 2 weeks: call about price", f"bot: Follow up with Acme GmbH on {day}?")
    office.talk("Rita: /followups", "bot: No follow-up is waiting.")
    office.talk("Rita: /followups Acme GmbH in 2 weeks: call about price", "bot: call about price")
    office.talk("Rita presses Yes, remind me", f"bot: Follow-up with Acme GmbH on {day}.")
    office.talk("Rita: /followups", "bot: call about price", f"bot: due on {day}")


def test_a_day_off_is_moved_and_said(office):
    saturday = own_today("Rita") + timedelta(days=(5 - own_today("Rita").weekday()) % 7 + 7)
    office.talk(
        f"Rita: /followups A1 {saturday.isoformat()}",
        f"bot: {EN.weekday(on_working_day(saturday, 'DE'))}",
        f"bot: {EN.weekday(saturday)} is a day off",
    )


def test_a_sentence_in_a_dm_is_enough_in_both_languages(office):
    office.talk("Rita in DM: follow up Blauer See in 2 weeks", "bot: Follow up with Blauer See")
    office.talk("Rita in DM: remind me to call Blauer See tomorrow", "bot: Follow up with Blauer See", "bot: call")
    asked = office.talk("李娜 in DM: 下周三回访 晨曦", "bot: 跟进上海晨曦文具有限公司？", "bot: 回访")
    assert "周三" in shown(asked)
    office.talk("李娜 presses 好，提醒我", "bot: 已安排")
    office.talk("李娜 in DM: 跟进", "bot: 上海晨曦文具有限公司")


def test_several_customers_that_fit_are_offered(office):
    office.talk("Rita: /followups acm tomorrow: price", "bot: Several customers fit “acm”", "bot: London")
    office.talk("Rita presses This one", "bot: Follow up with Acme", "bot: price")


def test_what_was_understood_can_be_changed_or_let_go(office):
    office.talk("Rita: /followups A1 tomorrow: price", "bot: Follow up with")
    office.press("Rita", "Change")
    office.submit("Rita", {"what": "Ask about the fair"})
    answer(office, "Rita", "Ask about the fair")
    office.talk("Rita presses Undo", "bot: Acme GmbH: taken back.")
    office.talk("Rita: /followups A1 tomorrow", "bot: Follow up with", "Rita presses Cancel", "bot: Nothing was kept.")
    office.talk("Rita: /followups", "bot: No follow-up is waiting.")


def test_what_cannot_be_understood_is_answered_with_examples(office):
    office.talk("Rita: /followups acme soonish", "bot: Which day?", "bot: acme in 2 weeks: call about the price")
    office.talk("Rita: /followups qqqqqqqq tomorrow", "bot: No customer fits “qqqqqqqq”")
    office.talk("Rita: /followups A1 2020-01-01", "bot: is over")
    office.talk("李娜: /followups 晨曦", "bot: 哪一天？")


def test_another_teams_customer_takes_no_promise(office):
    office.talk("Rita: /followups C1 tomorrow", "bot: belongs to another team")


def test_done_asks_what_came_of_it_and_one_click_writes_it_down(office):
    number = promise(office)
    office.talk("Rita: /followups", "bot: 1 due, 0 to come", "bot: Ask about the boxes", "bot: a year at stake")
    office.talk("Rita presses Done", "bot: Acme GmbH: done.\nWhat came of it?")
    office.talk("Rita presses Will order", "bot: Acme GmbH: will order. Written down as a call.")
    assert (state(office, number).state, state(office, number).outcome) == ("done", "will_order")
    office.talk("Rita presses Undo", "bot: Acme GmbH: taken back.", "bot: Ask about the boxes")
    with office.database.reading() as db:
        assert db.scalar(select(interactions.c.id).where(interactions.c.outcome == "will_order")) is None
    assert state(office, number).state == "open"


def test_the_outcome_stands_on_the_card_in_the_readers_language(office):
    promise(office, "C1", "li@example.com", what="问价格")
    office.talk(
        "李娜: /followups",
        "bot: 问价格",
        "李娜 presses 完成",
        "bot: 结果如何？",
        "李娜 presses 无人接听",
        "bot: 无人接听。已记为一次电话。",
    )
    office.talk("李娜: /customer C1", "bot: 问价格  → 无人接听")


def test_what_came_of_it_is_written_in_words(office):
    number = promise(office)
    office.talk("Rita: /followups", "bot: Ask about the boxes", "Rita presses Done", "bot: What came of it?")
    office.press("Rita", "In words")
    office.submit("Rita", {"kind": "visit", "text": "Met Anna at the fair"})
    answer(office, "Rita", "Acme GmbH: written down.")
    office.talk("Rita: /customer A1", "bot: visit by Rita Roth: Met Anna at the fair")
    assert state(office, number).outcome == "noted"


def test_one_click_puts_off_to_the_next_working_day_of_the_reps_country(office):
    number = promise(office, days=-3)
    tomorrow = next_working_day(own_today("Rita"), "DE")
    office.talk("Rita: /followups overdue", "bot: overdue since", f"Rita presses To {EN.short_day(tomorrow)}")
    answer(office, "Rita", f"put off to {EN.weekday(tomorrow)}")
    assert (state(office, number).state, state(office, number).due) == ("snoozed", tomorrow)
    office.talk("Rita: /followups overdue", "bot: Nothing is overdue.")
    office.talk("Rita: /followups", "bot: put off from", f"bot: due on {EN.weekday(tomorrow)}")


def test_list_card_and_digest_agree_on_what_is_overdue_while_the_tenant_has_yesterday(office):
    evening = office.now.astimezone(UTC).replace(hour=23, minute=30, second=0)
    evening += timedelta(days=evening <= office.now)
    assert evening.astimezone(ZoneInfo("Europe/Berlin")).date() == evening.date() + timedelta(days=1)
    promise(office, days=(evening.date() - own_today("Rita")).days)
    office.go_to(evening)
    since = f"overdue since {EN.weekday(evening.date())}"
    office.talk("Rita: /followups overdue", f"bot: {since}")
    office.talk("Rita: /customer A1", f"bot: Follow-up of Rita Roth, {since}")
    office.talk("Rita: /digest", "bot: 1 is overdue")


def test_a_button_of_days_ago_puts_off_to_the_next_working_day(office):
    number = promise(office)
    office.talk("Rita: /followups", "bot: Ask about the boxes")
    old = office.newest("Rita")
    for block in old.blocks:
        for part in block.get("elements", ()):
            if part.get("action_id", "").startswith("followup.snooze"):
                part["value"] = f"{number}:{own_today('Rita') - timedelta(days=4)}|mine|0"
    tomorrow = next_working_day(own_today("Rita"), "DE")
    office.talk(f"Rita presses To {EN.short_day(tomorrow)}", f"bot: put off to {EN.weekday(tomorrow)}")
    assert state(office, number).due == tomorrow


def test_what_is_still_to_come_is_put_off_beyond_its_day(office):
    number = promise(office, days=10)
    after = next_working_day(own_today("Rita") + timedelta(days=10), "DE")
    office.talk("Rita: /followups", "bot: Coming up", f"Rita presses To {EN.short_day(after)}")
    answer(office, "Rita", f"put off to {EN.weekday(after)}")
    assert state(office, number).due == after


def test_another_day_is_chosen_in_a_form_and_undone(office):
    number = promise(office)
    office.talk("Rita: /followups", "bot: Ask about the boxes")
    office.pick("Rita", "Another day")
    view = office.submit("Rita", {"day": own_today("Rita").isoformat()})
    assert "still to come" in view.errors["day"]
    later = own_today("Rita") + timedelta(days=20)
    office.submit("Rita", {"day": later.isoformat()})
    answer(office, "Rita", "put off to")
    assert state(office, number).due == later
    office.talk("Rita presses Undo", "bot: taken back", "bot: due today")


def test_a_follow_up_is_handed_over_to_somebody_who_sees_the_customer(office):
    number = promise(office)
    office.talk("Rita: /followups", "bot: Ask about the boxes")
    office.pick("Rita", "Hand over")
    rita, view = office.workspace.act_as(office.people["Rita"]), office.form("Rita")
    li = rita.type_ahead(view, "followup.person", "李")[0]["value"]
    assert "does not see this customer in full" in office.submit("Rita", {"rep": li}).errors["rep"]
    mona = rita.type_ahead(view, "followup.person", "mona")[0]["value"]
    office.submit("Rita", {"rep": mona})
    answer(office, "Rita", "handed over to Mona Berg")
    assert state(office, number).rep_id == rep_of(office, "mona@example.com")
    office.talk("Mona: /followups", "bot: Ask about the boxes")
    office.talk("Rita presses Undo", "bot: taken back", "bot: Ask about the boxes")


def test_dropping_takes_a_reason(office):
    number = promise(office)
    office.talk("Rita: /followups", "bot: Ask about the boxes")
    office.pick("Rita", "Drop")
    office.submit("Rita", {"reason": "They moved away"})
    answer(office, "Rita", "Acme GmbH: dropped.")
    assert (state(office, number).state, state(office, number).reason) == ("dropped", "They moved away")
    office.talk("Rita presses Undo", "bot: taken back", "bot: Ask about the boxes")


def test_the_card_opens_beside_the_list(office):
    promise(office)
    office.talk("Rita: /followups", "bot: Ask about the boxes")
    office.pick("Rita", "Open the card")
    answer(office, "Rita", "Lifecycle")


def test_a_list_that_somebody_else_has_settled_meanwhile_says_so(office):
    number = promise(office)
    office.talk("Rita: /followups", "bot: Ask about the boxes")
    with office.database.transaction() as db:
        db.execute(update(stored).where(stored.c.id == number).values(state="done"))
    office.talk("Rita presses Done", "bot: This follow-up is not open any more.")


def test_a_manager_sees_the_teams_and_a_rep_does_not(office):
    promise(office)
    promise(office, "C1", "li@example.com", what="问价格", days=-2)
    office.talk("Mona: /followups team", "bot: Acme GmbH", "bot: 李娜", "bot: Rita Roth")
    late = office.talk("Mona: /followups team overdue", "bot: 上海晨曦文具有限公司")
    assert "Acme" not in shown(late)
    office.talk("Mona: /followups", "bot: No follow-up is waiting.")
    office.talk("Rita: /followups team", "bot: Only managers see the follow-ups of a team")
    office.talk("李娜: /followups 团队", "bot: 只有经理")


def test_long_lists_are_paged(office):
    for at in range(10):
        promise(office, days=at, what=f"Point {at}")
    first = office.talk("Rita: /followups", "bot: Point 0")
    assert "Point 9" not in shown(first)
    second = office.talk("Rita presses Next", "bot: Point 9")
    assert "Point 0" not in shown(second)
    office.talk("Rita presses Previous", "bot: Coming up")


def test_a_deputy_receives_and_does_what_is_a_reps_who_is_away(office):
    number = promise(office)
    with office.database.transaction() as db:
        today = office.today
        away = {"rep_id": rep_of(office, "rita@example.com"), "deputy_id": rep_of(office, "li@example.com")}
        away |= {"first": today - timedelta(days=1), "last": today + timedelta(days=7), "made_at": NOW}
        db.execute(insert(absences).values(away))
    office.talk("李娜: /followups", "bot: Acme GmbH", "bot: Rita Roth")
    office.talk("李娜 presses 完成", "bot: Acme GmbH：已完成")
    assert state(office, number).state == "done"


def test_customers_are_filtered_by_what_was_promised(office):
    promise(office, days=-2)  # yesterday is over for Rita, and also where the tenant is
    promise(office, "B1", days=5)
    office.talk("Rita: /segment follow_up:overdue", "bot: overdue", "bot: Acme GmbH")
    listed = shown(office.talk("Rita: /segment follow_up:none", "bot: Drifting Ltd"))
    assert "Acme GmbH" not in listed
    later = (office.today + timedelta(days=3)).isoformat()
    office.talk(f"Rita: /segment follow_up:>{later}", "bot: 1 customer", "bot: Blauer See")
    office.talk("李娜: /segment 下次跟进:逾期", "bot: 逾期")


@pytest.mark.parametrize("list_", ["", "mine", "due", "overdue", "我的", "逾期"])
def test_an_empty_list_says_what_to_do_next(office, list_):
    office.talk(f"Rita: /followups {list_}", "bot: A new one:")
