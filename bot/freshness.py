"""Sees to it that the facts are those of today before anybody is answered: time alone moves customers."""

from __future__ import annotations

import threading
from datetime import date

from customers import facts
from customers.rules import Rules
from customers.spare_memory import give_back
from database.engine import Database


class Freshness:
    """Remembers for which day this process has seen the facts; asks the database only when the day has changed."""

    def __init__(self, database: Database, rules: Rules, home_currency: str) -> None:
        self._database, self._rules, self._home_currency = database, rules, home_currency
        self._day: date | None = None
        self._lock = threading.Lock()

    def ensure(self, today: date) -> None:
        """Move whom time alone moves until `today`, unless that is done; several processes may do it at once."""
        if self._day == today:
            return
        with self._lock:
            if self._day == today:
                return
            with self._database.transaction() as db:
                facts.move(db, today=today, rules=self._rules)
            self._day = today

    def catch_up(self, today: date) -> None:
        """Compute anew what is relative to all customers or to a window of days, once a day; takes seconds."""
        with self._database.reading() as db:
            if not facts.due(db, today=today, rules=self._rules, home_currency=self._home_currency):
                return
        with self._database.transaction() as db:
            facts.catch_up(db, today=today, rules=self._rules, home_currency=self._home_currency)
        give_back()
