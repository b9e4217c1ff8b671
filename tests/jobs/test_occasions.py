"""Some days before a birthday or a festival its rep finds a draft in the morning, once a year; nothing is sent."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, insert, select, update

from care import follow_ups, lunar_calendar, occasions
from care.working_days import is_working_day
from customers import preferences
from customers.computed_tables import customer_facts
from customers.notice_tables import notices
from customers.outreach_tables import batches, drafts
from customers.tables import consents, contacts, customers, interactions, reps
from customers.work_tables import absences
from delivery.tables import outbox, runs
from tests.commands.test_draft import OUTREACH
from tests.office import open_office, shown
from tests.office_fixtures import on_both

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def office(tenant, tmp_path):
    with open_office(tmp_path, prepared=tenant, **OUTREACH) as office:
        settled(office)
        yield office


def settled(office):
    """Customers who have been known for long, and whom no check stops but that of consent."""
    office.working.jobs.tick()
    with office.database.transaction() as db:
        db.execute(update(customers).values(created_at=LONG_AGO, time_zone="Europe/Berlin"))
        db.execute(update(interactions).values(closed_at=LONG_AGO))
        db.execute(update(customer_facts).values(open_complaint=None))


def id_of(office, key, table=customers):
    with office.database.reading() as db:
        return db.scalar(select(table.c.id).where(table.c.key == key))


def rep(office, name):
    with office.database.reading() as db:
        return db.scalar(select(reps.c.id).where(reps.c.email == f"{name}@example.com"))


def allow(office, key, purpose="marketing"):
    with office.database.transaction() as db:
        entry = {"channel": "email", "purpose": purpose, "given": True, "at": office.now, "how": "form"}
        db.execute(insert(consents).values(customer_id=id_of(office, key), **entry))


def born(office, key, name, day, *, lunar=False, email="own@example.com"):
    """A contact with a birthday, without a year."""
    moon = lunar_calendar.lunar_day(day)
    month, number = (moon.month, moon.day) if lunar else (day.month, day.day)
    row = {"name": name, "folded_name": name.lower(), "email": email, "birthday_is_lunar": lunar}
    row |= {"birthday": day.replace(year=1904, month=month, day=number), "birthday_year_known": False}
    with office.database.transaction() as db:
        db.execute(insert(contacts).values(customer_id=id_of(office, key), **row))


def next_morning(office, name="Rita", country="DE"):
    """The day of a person's next working morning."""
    zone = ZoneInfo({"Rita": "Europe/Berlin", "Mona": "Europe/Berlin", "李娜": "Asia/Shanghai"}[name])
    day = office.now.astimezone(zone).date() + timedelta(days=1)
    while not is_working_day(day, country):
        day += timedelta(days=1)
    return day


def told(office, name, words="Occasions"):
    """The messages of the job in a person's DM."""
    person = office.people[name]
    said = office.workspace.visible_to(person, office.workspace.dm(person))
    return [each for each in said if words in shown(each)]


def comes(office, name, words="Occasions"):
    return office.workspace.wait_for(lambda: (told(office, name, words) or [None])[-1])


def count(office, table):
    with office.database.reading() as db:
        return db.scalar(select(func.count()).select_from(table))


def said(office):
    """How many messages of the job there are in all, sent or not."""
    with office.database.reading() as db:
        return db.scalar(select(func.count()).select_from(outbox).where(outbox.c.job == "occasions"))


@on_both
def test_a_rep_finds_a_draft_some_days_ahead_submits_it_and_it_waits_for_the_day(office):
    allow(office, "A1")
    day = next_morning(office) + timedelta(days=5)
    born(office, "A1", "Anna Apfelbaum", day)
    office.morning_of("Rita")
    message = comes(office, "Rita")
    words = shown(message)
    assert "1 draft is ready to be read" in words
    assert "Anna Apfelbaum at Acme GmbH" in words
    assert "in 5 days, on " in words
    assert count(office, drafts) == 1
    with office.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(outbox).where(outbox.c.kind == "email")) == 0
    office.read_dm("Rita")
    office.workspace.act_as(office.people["Rita"]).press(message, label="Open").wait()
    card = comes(office, "Rita", "Not submitted yet")
    assert "Happy birthday, Anna Apfelbaum" in shown(card)
    assert "own@example.com" in shown(card)
    office.talk("Rita presses Submit for approval", "bot: Waits for Mona Berg")
    office.read_dm("Mona")
    comes(office, "Mona", "Message to Acme GmbH")
    office.talk("Mona presses Approve", "bot: Approved by Mona Berg, leaves on")
    with office.database.reading() as db:
        queued = db.execute(select(outbox).where(outbox.c.kind == "email")).one()
    assert queued.recipient == "own@example.com"
    assert queued.due.astimezone(ZoneInfo("Europe/Berlin")) == datetime.combine(day, time(), ZoneInfo("Europe/Berlin"))


