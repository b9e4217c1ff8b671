"""Each message is sent effectively once, whatever happens to the one who sends it."""

import logging
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from delivery import Run, plan, put
from delivery.dispatcher import Dispatcher
from delivery.health import decide, health
from delivery.leasing import Leasing, lease
from delivery.outcomes import TOO_FAST, CannotTell, Closed, Later, NotFound, Refused, Sent, Unknown
from delivery.tables import outbox, places
from tests.delivery.doubles import DAY, NOW, SLACK, Script, StillClock, dispatcher, message, planned, row, state

NUMBERS = Leasing(120, 10, 3)


@pytest.fixture
def clock():
    return StillClock()


def run(database, channel, clock, **more):
    sending = dispatcher(database, channel, clock, **more)
    handled = sending.once()
    sending.stop()
    return handled


def test_what_is_due_is_sent_once_and_its_place_is_kept(database, clock):
    channel = Script()
    (sent,) = planned(database)
    (later,) = planned(database, message("later", due=NOW + timedelta(hours=1)), subject="li")
    assert run(database, channel, clock) == 1
    assert run(database, channel, clock) == 0
    assert channel.sent == ["hello"]
    assert (row(database, sent).state, row(database, sent).reference) == ("sent", "D1 1.0")
    assert state(database, later) == ("pending", None)
    with database.reading() as db:
        assert db.execute(select(places.c.recipient, places.c.place)).one() == ("U1", "D1")


def test_past_its_time_a_message_is_skipped_with_a_reason(database, clock):
    channel = Script()
    (late,) = planned(database, message(latest=NOW + timedelta(hours=1)))
    clock.pass_time(3601)
    run(database, channel, clock)
    assert (state(database, late), channel.sent) == (("skipped", "too_late"), [])


def test_a_message_that_was_not_taken_comes_again_when_slack_says(database, clock):
    channel = Script(Later(30, TOO_FAST))
    (waits,) = planned(database)
    run(database, channel, clock)
    assert state(database, waits) == ("pending", TOO_FAST)
    clock.pass_time(29)
    assert run(database, channel, clock) == 0
    clock.pass_time(2)
    run(database, channel, clock)
    assert (state(database, waits), channel.looked_for) == (("sent", None), [])


def test_a_refused_message_is_dead_with_its_reason_and_others_go_on(database, clock):
    channel = Script(Refused("is_archived"))
    (dead,) = planned(database, message("to an archive", recipient="C1"))
    (other,) = planned(database, message("to a person"), subject="li")
    run(database, channel, clock)
    assert (state(database, dead), state(database, other)) == (("dead", "is_archived"), ("sent", None))


@pytest.mark.parametrize("found", [True, False])
def test_an_unknown_message_is_looked_up_after_its_lease_before_it_is_said_again(database, clock, found):
    channel = Script(Unknown("timeout"), finds=[Sent("D1 7.0", "D1")] if found else [NotFound()])
    (unknown,) = planned(database)
    run(database, channel, clock)
    assert state(database, unknown) == ("unknown", "timeout")
    clock.pass_time(119)
    assert run(database, channel, clock) == 0
    clock.pass_time(2)
    run(database, channel, clock)
    assert channel.looked_for == ["hello"]
    assert (channel.sent, row(database, unknown).state) == (["hello"] if found else ["hello", "hello"], "sent")


def test_a_message_whose_sender_died_is_looked_up(database, clock):
    (orphan,) = planned(database)
    with database.transaction() as db:
        assert len(lease(db, clock, [SLACK], [], 5, NUMBERS)) == 1
    channel = Script(finds=[Sent("D1 7.0", "D1")])
    assert run(database, channel, clock) == 0
    clock.pass_time(121)
    run(database, channel, clock)
    assert (channel.sent, row(database, orphan).reference) == ([], "D1 7.0")


