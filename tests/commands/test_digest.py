"""`/digest` and `/lost`, in both languages: what is told to whom, and what leaves for Slack."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select, update

from bot.cards.lost import overview
from care.losses import Count, Losses, Owner
from customers.alert_tables import alerts
from customers.computed_tables import customer_facts, stage_spans
from customers.tables import access_log, customers
from tests.office import open_office, shown
from words.speech import Speech


@pytest.fixture
def losses(office):
    """Drifting of Rita's was lost five days ago, 清源 of 李娜's came back three days ago."""
    lose(office, "D1")
    come_back(office, "C2")
    return office


def id_of(office, key):
    with office.database.reading() as db:
        return db.scalar(select(customers.c.id).where(customers.c.key == key))


def lose(office, key, days=5, until=9999, now="lost"):
    at = office.today - timedelta(days=days)
    with office.database.transaction() as db:
        which = stage_spans.c.customer_id == id_of(office, key)
        db.execute(stage_spans.delete().where(which))
        spans = [(at - timedelta(days=400), at, "loyal", "mature"), (at, at + timedelta(days=until), "lost", "lost")]
        if until < 9999:
            spans.append((at + timedelta(days=until), at + timedelta(days=9999), "loyal", "won_back"))
        for first, end, loyalty, stage in spans:
            row = {"customer_id": id_of(office, key), "from_day": first, "until_day": end}
            db.execute(insert(stage_spans).values(row | {"loyalty": loyalty, "stage": stage}))
        since = at if until == 9999 else at + timedelta(days=until)
        values = {"loyalty": spans[-1][2], "stage": spans[-1][3], "loyalty_since": since, "stage_since": since}
        db.execute(update(customer_facts).where(customer_facts.c.customer_id == id_of(office, key)).values(values))


def come_back(office, key):
    lose(office, key, days=40, until=37)


def test_a_manager_reads_of_the_whole_team_and_a_rep_of_the_own_customers(losses):
    told = shown(losses.talk("Mona: /digest", "bot: Your team's digest", "bot: Drifting Ltd", "bot: 清源"))
    assert "Revenue at risk" in told
    assert "Revenue at risk, by owner" in told
    own = shown(losses.talk("Rita: /digest", "bot: Your digest", "bot: Drifting Ltd"))
    assert "清源" not in own
    assert "李娜" not in own


def test_a_digest_in_chinese(losses):
    told = shown(losses.talk("李娜: /digest 周", "bot: 你的摘要", "bot: 已回流", "bot: 清源"))
    assert "Drifting" not in told
    losses.talk("李娜 in DM: 摘要", "bot: 你的摘要")


def test_a_digest_of_a_day_leaves_out_what_was_before(losses):
    assert "Drifting" not in shown(losses.talk("Rita: /digest day", "bot: Your digest"))
    losses.talk("Rita: /digest year", "bot: A digest is of a day, a week or a month")


def test_from_the_digest_the_card_and_the_lists_open_beside_it(losses):
    digest = losses.talk("Rita in DM: digest", "bot: Drifting Ltd")
    losses.workspace.act_as(losses.people["Rita"]).press(digest, label="Open").wait()
    losses.workspace.wait_for(lambda: "Last purchase" in shown(losses.newest("Rita")))
    assert "Your digest" in shown(digest)
    losses.workspace.act_as(losses.people["Rita"]).press(digest, label="All who are lost").wait()
    losses.workspace.wait_for(lambda: "most at stake first" in shown(losses.newest("Rita")))


def test_who_is_named_in_a_digest_stands_in_the_access_log(losses):
    losses.talk("Rita: /digest", "bot: Drifting Ltd")
    with losses.database.reading() as db:
        looks = db.execute(select(access_log.c.customer_id).where(access_log.c.what == "digest")).scalars().all()
    assert id_of(losses, "D1") in looks


def test_losses_by_month_class_and_owner_with_the_lists_behind_them(losses):
    told = shown(losses.talk("Mona: /lost", "bot: 2 customers lost", "bot: By owner", "bot: Rita Roth", "bot: 李娜"))
    assert "1 of them back" in told
    losses.talk("Mona presses All who are lost now", "bot: Drifting Ltd")
    month = (losses.today - timedelta(days=5)).replace(day=1)
    mona = losses.workspace.act_as(losses.people["Mona"])
    message = losses.talk("Mona: /lost", "bot: By month")
    menu = next(block["accessory"] for block in message.blocks if "By month" in str(block))
    assert len(menu["options"]) == 1
    assert month.isoformat() in menu["options"][0]["value"]
    mona.choose(message, menu["action_id"], menu["options"][0]["value"]).wait()
    losses.workspace.wait_for(lambda: "Drifting Ltd" in shown(losses.newest("Mona")))


def test_one_owner_more_than_are_named_is_named_too_and_of_more_the_rest_is_counted():
    def told(number):
        owners = tuple(Owner(id, f"Rep {id}", None, Count(1, 0)) for id in range(number))
        months, tiers = ((date(2026, 1, 1), Count(number, 0)),), ()
        found = Losses(date(2026, 1, 1), date(2026, 1, 9), months, tiers, owners, Count(number, 0))
        return str(overview(found, Speech(), "full").blocks)

    assert "*Rep 10*" in told(11)
    assert "more of other owners" not in told(11)
    assert "*Rep 10*" not in told(13)
    assert "3 more of other owners" in told(13)


def test_losses_in_chinese_and_of_the_own_team_only(losses):
    told = shown(losses.talk("李娜: /lost", "bot: 流失 1 位客户", "bot: 按月", "bot: 其中 1 位已回流"))
    assert "Rita" not in told


def test_nobody_lost_says_what_to_do_next(office):
    office.talk("李娜: /lost", "bot: 没有客户流失", "bot: /segment")
    office.talk("Rita: /lost soon", "bot: Type `/lost`, or `/lost why`")


def test_causes_are_those_that_reps_gave(losses):
    losses.talk("Rita: /lost why", "bot: Nobody has said yet why a customer left.")
    with losses.database.transaction() as db:
        row = {"customer_id": id_of(losses, "D1"), "began": losses.today - timedelta(days=90), "rule": "silence"}
        row |= {"found_on": losses.today, "loyalty": "lost", "state": "dismissed", "cause": "price"}
        db.execute(insert(alerts).values(row | {"words": "*Half* the price elsewhere", "settled_at": losses.now}))
    losses.talk("Rita: /lost why", "bot: Price*   1  ·  100%", "bot: Drifting Ltd*, price: *Half* the price elsewhere")
    losses.talk("Mona: /lost", "bot: By owner", "Mona presses Why they left", "bot: Price")
    losses.talk("Mona presses Lost customers", "bot: By month")
    assert "Drifting" not in shown(losses.talk("李娜: /lost 原因", "bot: 还没有人填写"))


@pytest.mark.parametrize("shows", ["masked", "ids"])
def test_no_amount_leaves_where_slack_may_not_show_it_and_no_name_with_ids(tenant, tmp_path, shows):
    with open_office(tmp_path, prepared=tenant, slack_shows=shows) as office:
        lose(office, "D1")
        for command in ("/digest", "/lost"):
            message = office.talk(f"Mona: {command}", "bot: ")
            assert "$" not in str(message.blocks)
            assert ("Drifting" in shown(message)) == (shows == "masked" and command == "/digest")
            assert ("Rita Roth" in str(message.blocks)) == (shows == "masked")
        with office.database.transaction() as db:
            row = {"customer_id": id_of(office, "D1"), "began": office.today - timedelta(days=90), "rule": "silence"}
            row |= {"found_on": office.today, "loyalty": "lost", "state": "dismissed", "cause": "price"}
            db.execute(insert(alerts).values(row | {"words": "Ann pays 5 elsewhere", "settled_at": office.now}))
        assert "Ann pays" not in shown(office.talk("Mona: /lost why", "bot: Price*   1"))
