"""Drafts are written, asked for, approved by whoever may, held, taken back and sent as they were approved."""

import json
from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from sqlalchemy import insert, select, update

from care import approvers, approving, consents, draft_life, drafting, editing, examining, sending
from care.approving import AlreadyDecided
from care.drafting import Wanted
from customers.computed_tables import customer_facts
from customers.outreach_tables import drafts
from customers.tables import consents as ledger
from delivery.clock import Clock
from delivery.dispatcher import Dispatcher
from delivery.outcomes import Refused, Sent, Unknown
from delivery.tables import outbox
from tests.care.outreach import NOW, POLICY, PRICE, Outreach, later
from tests.ledger import TODAY, ago
from words.errors import BadInput, NotAllowed
from words.rendering import MissingFields


@pytest.fixture
def tenant(database):
    return Outreach(database)


class Postman:
    """A channel that keeps what it was handed, and answers as told."""

    can_look_up = False

    def __init__(self, outcome=None):
        self.taken, self.outcome = [], outcome

    def send(self, row, still_ours):
        assert still_ours()
        self.taken.append(row)
        return self.outcome or Sent(f"ref{row.id}")

    def find(self, row):
        raise AssertionError("nobody looks an e-mail up")


def send(tenant, postman, at, policy=POLICY):
    """Let delivery send what is due at a moment; the database's clock is moved there."""

    class Then(Clock):
        def now(self, db):
            return at

    gate = sending.Gate(tenant.database, policy, lambda: at)
    Dispatcher(tenant.database, {"email": postman}, check=gate, clock=Then()).once()
    with tenant.database.transaction() as db:
        return sending.settle(db, at)


def test_a_draft_is_written_in_the_customers_language_and_kept_as_it_will_go(tenant):
    made = tenant.propose()
    found = tenant.draft(made.draft_ids[0])
    assert (found.state, found.channel, found.language, found.recipient) == (
        "proposed", "email", "en", "acme@example.com",
    )  # fmt: skip
    assert "Ten per cent off until Friday." in found.text
    assert f"https://care.tea.example/u/{found.token}" in found.text
    assert found.written == {"subject": found.subject, "text": found.text}
    assert tenant.batch(made.batch_id).state == "making"


def test_what_is_missing_is_said_before_anything_is_kept(tenant):
    with pytest.raises(MissingFields) as missing:
        tenant.propose(wanted=Wanted("win_back/price", "sms"))
    assert missing.value.fields == ("offer",)
    with pytest.raises(BadInput, match="no text “win_back/none”"):
        tenant.propose(wanted=Wanted("win_back/none"))
    with pytest.raises(BadInput, match="PUBLIC_URL"):
        tenant.propose(policy=replace(POLICY, public_url=""))
    with tenant.database.reading() as db:
        assert db.execute(select(drafts)).all() == []


def test_whoever_cannot_be_written_to_is_left_out_with_the_reason(tenant):
    new = tenant.customer("Nobody yet")
    made = tenant.propose(tenant.acme, new)
    assert len(made.draft_ids) == 1
    assert list(made.left_out) == [new]
    assert isinstance(made.left_out[new], MissingFields)


def test_the_manager_is_asked_then_the_next_one_up_then_any_manager(tenant):
    made = tenant.propose()
    assert tenant.ask(made.batch_id) == tenant.mia
    with tenant.database.transaction() as db:
        assert approvers.escalate(db, POLICY, later(hours=23), TODAY) == []
        assert approvers.escalate(db, POLICY, later(hours=24), TODAY) == [(made.batch_id, tenant.max)]
        assert approvers.escalate(db, POLICY, later(hours=25), TODAY) == []
        assert approvers.escalate(db, POLICY, later(hours=48), TODAY) == [(made.batch_id, tenant.zoe)]
        assert approvers.escalate(db, POLICY, later(hours=99), TODAY) == []
    assert tenant.approve(made.batch_id, tenant.mia, at=later(hours=49)).held == 1


