"""Whom a person may see in full; everybody else's customers are masked for that person."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, or_

from customers.tables import customers


@dataclass(frozen=True)
class Sight:
    """The owners whose customers a person sees in full, and whether customers without an owner belong to them."""

    owners: frozenset[int] = frozenset()
    unowned: bool = False

    def full(self, owner_id: int | None) -> bool:
        """Whether a customer with this owner is shown in full."""
        return self.unowned if owner_id is None else owner_id in self.owners

    def clause(self) -> ColumnElement[bool]:
        """The same as a condition on `customers.owner_id`."""
        owner = customers.c.owner_id
        allowed = owner.in_(sorted(self.owners)) if self.owners else false()
        return or_(allowed, owner.is_(None)) if self.unowned else allowed
