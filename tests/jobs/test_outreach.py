"""What the job that keeps messages to customers going does by itself, also where something in it is broken."""

import logging

import pytest
from sqlalchemy import delete, insert, select, update

from bot.importing import import_files
from care import approving, consents
from customers.computed_tables import customer_facts
from customers.outreach_tables import batches, draft_cards
from customers.outreach_tables import drafts as drafts_table
from customers.tables import customers, reps
from delivery.tables import outbox
from tests.care.drafts import Drafts, draft, message_state
from tests.commands.test_draft import OUTREACH, newest, submitted
from tests.office import open_office


@pytest.fixture
def writing(tenant, tmp_path):
    """An office that may write to customers."""
    with open_office(tmp_path, prepared=tenant, **OUTREACH) as office:
        office.working.jobs.tick()
        with office.database.transaction() as db:
            db.execute(update(customer_facts).values(value="mid", open_complaint=None))
        yield office


def test_who_withdrew_by_an_import_gets_nothing_that_waits(office, tmp_path):
    def imported(first):
        file = tmp_path / "consent.csv"
        file.write_text(f"id,name,consent_email\nA1,Acme GmbH,{first}\nC1,上海晨曦文具有限公司,yes\n")
        assert import_files(office.settings, office.database, [file]).written

    imported("yes")
    with office.database.reading() as db:
        acme, chenxi = db.scalars(select(customers.c.id).where(customers.c.key.in_(("A1", "C1"))).order_by("key"))
    drafts = Drafts(office.database)
    stopped, message_id = drafts.queued(acme)
    kept, _ = drafts.queued(chenxi, state="approved")
    office.working.jobs.tick()
    assert [draft(office.database, each).state for each in (stopped, kept)] == ["held", "approved"]
    imported("no")
    office.working.jobs.tick()
    found = draft(office.database, stopped)
    assert (found.state, found.reason) == ("failed", consents.WITHDRAWN)
    assert message_state(office.database, message_id) == ("skipped", consents.WITHDRAWN)
    assert draft(office.database, kept).state == "approved"


def test_what_cannot_be_done_keeps_nothing_else_back(writing, monkeypatch, caplog):
    submitted(writing)
    newest(writing, "Mona", "Message to Acme Tools Ltd")
    writing.talk("Mona presses Approve", "bot: Approved by Mona Berg")
    with writing.database.transaction() as db:
        mona = db.scalar(select(reps.c.id).where(reps.c.email == "mona@example.com"))
        db.execute(update(outbox).where(outbox.c.kind == "email").values(state="sent", finished_at=writing.now))
        empty = {"template": "x/y", "made_at": writing.now, "state": "asked", "asked_of": mona, "asked_at": writing.now}
        db.execute(insert(batches).values(**empty, asked_of_since=writing.now))  # a card that cannot be drawn
        db.execute(delete(draft_cards).where(draft_cards.c.rep_id == mona))
        db.execute(update(batches).where(batches.c.id == 1).values(asked_of=mona))

    def broken(*_):
        raise RuntimeError

    monkeypatch.setattr(approving, "expire", broken)
    with caplog.at_level(logging.CRITICAL):
        writing.working.jobs.tick()
    with writing.database.reading() as db:
        assert db.scalar(select(drafts_table.c.state)) == "sent"
    newest(writing, "Rita", "Approved by Mona Berg and sent")
