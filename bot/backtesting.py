"""`rekindle backtest` on the own database: what the alerts would have been worth."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.cards.backtest import lines
from bot.settings import load
from customers import shadowing
from database.upgrade import opened
from words.speech import Speech


def backtest_own(days: int, precision: float | None) -> str:
    """The backtest of the newest `days` whose outcome is known, in words; `precision` is a share of 1."""
    settings = load()
    today = datetime.now(UTC).astimezone(settings.zone).date()
    with opened(settings.database_url) as database, database.reading() as db:
        found = shadowing.backtest(db, today, days, settings.rules, precision=precision)
    return "\n".join(lines(found, Speech(), names=True))
