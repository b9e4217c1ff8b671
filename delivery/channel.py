"""What a way to reach people (Slack, e-mail, SMS) must offer, and what it is handed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from delivery.outcomes import Finding, Outcome


@dataclass(frozen=True)
class Row:
    """A message that this process may send until its lease ends; moments are on the database's clock."""

    id: int
    key: str
    job: str
    kind: str
    recipient: str
    action: str
    earlier_reference: str | None  # where the message stands that is updated or replied to
    stored: str  # the payload as it is stored
    due: datetime
    latest: datetime
    attempts: int
    lookups: int
    first_attempt_at: datetime
    place: str | None  # how the recipient is reached, where that is known
    uncertain: bool  # an earlier attempt may have got through
    token: str  # of the lease
    leased_at: datetime
    lease_until: datetime
    leased_steadily: float  # this machine's steady clock just before the lease

    @property
    def payload(self) -> dict[str, Any]:
        """The payload; raises ValueError where it is not a JSON object."""
        found = json.loads(self.stored)
        if not isinstance(found, dict):
            raise ValueError("a payload is a JSON object")
        return found


class Channel(Protocol):
    """A way to reach people. It makes one attempt and never repeats one by itself.

    `can_look_up` says whether `find` can tell if a message is there. Where it cannot, a message whose fate is unknown
    goes to a person at once: it is said at most once.
    """

    @property
    def can_look_up(self) -> bool:
        """Whether a message can be found again."""
        ...

    def send(self, row: Row, still_ours: Callable[[], bool]) -> Outcome:
        """Try once. `still_ours` must be asked in the last moment before the message leaves; if False: `NotSent`."""
        ...

    def find(self, row: Row) -> Finding:
        """Look whether the message with `row.key` is there; only called where `can_look_up`."""
        ...


@runtime_checkable
class KeepsOpen(Protocol):
    """A channel that keeps connections for the next message."""

    def close(self) -> None:
        """Close them; later messages open new ones."""
        ...
