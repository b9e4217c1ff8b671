"""Loads a customer for somebody who wants to do something with it: only in full sight, else a polite refusal."""

from __future__ import annotations

from bot.desk import Desk
from customers.loading import Seen
from customers.reps import Person
from words.errors import BadInput, NotAllowed


def see_in_full(desk: Desk, person: Person, customer_id: int, what: str) -> Seen:
    """Load a customer that the person sees in full, and log the look.

    Raises `NotAllowed` where it would be masked, `BadInput` where it is gone.
    """
    seen = desk.see(person, customer_id, what)
    if seen is None:
        raise BadInput("This customer is not here any more.")
    if not seen.full:
        raise NotAllowed("This customer belongs to another team: you see name, owner and stage only.")
    return seen
