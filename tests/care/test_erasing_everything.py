"""A word that stands in every text about a customer stands nowhere after erasing, not even in the file."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import JSON, Boolean, Date, DateTime, Float, Integer, String, Time, event, select, update
from sqlmodel import SQLModel

from care import erasing, forgetting
from care.personal_data import HOLDINGS
from customers.alert_tables import alert_messages, alerts
from customers.erased import ERASED
from customers.morning_tables import held_back, slack_users
from customers.outreach_tables import batches, campaigns, draft_steps, drafts
from customers.tables import access_log, contacts, customers, orders, products, saved_segments
from database.scrubbing import overwrite_deleted, scrub
from delivery import Message, put
from delivery.tables import outbox, places
from tests.care.slack_messages import slack_message
from tests.ledger import RULES, TODAY, added, ago

NOW = datetime(2026, 6, 15, 9, 30, tzinfo=UTC)
SOON = NOW + timedelta(hours=3)
# Stands in every text about the customer, and nowhere else.
MARK = "zyqxw"
# Columns of kept rows that hold codes, keys of the books and hashes (see tests/care/test_privacy.py).
CODES = {
    "customers": {"kind": "company"},
    "orders": {"key": "INV-1", "currency": "USD", "channel": "online", "status": "paid"},
    "consents": {"channel": "email", "purpose": "marketing", "how": "form"},
    "access_log": {"what": "card"},
    "batches": {"template": "win_back/price", "state": "asked"},
    "drafts": {
        "template": "win_back/price", "channel": "email", "language": "en", "purpose": "marketing", "state": "sent",
        "token": "t0ken", "payload_hash": "abc",
    },
    "draft_steps": {"what": "rejected"},
}  # fmt: skip


def erase(database, customer_id, at=NOW):
    with database.reading() as db:
        candidates = forgetting.look(db, customer_id)
    with database.transaction() as db:
        overwrite_deleted(db)
        return erasing.erase(db, customer_id, candidates, by=1, at=at, today=TODAY, rules=RULES, region="DE")


def plant(db, table, number=1, **given):
    """Add a row whose texts all hold the mark."""
    row = {}
    for column in table.c:
        kind = getattr(column.type, "impl", column.type)
        fixed = {**CODES.get(table.name, {}), **given}
        if column.name in fixed:
            row[column.name] = fixed[column.name]
        elif column.foreign_keys or (column.primary_key and column.name == "id"):
            continue
        elif isinstance(kind, JSON):
            row[column.name] = {"shown": f"{MARK} {table.name} {column.name}"}
        elif isinstance(kind, String):
            row[column.name] = f"{MARK} {table.name} {column.name} {number}"
        elif isinstance(kind, DateTime):
            row[column.name] = NOW
        elif isinstance(kind, Date):
            row[column.name] = ago(3)
        elif isinstance(kind, Time):
            row[column.name] = time(8)
        elif isinstance(kind, Boolean):
            row[column.name] = True
        elif isinstance(kind, Float | Integer):
            row[column.name] = Decimal(number) if table.c[column.name].type.python_type is Decimal else number
    return added(db, table, row, "id" if "id" in table.c else None)


def fill(db):
    """Somebody of whom something stands in every table."""
    t = SQLModel.metadata.tables
    rep = added(db, t["reps"], {"name": "Olga", "email": "olga@example.com"})
    added(db, slack_users, {"rep_id": rep, "user_id": "U1", "language": "zh_CN", "seen_at": NOW}, None)
    who = plant(
        db, customers, email=f"{MARK}@example.com", phone="+4930123456", owner_id=rep, folded_name=f"{MARK} folded"
    )  # fmt: skip
    mine = {"customer_id": who}
    contact = plant(db, contacts, email=f"{MARK}2@example.com", phone="+4930765432", **mine)
    order = plant(db, orders, **mine)
    product = added(db, products, {"key": "P", "name": "Box", "folded_name": "box"})
    plant(db, t["order_lines"], order_id=order, product_id=product)
    said = plant(db, t["interactions"], contact_id=contact, rep_id=rep, kind="complaint", **mine)
    promise = plant(db, t["follow_ups"], rep_id=rep, interaction_id=said, state="open", **mine)
    plant(db, t["follow_up_steps"], follow_up_id=promise)
    told = added(db, alert_messages, {"rep_id": rep, "local_date": TODAY, "at": NOW})
    alert = plant(db, alerts, message_id=told, state="open", **mine)
    plant(db, t["alert_votes"], alert_id=alert, rep_id=rep)
    campaign = added(db, campaigns, {"name": f"“{MARK} customers name 1” 2026", "template": "x", "purpose": "service",
                                     "control_share": 0.1, "days": 30, "made_at": NOW})  # fmt: skip
    batch = plant(db, batches, alert_id=alert, campaign_id=campaign, made_by=rep, asked_of=rep)
    sent = Message(f"{MARK}@example.com", {"text": f"Dear {MARK}"}, NOW, SOON, kind="email")
    (mail,) = put(db, "outreach", [sent])
    db.execute(update(outbox).where(outbox.c.id == mail).values(state="sent", finished_at=NOW))
    (lost,) = put(db, "outreach", [Message(f"{MARK}@example.com", {"text": f"Dear {MARK}"}, NOW, SOON, kind="email")])
    db.execute(
        update(outbox).where(outbox.c.id == lost).values(state="skipped", finished_at=NOW)
    )  # its draft went first
    added(db, places, {"kind": "email", "recipient": f"{MARK}@example.com", "free_at": NOW}, None)
    draft = plant(db, drafts, batch_id=batch, outbox_id=mail, recipient=f"{MARK}3@example.com", **mine)
    plant(db, draft_steps, draft_id=draft, rep_id=rep)
    card = slack_message(db, f"{MARK} customers name 1 is <slipping> away", "sent")
    db.execute(update(alert_messages).values(outbox_id=card))
    plant(db, t["draft_cards"], batch_id=batch, rep_id=rep, outbox_id=card)
    plant(db, t["assignments"], campaign_id=campaign, control=False, **mine)
    plant(db, t["corrections"], **mine)
    plant(db, t["notices"], rep_id=rep, rule="decline", **mine)
    plant(db, t["consents"], **mine)
    plant(db, access_log, rep_id=rep, **mine)
    for name in ("customer_tags", "customer_facts", "customer_cards", "stage_spans", "outlooks", "search_names"):
        plant(db, t[name], **mine)
    plant(db, t["search_grams"], **mine)
    for line in (f"Call {MARK} customers name 1", "Call Box Ltd"):
        added(db, held_back, {"rep_id": rep, "local_date": TODAY, "job": "x", "line": line})
    for what in (f'export name:"{MARK} customers name 1"', "export loyalty:lost"):
        added(db, access_log, {"at": NOW, "rep_id": rep, "what": what})
    for name, asked in (("one", f'name:"{MARK} customers name 1" OR region:Bremen'), ("two", "loyalty:lost")):
        added(db, saved_segments, {"name": name, "folded_name": name, "filter": asked})
    return who


def dump(db):
    """Everything that stands in all tables, as text."""
    return {
        table.name: "\n".join(str(tuple(row)) for row in db.execute(select(table)))
        for table in SQLModel.metadata.tables.values()
    }


def test_a_word_that_stands_in_every_text_about_a_customer_stands_nowhere_afterwards(database):
    with database.transaction() as db:
        who = fill(db)
        before = dump(db)
    for holding in HOLDINGS:
        words = {
            column.name for column in holding.table.c if isinstance(getattr(column.type, "impl", column.type), String)
        }
        if holding.fate != "stays" and words - CODES.get(holding.table.name, {}).keys() - {"rule"}:
            assert MARK in before[holding.table.name], holding.name
    erase(database, who)
    with database.reading() as db:
        after = dump(db)
    assert {name for name, rows in after.items() if MARK in rows} == set()
    assert {name for name, rows in after.items() if "+4930" in rows} == set()


def test_what_is_kept_is_kept(database):
    with database.transaction() as db:
        who = fill(db)
    erase(database, who)
    with database.reading() as db:
        left = {
            holding.name for holding in HOLDINGS if db.execute(select(holding.table).where(holding.of(who))).first()
        }
        one = db.execute(select(customers).where(customers.c.id == who)).one()
        books = db.execute(select(orders.c.key, orders.c.amount, orders.c.customer_id)).one()
        looks = db.scalars(select(access_log.c.what).order_by(access_log.c.id)).all()
        notes = db.scalars(select(held_back.c.line)).all(), db.scalars(select(saved_segments.c.name)).all()
    assert left == {
        "customers", "orders", "order_lines", "consents", "access_log", "assignments", "batches", "drafts",
        "draft_steps", "draft_cards", "outbox", "messages_to_our_people", "erasures",
    }  # fmt: skip
    assert (one.name, one.kind) == (f"Erased customer #{who}", ERASED)
    assert set(one[5:-1]) - {False, True} == {None}
    assert books == ("INV-1", Decimal(1), who)
    assert looks == ["card", "export", "export loyalty:lost", "erased"]
    assert notes == (["Call Box Ltd"], ["two"])


@pytest.mark.parametrize("by", ["the transaction", "writing the file anew"])
def test_nothing_is_left_in_sqlites_file(sqlite, tmp_path, by):
    """Connections overwrite nothing by themselves here, as SQLite is built on most systems."""
    event.listen(sqlite.engine, "connect", lambda connection, _: connection.execute("PRAGMA secure_delete=OFF"))
    with sqlite.transaction() as db:
        who = fill(db)
        if by != "the transaction":  # what was deleted before erasing, when nobody thought of overwriting it
            db.execute(update(contacts).values(title=f"{MARK} and some more words than before"))
            db.execute(contacts.delete())
    file = tmp_path / "rekindle.db"
    with sqlite.driver() as driver:
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert MARK.encode() in file.read_bytes()
    erase(sqlite, who)
    if by == "the transaction":
        with sqlite.driver() as driver:
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    else:
        assert scrub(sqlite)
    assert MARK.encode() not in file.read_bytes()
    assert (tmp_path / "rekindle.db-wal").stat().st_size == 0


def test_a_file_too_large_to_be_written_anew_by_the_way_is_left_to_the_operator(sqlite):
    with sqlite.transaction() as db:
        fill(db)
    assert not scrub(sqlite, at_once=1)
    assert scrub(sqlite)


def test_while_somebody_reads_an_older_state_the_log_is_not_empty_and_that_is_said(sqlite, monkeypatch):
    with sqlite.transaction() as db:
        fill(db)
    with sqlite.driver() as driver:
        driver.execute("PRAGMA busy_timeout=50")
    with sqlite.reading() as db:
        db.execute(select(customers)).all()
        with sqlite.transaction() as other:
            other.execute(update(customers).values(city="Bremen"))
        assert not scrub(sqlite)
    assert scrub(sqlite)
