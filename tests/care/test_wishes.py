"""Wishes are written once, to whom that can be; they wait for the day, and expire when it is over."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from care import approving, celebrating, wishes
from care.drafting import Wanted
from care.occasions import SPRING_FESTIVAL, Occasion
from customers.outreach_tables import drafts
from tests.care.outreach import NOW, POLICY, PRICE, Outreach
from tests.care.test_drafts import Postman, send
from tests.ledger import TODAY

DAY = TODAY + timedelta(days=4)
WISH = Wanted(
    "birthday/birthday",
    "email",
    {"occasion_day": DAY, "person": "Ann Apple"},
    occasion=f"birthday:{DAY}",
    recipient="ann@acme.example",
)


@pytest.fixture
def outreach(database):
    tenant = Outreach(database)
    tenant.contact(tenant.acme, "Ann Apple", email="ann@acme.example")
    return tenant


def expire(outreach, now):
    with outreach.database.transaction() as db:
        return approving.expire(db, now - timedelta(days=30), now)


def test_a_wish_goes_to_the_contact_whose_birthday_it_is(outreach):
    draft = outreach.draft(outreach.propose(wanted=WISH).draft_ids[0])
    assert (draft.recipient, draft.subject) == ("ann@acme.example", "Happy birthday, Ann Apple")


def test_an_approved_wish_waits_for_the_day_and_can_be_undone_until_it_leaves(outreach):
    made = outreach.propose(wanted=WISH)
    outreach.ask(made.batch_id)
    morning = datetime(DAY.year, DAY.month, DAY.day, 8, tzinfo=UTC)  # when the customer's quiet hours end
    assert outreach.approve(made.batch_id).send_at == morning
    assert outreach.message(made.draft_ids[0]).due == morning
    assert outreach.batch(made.batch_id).send_at == morning
    assert outreach.undo(made.batch_id, at=NOW + timedelta(days=3)) == 1


def test_a_wish_that_is_approved_on_the_day_leaves_after_the_hold_window(outreach):
    made = outreach.propose(wanted=replace(WISH, given=WISH.given | {"occasion_day": TODAY}))
    outreach.ask(made.batch_id)
    assert outreach.approve(made.batch_id).send_at == NOW + POLICY.hold


def test_a_wish_that_would_come_after_its_day_is_not_approved(outreach):
    made = outreach.propose(wanted=replace(WISH, given=WISH.given | {"occasion_day": TODAY}))
    outreach.ask(made.batch_id)
    night = datetime(TODAY.year, TODAY.month, TODAY.day, 21, tzinfo=UTC)  # it would leave the next morning
    with pytest.raises(approving.Overtaken):
        outreach.approve(made.batch_id, at=night)
    assert outreach.approve(made.batch_id, at=night - timedelta(hours=2)).held == 1


def test_a_wish_that_could_not_leave_on_its_day_leaves_no_more(outreach):
    made, postman = outreach.propose(wanted=WISH), Postman()
    outreach.ask(made.batch_id)
    outreach.approve(made.batch_id)
    send(outreach, postman, datetime(DAY.year, DAY.month, DAY.day, 9, tzinfo=UTC) + timedelta(days=1))
    assert postman.taken == []
    assert outreach.draft(made.draft_ids[0]).reason == "check_occasion"


@pytest.mark.parametrize("asked", [True, False])
def test_a_wish_that_nobody_approved_expires_when_its_day_is_over(outreach, asked):
    made = outreach.propose(wanted=WISH)
    other = outreach.propose(wanted=replace(PRICE, occasion="visit"))  # can be made later as well
    if asked:
        outreach.ask(made.batch_id)
    over = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC) + timedelta(days=1)
    assert expire(outreach, over - timedelta(minutes=1)) == []
    assert outreach.batch(made.batch_id).state == ("asked" if asked else "making")
    assert expire(outreach, over) == ([made.batch_id] if asked else [])
    assert outreach.batch(made.batch_id).state == "expired"
    assert outreach.batch(other.batch_id).state == "making"


def celebrants(outreach, *days):
    outreach.refresh()
    with outreach.database.reading() as db:
        return celebrating.birthdays(db, days or [DAY], {outreach.ada}, now=NOW)


def judged(outreach, whose, policy=POLICY):
    with outreach.database.reading() as db:
        return wishes.judge(db, policy, whose, now=NOW, zone=UTC)


def write(db, outreach, able):
    return wishes.write(db, POLICY, able, by=outreach.ada, country="CN", at=NOW, today=TODAY, zone=UTC)


def test_a_contact_is_written_to_at_the_own_address_only(outreach):
    born = {"birthday": DAY.replace(year=1980)}
    outreach.contact(outreach.acme, "Ann", email="ann@acme.example", **born)
    outreach.contact(outreach.acme, "Bo", **born)
    ann, bo = sorted(judged(outreach, celebrants(outreach)), key=lambda each: each.who.person)
    assert (ann.channel, ann.address) == ("email", "ann@acme.example")
    assert (bo.channel, bo.why.code) == (None, "check.address_none")
    with outreach.database.transaction() as db:
        (made,), failed = write(db, outreach, [ann])
        draft = db.execute(select(drafts).where(drafts.c.batch_id == made.batch_id)).one()
    assert failed == []
    assert (draft.recipient, draft.subject) == ("ann@acme.example", "Happy birthday, Ann")
    assert (outreach.batch(made.batch_id).occasion, outreach.batch(made.batch_id).state) == (
        f"birthday:{DAY}",
        "making",
    )
    assert outreach.batch(made.batch_id).made_by == outreach.ada


def test_of_two_channels_the_one_is_taken_by_which_nothing_stands_in_the_way(outreach):
    born = {"kind": "person", "birthday": DAY.replace(year=1980), "phone": "+49 151 12345678"}
    sol = outreach.buyer("Sol", allows=None, **born)
    outreach.consent(sol, TODAY, given=True, channel="sms")
    (found,) = judged(outreach, celebrants(outreach))
    assert (found.channel, found.address) == ("sms", "+4915112345678")
    (without,) = judged(outreach, celebrants(outreach), replace(POLICY, channels=frozenset({"email"})))
    assert (without.channel, without.why.code) == (None, "check.consent_none")


def test_those_who_keep_a_festival_share_a_batch_and_read_when_the_office_is_closed(outreach):
    spring = Occasion(SPRING_FESTIVAL, date(2026, 2, 17), 2026)
    for name in ("One", "Two"):
        outreach.buyer(name, country="CN", language="zh_CN")
    outreach.refresh()
    with outreach.database.reading() as db:
        found = celebrating.keep_festival(db, spring, {outreach.ada}, known_by=NOW, now=NOW, most=5)
    able = judged(outreach, found[outreach.ada].first)
    with outreach.database.transaction() as db:
        (made,), failed = write(db, outreach, able)
        texts = db.scalars(select(drafts.c.text).where(drafts.c.batch_id == made.batch_id)).all()
    assert (len(made.whose), failed) == (2, [])
    assert all("2月15日" in text and "2月24日恢复上班" in text for text in texts)


def test_who_cannot_be_written_to_after_all_is_named_with_the_reason(outreach):
    spring = Occasion(SPRING_FESTIVAL, date(2027, 2, 6), 2027)  # nobody knows yet when offices in China are closed
    one = outreach.buyer("One", country="CN", language="zh_CN", allows=None, phone="+86 138 0013 8000")
    outreach.consent(one, TODAY, given=True, channel="sms")
    outreach.refresh()
    with outreach.database.reading() as db:
        found = celebrating.keep_festival(db, spring, {outreach.ada}, known_by=NOW, now=NOW, most=5)
    (able,) = judged(outreach, found[outreach.ada].first)
    with outreach.database.transaction() as db:
        written, (failed,) = write(db, outreach, [able])
    assert (written, failed.who.customer_name, failed.why.fields) == ([], "One", ("closed_from",))
    with outreach.database.reading() as db:
        assert db.execute(select(drafts)).all() == []


def test_of_many_who_plan_at_once_one_writes_each_draft(outreach):
    for number in range(4):
        outreach.buyer(f"Sol {number}", kind="person", birthday=DAY.replace(year=1980))
    able = judged(outreach, celebrants(outreach))
    together = Barrier(4)

    def plan(which):
        together.wait()
        with outreach.database.transaction() as db:
            told = {"rep_id": [outreach.ada, outreach.mia][which % 2], "day": TODAY, "now": NOW}
            mine = wishes.once(db, [each.who for each in able][:: (-1) ** which], **told)
            written, _ = write(db, outreach, [each for each in able if each.who in mine])
        return len(written)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(plan, range(4))) == 4
    with outreach.database.reading() as db:
        assert len(db.scalars(select(drafts.c.customer_id)).all()) == 4
        assert len(set(db.scalars(select(drafts.c.customer_id)))) == 4
