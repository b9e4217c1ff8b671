"""From a draft to a message that leaves: written, edited, submitted, approved in Slack, taken back, rejected."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from care import approving, examining, suppressions
from customers import reps as people
from customers.computed_tables import customer_facts
from customers.outreach_tables import batches, draft_steps, drafts
from customers.tables import consents, customers, reps
from customers.work_tables import preferences
from delivery.tables import outbox
from tests.office import open_office, shown
from words.speech import Speech

OUTREACH = {
    "company_name": "Tea House",
    "mail_from": "Tea House <care@tea.example>",
    "smtp_host": "127.0.0.1",
    "smtp_security": "none",
    "public_url": "https://care.tea.example",
    "quiet_from": "00:00",
    "quiet_until": "00:00",
}


@pytest.fixture
def office(tenant, tmp_path):
    with open_office(tmp_path, prepared=tenant, **OUTREACH) as office:
        office.working.jobs.tick()  # who is who in Slack
        with office.database.transaction() as db:  # nobody is of high value here, so one manager is enough
            db.execute(update(customer_facts).values(value="mid", open_complaint=None))
        yield office


def newest(office, name, words):
    """The card in a person's DM, once these words stand in it."""
    office.read_dm(name)
    person = office.people[name]

    def found():
        said = office.workspace.visible_to(person, office.workspace.dm(person))
        return next((message for message in reversed(said) if words in shown(message)), None)

    return office.workspace.wait_for(found)


def test_a_rep_writes_submits_and_the_manager_approves(office):
    office.talk(
        "Rita: /draft tools check_in",
        "bot: Message to Acme Tools Ltd",
        "bot: The customer withdrew this",
        "bot: Not submitted yet",
    )
    allow(office, "A2")
    card = office.talk("Rita: /draft tools check_in", "bot: Not submitted yet")
    assert "https://care.tea.example/u/" in shown(card)
    office.talk("Rita presses Submit for approval", "bot: Waits for Mona Berg")
    assert "written by Rita Roth" in shown(newest(office, "Mona", "Message to Acme Tools Ltd"))
    office.talk("Mona presses Approve", "bot: Approved by Mona Berg, leaves on", "bot: Undo send")
    newest(office, "Rita", "Approved by Mona Berg")
    with office.database.reading() as db:
        (queued,) = db.execute(select(outbox).where(outbox.c.kind == "email")).all()
        assert queued.recipient == "tools@example.com"
        assert db.scalar(select(drafts.c.payload_hash)) == queued.payload_hash


def test_the_card_says_when_it_really_leaves_after_the_night_there(tenant, tmp_path):
    now = datetime.now(ZoneInfo("Europe/Berlin"))  # night there is from two hours ago for five hours
    begins, ends = now - timedelta(hours=2), now + timedelta(hours=3)
    night = OUTREACH | {"quiet_from": f"{begins:%H:%M}", "quiet_until": f"{ends:%H:%M}"}
    with open_office(tmp_path, prepared=tenant, **night) as office:
        office.working.jobs.tick()
        with office.database.transaction() as db:
            db.execute(update(customer_facts).values(value="mid", open_complaint=None))
            db.execute(update(customers).values(time_zone="Europe/Berlin"))  # as Mona, who reads it
            for name in ("mona@example.com", "rita@example.com"):  # they themselves are awake
                rep = db.scalar(select(reps.c.id).where(reps.c.email == name))
                db.execute(insert(preferences).values(rep_id=rep, quiet_from=time(0), quiet_until=time(0)))
        allow(office, "A2")
        office.talk("Rita: /draft tools check_in", f"bot: it leaves at {ends:%H:%M} there")
        office.talk("Rita presses Submit for approval", "bot: Waits for Mona Berg")
        newest(office, "Mona", "Message to Acme Tools Ltd")
        office.talk("Mona presses Approve", f"bot: {Speech().time(ends.time())}")


