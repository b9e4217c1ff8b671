"""A text for a whole segment: written once, paged through, approved once, with a control group and every exception."""

import pytest
from sqlalchemy import func, insert, select, update

from customers import facts
from customers.computed_tables import customer_facts
from customers.outreach_tables import assignments, campaigns, drafts
from customers.tables import consents, customers
from delivery.tables import outbox
from tests.commands.test_draft import OUTREACH, newest
from tests.office import open_office, shown


@pytest.fixture
def office(tenant, tmp_path):
    with open_office(tmp_path, prepared=tenant, **OUTREACH, batch_most=10, control_share=0.5) as office:
        office.working.jobs.tick()
        with office.database.transaction() as db:
            db.execute(update(customer_facts).values(value="mid", open_complaint=None))
            allowed = {"channel": "email", "given": True, "at": office.now, "how": "form"}
            rows = [
                allowed | {"customer_id": id, "purpose": purpose}
                for id in db.scalars(select(customers.c.id).where(customers.c.key.in_(("A1", "A2", "D1"))))
                for purpose in ("service", "marketing")
            ]
            db.execute(insert(consents), rows)
            db.execute(update(customers).where(customers.c.key == "D1").values(email="drift@example.com"))
        yield office


def wait_for(office, words):
    return office.workspace.wait_for(lambda: words in shown(office.newest("Rita")) and office.newest("Rita"))


def begun(office, template):
    """Rita has chosen a text for all her customers, and is asked for what only she knows."""
    office.talk("Rita: /segment owner:me", "bot: Write to all")
    office.press("Rita", "Write to all")
    office.submit("Rita", {"template": template, "channel": "email"})


def test_a_segment_found_by_a_long_filter_in_chinese_is_written_to_as_well(office):
    without = " ".join(f"-tag:一二三四五六七八九十{number}" for number in range(50))
    office.talk(f"Rita: /segment owner:me {without}", "bot: Write to all")
    office.press("Rita", "Write to all")
    office.submit("Rita", {"template": "swing_nurture/check_in", "channel": "email"})
    wait_for(office, "Messages to 4 customers")


def test_a_segment_is_written_to_with_one_approval(office):
    begun(office, "swing_nurture/check_in")
    card = wait_for(office, "Messages to 4 customers")
    assert "By lot 50% of them get nothing" in shown(card)
    assert "the text needs what is not known" in shown(card)
    office.talk("Rita presses Next", "bot: 2 of 4")
    office.talk("Rita presses Submit for approval", "bot: Waits for Mona Berg")
    told = newest(office, "Mona", "Messages to 4 customers")
    assert "the text needs what is not known" in shown(told)
    assert "no address that may be written to" in shown(told)
    # The queue counts whom the card counts, and the card says how many of them a check stops.
    assert "3 of 4 can go" in shown(told)
    office.talk("Mona: /approvals", "bot: 4 customers")
    office.workspace.wait_for(lambda: newest(office, "Mona", "Messages to 4 customers"))
    office.talk("Mona presses Approve", "bot: Approved by Mona Berg")
    with office.database.reading() as db:
        counted = db.execute(select(drafts.c.state, func.count()).group_by(drafts.c.state))
        states = dict(tuple(row) for row in counted)
        control = db.scalar(select(func.count()).select_from(assignments).where(assignments.c.control))
        queued = db.scalar(select(func.count()).select_from(outbox).where(outbox.c.kind == "email"))
        assert (states["held"], states["withheld"]) == (queued, control)
        assert queued + control == 3
        assert control in (1, 2)
        assert db.scalar(select(campaigns.c.control_share)) == 0.5


def test_what_only_the_author_knows_is_asked_for_once(office):
    begun(office, "win_back/price")
    wait_for(office, "This text needs some words of yours.")
    office.press("Rita", "Fill in")
    office.submit("Rita", {"offer": "Ten per cent off until Friday"})
    wait_for(office, "Ten per cent off until Friday.")


def test_a_segment_that_is_too_large_is_refused(office):
    with office.database.transaction() as db:
        mine = db.scalar(select(customers.c.owner_id).where(customers.c.key == "A1"))
        many = [{"name": f"Many {n}", "folded_name": f"many {n}", "created_at": office.now} for n in range(12)]
        db.execute(insert(customers), [row | {"owner_id": mine} for row in many])
        facts.refresh(db, today=office.today, rules=office.settings.rules)
    office.talk("Rita: /segment owner:me", "bot: Write to all")
    office.talk("Rita presses Write to all", "bot: A batch holds 10 messages at most")