def test_it_is_told_once_a_year(office):
    allow(office, "A1")
    day = next_morning(office) + timedelta(days=5)
    born(office, "A1", "Anna Apfelbaum", day)
    for _ in range(3):
        office.morning_of("Rita")
    assert (said(office), count(office, drafts)) == (1, 1)
    with office.database.transaction() as db:  # the draft was thrown away: that is an answer
        db.execute(batches.delete())
    office.morning_of("Rita")
    assert (said(office), count(office, drafts)) == (1, 0)
    next_year = occasions.begins(occasions.Birthday(day.month, day.day).falls_on(day.year + 1), 5, "DE")
    office.go_to(datetime.combine(next_year, time(8, 31), ZoneInfo("Europe/Berlin")))
    assert (said(office), count(office, drafts)) == (2, 1)  # lost by now, and still a customer


def test_who_cannot_be_written_to_is_named_once_with_the_reason(office):
    day = next_morning(office) + timedelta(days=5)
    born(office, "B1", "Bea Blau", day)
    born(office, "A1", "Anna Apfelbaum", day, email=None)
    allow(office, "A1")
    office.morning_of("Rita")
    words = shown(comes(office, "Rita"))
    on = f"({day:%b} {day.day})"
    assert f"Bea Blau at Blauer See {on}: The customer has not allowed this: no entry is no consent." in words
    assert f"Anna Apfelbaum at Acme GmbH {on}: No address is known for this channel." in words
    assert count(office, drafts) == 0
    office.morning_of("Rita")
    assert said(office) == 1


def _in_every_year(office):
    """Days of which Li Na is told next whose lunar day comes every year."""
    coming = occasions.days_to_tell(next_morning(office, "李娜", "CN"), 5, "CN")[1:]
    moons = {day: lunar_calendar.lunar_day(day) for day in coming}
    return [day for day, moon in moons.items() if moon.day < 30 and not moon.is_leap]


def test_a_chinese_rep_reads_of_a_lunar_birthday_in_chinese(office):
    if not _in_every_year(office):  # all in a leap month, where no birthday is: beyond it there are others
        office.go_to(office.now + timedelta(days=35))
    morning, day = next_morning(office, "李娜", "CN"), _in_every_year(office)[-1]
    born(office, "C1", "王芳", day, lunar=True)
    allow(office, "C1")
    office.morning_of("李娜", country="CN")
    words = shown(comes(office, "李娜", "关怀日"))
    assert "上海晨曦文具有限公司的王芳" in words
    assert "农历" in words
    assert f"{(day - morning).days} 天后" in words
    with office.database.reading() as db:
        draft = db.execute(select(drafts).where(drafts.c.template == "birthday/birthday")).one()
    assert (draft.language, draft.subject) == ("zh_CN", "王芳，生日快乐")


def test_what_had_begun_before_an_import_stays_untold(office):
    """The customers came this minute: only what begins to be due from now on is told of."""
    allow(office, "A1")
    with office.database.transaction() as db:
        db.execute(update(customers).values(created_at=office.now))
    first = next_morning(office)
    soon, later = first + timedelta(days=1), occasions.days_to_tell(first, 5, "DE")[-1]
    born(office, "A1", "Anna Soon", soon)
    born(office, "A1", "Bea Later", later)
    office.morning_of("Rita")
    words = shown(comes(office, "Rita"))
    assert "Bea Later" in words
    assert "Anna Soon" not in words