def test_after_so_many_look_ups_in_vain_a_person_decides(database, clock):
    channel = Script(Unknown("reset"), finds=[CannotTell("http_500")] * 9)
    (unknown,) = planned(database)
    run(database, channel, clock)
    for _ in range(9):
        clock.pass_time(300)
        run(database, channel, clock)
    assert state(database, unknown) == ("waiting", "looked_up_in_vain")
    assert len(channel.looked_for) == NUMBERS.lookups
    assert channel.sent == ["hello"]


def test_a_look_up_that_is_only_too_fast_does_not_count(database, clock):
    channel = Script(Unknown("reset"), finds=[CannotTell(TOO_FAST, 5.0)] * 8)
    (unknown,) = planned(database)
    for _ in range(9):
        run(database, channel, clock)
        clock.pass_time(121)
    assert (row(database, unknown).state, row(database, unknown).lookups) == ("unknown", 0)


@pytest.mark.parametrize(("decision", "said"), [("resend", ["hello", "hello"]), ("was_sent", ["hello"])])
def test_a_person_decides_once(database, clock, decision, said):
    channel = Script(Unknown("silence"), can_look_up=False)
    (asked,) = planned(database)
    run(database, channel, clock)
    clock.pass_time(121)
    run(database, channel, clock)
    assert state(database, asked) == ("waiting", "cannot_look_up")
    with database.transaction() as db:
        assert decide(db, asked, decision, clock.at, clock.at + timedelta(hours=1))
        assert not decide(db, asked, decision, clock.at, clock.at + timedelta(hours=1))
        with pytest.raises(ValueError, match="resend"):
            decide(db, asked, "perhaps", clock.at, clock.at)
    run(database, channel, clock)
    assert (channel.sent, row(database, asked).state) == (said, "sent")


def test_an_update_is_repeated_without_a_look_up_and_stands_where_the_first_message_stands(database, clock):
    channel = Script()
    (first,) = planned(database)
    run(database, channel, clock)
    channel.outcomes = [Unknown("timeout")]
    with database.transaction() as db:
        (change,) = put(db, "alerts", [message("changed", action="update", earlier=first)])
    clock.pass_time(2)
    run(database, channel, clock)
    clock.pass_time(121)
    run(database, channel, clock)
    assert (channel.sent, channel.looked_for) == (["hello", "changed", "changed"], [])
    assert row(database, change).state == "sent"


def test_an_update_waits_for_its_message_and_is_dropped_where_there_is_none(database, clock):
    channel = Script(Later(60, "unreachable"))
    (first,) = planned(database)
    with database.transaction() as db:
        (change,) = put(db, "alerts", [message("changed", recipient="U2", action="update", earlier=first)])
    run(database, channel, clock)
    assert state(database, change)[0] == "pending"
    with database.transaction() as db:
        db.execute(update(outbox).where(outbox.c.id == first).values(state="dead", ready_at=None))
    clock.pass_time(10)
    run(database, channel, clock)
    assert state(database, change) == ("skipped", "nothing_to_change")


def test_one_recipient_gets_one_message_a_second(database, clock):
    channel = Script()
    planned(database, message("one"), message("two"), message("three"))
    said = []
    for _ in range(3):
        said.append(run(database, channel, clock))
        clock.pass_time(1.1)
    assert said == [1, 1, 1]


def test_what_must_not_be_sent_at_that_moment_is_skipped_or_put_off(database, clock):
    reasons = {"gone": "deactivated", "asleep": Later(3600, "quiet_hours")}
    (gone,) = planned(database, message("gone", recipient="U1"), subject="a")
    (asleep,) = planned(database, message("asleep", recipient="U2"), subject="b")
    (there,) = planned(database, message("there", recipient="U3"), subject="c")
    channel = Script()
    run(database, channel, clock, check=lambda row: reasons.get(row.payload["text"]))
    assert state(database, gone) == ("skipped", "deactivated")
    assert state(database, asleep) == ("pending", "quiet_hours")
    assert (state(database, there), channel.sent) == (("sent", None), ["there"])


