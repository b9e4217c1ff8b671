"""The Slack edge: in time, once, apologising when something broke, and back after the connection is lost."""

import dataclasses
import logging
import threading

import pytest

import plugins
from bot.blocks import button, section
from bot.desk import Reply
from bot.envelopes import WORKERS
from bot.joining import answering, discovered
from sandbox.workspace import Delivery
from tests.office import open_office, shown

SLOW = threading.Event()
PRESSED = []


@plugins.command("/slow")
def slow(ask, desk):
    """Take longer than Slack waits."""
    SLOW.wait(20)
    return Reply("At last.")


@plugins.command("/broken")
def broken(ask, desk):
    """Fail with words that are personal."""
    raise RuntimeError("secret of Anna Apfel")


@plugins.command("/press")
def press(ask, desk):
    """Offer a button."""
    return Reply("Press it", [section("Press it", button("Now", "count.press", "1"))])


@plugins.button("count.press")
def count(pressed, desk):
    """Count how often it was pressed."""
    PRESSED.append(pressed.value)
    return Reply(f"Pressed {len(PRESSED)} times")


@pytest.fixture
def odd_office(tenant, tmp_path):
    known = discovered()
    commands = dict(known.commands) | {one.name: one for one in (slow, broken, press)}
    plugs = dataclasses.replace(known, commands=commands, buttons=dict(known.buttons) | {count.name: count})
    PRESSED.clear()
    SLOW.clear()
    with open_office(tmp_path, prepared=tenant, plugs=plugs) as office:
        yield office
        SLOW.set()


def _type(office, words, who="Rita") -> Delivery:
    return office.workspace.act_as(office.people[who]).command(office.sales, words)


def test_a_slow_answer_is_acknowledged_in_time_and_follows_later(odd_office):
    asked = _type(odd_office, "/slow").wait()
    assert asked.state == "answered"
    SLOW.set()
    seen_by = odd_office.workspace.visible_to
    odd_office.workspace.wait_for(
        lambda: [one for one in seen_by(odd_office.people["Rita"], odd_office.sales) if "At last." in shown(one)]
    )


def test_more_slow_answers_than_there_are_workers_are_all_acknowledged_in_time(odd_office):
    asked = [_type(odd_office, "/slow") for _ in range(WORKERS + 10)]
    late = _type(odd_office, "/customer A1")
    assert {each.wait().state for each in [*asked, late]} == {"answered"}
    SLOW.set()


def test_an_error_apologises_with_a_reference_that_stands_in_the_log_without_personal_words(odd_office, caplog):
    with caplog.at_level(logging.ERROR):
        answer = odd_office.talk("Rita: /broken", "bot: Sorry, something went wrong")
    reference = shown(answer).split("reference ")[1].strip(".")
    logged = caplog.text
    assert f"reference={reference} failure=RuntimeError" in logged
    assert "Apfel" not in logged


def test_a_redelivered_command_is_answered_once(odd_office):
    asked = _type(odd_office, "/customer A1").wait()
    before = len(odd_office.workspace.visible_to(odd_office.people["Rita"], odd_office.sales))
    again = odd_office.serving.redeliver(asked)
    again.wait()
    _type(odd_office, "/customer").wait()
    after = len(odd_office.workspace.visible_to(odd_office.people["Rita"], odd_office.sales))
    assert after == before + 1


def test_a_redelivered_press_acts_once(odd_office):
    odd_office.talk("Rita: /press", "bot: Press it")
    pressed = odd_office.workspace.act_as(odd_office.people["Rita"]).press(odd_office.newest("Rita"), label="Now")
    odd_office.workspace.wait_for(lambda: "Pressed 1 times" in shown(odd_office.newest("Rita")))
    odd_office.serving.redeliver(pressed).wait()
    odd_office.talk("Rita: /customer A1", "bot: Acme GmbH")
    assert PRESSED == ["1"]


def test_a_redelivered_message_is_answered_once(odd_office):
    odd_office.talk("Rita in DM: customer A1", "bot: Acme GmbH")
    event = next(each for each in reversed(odd_office.workspace.deliveries) if each.kind == "events_api")
    odd_office.serving.redeliver(event).wait()
    odd_office.talk("Rita in DM: customer B1", "bot: Blauer See")
    dm = odd_office.workspace.dm(odd_office.people["Rita"])
    answers = [m for m in odd_office.workspace.visible_to(odd_office.people["Rita"], dm) if "Acme GmbH" in shown(m)]
    assert len(answers) == 1


def test_it_is_back_after_the_connection_is_reset(odd_office):
    odd_office.talk("Rita: /customer A1", "bot: Acme GmbH")
    odd_office.serving.reset_sockets()
    odd_office.workspace.wait_for(lambda: not odd_office.workspace.courier.connections)
    odd_office.workspace.wait_for(lambda: odd_office.workspace.courier.connections)
    odd_office.talk("Rita: /customer B1", "bot: Blauer See")


def test_a_command_that_nobody_has_is_refused_by_slack_itself(odd_office):
    _type(odd_office, "/nonsense")
    assert "not a valid command" in shown(odd_office.newest("Rita"))


def test_a_message_that_reaches_two_bots_on_one_database_is_answered_by_one(office):
    with answering(office.settings, office.database, discovered()):
        office.talk("Rita in DM: customer A1", "bot: Acme GmbH")
        event = next(each for each in reversed(office.workspace.deliveries) if each.kind == "events_api")
        for _ in range(3):  # each time to the next of the two connections
            office.serving.redeliver(event).wait()
        office.talk("Rita in DM: customer B1", "bot: Blauer See")
    dm = office.workspace.dm(office.people["Rita"])
    answers = [m for m in office.workspace.visible_to(office.people["Rita"], dm) if "Acme GmbH" in shown(m)]
    assert len(answers) == 1


def test_a_failing_database_is_apologised_for_in_a_dm_too(office):
    with office.database.transaction() as db:
        db.exec_driver_sql("ALTER TABLE claims RENAME TO claims_gone")
    office.talk("Rita in DM: customer A1", "bot: Sorry, something went wrong")
    with office.database.transaction() as db:
        db.exec_driver_sql("ALTER TABLE claims_gone RENAME TO claims")


def test_bolts_own_log_which_shows_whole_requests_is_silent(tenant, tmp_path):
    known = logging.root.manager.loggerDict
    for name in loud():  # other tests run bolt as it is
        del known[name]
    with open_office(tmp_path, prepared=tenant) as office:
        office.talk("Rita: /customer A1", "bot: Acme GmbH")
        assert not logging.getLogger("rekindle.bolt").isEnabledFor(logging.CRITICAL)
    assert loud() == [], "bolt made a logger of its own beside the silent one"


def loud():
    return [name for name in logging.root.manager.loggerDict if name.startswith("slack_bolt.App")]
