"""What an import says about consent takes effect on what waits to be sent."""

from sqlalchemy import select

from bot.importing import import_files
from bot.settings import Settings
from care import consents
from customers.tables import customers
from tests.care.drafts import Drafts, draft, message_state


def test_who_withdrew_by_an_import_gets_nothing_that_waits(database, tmp_path):
    def imported(word):
        file = tmp_path / "customers.csv"
        file.write_text(f"id,name,email,consent email\nC1,Acme,ann@example.com,{word}\nC2,Bolt,bo@example.com,yes\n")
        assert import_files(Settings(_env_file=None), database, [file]).written

    imported("yes")
    with database.reading() as db:
        acme, bolt = db.scalars(select(customers.c.id).order_by(customers.c.key))
    drafts = Drafts(database)
    stopped, message_id = drafts.queued(acme)
    kept, _ = drafts.queued(bolt)
    imported("no")
    assert (draft(database, stopped).state, draft(database, stopped).reason) == ("failed", consents.WITHDRAWN)
    assert message_state(database, message_id) == ("skipped", consents.WITHDRAWN)
    assert draft(database, kept).state == "held"