@pytest.mark.parametrize("payload", ["no JSON", "[1]", "{}"])
def test_a_poisoned_message_kills_only_itself_and_is_reported_without_its_words(database, clock, caplog, payload):
    channel = Script()
    (poisoned,) = planned(database, message("Rita's secret", recipient="U1"), subject="a")
    (other,) = planned(database, message("fine", recipient="U2"), subject="b")
    with database.transaction() as db:
        db.execute(update(outbox).where(outbox.c.id == poisoned).values(payload=payload))
    with caplog.at_level(logging.ERROR):
        run(database, channel, clock)
    dead, reason = state(database, poisoned)
    assert (dead, state(database, other)) == ("dead", ("sent", None))
    reference = reason.removeprefix("broken:")
    assert f"reference={reference}" in caplog.text
    assert "secret" not in caplog.text


def test_a_process_that_slept_through_its_lease_sends_nothing_and_settles_nothing(database, clock):
    (slept,) = planned(database)
    channel = Script()
    sending = dispatcher(database, channel, clock)
    with database.transaction() as db:
        (mine,) = lease(db, clock, [SLACK], [], 1, NUMBERS)
    clock.pass_time(121)
    other = Script(finds=[Sent("D1 7.0", "D1")])
    run(database, other, clock)
    sending._work(mine)
    sending.stop()
    assert (channel.sent, row(database, slept).reference) == ([], "D1 7.0")


def test_a_process_that_slept_while_slack_answered_writes_nothing_over_what_another_found(database, clock):
    (slept,) = planned(database)
    channel, other = Script(Refused("is_archived")), Script(finds=[Sent("D1 7.0", "D1")])

    def asleep():
        clock.pass_time(121)
        run(database, other, clock)

    channel.while_sending = asleep
    run(database, channel, clock)
    assert (row(database, slept).state, row(database, slept).reference) == ("sent", "D1 7.0")


@pytest.mark.parametrize("jump", [-70, 70])
def test_a_clock_that_jumps_by_more_than_half_a_lease_is_reported_and_nothing_is_sent_under_it(database, clock, jump):
    (waits,) = planned(database)
    channel = Script()
    sending = dispatcher(database, channel, clock)
    with database.transaction() as db:
        (mine,) = lease(db, clock, [SLACK], [], 1, NUMBERS)
    clock.jump(jump)
    sending._work(mine)
    sending.stop()
    assert (channel.sent, row(database, waits).state) == ([], "pending")
    with database.reading() as db:
        assert health(db, clock.at, NOW - timedelta(hours=1)).troubles["clock"][0] == "jumped"


def test_a_clock_that_jumps_by_less_changes_nothing(database, clock):
    planned(database)
    channel = Script()
    sending = dispatcher(database, channel, clock)
    with database.transaction() as db:
        (mine,) = lease(db, clock, [SLACK], [], 1, NUMBERS)
    clock.jump(50)
    sending._work(mine)
    sending.stop()
    assert channel.sent == ["hello"]


def test_a_refused_token_loses_nothing_and_is_told_once(database, clock, caplog):
    ids = [planned(database, message(f"{n}", recipient=f"U{n}"), subject=f"{n}")[0] for n in range(5)]
    channel = Script(Closed("invalid_auth", 60), Closed("invalid_auth", 60))
    sending = dispatcher(database, channel, clock)
    with caplog.at_level(logging.WARNING):
        sending.once()
        assert [row(database, each).state for each in ids] == ["pending"] * 5
        assert sending.once() == 0
        with database.reading() as db:
            assert health(db, clock.at, NOW).troubles[SLACK][0] == "invalid_auth"
        clock.pass_time(61)
        sending.once()
        clock.pass_time(61)
        sending.once()
    sending.stop()
    assert [row(database, each).state for each in ids] == ["sent"] * 5
    assert sum("invalid_auth" in each.message for each in caplog.records) == 1
    with database.reading() as db:
        assert SLACK not in health(db, clock.at, NOW).troubles


