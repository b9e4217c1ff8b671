"""What is shown keeps Slack's limits and the rights of people, whatever the data are."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import insert, select, update

from care import follow_ups
from customers import facts, search
from customers.rules import Rules
from customers.tables import contacts, customer_tags, customers, interactions, orders
from tests.office import open_office, shown

NASTY = "*Bold* _it_ ~st~ `co` <!channel> <@U123> &amp; \u202egnp.exe \u200b" + "长名称🙂" * 60


@pytest.fixture
def crowded(office):
    """Acme with a name of 300 characters and more of everything than any card can show."""
    with office.database.transaction() as db:
        acme = db.scalar(select(customers.c.id).where(customers.c.key == "A1"))
        rita = db.scalar(select(customers.c.owner_id).where(customers.c.key == "A1"))
        db.execute(update(customers).where(customers.c.id == acme).values(name=NASTY[:300], city="C" * 3000))
        bought = [
            {
                "key": f"many-{n}" + "k" * 200,
                "customer_id": acme,
                "day": office.today - timedelta(days=n % 1500),
                "amount": Decimal(n) + Decimal("0.01"),
                "currency": "USD",
                "home_amount": Decimal(n) + Decimal("0.01"),
            }
            for n in range(5000)
        ]
        db.execute(insert(orders), bought)
        talk = [
            {
                "customer_id": acme,
                "rep_id": rita,
                "kind": "complaint",
                "at": office.settings.zone and facts_moment(office),
                "text": "x<" * 3000,
            }
            for _ in range(3)
        ]
        db.execute(insert(interactions), talk)
        people = [
            {"customer_id": acme, "name": "N" * 300 + str(n), "folded_name": f"n{n}", "title": "T" * 900}
            for n in range(50)
        ]
        db.execute(insert(contacts), people)
        db.execute(insert(customer_tags), [{"customer_id": acme, "tag": "t" * 39 + str(n)} for n in range(100)])
        search.index(db, [acme])
        facts.refresh(db, today=office.today, rules=Rules(), only=[acme])
    return office


def facts_moment(office):
    from datetime import UTC, datetime

    return datetime.combine(office.today, datetime.min.time(), UTC)


def test_a_customer_with_five_thousand_orders_and_a_name_of_300_characters_is_shown(crowded):
    crowded.talk("Rita: /customer A1", "bot: *Bold*")
    crowded.talk("Rita presses Timeline", "bot: many-")
    crowded.talk("Rita presses Older", "bot: many-")
    crowded.talk("Rita presses Back to the card", "bot: many-")
    crowded.talk("Rita presses Why?", "bot: RFM")
    crowded.talk("Rita: /segment tag:" + "t" * 39 + "1", "bot: 1 customer")
    crowded.talk("Rita presses Open", "bot: *Bold*")


@pytest.mark.parametrize("label", ["Log an interaction", "Follow up", "Consent", "Correct", "Tags"])
def test_its_forms_open_too(crowded, label):
    crowded.talk("Rita: /customer A1", "bot: *Bold*")
    seldom = label in ("Consent", "Correct", "Tags")
    (crowded.pick if seldom else crowded.press)("Rita", label)
    assert "*Bold*" in shown(crowded.form("Rita")).replace("\\", "")


def test_promises_to_it_are_asked_back_listed_and_settled(crowded):
    crowded.talk("Rita: /followups A1 tomorrow: " + NASTY, "bot: *Bold*", "Rita presses Yes, remind me", "bot: *Bold*")
    crowded.talk("Rita: /customer A1", "bot: Open points")
    listed = crowded.talk("Rita: /followups", "bot: *Bold*")
    assert not [text for block in listed.blocks for text in _mrkdwn(block) if "<!channel>" in text or "<@U123>" in text]
    crowded.talk("Rita presses Done", "bot: What came of it?")


def test_names_cannot_call_a_channel_or_turn_the_writing(crowded):
    blocks = crowded.talk("Rita: /customer A1", "bot: *Bold*").blocks
    formatted = [text for block in blocks for text in _mrkdwn(block)]
    assert len(formatted) > 5
    assert not [text for text in formatted if "<!channel>" in text or "<@U123>" in text]
    assert "\u202e" not in str(blocks)


def _mrkdwn(part):
    """Every text in which Slack would understand mentions and links."""
    if isinstance(part, dict):
        if part.get("type") == "mrkdwn":
            return [part["text"]]
        part = list(part.values())
    return [text for each in part for text in _mrkdwn(each)] if isinstance(part, list) else []


def test_where_only_masked_data_may_leave_nothing_else_does(tenant, tmp_path):
    with open_office(tmp_path, prepared=tenant, slack_shows="masked") as office:
        card = office.talk("Rita: /customer A1", "bot: Acme GmbH", "bot: are hidden")
        assert "$" not in shown(card)
        office.talk("Rita: /customer info@acme.example.com", "bot: No customer fits")
        overview = office.talk("Rita: /segment", "bot: 5 customers")
        assert "$" not in shown(overview)
        listing = office.talk("Rita: /segment city:Berlin", "bot: Acme GmbH")
        assert "$" not in shown(listing)
        assert "Export" not in shown(listing)
        office.talk("Rita: /segment spend:>6000", "bot: may not be searched here")
        office.talk("Rita: /segment phone:+49301234567", "bot: may not be searched here")
        office.talk("Rita: /customer A1", "bot: this installation does not let them leave for Slack")
        promise(office)
        listing = office.talk("Rita: /followups", "bot: Acme GmbH", "bot: Ask about the boxes")
        assert "$" not in shown(listing)
        assert "What came of it" not in shown(office.talk("Rita presses Done", "bot: Acme GmbH: done."))
        office.talk("Rita: /followups A1 tomorrow", "bot: this is not done here")


def test_where_only_ids_may_leave_no_name_does(tenant, tmp_path):
    with open_office(tmp_path, prepared=tenant, slack_shows="ids") as office:
        card = office.talk("Rita: /customer Acme GmbH", "bot: A1")
        assert "Acme" not in shown(card)
        listing = office.talk("Rita: /segment city:Berlin", "bot: A1")
        assert "Acme" not in shown(listing)
        offered = office.talk("Rita: /customer acm", "bot: A2")
        assert "Tools" not in shown(offered)
        office.talk("Rita: /customer", "bot: A1")
        office.talk("Rita: /segment name:acme", "bot: may not be searched here")
        promise(office)
        listing = office.talk("Rita: /followups", "bot: A1")
        assert "Acme" not in shown(listing)
        assert "boxes" not in shown(listing)
        assert "Acme" not in shown(office.talk("Rita presses Done", "bot: A1: done."))


def promise(office):
    """A follow-up of Rita with Acme for tomorrow."""
    day = office.today + timedelta(days=1)
    with office.database.transaction() as db:
        acme = db.execute(select(customers.c.id, customers.c.owner_id).where(customers.c.key == "A1")).one()
        follow_ups.make(
            db,
            customer_id=acme.id,
            rep_id=acme.owner_id,
            day=day,
            today=day,
            what="Ask about the boxes",
            by=acme.owner_id,
            now=facts_moment(office),
        )
