"""A message goes to whom it was written for, where that customer is reached on the day on which it leaves."""

import json
from dataclasses import replace
from datetime import UTC

import pytest
from sqlalchemy import delete, update

from care import draft_views
from care.approving import Overtaken
from care.drafting import Wanted
from customers.tables import contacts, customers, reps
from tests.care.outreach import NOW, POLICY, PRICE, Outreach, later
from tests.care.test_drafts import Postman, send


@pytest.fixture
def tenant(database):
    return Outreach(database)


def moves(tenant, customer, **where):
    tenant.change(update(customers).where(customers.c.id == customer).values(**where))
    tenant.refresh(only=[customer])


def test_an_address_that_was_corrected_after_the_approval_gets_nothing_at_the_old_one(tenant):
    made, postman = tenant.held(), Postman()
    moves(tenant, tenant.acme, email="new@example.com")
    send(tenant, postman, later(minutes=9))
    assert postman.taken == []
    found = tenant.draft(made.draft_ids[0])
    assert (found.state, found.reason) == ("failed", "check_recipient")


def test_an_address_that_was_corrected_before_the_approval_is_taken_over_by_an_edit_which_is_looked_at(tenant):
    made, postman = tenant.propose(), Postman()
    tenant.ask(made.batch_id)
    seen = tenant.seen(made.batch_id)
    moves(tenant, tenant.acme, email="new@example.com")
    with pytest.raises(Overtaken, match="see the checks"):
        tenant.approve(made.batch_id, seen=seen)
    tenant.edit(made.draft_ids[0], "Hello")
    assert tenant.draft(made.draft_ids[0]).recipient == "new@example.com"
    with pytest.raises(Overtaken, match="changed since you looked"):
        tenant.approve(made.batch_id, seen=seen)
    tenant.approve(made.batch_id)
    send(tenant, postman, later(minutes=9))
    assert [row.recipient for row in postman.taken] == ["new@example.com"]


def test_another_spelling_is_the_same_address(tenant):
    tenant.held()
    moves(tenant, tenant.acme, email=" ACME@example.com")
    postman = Postman()
    send(tenant, postman, later(minutes=9))
    assert len(postman.taken) == 1


def test_an_address_that_became_known_after_the_words_were_written_is_taken_over_by_an_edit(tenant):
    unknown = tenant.buyer("Unknown", email=None)
    tenant.refresh()
    made = tenant.propose(unknown)
    moves(tenant, unknown, email="found@example.com")
    tenant.edit(made.draft_ids[0], "Hello")
    assert tenant.draft(made.draft_ids[0]).recipient == "found@example.com"


def test_a_wish_to_a_contact_stays_with_that_contact(tenant):
    anna = tenant.contact(tenant.acme, "Anna", email="anna@example.com")
    for number in range(9):  # more than stand on the card
        tenant.contact(tenant.acme, f"Contact {number}", email=f"c{number}@example.com")
    late = tenant.contact(tenant.acme, "Zoe", email="zoe@example.com")
    tenant.refresh()
    made = {}
    for name in ("Anna", "Zoe"):
        given = {"person": name, "offer": "Ten per cent off"}
        wanted = Wanted("win_back/price", "email", given, occasion="x", recipient=f"{name.lower()}@example.com")
        made[name] = tenant.propose(wanted=wanted).draft_ids[0]
    tenant.change(update(contacts).where(contacts.c.id == anna).values(email="anna@new.example.com"))
    for draft in made.values():
        tenant.edit(draft, "Hello")
    assert tenant.draft(made["Anna"]).recipient == "anna@new.example.com"
    assert tenant.draft(made["Zoe"]).recipient == "zoe@example.com"
    tenant.change(delete(contacts).where(contacts.c.id == late))
    tenant.edit(made["Zoe"], "Hello")
    assert tenant.draft(made["Zoe"]).recipient is None


def test_whoever_has_the_address_is_greeted_and_not_the_first_contact(tenant):
    shop = tenant.buyer("Shop", email=None)
    tenant.contact(shop, "Anna")
    tenant.contact(shop, "Bob", email="bob@example.com")
    tenant.refresh()
    found = tenant.draft(tenant.propose(shop).draft_ids[0])
    assert found.recipient == "bob@example.com"
    assert "Bob" in found.text
    assert "Anna" not in found.text


def test_a_rep_with_an_address_that_no_server_takes_keeps_no_message_back(tenant):
    tenant.change(update(reps).where(reps.c.id == tenant.ada).values(email="ada..lovelace@example.com"))
    made = tenant.held()
    assert json.loads(tenant.message(made.draft_ids[0]).payload)["reply_to"] is None


def test_signs_that_nobody_sees_do_not_get_past_the_approver(tenant):
    made = tenant.propose()
    tenant.edit(made.draft_ids[0], "Pay\u202e 001 \u200bto\x00 us\u2066\r\nnow \u2028 then")
    assert tenant.draft(made.draft_ids[0]).text.startswith("Pay 001 to  us\nnow\n then\n\nHello")


def test_an_offer_to_a_segment_reaches_one_mailbox_once(tenant):
    branch = tenant.buyer("Branch", email="ACME@example.com")
    tenant.refresh()
    made = tenant.propose(tenant.acme, branch, wanted=replace(PRICE, segment="owner:me"))
    assert list(made.left_out) == [branch]
    with tenant.database.reading() as db:
        found = draft_views.view(db, POLICY, made.batch_id, now=NOW, zone=UTC)
    assert (found.total, found.exceptions) == (1, {"unwritten_same_address": ("Branch",)})
    service = Wanted("apology/apology", "email", {"issue": "A box was open.", "solution": "A new one"}, segment="x")
    assert len(tenant.propose(tenant.acme, branch, wanted=service).draft_ids) == 2
