"""Being away, with a deputy; and when one's day begins."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from customers.tables import reps
from customers.work_tables import preferences
from tests.office import shown
from words.speech import CHINESE, Speech

EN, ZH = Speech("en"), Speech(CHINESE)


def day(zone, ahead):
    return datetime.now(ZoneInfo(zone)).date() + timedelta(days=ahead)


def chosen(office, email):
    with office.database.reading() as db:
        return db.execute(
            select(preferences).join(reps, reps.c.id == preferences.c.rep_id).where(reps.c.email == email)
        ).first()


def answer(office, name, words):
    return office.workspace.wait_for(lambda: office.newest(name) if words in shown(office.newest(name)) else None)


def test_a_sentence_names_a_deputy_who_then_sees_the_customers_until_the_rep_is_back(office):
    office.to_noon()  # a deputy sees them from the tenant's day on
    last = day("Europe/Berlin", 9)
    office.talk("李娜: /customer A1", "bot: 隐藏")
    office.talk(
        f"Rita in DM: I am away until {last.isoformat()}, 李娜 takes over",
        f"bot: {EN.weekday(last)}?",
        "bot: sees your customers in full",
    )
    office.talk("Rita presses Yes, 李娜 (Shanghai) takes over", "bot: 李娜 takes over.")
    office.talk("李娜: /customer A1", "bot: 累计消费")
    office.talk("Rita presses I am back", "bot: Welcome back", "bot: Nobody stands in for you.")
    office.talk("李娜: /customer A1", "bot: 隐藏")


def test_chinese_sentences_do_so_too_and_nothing_counts_before_it_is_confirmed(office):
    last = day("Asia/Shanghai", 9)
    office.talk(f"李娜 in DM: 我休假到{last.month}月{last.day}日，Rita代班", f"bot: {ZH.weekday(last)}不在？")
    office.talk("李娜 presses 取消", "bot: 没有保存任何内容。")
    office.talk("李娜: /rekindle settings", "bot: 没有人替你代班。")


def test_a_form_does_so_too_and_refuses_what_cannot_be(office):
    office.talk("Rita: /rekindle settings", "bot: Nobody stands in for you.")
    office.press("Rita", "I am away")
    view, rita = office.form("Rita"), office.workspace.act_as(office.people["Rita"])
    assert rita.type_ahead(view, "away.deputy", "rita") == []
    mona = rita.type_ahead(view, "away.deputy", "mona")[0]["value"]
    wrong = office.submit("Rita", {"last": day("Europe/Berlin", -1).isoformat(), "deputy": mona})
    assert "is before" in wrong.errors["last"]
    office.submit("Rita", {"last": day("Europe/Berlin", 3).isoformat()})
    answer(office, "Rita", "Mona Berg takes over.")


def test_an_unknown_deputy_and_an_unclear_sentence_are_answered(office):
    office.talk(
        "Rita: /followups away until next Friday, Zaphod takes over", "bot: Nobody else here is called “Zaphod”"
    )
    office.talk(
        "Rita: /followups away until next Friday", "bot: I understand this: away until 5 December, Li takes over"
    )


def test_the_day_begins_and_ends_as_a_person_chooses(office):
    office.talk("Rita: /rekindle settings", "bot: begins at 8:30", "bot: at most 10 posts a day")
    office.press("Rita", "Change")
    view = office.submit("Rita", {"morning": "07:00"})
    assert "within your quiet hours" in view.errors["morning"]
    office.submit("Rita", {"morning": "07:00", "quiet_until": "06:30", "daily_cap": "3"})
    answer(office, "Rita", "begins at 7:00")
    kept = chosen(office, "rita@example.com")
    assert (kept.morning.hour, kept.quiet_from.hour, kept.quiet_until.minute, kept.daily_cap) == (7, 20, 30, 3)


def test_quiet_hours_can_be_left_out(office):
    office.talk("Rita: /rekindle settings", "bot: quiet from")
    office.press("Rita", "Change")
    office.submit("Rita", {"quiet_from": "none"})
    answer(office, "Rita", "no quiet hours")
