"""What is expected of each customer who has bought: kept beside the facts, written anew every day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Table
from sqlmodel import SQLModel

from customers.tables import link, money


class Outlook(SQLModel, table=True):
    """The judgement of one customer on one day; amounts are in HOME_CURRENCY, a parent's are those of its group."""

    __tablename__ = "outlooks"

    customer_id: int = link("customers.id", primary_key=True)
    judged_on: date
    model: int  # version of the judgement
    horizon: int  # days: what is expected is expected within them
    chance_lost: float  # of no purchase within the horizon, 0 to 1
    expected_orders: float  # purchases within the horizon
    expected_spend: Decimal = money()  # within the horizon
    expected_before: Decimal = money()  # what was to be expected a month ago
    due_on: date  # the next purchase; between the days that follow it comes as often as not
    due_from: date
    due_until: date
    confidence: str  # none, little, enough
    weighed: str  # the facts that weighed most: "+silence_in_gaps -recent_purchases ...", + towards a loss


outlooks: Table = SQLModel.metadata.tables["outlooks"]
