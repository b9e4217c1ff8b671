"""`/digest` says whether messages worked, to whom it may, and counts what came of them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from customers.tables import reps
from tests.care.histories import add_customers, compared
from tests.office import open_office, shown

# The ids of the office's own customers lie below.
FIRST = 1_001


def rep(office, name):
    with office.database.reading() as db:
        return db.scalar(select(reps.c.id).where(reps.c.name == name))


def wrote(office):
    """Two campaigns to Rita's customers and one to 李娜's that ended five days ago."""
    rita, li, over = rep(office, "Rita Roth"), rep(office, "李娜"), office.today - timedelta(days=5)
    with office.database.transaction() as db:
        add_customers(db, 250, FIRST, owner_id=rita)
        add_customers(db, 130, FIRST + 250, owner_id=li)
        compared(db, "Price & value", FIRST, (100, 40), (60, 12), over)
        compared(db, "Small one", FIRST + 160, (80, 12), (10, 1), over, template="win_back/quality")
        compared(db, "问候", FIRST + 250, (100, 20), (30, 10), over)


@pytest.fixture
def messages(office):
    wrote(office)
    return office


def test_a_campaign_is_told_with_its_interval_or_as_too_small(messages):
    told = shown(messages.talk("Rita: /digest week", "bot: Did messages work?"))
    facts = (
        "100 sent, 40 came back (40%); control 60, 12 came back (20%): uplift 20.0 points (95% interval 6.0 to 34.0)"
    )
    assert f"• *Price & value*: {facts}\n" in told
    assert "• *Small one*: 80 sent, 12 came back (15%); control 10, 1 came back (10%): too few to say\n" in told
    assert "问候" not in told
    assert "All of a year" not in told


def test_the_digest_of_a_month_tells_of_a_year_and_of_money(messages):
    told = shown(messages.talk("Mona: /digest month", "bot: Did messages work?"))
    assert "*问候*: 100 sent, 20 came back (20%); control 30, 10 came back (33.3%): uplift −13.3 points" in told
    assert ", so no effect is shown" in told
    year = next(line for line in told.split("\n") if "All of a year" in line)
    assert year == (
        "• *All of a year*: 280 sent, 72 came back; control 100, 23 came back; weighted by campaign 30.2% and 23.1%; "
        "uplift 7.0 points (95% interval −3.2 to 17.2), so no effect is shown"
    )
    money = next(line for line in told.split("\n") if "Money" in line)
    assert money.startswith(
        "• Money: $25.71 a customer, $21.90 in the control group; difference $3.81 (95% interval −$"
    )
    assert money.endswith(": no gain is shown")
    assert "for all 280 together $1,067 (95% interval −$" in money


def test_the_same_in_chinese_of_the_own_customers(messages):
    told = shown(messages.talk("李娜: /digest 月", "bot: 消息有没有效果？"))
    assert "*问候* 发送 100，20 人回来购买（20%）；对照组 30 人，10 人回来购买（33.3%）：差值 −13.3 个百分点" in told
    assert "*近一年合计* 发送 100，20% 回来购买；对照组 30 人，33.3%" in told
    assert "看不出效果" in told
    assert "Small one" not in told


def test_a_digest_without_campaigns_says_nothing_of_them(office):
    told = shown(office.talk("Mona: /digest month", "bot: Your team's digest"))
    assert "Did messages work?" not in told
    assert "control group" not in told


def test_messages_are_counted_by_text_segment_and_rep(messages):
    messages.talk("Mona: /digest", "bot: Did messages work?", "Mona presses Messages", "bot: Messages to customers")
    told = shown(messages.newest("Mona"))
    assert "280 sent" in told
    assert "By text" in told
    assert "*Win back: product quality*   80 sent" in told
    assert "*Win back: price*   200 sent" in told
    assert "*`loyalty:lost`*   280 sent  ·  0 ordered" in told
    assert "*Rita Roth*   180 sent" in told
    assert "no proof" in told
    messages.talk("李娜: /digest", "bot: 摘要", "李娜 presses 消息统计", "bot: 发送 100")
    assert "Rita" not in shown(messages.newest("李娜"))


def test_without_messages_the_counts_say_what_to_do(office):
    office.talk("Rita: /digest", "bot: digest", "Rita presses Messages", "bot: No message was sent to your customers")


@pytest.mark.parametrize("shows", ["masked", "ids"])
def test_no_money_leaves_where_slack_may_not_show_it_and_no_word_that_names_anybody_with_ids(tenant, tmp_path, shows):
    with open_office(tmp_path, prepared=tenant, slack_shows=shows) as office:
        wrote(office)
        told = office.talk("Mona: /digest month", "bot: Did messages work?")
        assert "$" not in str(told.blocks)
        assert "uplift 20.0 points" in shown(told)
        assert ("Price & value" in shown(told)) == (shows == "masked")
        office.talk("Mona presses Messages", "bot: Messages to customers")
        assert ("Rita Roth" in shown(office.newest("Mona"))) == (shows == "masked")
        assert ("loyalty:lost" in shown(office.newest("Mona"))) == (shows == "masked")
