"""The numbers of one run of the fault bench, known to every process that takes part."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from delivery.leasing import Leasing

# A lease of a few seconds, so that a run takes minutes; the proportions are those of production.
LEASE, TIMEOUT = 5.0, 0.7
# Messages that become due per second: leaves both cores some air, so that it is delivery that is measured.
RATE = 20.0
# Seconds over which messages become due at least: time enough to hit every named point often.
SHORTEST = 25.0
# The same without a protection: several replicas must have been at work together, however slowly they are born.
SHORTEST_WITHOUT = 10.0
# Seconds from the start until the first message is due, and how long before its time each one is planned.
BEGINS_IN, PLANNED_AHEAD = 1.0, 1.0
# Messages for each recipient: few enough that one message per second and recipient does not set the pace.
EACH = 8


@dataclass(frozen=True)
class Numbers:
    """What was asked for, and where it happens.

    Each named point is to be hit at least `hits` times. `without` names the protection that is taken out, if any.
    """

    seed: int
    messages: int
    replicas: int
    hits: int
    database_url: str
    folder: Path
    without: str = ""

    @property
    def leasing(self) -> Leasing:
        """The lease of the bench."""
        return Leasing(LEASE, TIMEOUT)

    @property
    def seconds(self) -> float:
        """How long messages become due."""
        return BEGINS_IN + max(self.messages / RATE, SHORTEST_WITHOUT if self.without else SHORTEST)

    @property
    def plan(self) -> Path:
        """The file of what shall be said."""
        return self.folder / "plan.jsonl"

    @property
    def recipients(self) -> int:
        """How many people get messages."""
        return max(3 * int(RATE), self.messages // EACH)
