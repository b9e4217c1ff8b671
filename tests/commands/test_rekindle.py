"""`/rekindle`: help and a person's settings."""

from tests.office import shown


def test_help_names_every_command(office):
    office.talk("Rita: /rekindle help", "bot: /customer", "bot: /segment", "bot: /rekindle")
    office.talk("李娜 in DM: 帮助", "bot: 客户")


def test_help_names_other_words_in_the_readers_language_only(office):
    english = shown(office.talk("Rita in DM: hello", "bot: (in a DM also: follow up)"))
    assert "跟进" not in english
    chinese = shown(office.talk("李娜 in DM: 你好", "bot: （私信里也可以说：跟进、回访）"))
    assert "follow up" not in chinese


def test_the_sentences_that_help_names_are_understood(office):
    office.talk("Rita in DM: follow up A1 in 2 weeks", "bot: Follow up with Acme GmbH")
    office.talk("李娜 in DM: 两周后回访 晨曦", "bot: 上海晨曦文具有限公司")
    office.talk("Rita in DM: away until 5 December, Li takes over", "bot: Away from")


def test_whoever_is_about_to_leave_finds_the_form(office):
    office.talk("Rita in DM: away", "bot: I am away")


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