def test_undo_send_brings_it_back_to_the_manager_and_both_cards_show_it(office):
    submitted(office)
    newest(office, "Mona", "Message to Acme Tools Ltd")
    office.talk("Mona presses Approve", "bot: Undo send")
    newest(office, "Rita", "Undo send")
    office.talk("Rita presses Undo send", "bot: Waits for Mona Berg")
    newest(office, "Mona", "Waits for Mona Berg")
    office.talk("Mona presses Approve", "bot: Approved by Mona Berg")


def test_whoever_comes_too_late_reads_who_decided(office):
    submitted(office)
    newest(office, "Mona", "Message to Acme Tools Ltd")
    with office.database.transaction() as db:  # in another window, whose press has not reached this card yet
        mona = people.load(db, "mona@example.com", office.today)
        batch = db.scalar(select(batches.c.id))
        seen, zone = examining.seal(examining.proposed(db, batch)), office.settings.zone
        approving.approve(db, office.settings.outreach, batch, seen=seen, by=mona, at=office.now, zone=zone)
    office.talk("Mona presses Approve", "bot: Mona Berg has approved this already.", "bot: Undo send")
    with office.database.reading() as db:
        assert len(db.execute(select(outbox.c.id).where(outbox.c.kind == "email")).all()) == 1


def test_a_rejection_carries_its_reason_to_the_author(office):
    submitted(office)
    newest(office, "Mona", "Message to Acme Tools Ltd")
    office.press("Mona", "Reject")
    office.submit("Mona", {"reason": "They have just called."})
    told = newest(office, "Rita", "Rejected by Mona Berg: They have just called.")
    assert "Write anew" in shown(told)
    assert office.newest("Rita") is told  # a message of its own: that a card changes far above is not noticed


def test_what_was_rejected_is_written_anew_in_the_same_words_with_its_own_way_out(office):
    allow(office, "A2")
    office.talk("Rita: /draft tools check_in", "bot: Edit")
    office.press("Rita", "Edit")
    words = next(b["element"]["initial_value"] for b in office.form("Rita").blocks if b["block_id"] == "text")
    office.submit("Rita", {"subject": "A question", "text": f"One more line.\n\n{words}"})
    office.talk("Rita presses Submit for approval", "bot: Waits for Mona Berg")
    newest(office, "Mona", "One more line.")
    office.press("Mona", "Reject")
    office.submit("Mona", {"reason": "Shorter, please."})
    newest(office, "Rita", "Rejected by Mona Berg: Shorter, please.")
    office.talk("Rita presses Write anew", "bot: One more line.", "bot: Submit for approval")
    with office.database.reading() as db:
        (first, second) = db.execute(select(drafts).order_by(drafts.c.id)).all()
        assert (first.state, second.state) == ("rejected", "proposed")
        assert first.token not in second.text
        assert second.token in second.text


def test_its_author_takes_back_what_nobody_has_decided_and_submits_it_again(office):
    submitted(office)
    newest(office, "Mona", "Waits for Mona Berg")
    newest(office, "Rita", "Waits for Mona Berg")
    office.talk("Rita presses Take back", "bot: Not submitted yet", "bot: Submit for approval")
    card = newest(office, "Mona", "Not submitted yet")
    assert "Approve" not in shown(card)
    office.talk("Mona: /approvals", "bot: Nothing waits for your approval.")
    newest(office, "Rita", "Not submitted yet")
    office.talk("Rita presses Submit for approval", "bot: Waits for Mona Berg")
    newest(office, "Mona", "Waits for Mona Berg")
    office.talk("Mona presses Approve", "bot: Approved by Mona Berg")
    newest(office, "Rita", "Approved by Mona Berg")


def test_who_takes_back_too_late_reads_who_was_quicker(office):
    submitted(office)
    newest(office, "Rita", "Waits for Mona Berg")
    with office.database.transaction() as db:  # approved in this moment
        mona = people.load(db, "mona@example.com", office.today)
        batch = db.scalar(select(batches.c.id))
        seen, zone = examining.seal(examining.proposed(db, batch)), office.settings.zone
        approving.approve(db, office.settings.outreach, batch, seen=seen, by=mona, at=office.now, zone=zone)
    office.talk("Rita presses Take back", "bot: Mona Berg has approved this already.", "bot: Undo send")


