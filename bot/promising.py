"""Who reads a list of follow-ups, on which day, and the list drawn anew after something was done in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from bot.cards import follow_ups as cards
from bot.cards.follow_ups import Place, Reader
from bot.desk import Block, Desk, Reply
from care import follow_ups
from customers.reps import Person
from words.errors import NotAllowed
from words.speech import Speech


def own_today(say: Speech, desk: Desk) -> date:
    """The day that it is where the person is."""
    return desk.now.astimezone(say.zone).date()


def country_of(person: Person, desk: Desk) -> str:
    """The country whose weekends and holidays are the person's: the own, else the tenant's."""
    return person.country or desk.settings.default_region


def reader_of(person: Person, say: Speech, desk: Desk) -> Reader:
    """For whom follow-ups are drawn."""
    today, country, settings = own_today(say, desk), country_of(person, desk), desk.settings
    return Reader(say, person.sight, person.id, today, country, settings.home_currency, settings.slack_shows)


def list_again(person: Person, say: Speech, desk: Desk, place: Place, done: Sequence[Block] = ()) -> Reply:
    """Read and draw a list; who stood in it is written to the access log.

    Raises `NotAllowed` where a person without a team asks for the team's.
    """
    if place.what == "home":
        return Reply(blocks=done, home=True)
    reader = reader_of(person, say, desk)
    whose = person.duties
    if place.what in ("team", "team_overdue"):
        if "manager" not in person.roles:
            raise NotAllowed("Only managers see the follow-ups of a team. Yours: {command}", command="`/followups`")
        whose = person.exports.owners
    until = {"due": reader.today, "overdue": reader.today - timedelta(days=1)}
    until["team_overdue"] = until["overdue"]
    with desk.reading() as db:
        found = follow_ups.waiting(db, whose, reader.today, until=until.get(place.what), page=place.page)
    desk.looks.record_all(person.id, [line.customer_id for line in found.lines], "list")
    return cards.listing(found, place, reader, done)
