"""What a card about messages to customers says when not everything goes well."""

from dataclasses import replace
from datetime import UTC

import pytest
from sqlalchemy import update

import jobs
import plugins
from bot import draft_messages
from bot.cards import draft as cards
from bot.cards.delivery_words import job_name
from bot.cards.draft_buttons import APPROVER, Spot
from care import draft_views, sending
from delivery.tables import outbox
from tests.care.outreach import NOW, POLICY, PRICE, Outreach, later
from words.speech import Speech


@pytest.fixture
def tenant(sqlite):
    return Outreach(sqlite)


def drawn(tenant, batch_id, language="en"):
    with tenant.database.reading() as db:
        view = draft_views.view(db, POLICY, batch_id, now=NOW, zone=UTC)
    return cards.card(view, Spot(batch_id, APPROVER), Speech(language), "USD").blocks


def test_every_customer_who_is_left_out_is_named_with_the_reason(tenant):
    names = [f"Silent {number} of a long street in a small town" for number in range(30)]
    silent = [tenant.buyer(name, allows=False) for name in names]
    nobody = tenant.buyer("Nobody", language="fr", email=None)
    tenant.refresh()
    made = tenant.propose(tenant.acme, *silent, nobody, wanted=replace(PRICE, segment="value:mid silent:>30d"))
    card = str(drawn(tenant, made.batch_id))
    assert "segment “value: mid and silent: more than 30 days”" in card
    assert [name for name in names if name not in card] == []
    assert "no address that may be written to (1): Nobody" in card
    chinese = str(drawn(tenant, made.batch_id, "zh_CN"))
    assert "细分“客户价值：中，且沉默：大于 30 天”" in chinese
    assert "（1）：Nobody" in chinese


def test_of_many_left_out_those_without_room_are_counted(tenant):
    silent = [tenant.buyer(f"{number:03} {'x' * 55}", allows=False) for number in range(60)]
    tenant.refresh()
    made = tenant.propose(tenant.acme, *silent, wanted=replace(PRICE, segment="owner:me"))
    sections = [block["text"]["text"] for block in drawn(tenant, made.batch_id) if block["type"] == "section"]
    told = next(text for text in sections if "no consent" in text)
    assert told.endswith("and 13 more")
    assert len(told) <= 3_000


def test_a_segment_of_which_one_can_be_written_to_names_the_others_too(tenant):
    other = tenant.customer("Never bought")
    made = tenant.propose(tenant.acme, other, wanted=replace(PRICE, segment="owner:me"))
    assert "Never bought" in str(drawn(tenant, made.batch_id))


def test_of_some_that_may_have_been_sent_nothing_else_is_said(tenant):
    other = tenant.buyer("Other")
    tenant.refresh()
    made = tenant.held(tenant.acme, other)
    tenant.change(update(outbox).values(state="waiting", reason="cannot_look_up", ready_at=None))
    with tenant.database.transaction() as db:
        sending.settle(db, later(minutes=6))
    card = str(drawn(tenant, made.batch_id))
    assert "Nobody can say whether these were sent: 2" in card
    assert "leaves on" not in card
    assert "Undo send" not in card
    assert "有 2 条无法确定是否已发送" in str(drawn(tenant, made.batch_id, "zh_CN"))


@pytest.mark.parametrize("others", [0, 1])
def test_who_must_decide_finds_by_its_number_the_message_that_may_have_been_sent(tenant, others):
    ids = [tenant.buyer(f"Other {number}") for number in range(others)]
    tenant.refresh()
    made = tenant.held(tenant.acme, *ids)
    tenant.change(update(outbox).values(state="waiting", reason="cannot_look_up", ready_at=None))
    with tenant.database.transaction() as db:
        sending.settle(db, later(minutes=9))
    number = tenant.message(made.draft_ids[0]).id
    card = str(drawn(tenant, made.batch_id))
    assert f"`/rekindle health` `#{number}`" in card
    assert "about to leave" not in card


def test_what_waits_for_a_decision_is_called_by_its_name_not_by_that_of_its_job():
    posting = plugins.discover(jobs, plugins.MorningJob)
    unnamed = {job for job in (*posting, sending.JOB, draft_messages.JOB) if job_name(job, Speech("zh_CN")) == job}
    assert unnamed == set()