def test_whoever_has_no_manager_asks_another_one_and_nobody_approves_alone_what_needs_two(tenant):
    with tenant.database.reading() as db:
        assert approvers.approvers(db, tenant.max, TODAY, second_person=False) == [tenant.mia, tenant.zoe, tenant.max]
        assert approvers.approvers(db, tenant.max, TODAY, second_person=True) == [tenant.mia, tenant.zoe]


def test_a_rep_cannot_approve_and_four_eyes_are_four(tenant):
    tenant.change(update(customer_facts).where(customer_facts.c.customer_id == tenant.acme).values(value="high"))
    made = tenant.propose(by=tenant.mia)
    assert tenant.batch(made.batch_id).second_person
    assert tenant.ask(made.batch_id) == tenant.max
    with pytest.raises(NotAllowed, match="A manager approves"):
        tenant.approve(made.batch_id, tenant.ada)
    with pytest.raises(NotAllowed, match="Four eyes"):
        tenant.approve(made.batch_id, tenant.mia)
    with tenant.database.transaction() as db:  # whoever changes the words has written them too
        words = tenant.draft(made.draft_ids[0])
        editing.edit(db, POLICY, words.id, "Other", words.text, by=tenant.max, at=NOW)
    with pytest.raises(NotAllowed, match="Four eyes"):
        tenant.approve(made.batch_id, tenant.max)
    assert tenant.approve(made.batch_id, tenant.zoe).held == 1


def test_a_large_batch_needs_a_second_person(tenant):
    others = [tenant.buyer(f"Buyer {number}") for number in range(3)]
    tenant.refresh()
    tenant.change(update(customer_facts).values(value="mid"))
    assert not tenant.batch(tenant.propose(*others, policy=replace(POLICY, batch_alone=3)).batch_id).second_person
    assert tenant.batch(tenant.propose(*others, policy=replace(POLICY, batch_alone=2)).batch_id).second_person


def test_of_two_who_decide_one_succeeds_and_the_other_reads_who(tenant):
    made = tenant.propose()
    tenant.ask(made.batch_id)
    tenant.approve(made.batch_id, tenant.mia)
    with pytest.raises(AlreadyDecided, match="approved") as late:
        tenant.approve(made.batch_id, tenant.max)
    assert late.value.values == {"person": "Mia"}
    with pytest.raises(AlreadyDecided), tenant.database.transaction() as db:
        approving.reject(db, made.batch_id, by=tenant.who(tenant.max), reason="no", at=NOW)


def test_a_rejected_draft_says_why_and_never_leaves(tenant):
    made = tenant.propose()
    tenant.ask(made.batch_id)
    with pytest.raises(BadInput, match="why"), tenant.database.transaction() as db:
        approving.reject(db, made.batch_id, by=tenant.who(tenant.mia), reason="  ", at=NOW)
    with tenant.database.transaction() as db:
        approving.reject(db, made.batch_id, by=tenant.who(tenant.mia), reason="Too pushy", at=NOW)
    assert tenant.batch(made.batch_id).reason == "Too pushy"
    assert tenant.draft(made.draft_ids[0]).state == "rejected"
    with pytest.raises(AlreadyDecided):
        tenant.approve(made.batch_id)


def test_an_approved_message_is_held_and_leaves_exactly_as_approved(tenant):
    made = tenant.held()
    found, message = tenant.draft(made.draft_ids[0]), tenant.message(made.draft_ids[0])
    assert (found.state, message.state, message.due) == ("held", "pending", later(minutes=5))
    assert message.payload_hash == found.payload_hash
    told = json.loads(message.payload)
    assert (told["text"], told["to"], told["reply_to"]) == (found.text, "acme@example.com", "ada@example.com")
    assert told["unsubscribe"] == [f"https://care.tea.example/u/{found.token}"]
    assert told["one_click"]
    postman = Postman()
    send(tenant, postman, later(minutes=4))
    assert postman.taken == []
    assert send(tenant, postman, later(minutes=6)).batches == {made.batch_id}
    assert [json.loads(row.stored) for row in postman.taken] == [told]
    assert (tenant.draft(found.id).state, tenant.draft(found.id).sent_at) == ("sent", later(minutes=6))
    send(tenant, postman, later(minutes=9))
    assert len(postman.taken) == 1
    with tenant.database.reading() as db:
        assert [step.what for step in draft_life.steps(db, found.id)] == [
            "proposed", "asked", "approved", "held", "sent",
        ]  # fmt: skip


