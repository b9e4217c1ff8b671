"""A judgement about a customer, with the numbers behind it, before it becomes a sentence in somebody's language."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

Number = int | float | Decimal | date | str | bool | None


@dataclass(frozen=True)
class Reason:
    """Why a judgement was reached: a code such as `loyalty.swing` and the named numbers that led to it."""

    code: str
    numbers: dict[str, Number] = field(default_factory=dict)
