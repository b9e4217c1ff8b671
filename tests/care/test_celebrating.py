"""Whose birthday or festival comes is found by month and day in each calendar, once a year, on both databases."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import update

from care import celebrating, follow_ups, notices
from care.celebrating import FEW_OWNERS
from care.drafting import Wanted
from care.occasions import MID_AUTUMN, Occasion
from customers.tables import customers
from customers.work_tables import follow_ups as stored
from tests.care.outreach import NOW, Outreach
from tests.ledger import TODAY

MOON = date(2026, 9, 25)
FESTIVAL = Occasion(MID_AUTUMN, MOON, 2026)


@pytest.fixture
def outreach(database):
    return Outreach(database)


def person(outreach, name, born, *, lunar=False, **more):
    known = {"kind": "person", "birthday": born, "birthday_is_lunar": lunar}
    return outreach.buyer(name, **known | more)


def birthdays(outreach, *days, owners=None):
    outreach.refresh()
    with outreach.database.reading() as db:
        found = celebrating.birthdays(db, days, {outreach.ada, None} if owners is None else owners, now=NOW)
    return [(each.person or each.customer_name, each.occasion.day) for each in found]


def keepers(outreach, *, known_by=NOW, most=10):
    outreach.refresh()
    with outreach.database.reading() as db:
        found = celebrating.keep_festival(db, FESTIVAL, {outreach.ada}, known_by=known_by, now=NOW, most=most)
    return found.get(outreach.ada)


def names(found):
    return {each.customer_name for each in found.first}


def test_birthdays_of_persons_and_contacts_are_found_in_either_calendar(outreach):
    person(outreach, "Sol", date(1980, 9, 25))
    person(outreach, "Luna", date(1979, 8, 15), lunar=True)
    person(outreach, "Other", date(1980, 9, 24))
    person(outreach, "Eighth", date(1980, 8, 15))  # the numbers of a lunar day, in the other calendar
    outreach.contact(outreach.acme, "Ann", birthday=date(1904, 9, 25), birthday_year_known=False)
    outreach.contact(outreach.acme, "Bo", birthday=date(1970, 8, 15), birthday_is_lunar=True)
    assert sorted(birthdays(outreach, MOON)) == [(name, MOON) for name in ("Ann", "Bo", "Luna", "Sol")]


@pytest.mark.parametrize("everybody", [False, True])
def test_only_the_asked_owners_birthdays_count_unless_there_are_many(outreach, everybody):
    person(outreach, "Mine", date(1980, 9, 25))
    person(outreach, "Hers", date(1980, 9, 25), owner_id=outreach.zoe)
    person(outreach, "Nobodys", date(1980, 9, 25), owner_id=None)
    owners = set(range(10_000, 10_001 + FEW_OWNERS)) if everybody else {outreach.ada}
    found = [name for name, _ in birthdays(outreach, MOON, owners=owners)]
    assert sorted(found) == (["Hers", "Mine", "Nobodys"] if everybody else ["Mine"])


@pytest.mark.parametrize(
    ("born", "lunar", "celebrated"),
    [
        (date(1980, 2, 29), False, date(2026, 2, 28)),
        (date(1980, 2, 29), False, date(2028, 2, 29)),
        (date(1980, 12, 30), True, date(2026, 2, 16)),
        (date(1904, 2, 29), True, date(2026, 4, 16)),
    ],
)
def test_days_that_not_every_year_has(outreach, born, lunar, celebrated):
    person(outreach, "Leap", born, lunar=lunar)
    around = [celebrated + timedelta(days=n) for n in range(-3, 4)]
    assert birthdays(outreach, *around) == [("Leap", celebrated)]


def test_who_never_bought_or_is_a_company_or_stands_there_twice_gets_no_wish(outreach):
    outreach.customer("Prospect")
    born = {"birthday": date(1980, 9, 25), "owner_id": outreach.ada}
    outreach.change(update(customers).where(customers.c.key == "Prospect").values(kind="person", **born))
    outreach.change(update(customers).where(customers.c.key == "Acme").values(birthday=date(1980, 9, 25)))
    twice = person(outreach, "Sol Sun", date(1980, 9, 25))
    outreach.contact(twice, "SOL SUN", birthday=date(1980, 9, 25))
    assert birthdays(outreach, MOON) == [("Sol Sun", MOON)]


def test_a_birthday_is_found_once_a_year_also_of_two_contacts_of_one_customer(outreach):
    outreach.contact(outreach.acme, "Ann", birthday=date(1980, 9, 25))
    outreach.contact(outreach.acme, "Bo", birthday=date(1980, 9, 26))
    outreach.refresh()
    with outreach.database.transaction() as db:
        first, _ = celebrating.birthdays(db, [MOON, MOON + timedelta(days=1)], {outreach.ada}, now=NOW)
        told = {"rep_id": outreach.ada, "day": TODAY, "now": NOW}
        assert notices.tell_each(db, "birthday", [(first.customer_id, first.subject)], **told)
        assert notices.tell_each(db, "birthday", [(first.customer_id, first.subject)], **told) == {}
    assert birthdays(outreach, MOON, MOON + timedelta(days=1)) == [("Bo", MOON + timedelta(days=1))]
    assert birthdays(outreach, date(2027, 9, 25)) == [("Ann", date(2027, 9, 25))]


def test_the_most_valuable_come_first(outreach):
    for name, orders in (("Small", 3), ("Great", 9)):
        outreach.bought(person(outreach, name, date(1980, 9, 25)), *range(10, 10 * orders, 10), amount=100 * orders)
    assert [name for name, _ in birthdays(outreach, MOON)] == ["Great", "Small"]


def test_festivals_are_for_those_who_read_chinese_and_for_the_lands_that_keep_them(outreach):
    outreach.buyer("Reads", language="zh_CN", country="DE")
    outreach.buyer("Foreign in Shanghai", language="en", country="CN")
    outreach.buyer("Hong Kong", language="en", country="HK")
    outreach.buyer("新加坡食品", language=None, country="SG")
    outreach.buyer("Singapore Foods", language="en", country="SG")
    outreach.buyer("柏林食品", language="de", country="DE")
    found = keepers(outreach)
    assert names(found) == {"Reads", "Foreign in Shanghai", "Hong Kong", "新加坡食品"}
    assert (found.able, found.without_consent) == (4, 0)


def test_of_many_keepers_the_most_valuable_who_may_have_allowed_it_are_read_and_the_others_counted(outreach):
    for number in range(5):
        outreach.bought(outreach.buyer(f"Allows {number}", country="CN"), *range(10, 40 + 30 * number, 10))
        outreach.buyer(f"Silent {number}", country="CN", allows=None)
    outreach.buyer("Refuses", country="CN", allows=False)
    found = keepers(outreach, most=2)
    assert names(found) == {"Allows 4", "Allows 3"}
    assert (found.able, found.without_consent) == (5, 6)


def test_a_festival_is_not_for_who_became_known_later_was_told_of_or_is_being_written_to(outreach):
    late = outreach.buyer("Late", country="CN")
    told = outreach.buyer("Told", country="CN")
    written = outreach.buyer("Written", country="CN")
    outreach.buyer("Prompt", country="CN")
    outreach.refresh()
    begun = datetime.combine(TODAY, time(), UTC)
    outreach.change(update(customers).where(customers.c.id == late).values(created_at=begun + timedelta(hours=1)))
    outreach.propose(written, wanted=Wanted("festivals/mid_autumn", "email", {"occasion_day": MOON}))
    with outreach.database.transaction() as db:
        notices.tell_each(db, MID_AUTUMN, [(told, "2026")], rep_id=outreach.ada, day=TODAY, now=NOW)
    assert names(keepers(outreach, known_by=begun)) == {"Prompt"}


def test_a_birthday_that_somebody_writes_about_already_is_left_alone(outreach):
    sol = person(outreach, "Sol", date(1980, 9, 25))
    outreach.refresh()
    outreach.propose(sol, wanted=Wanted("birthday/birthday", "email", {"occasion_day": MOON}))
    assert birthdays(outreach, MOON) == []


def test_visits_are_those_that_a_rule_promised_until_a_day_and_nobody_wrote_about(outreach):
    day, other = TODAY + timedelta(days=5), outreach.buyer("Other")
    done, written = outreach.buyer("Done"), outreach.buyer("Written")
    late, by_hand = outreach.buyer("Late"), outreach.buyer("By hand")
    outreach.refresh()
    with outreach.database.transaction() as db:
        made = {"rep_id": outreach.ada, "today": TODAY, "now": NOW}
        ids = {
            each: follow_ups.by_rule(db, rule="visit", customer_id=each, day=day, **made)
            for each in (outreach.acme, other, done, written)
        }
        follow_ups.by_rule(db, rule="visit", customer_id=late, day=day + timedelta(days=1), **made)
        follow_ups.make(db, customer_id=by_hand, day=day, what="Visit", by=outreach.ada, **made)
        db.execute(update(stored).where(stored.c.id == ids[done]).values(state="done"))
        notices.tell_each(db, "visit", [(other, str(ids[other]))], rep_id=outreach.ada, day=TODAY, now=NOW)
    outreach.propose(written, wanted=Wanted("regular_visit/arrange", "email"))
    with outreach.database.reading() as db:
        (found,) = celebrating.visits(db, day, now=NOW)
    assert (found.customer_id, found.rep_id, found.occasion.day) == (outreach.acme, outreach.ada, day)
    assert found.subject == str(ids[outreach.acme])
