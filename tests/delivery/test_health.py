"""Whoever runs Rekindle sees what waits and what failed; what was said is forgotten in time."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from delivery import Message, Run, put, skip
from delivery.health import forget_payloads, health
from delivery.outcomes import Refused, Unknown
from delivery.tables import outbox
from tests.delivery.doubles import DAY, NOW, Script, StillClock, dispatcher, message, planned, row


@pytest.fixture
def after_a_bad_day(database):
    clock = StillClock()
    texts = ("sent", "refused", "unknown", "late", "tomorrow")
    for number, text in enumerate(texts):
        due = NOW + timedelta(days=1) if text == "tomorrow" else NOW
        latest = NOW - timedelta(hours=1) if text == "late" else NOW + timedelta(days=2)
        planned(database, message(text, recipient=f"U{number}", due=due, latest=latest), subject=text)
    with database.transaction() as db:
        skip(db, Run("reminders", "on leave", DAY), "on_leave", NOW)
    sending = dispatcher(database, Script(can_look_up=False), clock)
    sending._channels["slack"].send = lambda row, _ours: (
        {"refused": Refused("is_archived"), "unknown": Unknown("x")}.get(row.payload["text"])
        or Script().send(row, lambda: True)
    )
    sending.once()
    clock.pass_time(121)
    sending.once()
    sending.stop()
    return clock


def test_health_counts_and_names_what_a_person_must_see_without_what_was_said(database, after_a_bad_day):
    with database.reading() as db:
        seen = health(db, after_a_bad_day.at, NOW - timedelta(days=1))
    assert seen.states == {"sent": 1, "dead": 1, "waiting": 1, "skipped": 1, "pending": 1}
    assert (seen.dead, seen.skipped) == ({"is_archived": 1}, {"too_late": 1, "on_leave": 1})
    assert [(held.job, held.reason) for held in seen.waiting] == [("reminders", "cannot_look_up")]
    assert [held.reason for held in seen.refused] == ["is_archived"]
    assert "unknown" not in repr(seen.waiting)
    assert seen.oldest is None
    with database.reading() as db:
        later = health(db, NOW + timedelta(days=1, hours=2), NOW - timedelta(days=1))
    assert later.oldest == timedelta(hours=2)


def test_what_was_said_is_forgotten_after_its_time_and_what_waits_is_not(database, after_a_bad_day):
    soon, late = NOW - timedelta(days=1), NOW + timedelta(days=1)
    with database.transaction() as db:
        assert forget_payloads(db, soon) == 0
        assert forget_payloads(db, late, dry_run=True) == 3
        assert forget_payloads(db, late) == 3
        assert forget_payloads(db, late) == 0
    kept = [row(database, each) for each in range(1, 6)]
    assert [each.payload is None for each in kept] == [each.state in ("sent", "dead", "skipped") for each in kept]
    assert all(len(each.payload_hash) == 64 for each in kept)


def test_of_a_message_to_a_customer_the_address_is_forgotten_too(database):
    with database.transaction() as db:
        for kind, to in (("email", "ann@example.com"), ("slack", "U1")):
            put(db, "outreach", [Message(to, {"text": "Hello"}, NOW, NOW + timedelta(days=1), kind=kind)])
        db.execute(update(outbox).values(state="sent", finished_at=NOW))
        forget_payloads(db, NOW + timedelta(days=1))
        assert list(db.scalars(select(outbox.c.recipient).order_by(outbox.c.id))) == ["", "U1"]
