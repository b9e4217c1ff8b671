"""In the morning each rep is told of loyal customers whose orders are falling, once for each decline."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sqlalchemy import Connection

from bot.cards import notices as cards
from bot.desk import Reply
from bot.morning import Morning, Post
from bot.waking import Someone
from care import notices
from care.notices import DECLINE, Decline
from customers import segments
from plugins import morning_job


@morning_job("order_decline", rank=50)
def order_decline(morning: Morning) -> Iterator[Post]:
    """Tell each rep of loyal customers who buy for much less than in the half year before."""
    settings = morning.desk.settings
    owners = {*morning.duties, None}
    found = notices.declines(
        morning.db,
        morning.desk.today,
        share=settings.decline_share,
        again_after=settings.rules.trend_days,
        owners=owners,
    )
    mine: dict[int, list[Decline]] = {}
    for decline in found:
        someone = morning.receiver(decline.owner_id)
        if someone is not None:
            mine.setdefault(someone.rep_id, []).append(decline)
    for rep_id, declines in mine.items():
        someone = morning.people[rep_id]
        number = len(declines)
        brief = someone.say.count("orders of {n} customer are falling", "orders of {n} customers are falling", number)
        shown = [decline.customer_id for decline in declines[: cards.LINES]]
        yield Post(someone, partial(_drawn, morning, someone, declines), brief, customers=shown)


def _drawn(morning: Morning, someone: Someone, declines: list[Decline], db: Connection) -> Reply | None:
    """All of them count as told; those that fell most are shown."""
    subjects = [(decline.customer_id, someone.day.isoformat()) for decline in declines]
    ids = notices.tell(db, DECLINE, subjects, rep_id=someone.rep_id, day=someone.day, now=morning.now)
    first = [decline for decline in declines if decline.customer_id in ids][: cards.LINES]
    members = segments.some(db, [decline.customer_id for decline in first], morning.desk.today)
    shown = [
        (decline, members[decline.customer_id], ids[decline.customer_id])
        for decline in first
        if decline.customer_id in members
    ]
    settings = morning.desk.settings
    if not shown:
        return None
    return cards.declines(shown, len(ids), someone.say, settings.home_currency, settings.slack_shows)
