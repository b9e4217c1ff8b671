"""What was kept for long enough is forgotten, and nothing else."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, insert, select

from care import draft_life, retention
from care.retention import Periods
from customers.alert_tables import alerts
from customers.outreach_tables import assignments, batches, campaigns, draft_steps, drafts
from customers.tables import access_log
from delivery import Message, Run, plan
from delivery.tables import outbox, runs
from tests.customers.search_office import ANN, TODAY, add, add_people
from tests.ledger import added

NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 6, tzinfo=UTC)
PERIODS = Periods(access_log=365, payloads=90, history=730, drafts=365)


def fill(db):
    """Something old and something younger of each kind."""
    add_people(db)
    add(db, 1, "Acme")
    for days in (366, 364):
        look = {"at": NOW - timedelta(days=days), "rep_id": ANN, "customer_id": 1, "what": "card"}
        db.execute(insert(access_log).values(look))
    for number, (days, state) in enumerate(((800, "dismissed"), (800, "open"), (700, "dismissed"))):
        on = TODAY - timedelta(days=days)
        row = {"customer_id": 1, "began": on - timedelta(days=number), "found_on": on, "rule": "silence"}
        db.execute(insert(alerts).values(row | {"loyalty": "lost", "state": state}))
    for days, state in ((100, "sent"), (80, "sent"), (100, "waiting")):
        at = NOW - timedelta(days=days)
        (number,) = plan(db, Run("job", f"{days}{state}", at.date()), [Message("U1", {"text": "x"}, at, at)], at)
        done = {"state": state, "finished_at": at if state == "sent" else None}
        db.execute(outbox.update().where(outbox.c.id == number).values(done))
    at = NOW - timedelta(days=800)
    plan(db, Run("job", "old", at.date()), [], at)


def test_a_rehearsal_counts_and_changes_nothing_and_then_it_is_done(database):
    with database.transaction() as db:
        fill(db)
        counted = dict(retention.counts(db, PERIODS, NOW))
    assert {what: number for what, number in counted.items() if number} == {
        "words of messages": 1, "looks at customers": 1, "settled alerts": 1, "runs of jobs": 1,
    }  # fmt: skip
    retention.purge(database, PERIODS, NOW)
    with database.reading() as db:
        assert not any(dict(retention.counts(db, PERIODS, NOW)).values())
        left = [db.scalar(select(func.count()).select_from(table)) for table in (access_log, alerts, outbox, runs)]
        assert left == [1, 2, 3, 3]
        assert db.scalar(select(func.count()).where(outbox.c.payload.is_(None))) == 1


def test_more_than_goes_in_one_transaction_goes_too(database, monkeypatch):
    monkeypatch.setattr(retention, "TOGETHER", 2)
    with database.transaction() as db:
        add_people(db)
        for days in range(5):
            db.execute(insert(access_log).values(at=NOW - timedelta(days=400 + days), rep_id=ANN, what="card"))
    retention.purge(database, PERIODS, NOW)
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(access_log)) == 0


def draft(db, days, state="sent", campaign=None, **more):
    """A draft whose last step was so many days ago."""
    at = NOW - timedelta(days=days)
    batch = {"template": "t", "state": "approved", "made_at": at, "campaign_id": campaign}
    row = {"batch_id": added(db, batches, batch), "customer_id": 1, "template": "t", "channel": "email", "text": "Dear",
           "language": "en", "purpose": "marketing", "state": state, "token": f"{days}{state}{campaign}", "made_at": at,
           "written": {"text": "Dear"}, "given": {}, "recipient": "ann@example.com"}  # fmt: skip
    made = added(db, drafts, row | more)
    added(db, draft_steps, {"draft_id": made, "at": at, "what": state})
    return made


def test_drafts_go_with_their_batches_when_they_ended_long_ago(database):
    with database.transaction() as db:
        add_people(db)
        add(db, 1, "Acme")
        for state in draft_life.STATES:
            draft(db, 366, state)
        kept = draft(db, 364)
        late = draft(db, 400)  # somebody undid and sent it again
        added(db, draft_steps, {"draft_id": late, "at": NOW - timedelta(days=10), "what": "sent"})
        counted = dict(retention.counts(db, PERIODS, NOW))
    assert counted["drafts that ended"] == len(draft_life.ENDED)
    retention.purge(database, PERIODS, NOW)
    with database.reading() as db:
        left = db.execute(select(drafts.c.id, drafts.c.state).order_by(drafts.c.id)).all()
        assert {row.state for row in left} == {"proposed", "approved", "held", "sent"}
        assert {kept, late} <= {row.id for row in left}
        assert db.scalar(select(func.count()).select_from(batches)) == len(left) == 5
        assert set(db.scalars(select(draft_steps.c.draft_id))) == {row.id for row in left}


def test_of_a_campaign_the_words_go_first_and_the_rows_when_no_figure_needs_them(database):
    with database.transaction() as db:
        add_people(db)
        add(db, 1, "Acme")
        named = {"template": "t", "purpose": "marketing", "control_share": 0.1, "days": 30}
        old, newer = (
            added(db, campaigns, named | {"name": f"{days}", "made_at": NOW - timedelta(days=days)})
            for days in (800, 400)
        )
        for campaign, days in ((old, 800), (newer, 400)):
            draft(db, days, campaign=campaign)
            drawn = {"campaign_id": campaign, "customer_id": 1, "control": False, "at": NOW - timedelta(days=days)}
            added(db, assignments, drawn, None)
    retention.purge(database, PERIODS, NOW)
    with database.reading() as db:
        (left,) = db.execute(select(drafts)).all()
        assert (left.text, left.recipient, left.written, left.state) == ("", None, {}, "sent")
        assert db.scalars(select(campaigns.c.id)).all() == [newer]
        assert db.scalars(select(assignments.c.campaign_id)).all() == [newer]
        assert not any(dict(retention.counts(db, PERIODS, NOW)).values())
    retention.purge(database, PERIODS, NOW + timedelta(days=400))
    with database.reading() as db:
        for table in (drafts, batches, campaigns, assignments):
            assert db.scalar(select(func.count()).select_from(table)) == 0
