"""How money and moments are kept, so that sums are exact and every moment is in UTC on every database."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

# Four decimals hold every ISO 4217 currency (CLF has four) and unit prices in tenths of a cent; 64 bits then reach
# 900 trillion units. SQLite has no exact decimal of its own, whole numbers are exact on both databases.
MONEY_SCALE = 10_000


def to_scaled(amount: Decimal) -> int:
    """Turn an amount into the whole number that is stored: ten-thousandths of one unit."""
    return int((amount * MONEY_SCALE).to_integral_value(ROUND_HALF_EVEN))


def from_scaled(stored: int) -> Decimal:
    """Turn the stored whole number back into an amount."""
    return Decimal(stored) / MONEY_SCALE


class Money(TypeDecorator[Decimal]):
    """A Decimal amount, stored as a whole number of ten-thousandths, so that SUM in the database is exact."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        """Store an amount."""
        return None if value is None else to_scaled(Decimal(value))

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:
        """Read an amount; PostgreSQL answers the sum of whole numbers as a Decimal, hence the int()."""
        return None if value is None else from_scaled(int(value))


class Instant(TypeDecorator[datetime]):
    """A moment in UTC; a datetime without a zone is refused, because nobody can know what it means."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store a moment in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read a moment; SQLite forgets the zone, which is always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
