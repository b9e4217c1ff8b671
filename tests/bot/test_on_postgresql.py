"""The same bot on PostgreSQL: import, look up, log, list."""

import pytest

from tests.office import open_office, shown

pytestmark = pytest.mark.postgres


def test_the_bot_works_on_postgresql(tmp_path, empty_postgres_url):
    with open_office(tmp_path, database_url=empty_postgres_url) as office:
        office.talk("Rita: /customer A1", "bot: Acme GmbH", "bot: 3 times the usual")
        office.press("Rita", "Log an interaction")
        view = office.submit("Rita", {"text": "Called on PostgreSQL"})
        assert view.errors == {}, view.errors
        office.workspace.wait_for(lambda: "Called on PostgreSQL" in shown(office.newest("Rita")))
        office.talk("Rita: /customer Blauwer Se", "bot: Blauer See")
        office.talk("Mona: /segment", "bot: 8 customers")
        office.talk("李娜: /segment 忠诚度:忠诚", "bot: 上海晨曦文具有限公司")
        office.talk("Rita in DM: customer A1", "bot: Acme GmbH")
