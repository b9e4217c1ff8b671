"""Who decides about a message, that only what was seen is approved, and that of several at once one decides."""

import threading
import time
from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from sqlalchemy import insert, select, text, update

from care import approvers, approving, consents, drafting, editing, sending
from care.approving import AlreadyDecided, Overtaken, WordsChanged
from customers.computed_tables import customer_facts
from customers.morning_tables import slack_users
from customers.outreach_tables import draft_cards, drafts
from customers.tables import reps
from customers.work_tables import absences
from delivery import health
from delivery.tables import outbox
from tests.care.outreach import NOW, POLICY, Outreach, later
from tests.ledger import TODAY
from words.errors import BadInput, NotAllowed


@pytest.fixture
def tenant(database):
    return Outreach(database)


@pytest.fixture
def shared(postgres):
    """The same where several may write at once."""
    return Outreach(postgres)


class Meanwhile:
    """Does something in a thread of its own, as another process would."""

    def __init__(self, database, do):
        self._database, self._do = database, do
        self.result = self.failure = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        try:
            self.result = self._do()
        except Exception as failure:
            self.failure = failure

    def waits(self):
        """Return once it waits for what somebody else has locked, or has ended."""
        until = time.monotonic() + 20
        while self._thread.is_alive() and time.monotonic() < until:
            with self._database.reading() as db:
                if db.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                    return

    def ends(self):
        self._thread.join(20)
        assert not self._thread.is_alive()
        return self


def test_only_what_was_seen_is_approved(tenant):
    made = tenant.propose()
    tenant.ask(made.batch_id)
    seen = tenant.seen(made.batch_id)
    tenant.edit(made.draft_ids[0], "By the way: everything is free.")
    with pytest.raises(WordsChanged, match="changed since you looked"):
        tenant.approve(made.batch_id, seen=seen)
    with pytest.raises(WordsChanged):
        tenant.approve(made.batch_id, seen="")
    assert (tenant.batch(made.batch_id).state, tenant.draft(made.draft_ids[0]).state) == ("asked", "proposed")
    assert tenant.approve(made.batch_id).held == 1


def test_one_draft_of_a_batch_that_changed_is_enough_to_look_again(tenant):
    other = tenant.buyer("Other")
    tenant.refresh()
    made = tenant.propose(tenant.acme, other)
    tenant.ask(made.batch_id)
    seen = tenant.seen(made.batch_id)
    tenant.edit(made.draft_ids[1], "One more thing.")
    with pytest.raises(WordsChanged):
        tenant.approve(made.batch_id, seen=seen)


def test_words_that_are_being_saved_while_somebody_approves_are_not_approved_unseen(shared):
    made = shared.propose()
    shared.ask(made.batch_id)
    words, seen = shared.draft(made.draft_ids[0]).text, shared.seen(made.batch_id)
    with shared.database.transaction() as db:
        editing.edit(db, POLICY, made.draft_ids[0], "Hi", f"Free!\n\n{words}", by=shared.ada, at=NOW)
        pressed = Meanwhile(shared.database, lambda: shared.approve(made.batch_id, seen=seen))
        pressed.waits()
    assert isinstance(pressed.ends().failure, WordsChanged)
    assert shared.draft(made.draft_ids[0]).state == "proposed"


def test_what_is_being_approved_cannot_be_edited_meanwhile(shared):
    made = shared.propose()
    shared.ask(made.batch_id)
    seen, mia = shared.seen(made.batch_id), shared.who(shared.mia)
    with shared.database.transaction() as db:
        approving.approve(db, POLICY, made.batch_id, seen=seen, by=mia, at=NOW, zone=UTC)
        saved = Meanwhile(shared.database, lambda: shared.edit(made.draft_ids[0], "Free!"))
        saved.waits()
    assert saved.ends().failure is not None
    assert "Free!" not in shared.draft(made.draft_ids[0]).text


def test_of_two_offers_to_one_customer_that_are_approved_at_once_one_goes(shared):
    one, two = shared.propose(), shared.propose(wanted=drafting.Wanted("win_back/generic", "email"))
    for each in (one, two):
        with shared.database.transaction() as db:
            approving.ask(
                db, replace(POLICY, frequency_days=0), each.batch_id, by=shared.ada, at=NOW, day=TODAY, zone=UTC
            )
    seen, mia = shared.seen(one.batch_id), shared.who(shared.mia)
    with shared.database.transaction() as db:
        approving.approve(db, POLICY, one.batch_id, seen=seen, by=mia, at=NOW, zone=UTC)
        other = Meanwhile(shared.database, lambda: shared.approve(two.batch_id, shared.max))
        other.waits()
    assert isinstance(other.ends().failure, Overtaken)
    assert [shared.draft(each.draft_ids[0]).state for each in (one, two)] == ["held", "proposed"]


