"""A morning arrives: who is told what, when, how often, and what happens to what cannot be said."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from bot.blocks import section
from bot.desk import Reply
from bot.morning import Post
from bot.mornings import TOGETHER, Mornings
from care import erasing, follow_ups, forgetting
from customers import preferences
from customers.morning_tables import held_back, mornings, slack_users
from customers.tables import access_log, customers, reps
from customers.work_tables import absences
from customers.work_tables import follow_ups as stored
from delivery.tables import outbox, runs
from plugins import MorningJob
from tests.office import shown
from tests.office_fixtures import on_both


def ids(office):
    with office.database.reading() as db:
        known = {row.key: row.id for row in db.execute(select(customers))}
        return known | {row.email.split("@")[0]: row.id for row in db.execute(select(reps))}


def promise(office, key, rep, what="Ask about the boxes", days=0):
    known = ids(office)
    with office.database.transaction() as db:
        step = follow_ups.make(
            db, customer_id=known[key], rep_id=known[rep], day=office.today, today=office.today, what=what,
            by=known[rep], now=office.now,
        )  # fmt: skip
        day = office.today + timedelta(days=days)
        db.execute(update(stored).where(stored.c.id == step.line.id).values(due=day, promised=day))
    return step.line.id


def read(office, name, words):
    """What a person reads in the DM, once a message with these words is there."""
    office.read_dm(name)

    def found():
        said = [message for message in office._of_bot(office.people[name]) if words in shown(message)]
        return said[-1] if said else None

    return office.workspace.wait_for(found)


def press(office, name, label, words):
    """Press a button of the reminder, and wait until these words stand somewhere in the DM."""
    message = next(each for each in office._of_bot(office.people[name]) if "followup.done" in str(each.blocks))
    office.workspace.act_as(office.people[name]).press(message, label=label).wait()
    return read(office, name, words)


def said(office, job="follow_up_reminders"):
    with office.database.reading() as db:
        return db.execute(select(outbox).where(outbox.c.job == job, outbox.c.action == "post")).all()


def run_of(office, rep, job):
    with office.database.reading() as db:
        rows = db.execute(select(runs).where(runs.c.subject == f"rep:{ids(office)[rep]}", runs.c.job == job)).all()
    return [(row.state, row.reason) for row in rows]


@on_both
def test_a_morning_brings_one_message_with_most_at_stake_first_and_done_can_be_undone(office):
    promise(office, "B1", "rita", "Ask about the lake")
    number = promise(office, "A1", "rita")
    office.morning_of("Rita")
    words = shown(read(office, "Rita", "Good morning, Rita Roth"))
    assert words.index("Acme GmbH") < words.index("Blauer See")
    assert "2 follow-ups are due, 2 of them overdue" in words
    press(office, "Rita", "Done", "Acme GmbH: done.")
    with office.database.reading() as db:
        assert db.scalar(select(stored.c.state).where(stored.c.id == number)) == "done"
    press(office, "Rita", "Undo", "Acme GmbH: taken back.")
    with office.database.reading() as db:
        assert db.scalar(select(stored.c.state).where(stored.c.id == number)) == "open"


def test_a_chinese_rep_is_told_in_chinese_at_the_own_morning(office):
    promise(office, "C1", "li", "谈谈价目表")
    office.morning_of("李娜", country="CN")
    assert "1 个跟进到期" in shown(read(office, "李娜", "早上好"))
    press(office, "李娜", "完成", "上海晨曦文具有限公司：已完成")


def test_who_was_shown_stands_in_the_access_log(office):
    promise(office, "A1", "rita")
    office.morning_of("Rita")
    with office.database.reading() as db:
        logged = db.execute(select(access_log.c.customer_id).where(access_log.c.what == "morning")).scalars().all()
    assert ids(office)["A1"] in logged


@on_both
def test_nothing_is_said_twice_on_a_day_however_often_it_is_planned(office):
    promise(office, "A1", "rita")
    day = office.morning_of("Rita")
    with office.database.transaction() as db:
        db.execute(update(mornings).values(next_at=office.now, planned=None))
    office.go_to(datetime.combine(day, time(8, 40), ZoneInfo("Europe/Berlin")))
    assert len(said(office)) == 1


def test_nobody_is_told_before_the_own_morning_nor_on_a_day_off(office):
    promise(office, "A1", "rita")
    day = office.morning_of("Rita", wall=time(8, 29))
    assert said(office) == []
    while day.weekday() != 5:
        day += timedelta(days=1)
    with office.database.transaction() as db:
        db.execute(mornings.delete())
    office.go_to(datetime.combine(day, time(8, 31), ZoneInfo("Europe/Berlin")))
    assert said(office) == []


@on_both
def test_a_morning_that_went_by_is_skipped_with_a_reason_and_the_next_one_tells(office):
    promise(office, "A1", "rita")
    office.working.jobs.tick()
    office.morning_of("Rita", wall=time(12, 30))
    assert said(office) == []
    assert ("skipped", "too_late") in run_of(office, "rita", "mornings")
    office.morning_of("Rita")
    assert len(said(office)) == 1


@on_both
def test_a_deputy_receives_what_would_have_come_to_somebody_who_is_away(office):
    known = ids(office)
    promise(office, "A1", "rita")
    with office.database.transaction() as db:
        away = {"rep_id": known["rita"], "deputy_id": known["mona"], "made_at": office.now}
        first, last = office.today - timedelta(days=1), office.today + timedelta(days=20)
        db.execute(insert(absences).values(away | {"first": first, "last": last}))
    office.morning_of("Rita")
    words = shown(read(office, "Mona", "Good morning, Mona Berg"))
    assert "Acme GmbH" in words
    assert run_of(office, "rita", "follow_up_reminders") == []


@on_both
def test_a_rep_without_slack_is_named_once_to_the_manager_who_hands_everything_over(office):
    known = ids(office)
    with office.database.transaction() as db:
        db.execute(update(reps).where(reps.c.id == known["rita"]).values(email="gone@example.com"))
    promise(office, "A1", "gone")
    office.morning_of("Mona")
    words = shown(read(office, "Mona", "gone@example.com"))
    assert "invite them" in words
    assert "Theirs: 5 customers, 1 follow-up" in words
    assert "Acme GmbH" in shown(read(office, "Mona", "Good morning, Mona Berg"))
    message = read(office, "Mona", "gone@example.com")
    office.workspace.act_as(office.people["Mona"]).press(message, label="Hand everything over").wait()
    view = office.form("Mona")
    office.workspace.act_as(office.people["Mona"]).type_ahead(view, "handover.person", "李")
    office.submit("Mona", {"to": str(known["li"])})
    office.workspace.wait_for(lambda: "Undo" in shown(office.newest("Mona")))
    with office.database.reading() as db:
        assert db.scalar(select(customers.c.owner_id).where(customers.c.key == "A1")) == known["li"]
    office.talk("Mona presses Undo", "bot: Taken back: 5 customers, 1 follow-up")
    before = len(said(office, "unreachable_people"))
    office.morning_of("Mona")
    assert len(said(office, "unreachable_people")) == before == 1


def test_a_deactivated_slack_user_gets_nothing_and_the_manager_gets_it(office):
    promise(office, "A1", "rita")
    office.people["Rita"].deleted = True
    office.morning_of("Rita")
    assert "Theirs: 5 customers" in shown(read(office, "Mona", "They have been deactivated in Slack."))
    assert [row.recipient for row in said(office)] == [office.people["Mona"].id]


def test_an_unknown_zone_falls_back_to_the_tenants_and_is_named_to_the_manager(office):
    promise(office, "A1", "rita")
    with office.database.transaction() as db:
        db.execute(update(reps).where(reps.c.email == "rita@example.com").values(time_zone="Mars/Olympus"))
    office.morning_of("Mona", wall=time(9, 31))
    assert "Mars/Olympus" in shown(read(office, "Mona", "is not known"))
    office.morning_of("Mona", wall=time(10, 31))  # the tenant's is UTC: never more than two hours behind Berlin
    assert office.people["Rita"].id in [row.recipient for row in said(office)]


def job_of(make, rank=50, name="greeting"):
    def greeting(morning):
        """Greet everybody."""
        for someone in morning.people.values():
            yield Post(someone, lambda db, to=someone: make(to), "a greeting")

    return MorningJob(name, greeting, rank)


def planned(office, *jobs):
    """Plan only these jobs for everybody, now."""
    desk = office.working.desk
    own = Mornings(desk, None, {job.name: job for job in jobs})
    people = office.working.mornings.everybody(always=True)
    return [own.run(job, people, desk.now) for job in jobs]


def test_a_poisoned_message_kills_only_itself_and_is_reported(office, caplog):
    def make(to):
        if to.name == "Rita Roth":
            raise ValueError("Rita's secret")
        return Reply("Hello", [section("Hello")])

    (done,) = planned(office, job_of(make))
    assert (done.said, len(done.broken)) == (2, 1)
    assert run_of(office, "rita", "greeting") == [("skipped", f"broken:{done.broken[0]}")]
    assert done.broken[0] in caplog.text
    assert "secret" not in caplog.text


@on_both
def test_who_is_erased_while_a_morning_is_planned_is_not_told_of(office):
    promise(office, "A1", "rita")
    promise(office, "B1", "rita", "Ask about the lake")
    desk, reminders = office.working.desk, office.working.mornings.jobs
    (job,) = (each for each in reminders if each.name == "follow_up_reminders")
    acme, left = ids(office)["A1"], [True]

    def meanwhile(morning):
        posts = [*job.handler(morning)]
        if left.pop() if left else False:
            with desk.reading() as db:
                looked = forgetting.look(db, acme)
            with desk.transaction() as db:
                erasing.erase(
                    db, acme, looked, by=ids(office)["mona"], at=office.now, today=office.today, rules=desk.rules,
                    region="DE",
                )  # fmt: skip
        yield from posts

    (done,) = planned(office, MorningJob(job.name, meanwhile, 1))
    told = [row.payload for row in said(office)]
    assert (done.said, len(told)) == (1, 1)
    assert "Blauer See" in told[0]
    assert "Acme" not in told[0]


@on_both
def test_posts_beyond_the_daily_cap_become_one_line_of_the_next_post(office):
    office.working.mornings.everybody()
    with office.database.transaction() as db:
        preferences.choose(db, ids(office)["rita"], {"daily_cap": 1})
    jobs = [job_of(lambda to: Reply("Hello", [section(f"Hello {to.name}")]), name=name) for name in ("one", "two")]
    first, second = planned(office, *jobs)
    assert (first.said, second.said, second.held_back) == (3, 2, 1)
    assert run_of(office, "rita", "two") == [("skipped", "daily_cap")]
    office.ahead += timedelta(days=1)
    planned(office, jobs[0])
    with office.database.reading() as db:
        mine = select(outbox.c.payload).where(outbox.c.recipient == office.people["Rita"].id)
        payloads = db.scalars(mine.order_by(outbox.c.id)).all()
        assert db.scalar(select(held_back.c.told_at)) is not None
    assert ["a greeting" in payload for payload in payloads] == [False, True]


@pytest.mark.parametrize(("cost", "parts"), [(1, [3]), (TOGETHER // 2, [2, 1]), (2 * TOGETHER, [1, 1, 1])])
def test_posts_that_take_long_share_their_transaction_with_fewer(office, monkeypatch, cost, parts):
    written, write = [], Mornings._write

    def noted(self, job, posts, *more):
        written.append(len(posts))
        return write(self, job, posts, *more)

    monkeypatch.setattr(Mornings, "_write", noted)

    def greeting(morning):
        """Greet everybody."""
        for someone in morning.people.values():
            yield Post(someone, lambda db: Reply("Hello", [section("Hello")]), "a greeting", cost=cost)

    (done,) = planned(office, MorningJob("greeting", greeting, 50))
    assert (done.said, written) == (3, parts)


@on_both
def test_quiet_hours_hold_what_is_on_its_way(office):
    promise(office, "A1", "rita")
    office.working.jobs.tick()
    with office.database.transaction() as db:
        preferences.choose(db, ids(office)["rita"], {"quiet_from": time(7), "quiet_until": time(10)})
    office.morning_of("Rita", wall=time(9, 59))
    assert said(office) == []
    day = office.now.astimezone(ZoneInfo("Europe/Berlin")).date()
    office.go_to(datetime.combine(day, time(10, 1), ZoneInfo("Europe/Berlin")))
    assert len(said(office)) == 1


def test_a_tick_that_finds_nothing_writes_nothing(office):
    office.morning_of("Rita")
    office.working.jobs.tick()
    assert office.working.mornings.tick() is None


def test_an_account_that_was_closed_hides_nobody_who_has_its_address_now(office):
    office.workspace.add_person("rita.old", "Rita Roth", "Rita@example.com").deleted = True
    office.working.mornings.everybody()
    with office.database.reading() as db:
        row = db.execute(select(slack_users).where(slack_users.c.rep_id == ids(office)["rita"])).one()
    assert (row.user_id, row.trouble) == (office.people["Rita"].id, None)


def test_slack_that_fails_keeps_what_is_known_of_people(office):
    office.working.mornings.everybody()
    office.workspace.people.clear()
    with office.database.reading() as db:
        before = db.execute(select(slack_users.c.rep_id, slack_users.c.user_id)).all()
    office.working.client.token = "xoxb-revoked"
    office.ahead += timedelta(days=2)
    office.working.mornings.everybody()
    with office.database.reading() as db:
        assert db.execute(select(slack_users.c.rep_id, slack_users.c.user_id)).all() == before


@pytest.mark.parametrize("name", ["Rita", "Mona"])
def test_the_next_morning_is_kept_on_a_working_day_of_the_rep(office, name):
    office.working.jobs.tick()
    with office.database.reading() as db:
        rows = db.execute(select(mornings.c.next_at)).scalars().all()
    assert len(rows) == 3
    assert all(moment > datetime.now(UTC) and moment.astimezone(UTC).weekday() < 6 for moment in rows)
