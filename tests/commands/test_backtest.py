"""`/rekindle backtest`: what the lost-customer alerts would have been worth."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select

from customers.tables import customers, orders
from tests.office import Office, open_office, shown


def fill(office: Office) -> None:
    """Of Rita's new customers, all of whom bought every ten days, half stopped half a year ago."""
    with office.database.transaction() as db:
        rita = db.scalar(select(customers.c.owner_id).where(customers.c.key == "A1"))
        for nr in range(12):
            new = {"name": f"Shop {nr}", "folded_name": f"shop {nr}", "key": f"S{nr}", "owner_id": rita}
            new |= {"kind": "company", "created_at": datetime.now(UTC) - timedelta(days=600)}
            customer = db.execute(insert(customers).values(**new)).inserted_primary_key[0]
            since = 150 if nr % 2 else nr % 10
            rows = [
                {"key": f"S{nr}-{days}", "customer_id": customer, "day": office.today - timedelta(days=days)}
                | {"currency": "USD", "amount": 50, "home_amount": 50}
                for days in range(since, 500, 10)
            ]
            db.execute(insert(orders), rows)


def test_a_manager_sees_what_would_have_been_posted_with_a_picture(office):
    fill(office)
    card = office.talk(
        "Mona: /rekindle backtest 180",
        "bot: Would have posted",
        "bot: of them to Rita Roth",
        "bot: went unseen",
        "bot: Precision:",
        "bot: within two own gaps",
        "bot: alerts per customer and year",
    )
    assert [block["type"] for block in card.blocks].count("data_visualization") == 1
    assert card.ephemeral_for == office.people["Mona"].id
    office.talk("Mona in DM: rekindle 回测 180", "bot: Would have posted")


def test_a_rep_is_told_whom_to_ask(office):
    office.talk("Rita: /rekindle backtest", "bot: This is for managers")


def test_where_nothing_is_known_yet_it_says_what_is_missing(office):
    office.talk("Mona: /rekindle backtest 1", "bot: No silences with a known outcome yet", "bot: three purchases")


def test_a_number_of_days_that_is_none_is_named_back(office):
    office.talk("Mona: /rekindle backtest soon", "bot: “soon” is no number of days from 1 to 3,650.")
    office.talk("Mona: /rekindle backtest 0", "bot: “0” is no number of days")


def test_where_only_ids_may_leave_no_owner_is_named(tenant, tmp_path):
    with open_office(tmp_path, prepared=tenant, slack_shows="ids") as office:
        fill(office)
        card = office.talk("Mona: /rekindle backtest 180", "bot: Would have posted")
        assert "Rita" not in shown(card)
