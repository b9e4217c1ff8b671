"""`/customer`: everything about one customer on one card."""

from sqlalchemy import select

from customers.tables import access_log
from tests.office import shown


def test_a_rep_sees_the_whole_card_of_a_customer_of_the_own_team(office):
    card = office.talk(
        "Rita: /customer A1",
        "bot: Acme GmbH",
        "bot: Buys every 20 ± 0 days; silent for 60 days, 3 times the usual; too little history to say",
        "bot: Open complaint since",
        "bot: Anna Apfel",
    )
    assert card.ephemeral_for == office.people["Rita"].id
    assert "$1,000" in shown(card)


def test_the_name_is_found_by_a_part_by_pinyin_and_with_a_typing_error(office):
    office.talk("Rita: /customer blauer", "bot: Blauer See")
    office.talk("Rita: /customer Blauwer Se", "bot: Blauer See")
    office.talk("李娜: /customer cxwj", "bot: 上海晨曦文具有限公司")
    office.talk("李娜: /customer 清源", "bot: 杭州清源茶业有限公司")
    office.talk("Rita: /customer anna apfel", "bot: Acme GmbH")
    office.talk("Rita: /customer 030 1234567", "bot: Acme GmbH")


def test_several_hits_are_offered_with_city_and_owner_and_a_button_opens_one(office):
    office.talk("Rita: /customer acm", "bot: Did you mean", "bot: London", "bot: Rita Roth")
    office.talk("Rita presses Open", "bot: Acme")


def test_a_name_that_nobody_has_is_named_back(office):
    office.talk("Rita: /customer qqqqqqqq", "bot: No customer fits “qqqqqqqq”")


def test_the_command_alone_shows_the_usage_and_the_latest_look_ups(office):
    office.talk("Rita: /customer", "bot: You have not looked at any customer yet")
    office.talk("Rita: /customer B1", "bot: Blauer See")
    office.talk("Rita: /customer", "bot: You looked at last", "bot: Blauer See")
    office.talk("Rita presses Blauer See", "bot: Lifecycle")


def test_another_teams_customer_is_masked(office):
    card = office.talk("Rita: /customer C1", "bot: 上海晨曦文具有限公司", "bot: are hidden")
    words = shown(card)
    assert "李娜" in words
    assert "3,500" not in words
    assert "chenxi@" not in words
    assert "138" not in words


def test_hidden_fields_cannot_be_searched(office):
    office.talk("Rita: /customer chenxi@example.com", "bot: No customer fits")
    office.talk("李娜: /customer chenxi@example.com", "bot: 上海晨曦文具有限公司")


def test_a_manager_sees_the_customers_of_all_who_report_and_those_without_an_owner(office):
    office.talk("Mona: /customer C1", "bot: Last orders")
    office.talk("Mona: /customer N1", "bot: Nobody owns this customer yet")
    office.talk("Rita: /customer N1", "bot: are hidden")


def test_a_guest_a_stranger_and_a_person_without_entry_are_refused_politely(office):
    office.talk("Gus: /customer A1", "bot: not open to guests")
    office.talk("Stan: /customer A1", "bot: only to people of this workspace")
    office.talk("Nora: /customer A1", "bot: rekindle grant nora@example.com rep")


def test_names_with_markup_do_no_harm(office):
    card = office.talk("Rita: /customer B2", "bot: Bold & <Brave>")
    assert "<Brave>" not in card.text


def test_every_look_is_logged_with_the_way_of_looking(office):
    office.talk("Rita: /customer A1", "bot: Acme GmbH")
    office.talk("Rita: /customer C1", "bot: are hidden")
    office.talk("Rita: /customer A1", "bot: Acme GmbH", "Rita presses Timeline", "bot: timeline")
    with office.database.reading() as db:
        looks = list(db.scalars(select(access_log.c.what).order_by(access_log.c.id)))
    assert looks == ["card", "masked card", "card", "timeline"]


def test_the_timeline_and_the_reasons_lead_back_to_the_card(office):
    office.talk("Rita: /customer A1", "bot: Acme GmbH")
    office.talk("Rita presses Timeline", "bot: Wants the new price list", "bot: order O0")
    office.talk("Rita presses Back to the card", "bot: Last orders")
    office.talk("Rita presses Why?", "bot: Swing since", "bot: beyond 80 days lost")


def test_an_order_without_a_rate_is_named_and_left_out(office):
    card = office.talk("Rita: /customer B1", "bot: waits for an exchange rate (SEK)")
    assert "SEK" in shown(card)


def test_it_answers_in_a_dm_and_after_a_mention_too(office):
    office.talk("Rita in DM: customer A1", "bot: Acme GmbH")
    office.talk("李娜 in DM: 客户 晨曦", "bot: 上海晨曦文具有限公司", "bot: 忠诚")
    answer = office.talk("Rita: @Rekindle customer A1", "bot: Acme GmbH")
    assert answer.ephemeral_for == office.people["Rita"].id


def test_a_shared_card_is_masked_and_for_the_whole_channel(office):
    office.talk("Rita: /customer A1", "bot: Acme GmbH")
    shared = office.talk("Rita presses Share", "bot: Shared by Rita Roth")
    assert shared.ephemeral_for is None
    assert "$" not in shown(shared)
    assert "acme.example.com" not in shown(shared)


def test_a_chinese_reader_reads_chinese(office):
    card = office.talk("李娜: /customer 晨曦", "bot: 每 15 ± 0 天")
    words = shown(card)
    assert "生命周期" in words
    assert "Lifecycle" not in words


def test_the_place_is_named_and_the_phone_can_be_read_out(office):
    office.talk("Rita: /customer A1", "bot: Berlin, Germany", "bot: +49 30 1234567")
    office.talk("李娜: /customer C1", "bot: 中国 上海")


def test_what_is_open_stands_before_the_figures(office):
    words = shown(office.talk("Rita: /customer A1", "bot: Acme GmbH"))
    assert words.index("Open points") < words.index("Total spend")


def test_a_shortcut_looks_a_customer_up_from_anywhere_those_of_other_teams_masked(office):
    rita = office.workspace.act_as(office.people["Rita"])
    rita.shortcut("customer.look_up").wait()
    offered = rita.type_ahead(office.form("Rita"), "customer.look_up", "晨曦")
    office.submit("Rita", {"customer": offered[0]["value"]})
    dm = office.workspace.dm(office.people["Rita"])
    seen = office.workspace.wait_for(lambda: office.workspace.visible_to(office.people["Rita"], dm))
    assert "are hidden" in shown(seen[-1])