def test_what_was_submitted_goes_on_in_the_dm_and_stands_in_its_authors_list(office):
    submitted(office)
    left = shown(office.newest("Rita"))
    assert "The card is in your DM with me" in left
    assert "Checks" not in left
    office.talk("Rita: /approvals", "bot: Yours, waiting for others", "bot: waits for Mona Berg")
    office.talk("Rita presses Open", "bot: Message to Acme Tools Ltd", "bot: Take back")


def test_the_words_can_be_edited_and_the_approver_sees_the_difference(office):
    allow(office, "A2")
    office.talk("Rita: /draft tools check_in", "bot: Edit")
    office.press("Rita", "Edit")
    form = office.form("Rita")
    words = next(b["element"]["initial_value"] for b in form.blocks if b["block_id"] == "text")
    refused = office.submit("Rita", {"subject": "Hello", "text": "Just this"})
    assert "Keep the way to unsubscribe" in str(refused.errors)
    office.submit("Rita", {"subject": "A question", "text": f"One more line.\n\n{words}"})
    office.talk("Rita presses Submit for approval", "bot: Waits for Mona Berg")
    card = newest(office, "Mona", "Changed from the template:")
    assert "+ One more line." in shown(card)
    assert "+ A question" in shown(card)


def test_what_only_the_author_knows_is_asked_for_in_a_form(office):
    allow(office, "C1", "sms")
    office.talk("李娜: /draft chenxi price", "bot: 给 上海晨曦文具有限公司 的消息")
    office.press("李娜", "补充内容")
    office.submit("李娜", {"offer": "本周下单九五折"})
    with office.database.reading() as db:
        assert "本周下单九五折" in db.scalar(select(drafts.c.text))
        assert db.execute(select(batches.c.id)).all() == [(2,)]  # the one that was begun before is gone


def test_a_customer_without_consent_cannot_be_written_to(office):
    card = office.talk("Rita: /draft tools check_in", "bot: The customer withdrew this")
    assert "Submit for approval" not in shown(card)


def test_consent_that_is_missing_is_written_down_from_the_draft_which_can_go_then(office):
    office.talk("Rita: /draft tools check_in", "bot: The customer withdrew this")
    office.press("Rita", "Consent")
    office.submit("Rita", {"allowed": ["email:service", "email:marketing"], "how": "phone"})
    office.workspace.wait_for(lambda: "Consent written down." in shown(office.newest("Rita")))
    office.talk("Rita presses Submit for approval", "bot: Waits for Mona Berg")


def test_an_address_that_came_back_is_opened_again_from_the_draft_which_can_go_then(office):
    with office.database.transaction() as db:
        suppressions.suppress(db, "email", "info@acme.example.com", "bounced", office.now)
    office.talk("Rita: /draft acme check_in", "bot: Message to")
    assert "Submit for approval" not in shown(office.newest("Rita"))
    office.press("Rita", "Consent")
    office.submit("Rita", {"how": "phone", "works": ["email"]})
    office.workspace.wait_for(lambda: "Messages may go to info@acme.example.com again." in shown(office.newest("Rita")))
    office.talk("Rita presses Submit for approval", "bot: Waits for Mona Berg")


def test_of_another_teams_customer_nothing_is_written(office):
    office.talk("Rita: /draft chenxi", "bot: This customer belongs to another team")


def test_several_customers_are_offered_and_none_is_named_back(office):
    office.talk("Rita: /draft acm", "bot: Did you mean:", "Rita presses Open", "bot: Message to")
    office.talk("Rita: /draft zzzzqq", "bot: No customer fits “zzzzqq”.")
    office.talk("Rita: /draft", "bot: `price`")


def test_a_text_is_named_by_a_part_of_its_title_in_either_language(office):
    allow(office, "C1", "sms")
    office.talk("李娜: /draft", "bot: /draft 晨曦 价格", "李娜: /draft chenxi 价格", "bot: 挽回：价格")
    office.talk("Rita: /draft A2 win back: price", "bot: Win back: price")


