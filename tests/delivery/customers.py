"""Messages to customers on their way through the dispatcher, for tests of the channels."""

from __future__ import annotations

from datetime import timedelta

from delivery import Message, put
from delivery.channel import Channel
from delivery.dispatcher import Dispatcher
from delivery.leasing import Leasing
from tests.delivery.doubles import NOW, StillClock

EMAIL, SMS = "email", "sms"
LONG = timedelta(hours=8)


def email(number: int = 1, **other) -> dict:
    return {
        "from": "Acme <care@acme.example>",
        "to": f"ann{number}@example.com",
        "reply_to": "rita@acme.example",
        "subject": "Your tea",
        "text": "Dear Ann,\n\nyour tea is here.\n",
        "html": "<p>Dear Ann,</p><p>your tea is here.</p>",
        "message_id": f"<m{number}@acme.example>",
        "date": "2026-03-05T12:00:00+00:00",
        "unsubscribe": ["https://acme.example/u/abc", "mailto:stop@acme.example"],
        "one_click": True,
    } | other


def text_message(number: int = 1, **other) -> dict:
    return {"to": f"+4915112345{number:03d}", "text": f"Your tea is here. {number}"} | other


def planned(database, kind: str, *payloads: dict) -> list[int]:
    rows = [Message(f"draft:{number}", each, NOW, NOW + LONG, kind=kind) for number, each in enumerate(payloads)]
    with database.transaction() as db:
        return list(put(db, "outreach", rows))


def sent(database, kind: str, channel: Channel, clock: StillClock, *, rounds: int = 1, pause: float = 121) -> None:
    """Let the dispatcher look at the outbox so many times, with pauses of so many seconds."""
    sending = Dispatcher(database, {kind: channel}, clock=clock, numbers=Leasing(120, 10, 3), workers=2)
    try:
        for _ in range(rounds):
            sending.once()
            clock.pass_time(pause)
    finally:
        sending.stop()
