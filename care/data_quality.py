"""What is missing or doubtful in the customers' data: owners, consent, birthdays, and who is there twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, exists, func, or_, select

from customers.erased import ERASED
from customers.sight import Sight
from customers.tables import consents, contacts, customers, reps

# Examples of each kind that are named: enough to begin with.
EXAMPLES = 3


@dataclass(frozen=True)
class Twice:
    """Customers who share a name, a phone number or an e-mail address: likely one and the same."""

    by: str  # name, phone, email
    customers: tuple[tuple[int, str | None, str], ...]  # (id, key, name)


@dataclass(frozen=True)
class Quality:
    """What one reader should mend: numbers of customers, and the first of those that are there twice.

    `left` counts customers by owners who do not work here any more.
    """

    customers: int
    without_owner: int
    without_consent: int
    without_birthday: int
    left: tuple[tuple[str, int], ...]
    twice: Mapping[str, int]
    examples: tuple[Twice, ...]

    @property
    def is_fine(self) -> bool:
        """Whether there is nothing to mend."""
        missing = self.without_owner or self.without_consent or self.without_birthday
        return not (missing or self.left or any(self.twice.values()))


@dataclass(frozen=True)
class Read:
    """What was read for all readers of a morning: counts by owner, and groups of likely duplicates."""

    counts: Mapping[int | None, tuple[int, int, int]]  # customers, without consent, without birthday
    left: Mapping[int, str]
    twice: Mapping[str, tuple[tuple[tuple[int, str | None, str, int | None], ...], ...]]


def read(db: Connection) -> Read:
    """Read it once for everybody."""
    owner = customers.c.owner_id
    consented = exists().where(consents.c.customer_id == customers.c.id)
    # A company has no birthday, but the people there have.
    known = exists().where(contacts.c.customer_id == customers.c.id, contacts.c.birthday.is_not(None))
    birthday = or_(customers.c.birthday.is_not(None), known)
    counted = select(owner, func.count(), func.count().filter(~consented), func.count().filter(~birthday))
    rows = db.execute(counted.where(customers.c.kind != ERASED).group_by(owner)).all()
    gone = db.execute(select(reps.c.id, reps.c.name).where(~reps.c.active))
    return Read(
        {row[0]: (row[1], row[2], row[3]) for row in rows},
        {row.id: row.name for row in gone},
        {by: _twice(db, customers.c[column]) for by, column in _SHARED.items()},
    )


# What two entries of one customer have in common.
_SHARED = {"name": "folded_name", "phone": "phone", "email": "email"}


def quality(found: Read, sight: Sight | None) -> Quality:
    """What a reader with this sight should mend; without a sight everybody's numbers, and no example."""
    counts = {owner: row for owner, row in found.counts.items() if sight is None or sight.full(owner)}
    totals = [sum(column) for column in zip(*counts.values(), strict=True)] or [0, 0, 0]
    twice = {by: [_in_sight(group, sight) for group in groups] for by, groups in found.twice.items()}
    seen = {by: [group for group in groups if len(group) > 1] for by, groups in twice.items()}
    examples = [
        Twice(by, tuple((id, key, name) for id, key, name, _ in group))
        for by, groups in seen.items()
        for group in groups[:EXAMPLES]
    ]
    left = sorted((found.left[owner], row[0]) for owner, row in counts.items() if owner and owner in found.left)
    return Quality(
        customers=totals[0],
        without_owner=counts.get(None, (0, 0, 0))[0],
        without_consent=totals[1],
        without_birthday=totals[2],
        left=tuple(left),
        twice={by: len(groups) for by, groups in seen.items()},
        examples=() if sight is None else tuple(examples),
    )


def _in_sight(group: Iterable[Any], sight: Sight | None) -> list[Any]:
    return [row for row in group if sight is None or sight.full(row[3])]


def _twice(db: Connection, column: Any) -> tuple[tuple[Any, ...], ...]:
    """Groups of customers with the same text in a column; those of one account among themselves are left out."""
    several = select(column).where(column.is_not(None), column != "").group_by(column).having(func.count() > 1)
    rows = db.execute(
        select(column, customers.c.id, customers.c.key, customers.c.name, customers.c.owner_id, customers.c.parent_id)
        .where(column.in_(several))
        .order_by(column, customers.c.id)
    ).all()
    groups: dict[str, list[Any]] = {}
    for row in rows:
        groups.setdefault(row[0], []).append(row)
    return tuple(tuple(tuple(row[1:5]) for row in group) for group in groups.values() if not _one_group(group))


def _one_group(group: list[Any]) -> bool:
    """Whether all belong to one account, whose offices share a phone or an address."""
    ids, parents = {row[1] for row in group}, {row[5] for row in group}
    return parents != {None} and (len(parents) == 1 or parents - {None} <= ids)
