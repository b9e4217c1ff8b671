"""What was kept for long enough is forgotten, and nothing else."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, insert, select

from care import retention
from care.retention import Periods
from customers.alert_tables import alerts
from customers.tables import access_log
from delivery import Message, Run, plan
from delivery.tables import outbox, runs
from tests.customers.search_office import ANN, TODAY, add, add_people

NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 6, tzinfo=UTC)
PERIODS = Periods(access_log=365, payloads=90, history=730)


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
