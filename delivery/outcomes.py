"""What can come of sending a message and of looking for it, in a few words that every channel uses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sent:
    """It is there; `reference` says where (so that it can be updated), `place` how the recipient is reached."""

    reference: str
    place: str | None = None


@dataclass(frozen=True)
class Later:
    """It was definitely not taken, but will be in some seconds."""

    seconds: float
    reason: str


TOO_FAST = "ratelimited"
"""The reason of a `Later` that says that messages come too fast."""


@dataclass(frozen=True)
class Refused:
    """It was definitely not taken and never will be: a person must see why."""

    reason: str


@dataclass(frozen=True)
class Closed:
    """The whole channel takes nothing now (its token is not valid): no message is at fault, all wait."""

    reason: str
    seconds: float = 60.0  # an operator who mends the token waits at most so long


@dataclass(frozen=True)
class Unknown:
    """Nobody can say whether it was taken: time-out, reset, an answer that makes no sense."""

    reason: str


@dataclass(frozen=True)
class NotSent:
    """Nothing has left this process: the lease had too little time left."""


@dataclass(frozen=True)
class Skipped:
    """It must not be sent any more, for this reason."""

    reason: str


@dataclass(frozen=True)
class NotFound:
    """The look-up saw every message since the first attempt: it is not among them."""


@dataclass(frozen=True)
class CannotTell:
    """The look-up itself failed; `seconds` is when the channel asked to come again, if it did."""

    reason: str
    seconds: float | None = None


Outcome = Sent | Later | Refused | Closed | Unknown | NotSent | Skipped
Finding = Sent | NotFound | CannotTell | Closed
