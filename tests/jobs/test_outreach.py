"""What the job that keeps messages to customers going does by itself."""

from sqlalchemy import select

from bot.importing import import_files
from care import consents
from customers.tables import customers
from tests.care.drafts import Drafts, draft, message_state


def test_who_withdrew_by_an_import_gets_nothing_that_waits(office, tmp_path):
    def imported(first):
        file = tmp_path / "consent.csv"
        file.write_text(f"id,name,consent_email\nA1,Acme GmbH,{first}\nC1,上海晨曦文具有限公司,yes\n")
        assert import_files(office.settings, office.database, [file]).written

    imported("yes")
    with office.database.reading() as db:
        acme, chenxi = db.scalars(select(customers.c.id).where(customers.c.key.in_(("A1", "C1"))).order_by("key"))
    drafts = Drafts(office.database)
    stopped, message_id = drafts.queued(acme)
    kept, _ = drafts.queued(chenxi, state="approved")
    office.working.jobs.tick()
    assert [draft(office.database, each).state for each in (stopped, kept)] == ["held", "approved"]
    imported("no")
    office.working.jobs.tick()
    found = draft(office.database, stopped)
    assert (found.state, found.reason) == ("failed", consents.WITHDRAWN)
    assert message_state(office.database, message_id) == ("skipped", consents.WITHDRAWN)
    assert draft(office.database, kept).state == "approved"
