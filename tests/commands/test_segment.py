"""`/segment`: who the customers are, and lists of them by any filter."""

import csv
import io

from sqlalchemy import insert, select

from customers.reps import grant
from customers.tables import access_log, customers, reps
from tests.office import shown


def test_the_overview_counts_what_the_asker_sees_in_full(office):
    card = office.talk("Rita: /segment", "bot: 5 customers", "bot: Loyalty")
    assert [block["type"] for block in card.blocks].count("data_visualization") == 1
    office.talk("Mona: /segment", "bot: 8 customers")
    office.talk("李娜: /segment", "bot: 2 位客户")


def test_a_segment_lists_those_with_most_at_stake_first_and_opens_a_card(office):
    card = office.talk("Rita: /segment lost", "bot: Drifting Ltd")
    assert "Acme" not in shown(card)
    office.talk("Rita presses Open", "bot: Lifecycle")


def test_any_filter_works_in_both_languages(office):
    office.talk("Rita: /segment silent:>30d industry:Food", "bot: Acme GmbH")
    office.talk("李娜: /segment 忠诚度:忠诚", "bot: 上海晨曦文具有限公司")
    office.talk("Rita: /segment tag:vip OR city:London", "bot: 2 customers")


def test_a_mistake_in_a_filter_is_explained_with_the_closest_word(office):
    office.talk("Rita: /segment vlaue:high", "bot: vlaue", "bot: value")
    office.talk("李娜: /segment 价直:高", "bot: 价直")


def test_an_empty_segment_says_so(office):
    office.talk("Rita: /segment city:Nowhere", "bot: No customer of yours is in this segment")


def test_a_person_without_customers_reads_what_to_do(office):
    with office.database.transaction() as db:
        grant(db, "nora@example.com", "operator")
    office.talk("Nora: /segment", "bot: There are no customers yet that you may see in full")


def test_the_export_goes_to_the_askers_dm_and_holds_only_what_they_may_see(office):
    office.talk("Rita: /segment city:Berlin OR city:London OR city:上海", "bot: 2 customers")
    office.talk("Rita presses Export CSV", "bot: is in your DM with Rekindle")
    file = next(iter(office.workspace.files.values()))
    assert file.channel_ids == [office.workspace.dm(office.people["Rita"]).id]
    assert file.title.startswith("City: “Berlin”")
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert {row[1] for row in rows[1:]} == {"Acme GmbH", "Acme Tools Ltd"}


def test_help_lists_every_field(office):
    office.talk("Rita: /segment help", "bot: silent", "bot: loyalty", "bot: bought")
    office.talk("李娜 in DM: 细分 帮助", "bot: 忠诚度")


def test_a_rep_exports_the_own_customers_and_not_those_of_the_team(office):
    with office.database.transaction() as db:
        nora = db.execute(
            insert(reps).values(email="nora@example.com", name="Nora", roles="rep", team="Berlin", active=True)
        )
        assert nora.rowcount == 1
    office.talk("Nora: /segment city:Berlin", "bot: Acme GmbH")
    office.talk("Nora presses Export CSV", "bot: It holds your own customers only")
    file = next(iter(office.workspace.files.values()))
    assert "Acme" not in file.content.decode("utf-8-sig")


def test_every_segment_that_has_customers_is_opened_from_the_overview(office):
    card = office.talk("Rita: /segment", "bot: 5 customers")
    menus = {block["accessory"]["action_id"]: block["accessory"] for block in card.blocks if "accessory" in block}
    assert list(menus) == ["segment.open:value", "segment.open:loyalty", "segment.open:stage"]
    offered = {option["value"] for option in menus["segment.open:loyalty"]["options"]}
    assert "loyalty:lost" in offered
    office.workspace.act_as(office.people["Rita"]).choose(card, "segment.open:loyalty", "loyalty:lost")
    office.workspace.wait_for(lambda: "Drifting Ltd" in shown(office.newest("Rita")))


def test_one_page_needs_no_page_number(office):
    assert "Page" not in shown(office.talk("Rita: /segment lost", "bot: Drifting Ltd"))


def test_a_list_stands_in_the_access_log(office):
    office.talk("Rita: /segment city:Berlin", "bot: Acme GmbH")
    with office.database.reading() as db:
        looks = db.execute(select(access_log.c.what, customers.c.key).join(customers)).all()
    assert [tuple(look) for look in looks] == [("list", "A1")]
    office.talk("Rita: /customer", "bot: You have not looked at any customer yet")
