"""Erasing one contact takes that person out of everything, and leaves the company and everybody else as they were."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update
from sqlmodel import SQLModel

from care import contacts_held, erasing_contact, suppressions
from care.contact_names import PLACE
from care.erasing import ERASED
from care.erasing_contact import CONTACT_ERASED
from customers import cards, search_index
from customers.alert_tables import alerts
from customers.erased import erased_ids
from customers.morning_tables import held_back
from customers.notice_tables import notices
from customers.outreach_tables import batches, drafts
from customers.tables import access_log, contacts, corrections, customer_tags, interactions, saved_segments
from customers.work_tables import follow_up_steps, follow_ups
from database.scrubbing import overwrite_deleted
from delivery import Message, put
from delivery.tables import outbox, places
from tests.care.slack_messages import slack_message
from tests.ledger import Ledger, added, ago
from words.errors import BadInput, TryLater

NOW = datetime(2026, 6, 15, 9, 30, tzinfo=UTC)
SOON = NOW + timedelta(hours=3)
ANNA = {
    "email": "Anna@example.com",
    "phone": "+49 30 7654321",
    "key": "P1",
    "title": "Buyer",
    "birthday": date(1980, 6, 17),
}
TRACES = ("anna apfel", "anna@example", "7654321", "30 765")


def erase(database, customer_id, contact_id, *, everywhere=False, at=NOW):
    with database.reading() as db:
        candidates = erasing_contact.look(db, customer_id, contact_id, region="DE")
    with database.transaction() as db:
        overwrite_deleted(db)
        return erasing_contact.erase(
            db, customer_id, contact_id, candidates, everywhere=everywhere, by=1, at=at, region="DE"
        )


def draft_to(db, customer_id, recipient, *, state="sent", mail="sent", text="Dear Anna Apfel,\nhello", **more):
    batch = added(db, batches, {"template": "t", "state": "asked", "made_at": NOW, "occasion": "birthday:2026-06-17"})
    message = Message(recipient, {"to": recipient, "text": text}, NOW, SOON, kind="email")
    (mail_id,) = put(db, "outreach", [message])
    db.execute(update(outbox).where(outbox.c.id == mail_id).values(state=mail, finished_at=None))
    row = {"batch_id": batch, "customer_id": customer_id, "state": state, "outbox_id": mail_id, "template": "t",
           "channel": "email", "language": "en", "purpose": "marketing", "token": f"token{mail_id}", "subject": "Hi",
           "written": {"text": text}, "given": {}, "made_at": NOW, "recipient": recipient, "text": text}  # fmt: skip
    return added(db, drafts, row | more)


@pytest.fixture
def ledger(database):
    filled = Ledger(database)
    filled.rep("Olga")
    return filled


def dump(db, *without):
    return {
        name: sorted(str(tuple(row)) for row in db.execute(select(table)))
        for name, table in SQLModel.metadata.tables.items()
        if name not in without
    }


def fill(ledger):
    """A company with two people, a namesake elsewhere, and the first one named in all places where people write."""
    acme, other = ledger.customer("Acme"), ledger.customer("Other")
    anna = ledger.contact(acme, "Anna Apfel", **ANNA)
    ledger.contact(acme, "Bob Birne", email="bob@example.com")
    ledger.bought(acme, 10, 40)
    ledger.consent(acme, ago(9), given=True)
    ledger.tag(acme, "vip")
    ledger.tag(acme, "friend of Anna Apfel")
    said = ledger.interaction(acme, ago(5), text="Anna  Apfel wants blue boxes", contact_id=anna, key="I1")
    ledger.interaction(acme, ago(4), text="Write to anna@EXAMPLE.com or 030/7654321", outcome="ANNA APFEL agrees")
    ledger.interaction(acme, ago(3), text="Bob Birne calls again")
    ledger.interaction(other, ago(3), text="All is well")
    with ledger.database.transaction() as db:
        promise = {"customer_id": acme, "rep_id": 1, "promised": ago(0), "due": ago(0), "made_at": NOW}
        promise = added(db, follow_ups, promise | {"what": "Call Anna Apfel", "interaction_id": said})
        step = {"follow_up_id": promise, "at": NOW, "what": "made", "before": {}, "after": {"what": "Call Anna Apfel"}}
        added(db, follow_up_steps, step)
        alert = {"customer_id": acme, "began": ago(90), "found_on": ago(1), "rule": "silence", "loyalty": "swing"}
        added(db, alerts, alert | {"state": "open", "words": "Anna Apfel is ill"})
        told = {"rule": "birthday", "customer_id": acme, "rep_id": 1, "told_on": ago(0), "at": NOW}
        db.execute(insert(notices).values([told | {"subject": f"2026:{anna}"}, told | {"subject": "2026"}]))
        fixed = {"customer_id": acme, "at": NOW, "before": {"email": "anna@example.com"}, "after": {"email": None}}
        added(db, corrections, fixed)
        draft_to(db, acme, "anna@example.com")
        draft_to(db, acme, "anna@example.com", state="held", mail="pending")
        draft_to(db, acme, "bob@example.com", text="Dear Bob Birne,\nbring Anna Apfel along")
        draft_to(db, acme, "bob@example.com", state="held", mail="pending", text="Dear Bob Birne,\nhello")
        draft_to(db, other, "other@example.com", text="Dear Others,\nhello")
        added(db, places, {"kind": "email", "recipient": "anna@example.com", "free_at": NOW}, None)
        slack_message(db, "Acme: call Anna Apfel\nOther: call Otto", "pending")
        slack_message(db, "Acme: Anna Apfel (anna@example.com) has birthday", "sent")
        slack_message(db, "Other: call Otto", "sent")
        added(db, held_back, {"rep_id": 1, "local_date": ago(0), "job": "x", "line": "Call Anna Apfel, Acme"})
        added(db, access_log, {"at": NOW, "rep_id": 1, "what": 'export email:"anna@example.com"'})
        row = {"name": "hers", "folded_name": "hers", "filter": 'email:"anna@example.com"'}
        added(db, saved_segments, row)
        cards.refresh(db, [acme, other])
        search_index.index(db, None)
    return acme, other, anna


def test_nothing_of_the_contact_is_left_and_everything_else_of_the_company_is(database, ledger):
    acme, _, anna = fill(ledger)
    with database.reading() as db:
        before = dump(db)
    done = erase(database, acme, anna)
    with database.reading() as db:
        after = dump(db)
    left = {name for name, rows in after.items() if any(trace in "\n".join(rows).lower() for trace in TRACES)}
    assert left == set()
    assert {name for name in before if before[name] != after[name]} == {
        "access_log", "alerts", "batches", "contacts", "corrections", "customer_cards", "customer_tags", "draft_steps",
        "drafts", "erasures", "follow_up_steps", "follow_ups", "held_back", "interactions", "notices", "outbox",
        "places", "saved_segments", "search_names", "suppressions",
    }  # fmt: skip
    fewer = {name: len(rows) - len(after[name]) for name, rows in before.items() if len(rows) > len(after[name])}
    names = fewer.pop("search_names")
    assert fewer == {"contacts": 1, "customer_tags": 1, "notices": 1, "places": 1, "saved_segments": 1}
    assert 0 < names < len(before["search_names"])
    codes = ("batches", "draft_steps", "notices", "outbox", "search_names")  # changed without having named anybody
    for name in before.keys() - codes:
        changed = set(before[name]) - set(after[name])
        assert all(any(trace in row.lower().replace("  ", " ") for trace in TRACES) for row in changed), name
    with database.reading() as db:
        texts = db.scalars(select(interactions.c.text).order_by(interactions.c.id)).all()
        people = db.scalars(select(contacts.c.name)).all()
        letters = db.execute(select(drafts.c.state, drafts.c.recipient, drafts.c.text).order_by(drafts.c.id)).all()
        chosen = select(outbox.c.state, outbox.c.recipient).where(outbox.c.kind == "email")
        mails = [tuple(row) for row in db.execute(chosen.order_by(outbox.c.id))]
        subjects = db.scalars(select(notices.c.subject)).all()
        tags = db.scalars(select(customer_tags.c.tag)).all()
        kept = erased_ids(db)
    assert texts == [
        f"{PLACE} wants blue boxes",
        f"Write to {PLACE} or {PLACE}",
        "Bob Birne calls again",
        "All is well",
    ]
    assert people == ["Bob Birne"]
    assert letters == [
        ("sent", None, ""),
        ("failed", None, ""),
        ("sent", "bob@example.com", f"Dear Bob Birne,\nbring {PLACE} along"),
        ("held", "bob@example.com", "Dear Bob Birne,\nhello"),
        ("sent", "other@example.com", "Dear Others,\nhello"),
    ]
    assert mails[:2] == [("sent", ""), ("skipped", "")]
    assert mails[3] == ("pending", "bob@example.com")
    assert (subjects, tags, kept) == (["2026"], ["vip"], set())
    assert (done.stopped, done.forgotten, done.left) == (1, 2, 0)


def test_messages_to_our_people_go_on_without_the_contact_and_with_the_company(database, ledger):
    acme, _, anna = fill(ledger)
    erase(database, acme, anna)
    with database.reading() as db:
        rows = db.execute(select(outbox).where(outbox.c.kind == "slack").order_by(outbox.c.id)).all()
    told = [json.loads(row.payload)["text"] if row.payload else None for row in rows]
    assert told == [
        "Acme: call (a contact who was erased)\nOther: call Otto",
        None,
        "Other: call Otto",
        "Acme: (a contact who was erased) ((a contact who was erased)) has birthday",
    ]
    assert (rows[3].action, rows[3].earlier_id) == ("update", rows[1].id)


def test_an_address_that_is_somebody_elses_too_is_not_closed(database, ledger):
    acme, other = ledger.customer("Acme"), ledger.customer("Other")
    ledger.change(update(SQLModel.metadata.tables["customers"]).values(email="info@example.com"))
    anna = ledger.contact(acme, "Anna Apfel", email="Info@example.com", phone="+49 30 7654321")
    ledger.contact(acme, "Bob Birne", phone="030 7654321")
    eve = ledger.contact(acme, "Eve Elm", email="books@example.com", phone="+49 30 111222")
    ledger.contact(other, "Their accountant", email="books@example.com")
    ledger.interaction(acme, ago(1), text="Write to info@example.com or 030 7654321")
    with database.transaction() as db:
        draft_to(db, acme, "info@example.com", state="held", mail="pending", text="Dear all,\nhello")
        draft_to(
            db, acme, "info@example.com", state="held", mail="pending", text="Hello", given={"person": "Anna Apfel"}
        )
    assert (erase(database, acme, anna).stopped, erase(database, acme, eve).stopped) == (1, 0)
    asked = [
        ("email", "info@example.com"),
        ("sms", "+49307654321"),
        ("email", "books@example.com"),
        ("sms", "+4930111222"),
    ]
    with database.reading() as db:
        assert suppressions.suppressed(db, asked) == {asked[3]: ERASED}
        assert db.scalar(select(interactions.c.text)) == "Write to info@example.com or 030 7654321"
        assert db.execute(select(drafts.c.state, drafts.c.reason).order_by(drafts.c.id)).all() == [
            ("held", None),
            ("failed", CONTACT_ERASED),
        ]


def test_a_namesake_at_another_company_and_longer_names_stay(database, ledger):
    acme, other = ledger.customer("Acme"), ledger.customer("Other")
    anna = ledger.contact(acme, "Anna Apfel")
    ledger.contact(acme, "Anna Apfel-Baum")
    ledger.contact(other, "Anna Apfel", email="anna@other.example")
    ledger.interaction(acme, ago(2), text="Anna Apfel and Anna Apfel-Baum")
    ledger.interaction(other, ago(1), text="Anna Apfel calls")
    with database.transaction() as db:
        slack_message(db, "Acme: call Anna Apfel\nOther: call Anna Apfel", "pending")
    erase(database, acme, anna)
    with database.reading() as db:
        texts = db.scalars(select(interactions.c.text).order_by(interactions.c.id)).all()
        assert texts == [f"{PLACE} and Anna Apfel-Baum", "Anna Apfel calls"]
        assert len(db.execute(select(contacts)).all()) == 2
        told = json.loads(db.scalar(select(outbox.c.payload)))["text"]
    assert told == "Acme: call (a contact who was erased)\nOther: call Anna Apfel"


@pytest.mark.parametrize("everywhere", [False, True])
def test_a_name_that_is_a_common_word_is_taken_out_of_all_texts_only_if_that_is_wanted(database, ledger, everywhere):
    acme = ledger.customer("Acme")
    may = ledger.contact(acme, "May", email="may@example.com")
    ledger.interaction(acme, ago(3), text="May calls, she may order", contact_id=may)
    ledger.interaction(acme, ago(2), text="Delivery in May")
    ledger.interaction(acme, ago(1), text="They may order")
    with database.transaction() as db:
        draft_to(db, acme, "bob@example.com", state="held", mail="pending", text="Dear Bob,\nsee you in May")
        draft_to(db, acme, "bob@example.com", state="held", mail="pending", text="Dear May,\nhello")
    done = erase(database, acme, may, everywhere=everywhere)
    with database.reading() as db:
        texts = db.scalars(select(interactions.c.text).order_by(interactions.c.id)).all()
        states = db.scalars(select(drafts.c.state).order_by(drafts.c.id)).all()
    taken = "Delivery in " + (PLACE if everywhere else "May")
    assert texts == [f"{PLACE} calls, she may order", taken, "They may order"]
    assert states == ["failed" if everywhere else "held", "failed"]
    assert done.left == (0 if everywhere else 1)


def test_while_a_message_to_the_contact_leaves_nothing_is_erased(database, ledger):
    acme = ledger.customer("Acme")
    anna = ledger.contact(acme, "Anna Apfel", **ANNA)
    with database.transaction() as db:
        draft_to(db, acme, "anna@example.com", state="held", mail="leased")
        db.execute(update(outbox).values(lease_until=NOW + timedelta(seconds=100)))
    with pytest.raises(TryLater):
        erase(database, acme, anna)
    with database.reading() as db:
        assert db.scalar(select(contacts.c.name)) == "Anna Apfel"
    erase(database, acme, anna, at=NOW + timedelta(minutes=2))


def test_only_a_contact_of_this_customer_is_erased_and_only_once(database, ledger):
    acme, other = ledger.customer("Acme"), ledger.customer("Other")
    anna = ledger.contact(acme, "Anna Apfel")
    with pytest.raises(BadInput, match="not here"):
        erase(database, other, anna)
    erase(database, acme, anna)
    with pytest.raises(BadInput, match="not here"):
        erase(database, acme, anna)


def test_an_export_holds_what_is_about_the_contact_and_nothing_of_others(database, ledger):
    acme, _, anna = fill(ledger)
    with database.reading() as db:
        held = contacts_held.everything(db, acme, anna, region="DE")
    told = json.loads(contacts_held.as_json(held, anna, NOW))
    assert (told["format"], told["contact_id"]) == ("rekindle.contact.1", anna)
    assert [each["name"] for each in told["tables"]["contacts"]] == ["Anna Apfel"]
    assert {name: len(rows) for name, rows in told["tables"].items()} == {
        "contacts": 1, "interactions": 2, "follow_ups": 1, "follow_up_steps": 1, "alerts": 1, "drafts": 3, "outbox": 3,
    }  # fmt: skip
    assert "calls again" not in json.dumps(told)


def test_an_earlier_address_of_the_contact_is_closed_and_one_of_the_company_is_not(database, ledger):
    acme = ledger.customer("Acme")
    anna = ledger.contact(acme, "Anna Apfel")
    with database.transaction() as db:
        draft_to(db, acme, "anna@old.example", given={"person": "Anna Apfel"})
        other = draft_to(db, acme, "info@old.example", given={"person": "Anna Apfel"})
        mine = select(drafts.c.batch_id).where(drafts.c.id == other).scalar_subquery()
        db.execute(update(batches).where(batches.c.id == mine).values(occasion=None))
    erase(database, acme, anna)
    asked = [("email", "anna@old.example"), ("email", "info@old.example")]
    with database.reading() as db:
        assert suppressions.suppressed(db, asked) == {asked[0]: ERASED}
        assert set(db.scalars(select(drafts.c.recipient))) == {None}
