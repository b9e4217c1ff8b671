"""Writes down, before anything starts and in a process of its own, what shall be said to whom and when."""

from __future__ import annotations

import json
import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks.faults.numbers import BEGINS_IN, LEASE, Numbers
from delivery import Message, Run

# One message in so many has a grace of a few seconds only: it may come too late, and is then not said at all.
SHORT_ONE_IN = 25
SHORT_GRACE = timedelta(seconds=2 * LEASE)
# Longer than any run: whoever waits for a lease or for the history is still in time.
LONG_GRACE = timedelta(hours=1)
JOB = "fault_bench"


@dataclass(frozen=True)
class Planned:
    """One message of the plan; moments are Unix seconds."""

    number: int
    recipient: str
    due: float
    latest: float

    @property
    def text(self) -> str:
        """What is said: the number by which it is counted."""
        return f"message {self.number}"

    def as_run(self) -> tuple[Run, Message]:
        """What delivery is told."""
        due, latest = (datetime.fromtimestamp(moment, UTC) for moment in (self.due, self.latest))
        return Run(JOB, str(self.number), date(2026, 3, 5)), Message(self.recipient, {"text": self.text}, due, latest)


def write(numbers: Numbers, recipients: Sequence[str], start: float) -> None:
    """Draw the plan and write it."""
    chance = random.Random(numbers.seed)
    lines = []
    for number in range(numbers.messages):
        due = start + BEGINS_IN + number * (numbers.seconds - BEGINS_IN) / numbers.messages
        grace = SHORT_GRACE if chance.randrange(SHORT_ONE_IN) == 0 else LONG_GRACE
        planned = Planned(number, chance.choice(recipients), due, due + grace.total_seconds())
        lines.append(json.dumps(vars(planned)) + "\n")
    numbers.plan.write_text("".join(lines), encoding="utf-8")


def read(path: Path, without: Collection[int] = ()) -> list[Planned]:
    """Read the plan without some numbers; what is due last comes first, so that it can be taken from the end."""
    with path.open(encoding="utf-8") as lines:
        return [Planned(**json.loads(line)) for number, line in enumerate(lines) if number not in without][::-1]
