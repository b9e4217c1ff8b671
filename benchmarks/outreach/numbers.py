"""The numbers of one run of the fault bench of messages to customers, known to every process that takes part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path

from care.outreach_policy import Policy
from delivery.leasing import Leasing

# A lease of a few seconds, so that a run takes minutes; the proportions are those of production.
LEASE, TIMEOUT = 4.0, 0.6
# How long a customer may change nothing any more, in seconds: the hold window.
HOLD = 1.5
# Drafts that are approved per second: leaves both cores some air.
RATE = 25.0
# Seconds from the start until the first draft is approved.
BEGINS_IN = 1.0
# Text messages have a sender too.
SENDER_NUMBER = "+15005550006"
POLICY = Policy(
    company="Tea House",
    channels=frozenset({"email", "sms"}),
    mail_from="Tea House <care@tea.example>",
    public_url="https://care.tea.example",
    region="DE",
    hold=timedelta(seconds=HOLD),
    quiet_from=time(0),
    quiet_until=time(0),  # equal ends: none, whenever the bench runs
)


@dataclass(frozen=True)
class Numbers:
    """What was asked for, and where it happens. `without` names the protection that is taken out, if any."""

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
        """How long drafts come up for approval."""
        return BEGINS_IN + self.messages / RATE

    @property
    def plan(self) -> Path:
        """The file of what may reach whom."""
        return self.folder / "plan.jsonl"

    @property
    def notes(self) -> Path:
        """The file in which replicas note what they are about to do."""
        return self.folder / "notes"