def test_a_deputy_finds_the_drafts_of_whoever_is_away_in_the_own_hands(office):
    allow(office, "A1")
    day = next_morning(office)
    born(office, "A1", "Anna Apfelbaum", day + timedelta(days=5))
    with office.database.transaction() as db:
        away = {"rep_id": rep(office, "rita"), "deputy_id": rep(office, "mona"), "made_at": office.now}
        db.execute(insert(absences).values(away | {"first": office.today, "last": day + timedelta(days=30)}))
    office.morning_of("Rita")
    assert "Anna Apfelbaum" in shown(comes(office, "Mona"))
    with office.database.reading() as db:
        assert db.scalar(select(batches.c.made_by)) == rep(office, "mona")
    assert told(office, "Rita") == []


@on_both
def test_a_long_list_begins_with_the_most_valuable_and_goes_on_the_next_morning(office):
    day = occasions.days_to_tell(next_morning(office), 5, "DE")[-1]
    for number in range(11):
        born(office, "A2", f"Tom {number}", day)
    born(office, "A1", "Anna Apfelbaum", day)  # Acme is worth more
    for key in ("A1", "A2"):
        allow(office, key)
    office.morning_of("Rita")
    words = shown(comes(office, "Rita"))
    assert "10 drafts are ready" in words
    assert words.index("Anna Apfelbaum") < words.index("Tom")
    assert "2 more come with the next mornings" in words
    office.morning_of("Rita")
    office.workspace.wait_for(lambda: len(told(office, "Rita")) == 2)
    assert "2 drafts are ready" in shown(told(office, "Rita")[-1])
    assert count(office, notices) == 12


def test_a_post_beyond_the_daily_cap_drafts_nothing_until_it_is_said(office):
    allow(office, "A1")
    day = occasions.days_to_tell(next_morning(office), 5, "DE")[-1]
    born(office, "A1", "Anna Apfelbaum", day)
    office.working.mornings.everybody()
    with office.database.transaction() as db:
        preferences.choose(db, rep(office, "rita"), {"daily_cap": 1})
        db.execute(
            insert(runs).values(
                job="other",
                subject=f"rep:{rep(office, 'rita')}",
                local_date=next_morning(office),
                state="planned",
                at=office.now,
            )
        )
    office.morning_of("Rita")
    assert (said(office), count(office, drafts)) == (0, 0)
    office.morning_of("Rita")
    assert (said(office), count(office, drafts)) == (1, 1)


def test_a_rehearsal_shows_it_and_keeps_nothing(office):
    allow(office, "A1")
    born(office, "A1", "Anna Apfelbaum", office.today + timedelta(days=2))
    mornings = office.working.mornings
    (job,) = (each for each in mornings.jobs if each.name == "occasions")
    ((someone, reply),) = mornings.rehearse(job, mornings.everybody(always=True), office.now)
    assert someone.name == "Rita Roth"
    assert "Anna Apfelbaum at Acme GmbH" in str(reply.blocks)
    assert (count(office, drafts), count(office, notices)) == (0, 0)


@pytest.mark.parametrize(("shows", "there", "hidden"), [("masked", "Anna", ", on "), ("ids", "A1", "Anna")])
def test_what_may_not_leave_for_slack_does_not(tenant, tmp_path, shows, there, hidden):
    with open_office(tmp_path, prepared=tenant, **OUTREACH, slack_shows=shows) as office:
        settled(office)
        allow(office, "A1")
        born(office, "A1", "Anna Apfelbaum", next_morning(office) + timedelta(days=5))
        office.morning_of("Rita")
        words = shown(comes(office, "Rita"))
        assert there in words
        assert hidden not in words
        assert "has a birthday soon" in words
        assert "draft.open" not in str(comes(office, "Rita").blocks)


@pytest.mark.parametrize("shows", ["masked", "ids"])
def test_a_reason_that_names_an_amount_is_counted_where_none_may_leave_for_slack(tenant, tmp_path, shows):
    blocks = {"checks_that_warn": "same_text", "slack_shows": shows}
    with open_office(tmp_path, prepared=tenant, **OUTREACH | blocks) as office:
        settled(office)
        allow(office, "A1")
        with office.database.transaction() as db:
            db.execute(update(customers).where(customers.c.key == "A1").values(overdue=Decimal(4711)))
        born(office, "A1", "Anna Apfelbaum", next_morning(office) + timedelta(days=5))
        office.morning_of("Rita")
        words = shown(comes(office, "Rita"))
        assert "1 more for other reasons" in words
        assert "4,711" not in words


