"""The tenant's own people: who they are, what their roles are, and whose customers each of them may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, insert, select, update

from customers.deputies import covered_by
from customers.sight import Sight
from customers.tables import reps

ROLES = ("rep", "manager", "operator", "privacy")


@dataclass(frozen=True)
class Person:
    """One of the tenant's own people, with what that person may see."""

    id: int
    name: str
    email: str
    roles: frozenset[str]
    language: str | None
    time_zone: str | None
    sight: Sight
    exports: Sight  # whose customers may leave as a file: the own, and for a manager those of all who report
    country: str | None = None  # ISO 3166, two letters: its holidays are this person's
    covers: frozenset[int] = frozenset()  # for whom this person stands in today

    @property
    def duties(self) -> frozenset[int]:
        """The reps whose work is this person's today: the own, and that of those for whom this person stands in."""
        return self.covers | {self.id}


def load(db: Connection, email: str, today: date) -> Person | None:
    """Find an active person by e-mail (in any case), or None.

    In full, a rep sees the own customers and those of the own team; a manager also those of all who report to that
    manager, at any depth, and customers without an owner. Other roles see no customers of others. Whoever stands in
    for somebody on the day `today` sees that person's customers too, and for a manager those of all who report.
    """
    row = db.execute(select(reps).where(reps.c.email == email.strip().lower(), reps.c.active)).first()
    if row is None:
        return None
    roles = frozenset(row.roles.split(","))
    below = reporting_to(db, row.id) if "manager" in roles else set()
    exports = Sight(frozenset({row.id} | below), unowned="manager" in roles)
    team = set(db.scalars(select(reps.c.id).where(reps.c.team == row.team))) if "rep" in roles and row.team else set()
    covers = covered_by(db, row.id, today)
    led = _managers(db, covers)
    through = set().union(covers, *(reporting_to(db, manager) for manager in led))
    sees = Sight(exports.owners | team | through, unowned=exports.unowned or bool(led))
    zone, country = row.time_zone, row.country
    return Person(row.id, row.name, row.email, roles, row.language, zone, sees, exports, country, covers)


def _managers(db: Connection, rep_ids: frozenset[int]) -> list[int]:
    """Those of some people who are managers; no read where there is nobody to ask about."""
    if not rep_ids:
        return []
    rows = db.execute(select(reps.c.id, reps.c.roles).where(reps.c.id.in_(rep_ids)))
    return [row.id for row in rows if "manager" in row.roles.split(",")]


def reporting_to(db: Connection, rep_id: int) -> set[int]:
    """The ids of all who report to a manager, at any depth."""
    below = select(reps.c.id).where(reps.c.manager_id == rep_id).cte("below", recursive=True)
    below = below.union(select(reps.c.id).join(below, reps.c.manager_id == below.c.id))
    return set(db.scalars(select(below.c.id)))


def grant(db: Connection, email: str, role: str) -> bool:
    """Give a person a role; creates the person if unknown, and takes back in whoever had left.

    Returns whether that changed anything.
    """
    email = email.strip().lower()
    row = db.execute(select(reps.c.id, reps.c.roles, reps.c.active).where(reps.c.email == email)).first()
    if row is None:
        db.execute(insert(reps).values(email=email, name=email.split("@")[0], roles=role, active=True))
        return True
    roles = set(row.roles.split(","))
    if role in roles and row.active:
        return False
    ordered = [known for known in ROLES if known in roles | {role}]
    db.execute(update(reps).where(reps.c.id == row.id).values(roles=",".join(ordered), active=True))
    return True


def set_language(db: Connection, rep_id: int, language: str | None) -> None:
    """Keep the language that a person chose; None means that of their Slack."""
    db.execute(update(reps).where(reps.c.id == rep_id).values(language=language))