def test_a_word_that_is_no_text_is_named_instead_of_guessing_at_customers(office):
    office.talk("Rita: /draft A2 pryce", "bot: There is no text “pryce”.")


def test_a_draft_that_is_not_wanted_is_thrown_away(office):
    office.talk("Rita: /draft tools check_in", "bot: Throw away", "Rita presses Throw away", "bot: nothing was kept")
    with office.database.reading() as db:
        assert db.execute(select(drafts)).all() == []


def test_the_queue_of_approvals_and_the_home_show_what_waits(office):
    office.talk("Mona: /approvals", "bot: Nothing waits for your approval.")
    submitted(office)
    card = office.talk("Mona: /approvals", "bot: Acme Tools Ltd", "bot: Rita Roth")
    assert "Waiting for your approval" in shown(card)
    office.talk("Mona presses Open", "bot: Approve")
    office.talk("李娜 in DM: 审批", "bot: 没有等你审批的消息。")


def test_who_does_not_answer_is_passed_over_and_the_next_one_gets_the_card(office):
    with office.database.transaction() as db:
        boss = {"email": "nora@example.com", "name": "Nora North", "roles": "manager", "active": True}
        nora = db.execute(insert(reps).values(boss).returning(reps.c.id)).scalar_one()
        db.execute(update(reps).where(reps.c.email == "mona@example.com").values(manager_id=nora))
    submitted(office)
    newest(office, "Mona", "Message to Acme Tools Ltd")
    with office.database.transaction() as db:
        db.execute(update(batches).values(asked_of_since=office.now - office.settings.outreach.approval))
    office.working.mornings._directory.read(office.now)
    office.working.jobs.tick()
    newest(office, "Nora", "Waits for Nora North")
    newest(office, "Mona", "Waits for Nora North")
    office.talk("Nora presses Approve", "bot: Approved by Nora North")


def test_four_eyes_high_value_needs_somebody_else(office):
    with office.database.transaction() as db:
        db.execute(update(customer_facts).values(value="high"))
    allow(office, "A2")
    card = office.talk("Mona: /draft tools check_in", "bot: A second person must approve this")
    assert "Submit for approval" in shown(card)
    office.talk("Mona presses Submit for approval", "bot: Nobody can approve this")


def test_a_thread_reply_reaches_no_customer(office):
    submitted(office)
    newest(office, "Mona", "Message to Acme Tools Ltd")
    office.talk("Mona in DM: Approve this please", "bot: I do not understand")
    with office.database.reading() as db:
        assert db.execute(select(outbox.c.id).where(outbox.c.kind == "email")).all() == []
        assert "approved" not in set(db.scalars(select(draft_steps.c.what)))


def test_what_was_sent_stands_in_the_customers_timeline(office):
    submitted(office)
    with office.database.transaction() as db:
        db.execute(update(drafts).values(state="sent", sent_at=office.now))
    office.talk("Rita: /customer tools", "bot: Acme Tools Ltd", "Rita presses Timeline", "bot: e-mail by Rita Roth")
    with office.database.transaction() as db:
        db.execute(update(drafts).values(replied_at=office.now, ordered_on=office.today))
    office.talk("Rita: /customer tools", "bot: Acme Tools Ltd", "Rita presses Timeline", "bot: → replied, ordered")


def submitted(office):
    """Rita's draft to Acme Tools waits for Mona."""
    allow(office, "A2")
    office.talk(
        "Rita: /draft tools check_in", "bot: Submit", "Rita presses Submit for approval", "bot: Waits for Mona Berg"
    )


def allow(office, key, channel="email"):
    with office.database.transaction() as db:
        customer = db.scalar(select(customers.c.id).where(customers.c.key == key))
        for purpose in ("service", "marketing"):
            entry = {"customer_id": customer, "channel": channel, "purpose": purpose, "given": True}
            db.execute(insert(consents).values(entry | {"at": office.now, "how": "phone"}))