def test_what_was_taken_back_keeps_neither_words_nor_address_of_the_message_that_did_not_leave(tenant):
    made = tenant.held()
    tenant.undo(made.batch_id, at=later(minutes=1))
    tenant.approve(made.batch_id, at=later(minutes=2))
    with tenant.database.reading() as db:
        mails = select(outbox.c.state, outbox.c.recipient, outbox.c.payload.is_(None)).where(outbox.c.kind == "email")
        kept = db.execute(mails.order_by(outbox.c.id)).all()
    assert [tuple(each) for each in kept] == [("skipped", "", True), ("pending", "acme@example.com", False)]


def test_undo_takes_back_what_has_not_left_and_it_must_be_approved_again(tenant):
    made, postman = tenant.held(), Postman()
    assert tenant.undo(made.batch_id, at=later(minutes=1)) == 1
    send(tenant, postman, later(minutes=9))
    assert postman.taken == []
    assert (tenant.batch(made.batch_id).state, tenant.draft(made.draft_ids[0]).state) == ("asked", "proposed")
    tenant.approve(made.batch_id, at=later(minutes=10))
    send(tenant, postman, later(minutes=20))
    assert len(postman.taken) == 1
    with pytest.raises(BadInput, match="too late"):
        tenant.undo(made.batch_id, at=later(minutes=21))


def test_words_that_are_on_their_way_cannot_be_changed(tenant):
    made = tenant.held()
    with pytest.raises(draft_life.IllegalStep), tenant.database.transaction() as db:
        editing.edit(db, POLICY, made.draft_ids[0], "Hi", tenant.draft(made.draft_ids[0]).text, by=tenant.ada, at=NOW)
    tenant.change(update(outbox).values(payload=outbox.c.payload.concat(" ")))
    postman = Postman()
    send(tenant, postman, later(minutes=9))
    assert postman.taken == []
    assert (tenant.draft(made.draft_ids[0]).state, tenant.draft(made.draft_ids[0]).reason) == ("failed", "altered")


def test_words_without_what_every_message_carries_are_refused(tenant):
    made = tenant.propose()
    with tenant.database.transaction() as db:
        longer = f"https://care.tea.example/u/{tenant.draft(made.draft_ids[0]).token}x"  # leads nowhere
        for subject, text in (("", "Hello"), ("Hi", " "), ("Hi", "No link here"), ("Hi", "x" * 30_000), ("Hi", longer)):
            with pytest.raises(BadInput):
                editing.edit(db, POLICY, made.draft_ids[0], subject, text, by=tenant.ada, at=NOW)


def test_a_withdrawal_between_approval_and_sending_stops_the_message(tenant):
    made, postman = tenant.held(), Postman()
    with tenant.database.transaction() as db:
        consents.withdraw(db, tenant.acme, "email", ["marketing"], how="phone", by=tenant.ada, at=later(minutes=2))
    send(tenant, postman, later(minutes=9))
    assert postman.taken == []
    assert tenant.draft(made.draft_ids[0]).reason == consents.WITHDRAWN


def test_a_complaint_after_the_approval_stops_an_offer_in_the_last_moment(tenant):
    made, postman = tenant.held(), Postman()
    tenant.interaction(tenant.acme, ago(0), "complaint")
    tenant.refresh()
    send(tenant, postman, later(minutes=9))
    assert postman.taken == []
    assert tenant.draft(made.draft_ids[0]).reason == "check_complaint"


def test_no_entry_is_no_consent(tenant):
    silent = tenant.buyer("Silent", allows=None)
    tenant.refresh()
    made = tenant.propose(silent)
    with pytest.raises(BadInput, match="Nothing of this can be sent"):
        tenant.ask(made.batch_id)
    both = tenant.propose(silent, tenant.acme)
    tenant.ask(both.batch_id)
    assert tenant.approve(both.batch_id).failed == 1
    assert [tenant.draft(id).state for id in both.draft_ids] == ["held", "failed"]


