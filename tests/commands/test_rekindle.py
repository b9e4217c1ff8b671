"""`/rekindle`: help and a person's settings."""

from tests.office import shown


def test_help_names_every_command(office):
    office.talk("Rita: /rekindle help", "bot: /customer", "bot: /segment", "bot: /rekindle")
    office.talk("李娜 in DM: 帮助", "bot: 客户")


def test_the_language_follows_slack_until_a_person_chooses_another(office):
    office.talk("Rita: /rekindle settings", "bot: Your settings")
    rita = office.workspace.act_as(office.people["Rita"])
    rita.choose(office.newest("Rita"), "settings.language", "zh_CN")
    office.workspace.wait_for(lambda: "你的设置" in shown(office.newest("Rita")))
    office.talk("Rita: /customer A1", "bot: 生命周期")
    office.talk("Rita: /rekindle settings", "bot: 你的设置")
    rita.choose(office.newest("Rita"), "settings.language", "slack")
    office.workspace.wait_for(lambda: "Your settings" in shown(office.newest("Rita")))


def test_words_that_name_nothing_are_answered_with_where_to_find_help(office):
    office.talk("Rita in DM: make me a coffee <!channel>", "bot: I do not understand “make me a coffee <!channel>”")
    assert "<!channel>" not in office.newest("Rita").text


def test_the_way_to_help_that_is_named_leads_there(office):
    office.talk("Rita: /rekindle whatever", "bot: Type `/rekindle help`")
    office.talk("Rita: /rekindle help", "bot: What Rekindle can do")
