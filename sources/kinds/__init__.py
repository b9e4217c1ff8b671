"""What can be imported: each kind of file with its fields.

Headers are compared without case, blanks, punctuation and bracketed remarks; where a file has columns for several
aliases of a field, the first one of them counts.
"""

from __future__ import annotations

from sources.kinds.people import CONTACTS, CUSTOMERS, REPS
from sources.kinds.sales import INTERACTIONS, ORDER_LINES, ORDERS, PRODUCTS, RATES
from sources.kinds.shape import Field, Kind

__all__ = ["KINDS", "Field", "Kind", "kind_named"]

# In the order in which they depend on each other.
KINDS = (REPS, CUSTOMERS, CONTACTS, PRODUCTS, RATES, ORDERS, ORDER_LINES, INTERACTIONS)


def kind_named(name: str) -> Kind | None:
    """The kind that an operator means with --kind."""
    return next((kind for kind in KINDS if kind.name == name.strip().lower().replace("_", "-")), None)
