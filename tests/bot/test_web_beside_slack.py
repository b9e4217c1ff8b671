"""What customers do at the public web shows at once on the cards of the people in Slack."""

import pytest
from sqlalchemy import select, update

from bot import web
from bot.joining import serving_web
from care import consents
from customers.computed_tables import customer_facts
from customers.outreach_tables import drafts
from customers.tables import customers
from tests.bot.web_fixtures import Caller
from tests.office import open_office, shown


@pytest.fixture
def office(tenant, tmp_path):
    outreach = {
        "company_name": "Tea House",
        "mail_from": "Tea House <care@tea.example>",
        "smtp_host": "127.0.0.1",
        "smtp_security": "none",
        "public_url": "https://care.tea.example",
        "quiet_from": "00:00",
        "quiet_until": "00:00",
    }
    with open_office(tmp_path, prepared=tenant, **outreach) as office:
        office.working.jobs.tick()  # who is who in Slack
        with office.database.transaction() as db:  # nobody is of high value here, so one manager is enough
            db.execute(update(customer_facts).values(value="mid", open_complaint=None))
            acme = db.scalar(select(customers.c.id).where(customers.c.key == "A2"))
            consents.give(db, acme, "email", consents.PURPOSES, how="phone", by=None, at=office.now)
        yield office


@pytest.fixture
def caller(office):
    listening = web.listen(0)
    with serving_web(office.working.desk, listening) as serving:
        yield Caller(serving.port, office.now)


def in_dm(office, name, words):
    """Wait until these words stand in a card in a person's DM."""
    person = office.people[name]
    place = office.workspace.dm(person)
    return office.workspace.wait_for(
        lambda: next((m for m in office.workspace.visible_to(person, place) if words in shown(m)), None)
    )


def test_who_unsubscribes_after_the_approval_gets_nothing_and_every_card_says_why(office, caller):
    office.talk(
        "Rita: /draft tools check_in", "bot: Submit", "Rita presses Submit for approval", "bot: Waits for Mona Berg"
    )
    in_dm(office, "Mona", "Message to Acme Tools Ltd")
    office.read_dm("Mona")
    office.talk("Mona presses Approve", "bot: Undo send")
    with office.database.reading() as db:
        token = db.scalar(select(drafts.c.token))
    page = caller.send(f"/u/{token}", do="unsubscribe")
    assert "You get no offers from Tea House by e-mail." in page.text
    for name in ("Mona", "Rita"):
        assert "consent was withdrawn" in shown(in_dm(office, name, "unsubscribed"))
    with office.database.reading() as db:
        assert db.execute(select(drafts.c.state, drafts.c.reason)).one() == ("failed", "consent_withdrawn")
