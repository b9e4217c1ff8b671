"""Makes the digest of one person out of what was read for all."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from bot.cards import digest as cards
from bot.desk import Reply
from bot.settings import Settings
from care import digest as digests
from care.digest import Read
from customers.reps import Person
from words.speech import Speech


@dataclass(frozen=True)
class Made:
    """A digest as it is said, with the ids of the customers that it names, for the access log."""

    reply: Reply
    customers: list[int]
    is_empty: bool


def digest_of(db: Connection, found: Read, person: Person, say: Speech, settings: Settings) -> Made:
    """Make and draw somebody's digest.

    It covers all who report to that person at any depth; without amounts or names where SLACK_SHOWS says so.
    """
    made = digests.digest(db, found, person.exports)
    look = cards.Look(say, settings.home_currency, settings.slack_shows, leads=len(person.exports.owners) > 1)
    lists = (made.lost, made.recovered, made.silent, made.before)
    shown = list(dict.fromkeys(member.id for some in lists for member in some.named))
    return Made(cards.card(made, look), shown, made.is_empty)
