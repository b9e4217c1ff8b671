"""Takes one protection out of the way that a message to a customer goes, and nothing else: so its worth is seen."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from care import sending
from care.outreach_policy import Policy
from delivery.channel import Row
from delivery.email import EmailChannel
from delivery.handling import Check
from delivery.outcomes import Finding, Later, NotFound
from delivery.text_messages import TwilioChannel


def take_out(name: str, policy: Policy, gate: Check) -> tuple[Policy, Check]:
    """Take a protection out of this process: gate, hash, hold or blind; "" takes none out."""
    return TAKE_OUT[name](policy, gate) if name else (policy, gate)


def _gate(policy: Policy, _gate: Check) -> tuple[Policy, Check]:
    """Nothing is checked in the moment before a message leaves."""

    def check(_row: Row) -> str | Later | None:
        return None

    return policy, check


class _Alike(str):
    """A hash that is like any other."""

    __slots__ = ()

    def __eq__(self, _other: object) -> bool:
        return True

    def __ne__(self, _other: object) -> bool:
        return False

    __hash__ = str.__hash__


class _Hashing:
    """In place of hashlib."""

    class sha256:  # as it is called there
        def __init__(self, data: bytes) -> None:
            self._data = data

        def hexdigest(self) -> str:
            return _Alike(hashlib.sha256(self._data).hexdigest())


def _hash(policy: Policy, gate: Check) -> tuple[Policy, Check]:
    """What stands in the outbox is sent, whatever was approved."""
    sending.hashlib = _Hashing  # type: ignore[assignment, attr-defined]
    return policy, gate


def _hold(policy: Policy, gate: Check) -> tuple[Policy, Check]:
    """Nobody waits until the hold window is over."""
    return replace(policy, hold=timedelta(0)), gate


def _blind(policy: Policy, gate: Check) -> tuple[Policy, Check]:
    """What may have been sent is sent again, instead of waiting for a person."""

    def find(_self: Any, _row: Row) -> Finding:
        return NotFound()

    channels: tuple[Any, ...] = (EmailChannel, TwilioChannel)
    for channel in channels:
        channel.can_look_up, channel.find = True, find
    return policy, gate


TAKE_OUT: dict[str, Callable[[Policy, Check], tuple[Policy, Check]]] = {
    "gate": _gate,
    "hash": _hash,
    "hold": _hold,
    "blind": _blind,
}
