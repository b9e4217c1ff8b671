"""What shall be said is written down once, however many planners there are."""

import threading
from datetime import timedelta

from sqlalchemy import func, select, update

from delivery import Message, Run, plan, put, skip, take, withdraw
from delivery.tables import outbox, runs
from tests.delivery.doubles import DAY, NOW, Script, StillClock, dispatcher, message, planned, row, state

RUN = Run("reminders", "rita", DAY)


def test_a_run_is_planned_once_with_its_messages(database):
    with database.transaction() as db:
        first = plan(db, RUN, [message(), message("two")], NOW)
        assert len(set(first)) == 2
        assert plan(db, RUN, [message("again")], NOW) is None
        assert db.scalar(select(func.count()).select_from(outbox)) == 2


def test_a_taken_run_without_messages_is_taken_all_the_same(database):
    with database.transaction() as db:
        assert plan(db, RUN, [], NOW) == ()
        assert plan(db, RUN, [message()], NOW) is None


def test_another_day_another_subject_and_another_job_are_other_runs(database):
    with database.transaction() as db:
        assert plan(db, RUN, [], NOW) is not None
        assert plan(db, Run("reminders", "rita", DAY + timedelta(days=1)), [], NOW) is not None
        assert plan(db, Run("reminders", "li", DAY), [], NOW) is not None
        assert plan(db, Run("digest", "rita", DAY), [], NOW) is not None


def test_of_many_planners_at_once_exactly_one_plans(database):
    won = []

    def go():
        with database.transaction() as db:
            if plan(db, RUN, [message()], NOW) is not None:
                won.append(1)

    threads = [threading.Thread(target=go) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as db:
        assert (len(won), db.scalar(select(func.count()).select_from(outbox))) == (1, 1)


def test_a_run_whose_transaction_is_undone_may_be_planned_again(database):
    class Broken(Exception):
        pass

    try:
        with database.transaction() as db:
            plan(db, RUN, [message()], NOW)
            raise Broken
    except Broken:
        pass
    with database.transaction() as db:
        assert db.scalar(select(func.count()).select_from(outbox)) == 0
        assert plan(db, RUN, [message()], NOW) is not None


def test_a_skipped_run_keeps_its_reason_and_is_not_planned_any_more(database):
    with database.transaction() as db:
        assert skip(db, RUN, "on_leave", NOW)
        assert not skip(db, RUN, "again", NOW)
        assert plan(db, RUN, [message()], NOW) is None
        assert db.execute(select(runs.c.state, runs.c.reason)).one() == ("skipped", "on_leave")


def test_of_several_runs_only_those_that_were_won_belong_into_the_message(database):
    other = Run("reminders", "li", DAY)
    with database.transaction() as db:
        plan(db, RUN, [], NOW)
        won = take(db, [RUN, other], NOW)
        assert list(won) == [other]
        assert len(put(db, "reminders", [message()], run_id=won[other])) == 1


def test_a_newer_update_makes_an_older_one_that_waits_superfluous(database):
    (first,) = planned(database)
    with database.transaction() as db:
        (old,) = put(db, "alerts", [message("old", action="update", earlier=first)])
        (new,) = put(db, "alerts", [message("new", action="update", earlier=first)])
    assert state(database, old) == ("skipped", "superseded")
    assert state(database, new) == ("pending", None)


def test_every_message_has_a_key_of_its_own(database):
    with database.transaction() as db:
        put(db, "alerts", [Message("U1", {"text": "same"}, NOW, NOW)] * 5)
        assert db.scalar(select(func.count(outbox.c.key.distinct()))) == 5


def test_messages_that_nobody_has_begun_to_send_can_be_taken_back(database):
    waiting, others = planned(database, message(), message("two")), ("leased", "unknown", "waiting", "sent", "dead")
    kept = planned(database, *(message(each) for each in others), subject="li")
    with database.transaction() as db:
        for row_id, each in zip(kept, others, strict=True):
            db.execute(update(outbox).where(outbox.c.id == row_id).values(state=each))
        assert withdraw(db, [*waiting, *kept, 4711], "undone", NOW) == set(waiting)
        assert withdraw(db, waiting, "again", NOW) == set()
        assert withdraw(db, [], "undone", NOW) == set()
    assert [state(database, row_id) for row_id in waiting] == [("skipped", "undone")] * 2
    assert [state(database, row_id) for row_id in kept] == [(each, None) for each in others]


def test_a_message_that_was_taken_back_is_not_sent(database):
    (row_id,) = planned(database)
    with database.transaction() as db:
        withdraw(db, [row_id], "undone", NOW)
    channel = Script()
    dispatcher(database, channel, StillClock()).once()
    assert channel.sent == []
    assert row(database, row_id).finished_at == NOW


def test_many_messages_are_taken_back_at_once(database):
    ids = planned(database, *(message(str(n)) for n in range(250)))
    with database.transaction() as db:
        assert withdraw(db, ids, "undone", NOW) == set(ids)
