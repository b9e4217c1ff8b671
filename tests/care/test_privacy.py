"""Everything that we hold about a customer is shown, whatever tables come; and who looked is known."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import JSON, String, insert
from sqlmodel import SQLModel

from bot.held_data_file import page
from care import privacy
from care.personal_data import EMPTIED, FATES, GOES, HOLDINGS, STAYS
from customers.tables import access_log
from tests.ledger import Ledger, ago
from words.held_data import COLUMNS, TABLES, TECHNICAL
from words.speech import LANGUAGES, Speech

NOW = datetime(2026, 6, 15, 9, 30, tzinfo=UTC)


def belongs_to_customers():
    """The tables from which foreign keys lead to customers, over however many others."""
    found = {"customers"}
    while True:
        more = {
            name
            for name, table in SQLModel.metadata.tables.items()
            if any(key.column.table.name in found for key in table.foreign_keys)
        }
        if more <= found:
            return found
        found |= more


def test_no_table_that_leads_to_a_customer_is_forgotten():
    assert {holding.table.name for holding in HOLDINGS} == belongs_to_customers() | {"outbox"}


def test_every_table_says_what_becomes_of_it_and_why_something_stays():
    assert {holding.fate for holding in HOLDINGS} == set(FATES)
    assert [holding.name for holding in HOLDINGS if (holding.fate != GOES) is not bool(holding.why)] == []
    assert [holding.name for holding in HOLDINGS if (holding.fate == EMPTIED) is not bool(holding.empties)] == []
    names = [holding.name for holding in HOLDINGS]
    assert len(names) == len(set(names))


def test_every_table_and_column_that_is_shown_has_words_for_people():
    shown = [holding for holding in HOLDINGS if holding.shown]
    assert {holding.name for holding in shown} == set(TABLES)
    columns = {name for holding in shown for name in holding.only or holding.table.c.keys()}
    assert columns - TECHNICAL == set(COLUMNS)
    assert columns >= TECHNICAL


def test_what_is_left_of_a_text_is_named_for_each_column():
    """A new column of a table that is kept must be emptied, or named here as one that holds nothing personal."""
    harmless = {
        "customers": {"name", "folded_name", "kind"},  # they say that this is an erased one
        "orders": {"key", "currency", "channel", "status"},
        "consents": {"channel", "purpose", "how"},
        "access_log": {"what"},
        "batches": {"template", "state"},
        "drafts": {"template", "channel", "language", "purpose", "state", "token", "payload_hash"},
        "draft_steps": {"what"},
        "erasures": {"key_hash"},
        "outbox": {"key", "job", "kind", "action", "payload_hash", "state", "lease_token", "reason", "reference"},
        "messages_to_our_people": {
            "key", "job", "kind", "recipient", "action", "payload_hash", "state", "lease_token", "reason", "reference",
        },
    }  # fmt: skip
    kept = {}
    for holding in HOLDINGS:
        if holding.fate in (EMPTIED, STAYS):
            texts = {column.name for column in holding.table.c if holds_words(column)}
            kept[holding.name] = texts - set(holding.empties)
    assert {name: columns for name, columns in kept.items() if columns} == harmless


def holds_words(column):
    return isinstance(getattr(column.type, "impl", column.type), String | JSON)


@pytest.fixture
def ledger(database):
    filled = Ledger(database)
    rita = filled.rep("Rita")
    acme, other = filled.customer("Acme"), filled.customer("Other")
    for customer, word in ((acme, "mine"), (other, "theirs")):
        filled.line(filled.order(customer, ago(20), "12.50"), filled.product(f"box {word}"))
        filled.contact(customer, f"Anna {word}", email=f"{word}@example.com")
        filled.tag(customer, f"tag {word}")
        filled.interaction(customer, ago(5), text=f"said {word}", rep_id=rita)
        filled.consent(customer, ago(9), given=True)
    filled.refresh()
    return filled


def test_an_export_holds_everything_of_one_customer_and_nothing_of_others(database, ledger):
    with database.reading() as db:
        held = privacy.everything(db, 1)
        counted = privacy.counts(db, 1)
    told = json.loads(privacy.as_json(held, NOW))
    assert told["format"] == "rekindle.customer.1"
    assert told["made_at"] == "2026-06-15T09:30:00+00:00"
    assert set(told["tables"]) == set(TABLES)
    (order,) = told["tables"]["orders"]
    assert (order["amount"], order["day"], order["currency"]) == ("12.5", ago(20).isoformat(), "USD")
    assert told["tables"]["interactions"][0]["at"] == f"{ago(5).isoformat()}T12:00:00+00:00"
    assert told["names"]["reps"] == {"1": "Rita"}
    assert counted == {name: len(rows) for name, rows in told["tables"].items() if rows}
    text = json.dumps(told)
    assert "theirs" not in text
    for word in ("box mine", "Anna mine", "mine@example.com", "tag mine", "said mine"):
        assert word in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_the_same_in_the_readers_language(sqlite, language):
    filled = Ledger(sqlite)
    acme = filled.customer("<Acme> & Söhne")
    filled.order(acme, ago(20), "12.50")
    filled.order(acme, ago(10), "99.90", status="paid")
    filled.interaction(acme, ago(5), text="Call\nagain <b>", rep_id=filled.rep("Rita"))
    with sqlite.reading() as db:
        held = privacy.everything(db, acme)
    text = page(held, "<Acme> & Söhne", NOW, Speech(language, zone="Europe/Berlin")).decode()
    words = {
        "en": ("What we hold about &lt;Acme&gt; &amp; Söhne", "Orders (2)", "Mar", "Who of us", "Nothing is there of"),
        "zh_CN": ("关于 &lt;Acme&gt; &amp; Söhne 保存的全部信息", "订单 (2)", "2026年", "经办员工", "以下各项没有内容"),
    }[language]
    for word in (*words[:2], *words[3:], "12.5", "Rita", "Call\nagain &lt;b&gt;", "<!doctype html>"):
        assert word in text
    assert "<Acme>" not in text


def test_who_looked_is_listed_newest_first_a_page_at_a_time(database):
    filled = Ledger(database)
    rita, li, acme = filled.rep("Rita"), filled.rep("Li"), filled.customer("Acme")
    rows = [
        {
            "at": NOW + timedelta(minutes=number),
            "rep_id": li if number == 3 else rita,
            "customer_id": acme,
            "what": "card",
        }
        for number in range(privacy.PAGE + 5)
    ]
    filled.change(insert(access_log).values(rows))
    filled.change(insert(access_log).values(at=NOW, rep_id=rita, customer_id=None, what="export"))
    with database.reading() as db:
        first, last = privacy.looks_at(db, acme), privacy.looks_at(db, acme, 1)
        beyond = privacy.looks_at(db, acme, 7)
    assert (first.total, first.people, first.more, last.more) == (privacy.PAGE + 5, 2, True, False)
    assert first.shown[0].at == NOW + timedelta(minutes=privacy.PAGE + 4)
    assert {look.rep for look in last.shown} == {"Rita", "Li"}
    assert beyond == last


def test_of_a_customer_of_whom_nothing_is_known_an_export_is_empty_not_broken(database):
    with database.reading() as db:
        held = privacy.everything(db, 4711)
    assert set(map(len, held.tables.values())) == {0}
    assert json.loads(privacy.as_json(held, NOW))["names"] == {}