def test_what_a_channel_refuses_for_good_is_never_written_to_again(tenant):
    made = tenant.held()
    send(tenant, Postman(Refused("suppressed:invalid")), later(minutes=9))
    assert (tenant.draft(made.draft_ids[0]).state) == "failed"
    again = tenant.propose()
    with pytest.raises(BadInput):
        tenant.ask(again.batch_id)


def test_a_doubtful_message_waits_for_a_person_and_says_so(tenant):
    made = tenant.held()
    send(tenant, Postman(Unknown("reset")), later(minutes=9))
    postman = Postman()
    send(tenant, postman, later(minutes=20))
    assert postman.taken == []
    assert (tenant.draft(made.draft_ids[0]).state, tenant.draft(made.draft_ids[0]).reason) == ("held", "ambiguous")


def test_a_message_waits_for_the_end_of_the_night_where_the_customer_is(tenant):
    far = tenant.buyer("Far away", time_zone="America/Los_Angeles")  # 05:00 there at noon in UTC
    tenant.refresh()
    made = tenant.held(far)
    assert tenant.message(made.draft_ids[0]).due == NOW + timedelta(hours=3)


def test_nobody_gets_two_offers_within_the_days_between(tenant):
    tenant.held()
    other = tenant.propose(wanted=Wanted("win_back/generic", "email"))
    with pytest.raises(BadInput):
        tenant.ask(other.batch_id)
    with tenant.database.reading() as db:
        ((_, made),) = examining.examined(db, POLICY, other.batch_id, now=NOW, zone=UTC)
    assert [each.name for each in made if each.verdict == "blocks"] == ["frequency"]


def test_what_nobody_decides_expires(tenant):
    asked, making = tenant.propose(), tenant.propose()
    tenant.ask(asked.batch_id)
    with tenant.database.transaction() as db:
        assert approving.expire(db, NOW, later(days=7)) == []
        assert approving.expire(db, later(minutes=1), later(days=7)) == [asked.batch_id]
    assert {tenant.draft(id).state for id in (*asked.draft_ids, *making.draft_ids)} == {"expired"}
    with pytest.raises(AlreadyDecided, match="expired"):
        tenant.approve(asked.batch_id)


def test_an_illegal_step_raises_and_changes_nothing(tenant):
    made = tenant.propose()
    for what in ("held", "sent", "withheld", "undone", "nonsense"):
        with pytest.raises(draft_life.IllegalStep), tenant.database.transaction() as db:
            draft_life.move(db, made.draft_ids, what, by=None, at=NOW)
    assert tenant.draft(made.draft_ids[0]).state == "proposed"


def test_a_draft_that_was_not_asked_for_can_be_thrown_away(tenant):
    made, asked = tenant.propose(), tenant.propose()
    tenant.ask(asked.batch_id)
    with tenant.database.transaction() as db:
        assert drafting.discard(db, made.batch_id)
        assert not drafting.discard(db, asked.batch_id)
        assert [row.batch_id for row in db.execute(select(drafts))] == [asked.batch_id]


def test_in_test_mode_only_listed_addresses_are_written_to(tenant):
    shut = replace(POLICY, only_to=("@tea.example", "me@example.com"))
    made = tenant.propose(policy=shut)
    with pytest.raises(BadInput):
        tenant.ask(made.batch_id, policy=shut)
    assert shut.allows("email", "Any@Tea.example")
    assert not shut.allows("email", "any@notea.example")


def test_the_wanted_channel_is_the_one_that_the_customer_allows(tenant):
    texter = tenant.buyer("Texter", allows=None, phone="+4915112345678")
    tenant.refresh()
    tenant.change(insert_consent(texter, "sms"))
    made = tenant.propose(texter, wanted=replace(PRICE, channel=None))
    assert tenant.draft(made.draft_ids[0]).channel == "sms"
    plain = tenant.propose(wanted=replace(PRICE, channel=None))
    assert tenant.draft(plain.draft_ids[0]).channel == "email"


def insert_consent(customer, channel):
    entry = {"customer_id": customer, "channel": channel, "purpose": "marketing", "given": True}
    return insert(ledger).values(entry | {"at": NOW - timedelta(days=9), "how": "form"})
