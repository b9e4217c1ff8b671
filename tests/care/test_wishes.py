"""A birthday wish waits for its day, goes to the contact whom it is for, and expires when the day is over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from care import approving
from care.drafting import Wanted
from tests.care.outreach import NOW, POLICY, Outreach
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
    return Outreach(database)


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


@pytest.mark.parametrize("asked", [True, False])
def test_a_wish_that_nobody_approved_expires_when_its_day_is_over(outreach, asked):
    made = outreach.propose(wanted=WISH)
    other = outreach.propose()
    if asked:
        outreach.ask(made.batch_id)
    over = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC) + timedelta(days=1)
    assert expire(outreach, over - timedelta(minutes=1)) == []
    assert outreach.batch(made.batch_id).state == ("asked" if asked else "making")
    assert expire(outreach, over) == ([made.batch_id] if asked else [])
    assert outreach.batch(made.batch_id).state == "expired"
    assert outreach.batch(other.batch_id).state == "making"
