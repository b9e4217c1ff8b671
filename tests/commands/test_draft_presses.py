"""A press does what its presser may do, to what its presser saw: values of buttons may be old, or made up."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, func, insert, select, update

from bot import draft_messages
from bot.cards.draft_buttons import APPROVER, AUTHOR, Spot
from bot.desk import Press, Sent
from care import examining
from commands import approvals, consent, draft_words, health
from commands import draft as commands
from customers import reps as people
from customers.alert_tables import alerts
from customers.computed_tables import customer_facts
from customers.outreach_tables import batches, draft_cards, draft_steps, drafts
from customers.tables import access_log, customers, reps
from delivery.tables import outbox
from tests.commands.test_draft import OUTREACH, allow, newest, submitted
from tests.office import open_office, shown
from words.errors import BadInput, NotAllowed


@pytest.fixture
def office(tenant, tmp_path):
    with open_office(tmp_path, prepared=tenant, **OUTREACH) as office:
        office.working.jobs.tick()
        with office.database.transaction() as db:
            db.execute(update(customer_facts).values(value="mid", open_complaint=None))
        yield office


def press(office, name, button, value, **settings):
    """Let a person press a button with this value, whether a card shows such a button or not."""
    desk, user = office.working.desk, office.people[name].id
    desk = replace(desk, settings=desk.settings.model_copy(update=settings))
    person, say = desk.people.recognise(user)
    return button.handler(Press(person, say, value, user), desk)


def send(office, name, form, values, memory):
    desk, user = office.working.desk, office.people[name].id
    person, say = desk.people.recognise(user)
    return form.handler(Sent(person, say, values, memory), desk)


def one(office, what):
    with office.database.reading() as db:
        return db.execute(select(what)).one()


def approve_value(office):
    with office.database.reading() as db:
        batch = db.scalar(select(batches.c.id))
        return Spot(batch, APPROVER, seal=examining.seal(examining.proposed(db, batch))).value()


def test_words_that_changed_after_the_look_are_shown_instead_of_approved(office):
    submitted(office)
    newest(office, "Mona", "Message to Acme Tools Ltd")
    office.talk("Mona: /approvals", "bot: Acme Tools Ltd", "Mona presses Open", "bot: Approve")  # a copy nobody redraws
    with office.database.reading() as db:
        before = db.scalar(select(drafts.c.text))
    newest(office, "Rita", "written by Rita Roth")
    office.press("Rita", "Edit")
    office.submit("Rita", {"subject": "A gift", "text": f"It is all free.\n\n{before}"})
    newest(office, "Rita", "It is all free.")
    office._place.pop("Mona")
    card = office.talk("Mona presses Approve", "bot: This has changed since you looked at it")
    assert "It is all free." in shown(card)
    assert one(office, batches).state == "asked"
    office.talk("Mona presses Approve", "bot: Approved by Mona Berg")
    with office.database.reading() as db:
        assert "It is all free." in db.scalar(select(outbox.c.payload).where(outbox.c.kind == "email"))


def test_a_press_without_a_seal_approves_nothing(office):
    submitted(office)
    reply = press(office, "Mona", approvals.approve, Spot(1, APPROVER).value())
    assert "changed since you looked" in str(reply.blocks)
    assert one(office, batches).state == "asked"


def test_of_two_who_edit_at_once_the_second_one_reads_that_the_words_are_others_now(office):
    submitted(office)
    newest(office, "Mona", "Message to Acme Tools Ltd")
    office.press("Mona", "Edit")
    with office.database.reading() as db:
        before = db.scalar(select(drafts.c.text))
    newest(office, "Rita", "written by Rita Roth")
    office.press("Rita", "Edit")
    office.submit("Rita", {"subject": "Rita's", "text": before})
    refused = office.submit("Mona", {"subject": "Mona's", "text": before})
    assert "Somebody else has changed these words meanwhile" in str(refused.errors)
    assert one(office, drafts).subject == "Rita's"


def test_of_another_teams_message_nobody_decides_sees_or_changes_anything(office):
    submitted(office)
    approve, seen = approve_value(office), Spot(1, APPROVER).value()
    with office.database.transaction() as db:  # a manager of others, who was not asked
        db.execute(insert(reps).values(email="nora@example.com", name="Nora", roles="manager", active=True))
    for name, button, value in (
        ("李娜", commands.open_draft, seen),
        ("李娜", commands.turn, seen),
        ("李娜", commands.submit, Spot(1).value()),
        ("李娜", commands.discard, Spot(1).value()),
        ("李娜", commands.replied, seen),
        ("李娜", commands.take_back, Spot(1).value()),
        ("李娜", commands.write_anew, Spot(1).value()),
        ("李娜", consent.open_consent_of_draft, Spot(1).value()),
        ("李娜", draft_words.open_words, seen),
        ("李娜", draft_words.choose_other, f"win_back/generic|{Spot(1).value()}"),
        ("李娜", draft_words.open_fields, Spot(1).value()),
        ("李娜", approvals.undo, seen),
        ("Nora", approvals.approve, approve),
        ("Nora", approvals.open_reason, seen),
        ("Nora", draft_words.open_words, seen),
        ("Rita", approvals.approve, approve),  # its author
    ):
        with pytest.raises(NotAllowed):
            press(office, name, button, value)
    with pytest.raises(NotAllowed):
        send(office, "Nora", approvals.reject, {"reason": "no"}, {"value": seen})
    with pytest.raises(NotAllowed):
        send(office, "李娜", draft_words.edit, {"text": "x"}, {"spot": seen, "seal": ""})
    assert (one(office, batches).state, one(office, drafts).edited_by) == ("asked", None)


def test_where_slack_must_not_show_details_no_button_shows_or_sends_any(office):
    submitted(office)
    value = approve_value(office)
    for name, button in (("Mona", approvals.open_card), ("Mona", approvals.approve), ("Rita", commands.open_draft),
                         ("Rita", commands.submit), ("Rita", draft_words.open_words)):  # fmt: skip
        with pytest.raises(NotAllowed, match="SLACK_SHOWS"):
            press(office, name, button, value, slack_shows="ids")
    assert one(office, batches).state == "asked"


def test_what_was_submitted_meanwhile_is_not_said_to_be_thrown_away(office):
    submitted(office)
    reply = press(office, "Rita", commands.discard, Spot(1).value())
    assert "This was submitted meanwhile, or some of it was sent: it stays." in str(reply.blocks)
    assert "Waits for Mona Berg" in str(reply.blocks)


def test_submitting_what_has_come_to_lack_consent_says_so_on_the_card_as_it_is(office):
    allow(office, "A2")
    office.talk("Rita: /draft tools check_in", "bot: Submit for approval")
    with office.database.transaction() as db:
        db.execute(update(customers).where(customers.c.key == "A2").values(email=None))
        db.execute(update(drafts).values(recipient=None))
    card = office.talk("Rita presses Submit for approval", "bot: Nothing of this can be sent: see the checks.")
    assert "No address is known for this channel." in shown(card)


def test_whoever_does_not_see_the_customer_any_more_submits_nothing_to_them(office):
    allow(office, "A2")
    office.talk("Rita: /draft tools check_in", "bot: Submit for approval")
    with office.database.transaction() as db:
        li = select(reps.c.id).where(reps.c.email == "li@example.com").scalar_subquery()
        db.execute(update(customers).where(customers.c.key == "A2").values(owner_id=li))
    with pytest.raises(NotAllowed, match="another team"):
        press(office, "Rita", commands.submit, Spot(1).value())


def test_nobody_answers_what_was_not_sent(office):
    submitted(office)
    with pytest.raises(BadInput, match="was not sent"):
        press(office, "Rita", commands.replied, Spot(1, AUTHOR).value())
    assert one(office, drafts).replied_at is None


def test_an_alert_about_somebody_else_is_not_what_a_draft_answers(office):
    allow(office, "A2")
    with office.database.transaction() as db:
        of = dict(db.execute(select(customers.c.key, customers.c.id)).all())
        silence = {"began": office.today, "found_on": office.today, "rule": "silence", "loyalty": "lost"}
        lost = {"customer_id": of["C1"], "state": "dismissed", "cause": "price"}
        alert = db.execute(insert(alerts).values(**silence, **lost).returning(alerts.c.id)).scalar_one()
    press(office, "Rita", commands.make, f"{of['A2']}|swing_nurture/check_in|{alert}")
    assert one(office, batches).alert_id is None


def test_a_card_in_a_dm_is_a_look_at_the_customer(office):
    submitted(office)
    with office.database.reading() as db:
        mona = db.scalar(select(reps.c.id).where(reps.c.email == "mona@example.com"))
        looks = select(func.count()).select_from(access_log)
        assert db.scalar(looks.where(access_log.c.rep_id == mona, access_log.c.what == "draft")) == 1


def test_two_processes_that_tell_the_same_person_tell_once(office, monkeypatch):
    submitted(office)
    with office.database.transaction() as db:
        mona = people.load(db, "mona@example.com", office.today).id
        db.execute(delete(draft_cards).where(draft_cards.c.rep_id == mona))
        before = db.scalar(select(func.count()).select_from(outbox))
        really = draft_messages._drawn

        def another_is_quicker(*args):
            drawn = really(*args)
            db.execute(insert(draft_cards).values(batch_id=1, rep_id=mona))
            return drawn

        monkeypatch.setattr(draft_messages, "_drawn", another_is_quicker)
        assert draft_messages.tell(db, office.working.desk, 1, mona)
        assert db.scalar(select(func.count()).select_from(outbox)) == before


def test_a_manager_who_only_decided_does_not_read_what_the_customer_spent_afterwards(office):
    submitted(office)
    with office.database.transaction() as db:
        nora = {"email": "nora@example.com", "name": "Nora", "roles": "manager", "active": True}
        asked = db.execute(insert(reps).values(nora).returning(reps.c.id)).scalar_one()
        db.execute(insert(draft_cards).values(batch_id=1, rep_id=asked))
        sent = {"state": "sent", "sent_at": office.now, "ordered_on": office.today, "ordered": 4321}
        db.execute(update(drafts).values(sent))
        db.execute(update(batches).values(state="approved", decided_by=asked, decided_at=office.now))
    assert "4,321" in str(press(office, "Rita", commands.turn, Spot(1).value()).blocks)
    reply = press(office, "Nora", commands.turn, Spot(1).value())
    assert "4,321" not in str(reply.blocks)
    assert "sent" in str(reply.blocks)


def test_an_approval_that_nothing_passes_is_told_on_the_card(office):
    submitted(office)
    newest(office, "Mona", "Message to Acme Tools Ltd")
    with office.database.transaction() as db:
        tools = select(customers.c.id).where(customers.c.key == "A2").scalar_subquery()
        complaint = update(customer_facts).where(customer_facts.c.customer_id == tools)
        db.execute(complaint.values(open_complaint=office.today))
    office.talk(
        "Mona presses Approve", "bot: Nothing of this can be sent: see the checks.", "bot: A complaint has been"
    )
    assert one(office, batches).state == "asked"


def test_whoever_edited_what_was_rejected_has_written_what_is_written_anew(office):
    submitted(office)
    newest(office, "Mona", "Message to Acme Tools Ltd")
    office.press("Mona", "Edit")
    with office.database.reading() as db:
        before = db.scalar(select(drafts.c.text))
    office.submit("Mona", {"subject": "Mona's", "text": f"Mona was here.\n\n{before}"})
    newest(office, "Mona", "Mona was here.")
    send(office, "Mona", approvals.reject, {"reason": "On second thoughts"}, {"value": Spot(1, APPROVER).value()})
    press(office, "Rita", commands.write_anew, Spot(1).value())
    with office.database.transaction() as db:
        anew = db.scalar(select(func.max(batches.c.id)))
        assert "Mona was here." in db.scalar(select(drafts.c.text).where(drafts.c.batch_id == anew))
        mona = db.scalar(select(reps.c.id).where(reps.c.email == "mona@example.com"))
        steps = select(draft_steps.c.rep_id).join(drafts, drafts.c.id == draft_steps.c.draft_id)
        assert mona in db.scalars(steps.where(drafts.c.batch_id == anew, draft_steps.c.what == "edited")).all()


def test_what_a_person_sends_again_before_it_was_written_down_as_doubtful_is_not_taken_back(office):
    submitted(office)
    press(office, "Mona", approvals.approve, approve_value(office))
    with office.database.transaction() as db:
        email = db.scalar(select(outbox.c.id).where(outbox.c.kind == "email"))
        db.execute(update(outbox).where(outbox.c.id == email).values(state="waiting", ready_at=None))
    press(office, "Mona", health.resend, str(email))
    reply = press(office, "Rita", approvals.undo, Spot(1).value())
    assert "It is too late" in str(reply.blocks)
    assert (one(office, drafts).state, one(office, drafts).reason) == ("held", "ambiguous")
