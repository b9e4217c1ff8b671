"""What is asked in the moment before a message leaves: manners for our own people, all checks for customers."""

from __future__ import annotations

from delivery import SLACK
from delivery.channel import Row
from delivery.handling import Check
from delivery.outcomes import Later


class Checked:
    """Asks whichever check a message's channel needs."""

    def __init__(self, ours: Check, customers: Check) -> None:
        self._ours, self._customers = ours, customers

    def __call__(self, row: Row) -> str | Later | None:
        """None to send, the code of a reason to skip, or `Later`."""
        return self._ours(row) if row.kind == SLACK else self._customers(row)
