"""What shall be said is written down once, however many planners there are."""

import threading
from datetime import timedelta

from sqlalchemy import func, select

from delivery import Message, Run, plan, put, skip, take
from delivery.tables import outbox, runs
from tests.delivery.doubles import DAY, NOW, message, planned, state

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
