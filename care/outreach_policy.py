"""The tenant's numbers and choices for messages to customers, as everything in outreach is handed them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from words.templates import EMAIL, SMS

UTC = ZoneInfo("UTC")


@dataclass(frozen=True)
class Policy:
    """How messages to customers are made, checked, approved and sent; the settings of the same names say what each is.

    `channels` are those that are set up. `warn` are the checks that only warn. Days are whole days, `price` is what a
    part of a text message costs in HOME_CURRENCY (None: not known).
    """

    company: str = ""
    channels: frozenset[str] = frozenset()
    mail_from: str = ""
    public_url: str = ""
    unsubscribe_mailto: str = ""
    only_to: tuple[str, ...] = ()
    region: str = "US"
    zone: ZoneInfo = UTC
    quiet_from: time = time(20)
    quiet_until: time = time(8)
    hold: timedelta = timedelta(minutes=5)
    approval: timedelta = timedelta(hours=24)
    draft_days: int = 7
    batch_most: int = 500
    batch_alone: int = 20
    frequency_days: int = 14
    frequency_most: int = 3
    same_text_days: int = 180
    warn: frozenset[str] = frozenset({"overdue", "same_text"})
    price: Decimal | None = None
    control_share: float = 0.1
    outcome_days: int = 30

    @property
    def can_unsubscribe(self) -> bool:
        """Whether an e-mail can carry a way to unsubscribe, without which no offer is sent."""
        return bool(self.public_url or self.unsubscribe_mailto)

    def unsubscribe(self, token: str) -> str:
        """What a message says to whoever wants no more: a link, or an address to write to; empty without either."""
        return f"{self.public_url.rstrip('/')}/u/{token}" if self.public_url else self.unsubscribe_mailto

    def allows(self, channel: str, recipient: str) -> bool:
        """Whether an address may be written to at all; in test mode only those that are listed."""
        if not self.only_to:
            return True
        address = recipient.lower()
        listed = {each.strip().lower() for each in self.only_to}
        if channel == SMS:
            return "".join(address.split()) in {"".join(each.split()) for each in listed}
        return channel == EMAIL and (address in listed or f"@{address.rpartition('@')[2]}" in listed)
