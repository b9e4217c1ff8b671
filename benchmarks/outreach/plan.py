"""Writes down, before anything starts and in a process of its own, what may be stored for each customer."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from benchmarks.outreach.numbers import BEGINS_IN, Numbers

Channel = Literal["email", "sms"]
# Whether the customer allows it: by this channel for this purpose; nothing was ever entered; something else is allowed.
Allowed = Literal["yes", "never asked", "other purpose", "other channel"]
# When somebody steps in: about the time of the approval, while it waits, or when a worker holds it and it may be
# leaving just now.
When = Literal["", "early", "waiting", "leaving"]
# What is changed in the database behind everybody's back while the message waits: its words; its words with the
# outbox's hash; its address; the words of the draft, from which nothing is made any more.
Tampered = Literal["", "words", "hash", "address", "draft"]
# What follows when the sending is undone: a rejection, or another approval.
Then = Literal["", "rejected", "again"]

SIZES = (1, 1, 1, 2, 3, 5)  # drafts that are decided together
EMAILS = 0.6  # the share of e-mails


@dataclass(frozen=True)
class Shares:
    """What befalls which share: of batches (undone), of customers (the others)."""

    undone: float = 0.12
    withdrawn: float = 0.14
    tampered: float = 0.04
    not_allowed: float = 0.06


# With a protection taken out, most of the plan is what that protection is for.
SHARES = {
    "gate": Shares(undone=0.0, withdrawn=0.8),
    "hash": Shares(undone=0.0, withdrawn=0.0, tampered=0.3),
    "hold": Shares(undone=0.8, withdrawn=0.0),
    "blind": Shares(undone=0.0, withdrawn=0.0, tampered=0.0),
}


@dataclass(frozen=True)
class Planned:
    """One customer of the plan. `due` is the second after the start at which the batch comes up for approval.

    `undone` and `then` are those of the whole batch. `late` is when within its time somebody steps in, from 0 to 1.
    """

    number: int
    batch: int
    channel: Channel
    due: float
    allowed: Allowed = "yes"
    withdrawn: When = ""
    tampered: Tampered = ""
    undone: When = ""
    then: Then = ""
    late: float = 0.0

    @property
    def name(self) -> str:
        """The customer's name, which each message says."""
        return f"Customer {self.number}"

    @property
    def address(self) -> str:
        """Where alone a message for this customer may arrive."""
        return f"customer{self.number}@bench.example" if self.channel == "email" else self.phone

    @property
    def email(self) -> str:
        """The customer's e-mail."""
        return f"customer{self.number}@bench.example"

    @property
    def phone(self) -> str:
        """The customer's number."""
        return f"+49151{20_000_000 + self.number}"

    @property
    def words(self) -> str:
        """What the message must say: the offer made to this batch."""
        return f"Offer {self.batch} of {self.batch * 7 + 3}"

    @property
    def may(self) -> str:
        """What may be stored: "never", "once", or "until stopped": once, and not after that."""
        if self.allowed != "yes" or (self.undone == "waiting" and self.then == "rejected"):
            return "never"
        stopped = self.withdrawn or self.tampered not in ("", "draft") or self.then == "rejected"
        return "until stopped" if stopped else "once"


def write(numbers: Numbers) -> None:
    """Draw the plan and write it."""
    chance = random.Random(numbers.seed)
    shares = SHARES.get(numbers.without, Shares())
    planned: list[Planned] = []
    batch = 0
    while len(planned) < numbers.messages:
        size = min(chance.choice(SIZES), numbers.messages - len(planned))
        planned += _batch(chance, shares, numbers, batch, len(planned), size)
        batch += 1
    lines = [json.dumps(vars(each) | {"may": each.may}) + "\n" for each in planned]
    numbers.plan.write_text("".join(lines), encoding="utf-8")


def read(path: Path) -> list[Planned]:
    """Read the plan."""
    with path.open(encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    return [Planned(**{name: value for name, value in each.items() if name != "may"}) for each in found]


def _batch(
    chance: random.Random, shares: Shares, numbers: Numbers, batch: int, first: int, size: int
) -> Sequence[Planned]:
    due = BEGINS_IN + first * (numbers.seconds - BEGINS_IN) / numbers.messages
    channel: Channel = "email" if chance.random() < EMAILS else "sms"
    soonest = 0.5 if numbers.without == "hold" else 0.0  # so that a message that does not wait has left by then
    drawn = [Planned(first + turn, batch, channel, due, late=chance.uniform(soonest, 1.0)) for turn in range(size)]
    if chance.random() < shares.undone:
        # One that leaves is seen leaving only where it is alone: of several some have left and some have not.
        undone: When = "leaving" if size == 1 and not numbers.without and chance.random() < 0.5 else "waiting"
        then: Then = "rejected" if numbers.without or chance.random() < 0.5 else "again"
        return [replace(each, undone=undone, then=then) for each in drawn]
    return [_befallen(chance, shares, each, alone=turn == 0) for turn, each in enumerate(drawn)]


def _befallen(chance: random.Random, shares: Shares, planned: Planned, *, alone: bool) -> Planned:
    """What befalls one customer; the first of a batch always allows it, or nobody could ask for approval."""
    drawn = chance.random()
    if drawn < shares.withdrawn:
        return replace(planned, withdrawn=chance.choice(("early", "waiting", "leaving", "leaving")))
    drawn -= shares.withdrawn
    if drawn < shares.tampered:
        return replace(planned, tampered=chance.choice(("words", "hash", "address", "draft")))
    drawn -= shares.tampered
    if drawn < shares.not_allowed and not alone:
        return replace(planned, allowed=chance.choice(("never asked", "other purpose", "other channel")))
    return planned
