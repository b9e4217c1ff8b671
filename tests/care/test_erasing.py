"""Erasing takes a customer out of everything, leaves what must be kept without the person, and all sums right."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, update
from sqlmodel import SQLModel

from care import consents, corrections, erasing, follow_ups, forgetting, interactions, reaching, suppressions, tags
from customers import alerting, search, search_index
from customers.alert_tables import alerts
from customers.computed_tables import customer_cards, customer_facts
from customers.erased import ERASED
from customers.morning_tables import slack_users
from customers.outreach_tables import batches, draft_steps, drafts, erasures
from customers.rules import Rules
from customers.sight import Sight
from customers.tables import access_log, customers
from customers.tables import consents as ledger_of_consent
from database.scrubbing import overwrite_deleted
from delivery import Message, put
from delivery.tables import outbox
from tests.care.outreach import Outreach
from tests.care.slack_messages import slack_message
from tests.ledger import RULES, TODAY, Ledger, added, ago
from words.errors import BadInput, TryLater

NOW = datetime(2026, 6, 15, 9, 30, tzinfo=UTC)
SOON = NOW + timedelta(hours=3)


def erase(database, customer_id, at=NOW):
    with database.reading() as db:
        candidates = forgetting.look(db, customer_id)
    with database.transaction() as db:
        overwrite_deleted(db)
        return erasing.erase(db, customer_id, candidates, by=1, at=at, today=TODAY, rules=RULES, region="DE")


def test_nobody_is_erased_twice_and_nobody_who_is_not_there(database):
    acme = with_an_officer(database).customer("Acme")
    erase(database, acme)
    with pytest.raises(BadInput, match="already"):
        erase(database, acme)
    with pytest.raises(BadInput, match="not here"):
        erase(database, 4711)


def with_an_officer(database):
    filled = Ledger(database)
    filled.rep("Olga")
    return filled


def draft_for(db, customer_id, state, *, batch_id=None, mail=None, **more):
    if batch_id is None:
        batch_id = added(db, batches, {"template": "t", "state": "asked", "made_at": NOW})
    outbox_id = None
    if mail is not None:
        message = Message("ann@example.com", {"text": "Dear Ann"}, NOW, SOON, kind="email")
        (outbox_id,) = put(db, "outreach", [message])
        db.execute(update(outbox).where(outbox.c.id == outbox_id).values(state=mail))
    row = {"batch_id": batch_id, "customer_id": customer_id, "state": state, "outbox_id": outbox_id, "template": "t",
           "channel": "email", "language": "en", "purpose": "marketing", "token": f"token{customer_id}{state}{mail}",
           "written": {}, "given": {}, "made_at": NOW, "recipient": "ann@example.com"}  # fmt: skip
    return added(db, drafts, row | more)


def test_what_waits_to_be_sent_is_taken_back_and_drafts_end(database):
    acme = with_an_officer(database).customer("Acme")
    with database.transaction() as db:
        for state, mail in (("held", "pending"), ("held", "waiting"), ("proposed", None), ("sent", "sent")):
            draft_for(db, acme, state, mail=mail)
    done = erase(database, acme)
    with database.reading() as db:
        ended = db.execute(select(drafts.c.state, drafts.c.reason).order_by(drafts.c.id)).all()
        mails = db.execute(select(outbox.c.state, outbox.c.reason, outbox.c.payload).order_by(outbox.c.id)).all()
        steps = db.execute(select(draft_steps.c.what, draft_steps.c.rep_id)).all()
    assert ended == [("failed", ERASED), ("failed", ERASED), ("failed", ERASED), ("sent", None)]
    assert mails == [("skipped", ERASED, None), ("skipped", ERASED, None), ("sent", None, None)]
    assert steps == [("failed", 1)] * 3
    assert (done.stopped, len(done.batches)) == (3, 4)


def test_a_batch_ends_where_nothing_of_it_is_left_and_goes_on_for_the_others(database):
    ledger = with_an_officer(database)
    acme, other = ledger.customer("Acme"), ledger.customer("Other")
    with database.transaction() as db:
        draft_for(db, acme, "proposed")
        shared = added(db, batches, {"template": "t", "state": "asked", "made_at": NOW, "segment": "loyalty:lost",
                                     "reason": "Acme sues us"})  # fmt: skip
        draft_for(db, acme, "proposed", batch_id=shared, token="second")
        draft_for(db, other, "proposed", batch_id=shared)
    erase(database, acme)
    with database.reading() as db:
        left = db.execute(select(batches.c.state, batches.c.segment, batches.c.reason).order_by(batches.c.id)).all()
        others = db.scalars(select(drafts.c.recipient).where(drafts.c.customer_id == other)).all()
    assert left == [("expired", None, None), ("asked", "loyalty:lost", None)]
    assert others == ["ann@example.com"]


def test_while_a_message_to_the_customer_leaves_nothing_is_erased(database):
    acme = with_an_officer(database).customer("Acme")
    with database.transaction() as db:
        draft_for(db, acme, "held", mail="leased")
        db.execute(update(outbox).values(lease_until=NOW + timedelta(seconds=100)))
    with pytest.raises(TryLater):
        erase(database, acme)
    with database.reading() as db:
        assert db.scalar(select(customers.c.name)) == "Acme"
        assert db.scalar(select(func.count()).select_from(erasures)) == 0
    erase(database, acme, NOW + timedelta(minutes=2))  # whoever held it has ended
    with database.reading() as db:
        assert db.execute(select(outbox.c.state, outbox.c.payload)).one() == ("skipped", None)


def test_consent_is_withdrawn_and_nobody_writes_to_the_addresses_again(database):
    ledger = with_an_officer(database)
    acme, other = ledger.customer("Acme"), ledger.customer("Other")
    ledger.consent(acme, ago(9), given=True)
    ledger.contact(acme, "Ann", email="Ann@example.com", phone="+4930123456")
    ledger.contact(acme, "Their accountant", email="books@example.com")
    ledger.contact(other, "Their accountant", email="books@example.com")
    with database.transaction() as db:
        draft_for(db, acme, "sent", recipient="old@example.com")
    erase(database, acme)
    asked = [("email", "ann@example.com"), ("sms", "+4930123456"), ("email", "old@example.com"),
             ("email", "books@example.com")]  # fmt: skip
    with database.reading() as db:
        states = consents.current(db, [acme])[acme]
        assert suppressions.suppressed(db, asked) == dict.fromkeys(asked[:3], ERASED)
        assert db.scalar(select(func.count()).select_from(ledger_of_consent)) == 5
    assert {pair: (state.given, state.how) for pair, state in states.items()} == {
        (channel, purpose): (False, ERASED) for channel in consents.CHANNELS for purpose in consents.PURPOSES
    }


PROMISES = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Bold &amp; Co*  call Ann\ndue today"}},
    {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Done"}, "value": "1"}]},
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Boldness Ltd*  call Bob\ndue today"}},
    {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Done"}, "value": "2"}]},
]


def test_messages_to_our_people_go_on_without_the_customer(database):
    ledger = with_an_officer(database)
    bold = ledger.customer("Bold & Co")
    with database.transaction() as db:
        added(db, slack_users, {"rep_id": 1, "user_id": "U1", "language": "zh_CN", "seen_at": NOW}, None)
        waits = slack_message(db, "2 due", "pending", blocks=PROMISES)
        stands = slack_message(db, "Bold & Co is slipping away", "sent", blocks=PROMISES)
        changed = slack_message(db, "Bold & Co bought again", "sent", earlier=stands)
        others = slack_message(db, "Boldness Ltd is slipping away", "sent")
        done_with = slack_message(db, "Bold & Co is lost", "sent")
        slack_message(db, "Nothing is left", "sent", earlier=done_with)
    done = erase(database, bold)
    with database.reading() as db:
        rows = {row.id: row for row in db.execute(select(outbox))}
    assert done.forgotten == 4
    said = json.loads(rows[waits].payload)["blocks"]
    assert [block["type"] for block in said] == ["section", "section", "actions"]
    assert said[0]["text"]["text"] == "_（已删除的客户）_"
    assert said[1:] == PROMISES[2:]
    assert (rows[stands].payload, rows[changed].payload, rows[done_with].payload) == (None, None, None)
    assert "Boldness" in rows[others].payload
    (update_,) = [row for row in rows.values() if row.id > done_with + 1]
    assert (update_.earlier_id, update_.action, update_.state) == (stands, "update", "pending")
    assert json.loads(update_.payload)["text"] == "（已删除的客户）"


def test_a_message_that_came_while_the_others_were_looked_through_is_found_too(database):
    acme = with_an_officer(database).customer("Acme Tools")
    with database.reading() as db:
        candidates = forgetting.look(db, acme)
    with database.transaction() as db:
        late = slack_message(db, "Acme Tools is slipping away", "pending")
        erasing.erase(db, acme, candidates, by=1, at=NOW, today=TODAY, rules=RULES, region="DE")
        assert "Acme" not in db.scalar(select(outbox.c.payload).where(outbox.c.id == late))


def test_sums_of_groups_stay_right_and_the_erased_have_no_facts_whoever_computes_them(database):
    ledger = with_an_officer(database)
    parent = ledger.customer("Holding")
    child, other = ledger.customer("Child", parent), ledger.customer("Other", parent)
    below = ledger.customer("Below", child)
    for customer in (parent, child, other, below):
        ledger.bought(customer, 10, 30, 50)
    ledger.refresh()
    assert ledger.facts(parent).spend == 1200
    erase(database, child)
    assert (ledger.facts(parent).spend, ledger.facts(parent).group_customers) == (600, 2)
    assert ledger.facts(below).spend == 300
    assert "parent" not in {name for name, value in ledger.shown(below).items() if value}
    computed = ledger.everything()
    assert {row[0] for row in computed["customer_facts"]} == {parent, other, below}
    ledger.refresh()
    assert ledger.everything() == computed
    ledger.refresh(only=[child])
    ledger.catch_up(TODAY + timedelta(days=1))
    with database.reading() as db:
        for table in ("customer_facts", "customer_cards", "stage_spans", "outlooks", "search_names"):
            ids = SQLModel.metadata.tables[table].c.customer_id
            assert db.scalars(select(ids).where(ids == child)).all() == [], table


def test_the_erased_are_not_found_and_nobody_is_warned_of_them(database):
    ledger = with_an_officer(database)
    acme, other = ledger.customer("Acme Tools"), ledger.customer("Acme Inc")
    for customer in (acme, other):
        ledger.bought(customer, *range(400, 900, 20))
    ledger.refresh()
    with database.transaction() as db:
        search_index.index(db, None)
        db.execute(insert(access_log).values(at=NOW, rep_id=1, customer_id=acme, what="card"))
    erase(database, acme)
    everybody = Sight(frozenset({1}), unowned=True)
    with database.transaction() as db:
        search_index.index(db, None)
        for text in ("Acme Tools", f"Erased customer #{acme}", "erased", str(acme)):
            found = search.find(db, everybody, text, region="DE")
            assert acme not in {found.exact, *(hit.id for hit in (*found.hits, *found.closest))}
        assert search.recent(db, 1) == []
        watched, rule = alerting.watch(db, TODAY, Rules())
        alerting.keep(db, watched, rule, TODAY, Rules())
        assert set(db.scalars(select(alerts.c.customer_id))) == {other}
        assert set(db.scalars(select(customer_facts.c.customer_id))) == {other}
        assert db.scalars(select(customer_cards.c.customer_id).where(customer_cards.c.customer_id == acme)).all() == []


def tag(db, customer_id):
    tags.put(db, customer_id, ["zyqxw"])


def correct(db, customer_id):
    corrections.correct(db, customer_id=customer_id, rep_id=1, values={"phone": "+4930123"}, now=NOW)


def promise(db, customer_id):
    follow_ups.make(
        db, customer_id=customer_id, rep_id=1, day=TODAY, today=TODAY, what="Call Ann", by=1, now=NOW
    )  # fmt: skip


def log(db, customer_id):
    interactions.log(
        db, customer_id=customer_id, rep_id=1, kind="note", day=TODAY, today=TODAY, zone=UTC, text="Ann is ill"
    )  # fmt: skip


@pytest.mark.parametrize("write", [tag, correct, promise, log])
def test_a_form_that_was_open_meanwhile_writes_nothing_about_who_was_erased(database, write):
    ledger = Ledger(database)
    ledger.rep("Olga")
    customer = ledger.customer("Ann")
    erase(database, customer)
    with pytest.raises(BadInput, match="not here any more"), database.transaction() as db:
        write(db, customer)


@pytest.mark.postgres
def test_a_draft_that_is_written_meanwhile_is_not_kept(postgres, monkeypatch):
    office, read, erased = Outreach(postgres), reaching.reach, []

    def reach(*asked, **how):
        found = read(*asked, **how)
        if not erased:
            erased.append(erase(postgres, office.acme))
        return found

    monkeypatch.setattr("care.drafting.reaching.reach", reach)
    with pytest.raises(BadInput, match="not here any more"):
        office.propose()
    with postgres.reading() as db:
        assert db.scalar(select(func.count()).select_from(drafts)) == 0
