"""Loads a customer for somebody: to show the card, or to do something with it, which takes full sight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.cards.customer import card
from bot.desk import Desk, Reply
from bot.promising import own_today
from customers.loading import Seen
from customers.reps import Person
from customers.search import Hit
from words.errors import BadInput, NotAllowed
from words.speech import Speech


def see_in_full(desk: Desk, person: Person, customer_id: int, what: str) -> Seen:
    """Load a customer that the person sees in full, and log the look.

    Raises `NotAllowed` where it would be masked, `BadInput` where it is gone.
    """
    seen = desk.see(person, customer_id, what)
    if seen is None:
        raise BadInput("This customer is not here any more.")
    if not seen.full and person.sight.full(seen.customer.owner_id):
        refuse_hidden(desk)
    if not seen.full:
        raise NotAllowed("This customer belongs to another team: you see name, owner and stage only.")
    return seen


def refuse_hidden(desk: Desk) -> None:
    """Raise `NotAllowed` where SLACK_SHOWS keeps customers' details from Slack: for what cannot be done without."""
    if not desk.shows_amounts:
        raise NotAllowed(
            "This installation hides customers' details from Slack (SLACK_SHOWS), so this is not done here."
        )


def show_card(
    person: Person, say: Speech, desk: Desk, customer_id: int, *, note: str = "", undo: tuple[str, str] | None = None
) -> Reply:
    """Load a customer and draw the card; `note` is what was done, `undo` the (button, value) that takes it back."""
    seen = desk.see(person, customer_id)
    if seen is None:
        raise BadInput("This customer is not here any more.")
    theirs = person.sight.full(seen.customer.owner_id)
    settings = desk.settings
    return card(
        seen,
        say,
        today=desk.today,
        own_day=own_today(say, desk),
        zone=settings.zone,
        currency=settings.home_currency,
        theirs=theirs,
        note=note,
        undo=undo,
    )


def showable(hits: Sequence[Hit], desk: Desk) -> list[Hit]:
    """The hits as they may leave for Slack: with their ids in place of names where SLACK_SHOWS says so."""
    if desk.settings.slack_shows != "ids":
        return list(hits)
    return [replace(hit, name=hit.key or f"#{hit.id}", city=None, owner_name=None) for hit in hits]