def test_a_withdrawal_and_an_undo_at_once_do_not_wait_for_each_other_for_ever(shared, monkeypatch):
    made, really = shared.held(), consents.planning.withdraw
    undoing = []

    def after_the_undo_began(*args):
        undoing.append(Meanwhile(shared.database, lambda: shared.undo(made.batch_id)))
        undoing[0].waits()
        monkeypatch.undo()
        return really(*args)

    monkeypatch.setattr(consents.planning, "withdraw", after_the_undo_began)
    with shared.database.transaction() as db:
        consents.withdraw(db, shared.acme, "email", ["marketing"], how="phone", by=shared.ada, at=NOW)
    assert isinstance(undoing[0].ends().failure, AlreadyDecided)
    assert shared.draft(made.draft_ids[0]).reason == consents.WITHDRAWN


def test_two_who_take_back_at_once_both_read_the_truth(shared):
    made = shared.held()
    with shared.database.transaction() as db:
        approving.undo(db, made.batch_id, by=shared.ada, at=NOW)
        other = Meanwhile(shared.database, lambda: shared.undo(made.batch_id))
        other.waits()
    assert "taken back already" in str(other.ends().failure)


def test_what_is_approved_in_the_moment_in_which_it_expires_goes_and_nothing_fails(shared):
    made, idle = shared.propose(), shared.propose()
    shared.ask(made.batch_id)
    seen, mia = shared.seen(made.batch_id), shared.who(shared.mia)

    def expire():
        with shared.database.transaction() as db:
            return approving.expire(db, later(days=1), later(days=1))

    with shared.database.transaction() as db:
        approving.approve(db, POLICY, made.batch_id, seen=seen, by=mia, at=NOW, zone=UTC)
        job = Meanwhile(shared.database, expire)
        job.waits()
    assert (job.ends().failure, job.result) == (None, [])
    states = [shared.batch(each.batch_id).state for each in (made, idle)]
    assert states == ["approved", "expired"]


def test_two_processes_that_write_down_what_became_of_messages_do_not_stand_in_each_others_way(shared):
    made = shared.held()
    shared.change(update(outbox).values(state="sent", finished_at=later(minutes=6), ready_at=None))
    with shared.database.transaction() as first, shared.database.transaction() as second:
        assert sending.settle(first, later(minutes=7)).batches == {made.batch_id}
        assert sending.settle(second, later(minutes=7)).batches == frozenset()
    assert shared.draft(made.draft_ids[0]).state == "sent"


def test_whoever_ever_changed_the_words_has_written_them(tenant):
    tenant.change(update(customer_facts).where(customer_facts.c.customer_id == tenant.acme).values(value="high"))
    made = tenant.propose()
    tenant.ask(made.batch_id)
    tenant.edit(made.draft_ids[0], "A line of Mia's.", by=tenant.mia)
    tenant.edit(made.draft_ids[0], "A comma of Ada's.", by=tenant.ada)
    with pytest.raises(NotAllowed, match="Four eyes"):
        tenant.approve(made.batch_id, tenant.mia)
    assert tenant.approve(made.batch_id, tenant.max).held == 1


def test_whoever_became_valuable_after_the_words_were_written_needs_a_second_person_too(tenant):
    made = tenant.propose(by=tenant.max)
    assert not tenant.batch(made.batch_id).second_person
    valuable = update(customer_facts).where(customer_facts.c.customer_id == tenant.acme).values(value="high")
    tenant.change(valuable)
    assert tenant.ask(made.batch_id) != tenant.max
    assert tenant.batch(made.batch_id).second_person


def test_a_manager_does_not_approve_the_own_words_while_somebody_else_is_asked(tenant):
    made = tenant.propose(by=tenant.mia)
    assert tenant.ask(made.batch_id) == tenant.max
    with pytest.raises(NotAllowed, match="You wrote this yourself"):
        tenant.approve(made.batch_id, tenant.mia)
    assert tenant.approve(made.batch_id, tenant.max).held == 1


def test_a_manager_whom_nobody_else_can_answer_approves_an_ordinary_message_alone(tenant):
    made = tenant.propose(by=tenant.mia)
    tenant.ask(made.batch_id)
    asked = [tenant.max]
    for days in (1, 2):
        with tenant.database.transaction() as db:
            asked += [whom for _, whom in approvers.escalate(db, POLICY, later(days=days), TODAY)]
    assert asked == [tenant.max, tenant.zoe, tenant.mia]
    assert tenant.approve(made.batch_id, tenant.mia).held == 1