def test_without_a_way_to_customers_nothing_is_drafted(tenant, tmp_path):
    with open_office(tmp_path, prepared=tenant) as office:
        settled(office)
        allow(office, "A1")
        born(office, "A1", "Anna Apfelbaum", next_morning(office) + timedelta(days=5))
        office.morning_of("Rita")
        assert said(office) == 0


def test_who_keeps_a_festival_shares_one_batch_which_is_read_page_by_page(office):
    for key in ("C1", "A2"):
        allow(office, key)
    with office.database.transaction() as db:
        hers = {"owner_id": rep(office, "li"), "language": "zh_CN"}
        db.execute(update(customers).where(customers.c.key == "A2").values(hers))
    year = office.today.year + 1
    festival = lunar_calendar.day_of(year, 8, 15)
    begins = occasions.begins(festival, 5, "CN")
    office.go_to(datetime.combine(begins, time(8, 31), ZoneInfo("Asia/Shanghai")))
    message = comes(office, "李娜", "关怀日")
    assert "中秋节" in shown(message)
    assert "2 位客户" in shown(message)
    assert "上海晨曦文具有限公司" in shown(message)
    office.workspace.act_as(office.people["李娜"]).press(message, label="打开").wait()
    comes(office, "李娜", "给 2 位客户的消息")
    with office.database.reading() as db:
        assert db.scalar(select(batches.c.occasion)) == f"mid_autumn:{festival}"
    office.morning_of("李娜", country="CN")
    assert (said(office), count(office, batches)) == (1, 1)


def test_what_is_written_anew_stays_a_wish_to_the_same_contact(office):
    allow(office, "A1")
    day = next_morning(office) + timedelta(days=5)
    born(office, "A1", "Anna Apfelbaum", day)
    office.morning_of("Rita")
    message = comes(office, "Rita")
    office.read_dm("Rita")
    office.talk("Rita in DM: /draft acme check_in", "bot: Not submitted yet")
    assert count(office, drafts) == 2  # what the morning brought is still there
    office.workspace.act_as(office.people["Rita"]).press(message, label="Open").wait()
    comes(office, "Rita", "Happy birthday, Anna Apfelbaum")
    office.press("Rita", "Fill in")
    office.submit("Rita", {"occasion_day": (day + timedelta(days=1)).isoformat()})
    office.workspace.wait_for(lambda: batch_ids(office) == [2, 3])
    with office.database.reading() as db:
        wish = db.execute(select(drafts, batches.c.occasion).join(batches).where(batches.c.id == 3)).one()
    assert (wish.recipient, wish.subject) == ("own@example.com", "Happy birthday, Anna Apfelbaum")
    assert wish.occasion == f"birthday:{day}"


def batch_ids(office):
    with office.database.reading() as db:
        return list(db.scalars(select(batches.c.id).order_by(batches.c.id)))


def test_a_visit_that_a_rule_asks_for_finds_its_draft_once_with_whoever_is_to_visit(office):
    allow(office, "A1", purpose="service")
    day = next_morning(office) + timedelta(days=3)
    made = {"rule": "visit", "rep_id": rep(office, "rita"), "today": office.today, "now": office.now, "day": day}
    with office.database.transaction() as db:
        for key in ("A1", "B1"):  # nobody may write to the second one, who is visited all the same
            follow_ups.by_rule(db, customer_id=id_of(office, key), **made)
    office.morning_of("Rita")
    message = comes(office, "Rita")
    assert "Acme GmbH" in shown(message)
    assert "time for a visit, by" in shown(message)
    assert "Blauer See" not in shown(message)
    office.morning_of("Rita")
    assert (said(office), count(office, drafts)) == (1, 1)
    with office.database.reading() as db:
        draft = db.execute(select(drafts.c.template, batches.c.occasion).join(batches)).one()
    assert draft == ("regular_visit/arrange", "visit")