def test_two_processes_on_one_database_send_each_message_once(database):
    channel = Script()
    clock = StillClock()
    for number in range(40):
        planned(database, message(f"{number}", recipient=f"U{number}"), subject=f"{number}")
    both = [dispatcher(database, channel, clock) for _ in range(2)]
    threads = [threading.Thread(target=each.once) for each in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in both:
        each.stop()
    assert sorted(channel.sent, key=int) == [str(number) for number in range(40)]


def test_stopping_finishes_what_is_on_its_way_and_leaves_the_rest(database):
    clock, begun, go_on = StillClock(), threading.Event(), threading.Event()
    channel = Script()

    def hold():
        begun.set()
        assert go_on.wait(10)

    channel.while_sending = hold
    ids = [planned(database, message(f"{n}", recipient=f"U{n}"), subject=f"{n}")[0] for n in range(9)]
    sending = dispatcher(database, channel, clock)
    sending.start()
    assert begun.wait(10)
    stopping = threading.Thread(target=sending.stop)
    stopping.start()
    assert sending._ending.wait(10)
    go_on.set()
    stopping.join()
    states = [row(database, each).state for each in ids]
    assert set(states) == {"sent", "pending"}
    assert states.count("sent") == len(channel.sent)


def test_a_started_dispatcher_sends_what_is_planned_when_it_is_woken(database):
    clock, there = StillClock(), threading.Event()
    channel = Script()
    channel.while_sending = there.set
    sending = dispatcher(database, channel, clock)
    sending.start()
    (sent,) = planned(database)
    sending.wake()
    assert there.wait(10)
    sending.stop()
    assert row(database, sent).state == "sent"


def test_a_kind_that_is_refused_for_haste_does_not_slow_the_others(database):
    clock = StillClock()
    hasty, slack = Script(Later(5, TOO_FAST), can_look_up=False), Script()
    with database.transaction() as db:
        plan(db, Run("outreach", "acme", DAY), [message("mail", kind="email")], NOW)
    planned(database, message("card"))
    sending = Dispatcher(database, {SLACK: slack, "email": hasty}, clock=clock, workers=2)
    sending.once()
    assert (sending._paces["email"].rate, sending._paces[SLACK].rate) == (5.0, None)
    sending.stop()
    assert slack.sent == ["card"]


def test_a_mail_server_that_keeps_all_workers_waiting_keeps_nothing_back_in_slack(database):
    clock, go_on, there = StillClock(), threading.Event(), threading.Event()
    slow, slack = Script(can_look_up=False), Script()
    slow.while_sending = lambda: go_on.wait(20)
    slack.while_sending = there.set
    mails = [message(f"mail {n}", recipient=f"ann{n}", kind="email") for n in range(8)]
    with database.transaction() as db:
        plan(db, Run("outreach", "acme", DAY), mails, NOW)
    planned(database, message("card"))
    sending = Dispatcher(database, {"email": slow, SLACK: slack}, clock=clock, workers=2)
    sending.start()
    assert there.wait(10)
    go_on.set()
    sending.stop()


def test_one_second_per_recipient_is_slacks_rule_alone(database, clock):
    channel = Script(can_look_up=False)
    mails = [message(f"mail {n}", recipient="ann", kind="email") for n in range(3)]
    with database.transaction() as db:
        plan(db, Run("outreach", "acme", DAY), mails, NOW)
    sending = Dispatcher(database, {"email": channel}, clock=clock, workers=2)
    sending.once()
    sending.stop()
    assert sorted(channel.sent) == ["mail 0", "mail 1", "mail 2"]
    with database.reading() as db:
        assert db.execute(select(places)).all() == []