def test_who_goes_away_after_being_asked_leaves_it_to_the_others(tenant):
    for rep in (tenant.mia, tenant.max, tenant.zoe):
        tenant.change(insert(slack_users).values(rep_id=rep, user_id=f"U{rep}", seen_at=NOW))
    made = tenant.propose()
    assert tenant.ask(made.batch_id) == tenant.mia
    tenant.change(insert(draft_cards).values(batch_id=made.batch_id, rep_id=tenant.mia))
    away = {"rep_id": tenant.mia, "deputy_id": tenant.ada, "first": TODAY, "last": TODAY, "made_at": NOW}
    tenant.change(insert(absences).values(away))
    with tenant.database.transaction() as db:
        assert approvers.escalate(db, POLICY, later(days=1), TODAY) == [(made.batch_id, tenant.max)]
        assert approvers.escalate(db, POLICY, later(days=2), TODAY) == [(made.batch_id, tenant.zoe)]


def test_what_was_taken_back_has_its_days_again(tenant):
    made = tenant.held()
    tenant.undo(made.batch_id, at=later(minutes=1))
    with tenant.database.transaction() as db:
        assert approving.expire(db, NOW + timedelta(seconds=30), later(days=7)) == []
        assert not approving.anything_late(db, replace(POLICY, approval=timedelta(days=9)), later(days=7))
        assert approving.expire(db, later(minutes=2), later(days=7, minutes=2)) == [made.batch_id]


def test_what_may_have_arrived_is_not_taken_back_and_so_not_approved_once_more(tenant):
    made = tenant.held()
    tenant.change(update(outbox).values(state="waiting", reason="cannot_look_up", ready_at=None, attempts=1))
    with tenant.database.transaction() as db:
        sending.settle(db, later(minutes=6))
        message_id = db.scalar(select(drafts.c.outbox_id).where(drafts.c.id == made.draft_ids[0]))
        assert health.decide(db, message_id, "resend", later(minutes=7), later(days=1))
    with pytest.raises(AlreadyDecided, match="too late"):
        tenant.undo(made.batch_id, at=later(minutes=8))
    assert tenant.draft(made.draft_ids[0]).state == "held"


def test_a_rejected_message_cannot_be_taken_back(tenant):
    made = tenant.propose()
    tenant.ask(made.batch_id)
    with tenant.database.transaction() as db:
        approving.reject(db, made.batch_id, by=tenant.who(tenant.mia), reason="Too pushy", at=NOW)
    with pytest.raises(BadInput, match="nothing of this waits"):
        tenant.undo(made.batch_id)


def test_of_a_batch_some_of_which_was_sent_nothing_is_thrown_away(tenant):
    other = tenant.buyer("Other")
    tenant.refresh()
    made = tenant.held(tenant.acme, other)
    with tenant.database.transaction() as db:
        first = select(drafts.c.outbox_id).where(drafts.c.id == made.draft_ids[0]).scalar_subquery()
        db.execute(update(outbox).where(outbox.c.id == first).values(state="sent", finished_at=NOW, ready_at=None))
        sending.settle(db, NOW)
        assert approving.undo(db, made.batch_id, by=tenant.ada, at=NOW) == 1
        approving.unask(db, made.batch_id, by=tenant.ada, at=NOW)
        assert not drafting.discard(db, made.batch_id)
    assert [tenant.draft(id).state for id in made.draft_ids] == ["sent", "proposed"]


def test_what_its_author_took_back_has_its_days_again(tenant):
    made = tenant.propose()
    tenant.ask(made.batch_id, at=later(days=1))
    with tenant.database.transaction() as db:
        approving.unask(db, made.batch_id, by=tenant.ada, at=later(days=6))
        assert approving.expire(db, later(days=5), later(days=12)) == []
    assert tenant.batch(made.batch_id).state == "making"


def test_who_stands_above_a_manager_who_has_left_is_asked(tenant):
    tenant.change(update(reps).where(reps.c.id == tenant.mia).values(active=False, manager_id=tenant.zoe))
    with tenant.database.reading() as db:
        assert approvers.approvers(db, tenant.ada, TODAY, second_person=False) == [tenant.zoe, tenant.max]


def test_what_may_have_arrived_counts_as_written_after_the_rest_was_taken_back(tenant):
    other = tenant.buyer("Other")
    tenant.refresh()
    made = tenant.held(tenant.acme, other)
    first = select(drafts.c.outbox_id).where(drafts.c.id == made.draft_ids[0]).scalar_subquery()
    tenant.change(update(outbox).where(outbox.c.id == first).values(state="waiting", ready_at=None))
    with tenant.database.transaction() as db:
        sending.settle(db, later(minutes=6))
    assert tenant.undo(made.batch_id, at=later(minutes=7)) == 1
    again = tenant.propose(wanted=drafting.Wanted("win_back/generic", "email"))
    with pytest.raises(Overtaken):  # an offer within FREQUENCY_DAYS
        tenant.ask(again.batch_id)
