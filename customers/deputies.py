"""Who receives what would have come to a rep on a day: the rep, a deputy, or the manager of one who has left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, delete, insert, select

from customers.tables import reps
from customers.work_tables import absences
from words.errors import BadInput


@dataclass(frozen=True)
class StandIns:
    """Of one day: the deputy of each who is away, the manager of each, and who still works here."""

    deputies: Mapping[int, int]
    managers: Mapping[int, int | None]
    active: frozenset[int]

    def of(self, rep_id: int) -> int | None:
        """Who receives what would have come to a rep; None where nobody is left who could.

        A deputy who is away too hands on to the next. Where that leads in a circle, or to somebody who has left, it
        stays with the rep; what belongs to a rep who has left goes to the first manager above who works here.
        """
        last = self._deputy(rep_id)
        if last is not None:
            return last
        above, seen = self.managers.get(rep_id), {rep_id}
        while above is not None and above not in seen:
            found = self._deputy(above)
            if found is not None:
                return found
            seen.add(above)
            above = self.managers.get(above)
        return None

    def of_all(self) -> dict[int, int | None]:
        """The same for everybody who is away or has left; whoever is not named here receives their own."""
        away = set(self.deputies) | (set(self.managers) - self.active)
        return {rep_id: self.of(rep_id) for rep_id in away}

    def _deputy(self, rep_id: int) -> int | None:
        """The last of the chain of deputies that begins with a rep, None where that rep has left without one."""
        at, seen = rep_id, {rep_id}
        while at in self.deputies:
            at = self.deputies[at]
            if at in seen:
                break
            seen.add(at)
        if at in self.active and at not in self.deputies:
            return at
        return rep_id if rep_id in self.active else None


@dataclass(frozen=True)
class Away:
    """A rep is away from `first` to `last`, both included."""

    id: int
    deputy_id: int
    deputy_name: str
    deputy_email: str
    first: date
    last: date


def stand_ins(db: Connection, day: date) -> StandIns:
    """Read who stands in for whom on a day; of several absences the one entered last counts."""
    within = (absences.c.first <= day, absences.c.last >= day)
    rows = db.execute(select(absences.c.rep_id, absences.c.deputy_id).where(*within).order_by(absences.c.id))
    deputies = {row.rep_id: row.deputy_id for row in rows}
    people = db.execute(select(reps.c.id, reps.c.manager_id, reps.c.active)).all()
    managers = {row.id: row.manager_id for row in people}
    return StandIns(deputies, managers, frozenset(row.id for row in people if row.active))


def responsible(db: Connection, rep_id: int, day: date) -> int | None:
    """Who receives on a day what would have come to a rep; see `StandIns.of`. For many reps, read `stand_ins` once."""
    return stand_ins(db, day).of(rep_id)


def covered_by(db: Connection, rep_id: int, day: date) -> frozenset[int]:
    """For whom a rep stands in on a day: those whose work comes to that rep. Costs one read where nobody is away."""
    away = absences.c.first <= day, absences.c.last >= day
    if db.execute(select(absences.c.id).where(*away).limit(1)).first() is None:
        return frozenset()
    found = stand_ins(db, day)
    return frozenset(each for each in found.deputies if each != rep_id and found.of(each) == rep_id)


def current(db: Connection, rep_id: int, day: date) -> Away | None:
    """The absence of a rep that is not over on a day, the next one first."""
    found = select(absences, reps.c.name, reps.c.email).join(reps, reps.c.id == absences.c.deputy_id)
    found = found.where(absences.c.rep_id == rep_id, absences.c.last >= day).order_by(absences.c.first, absences.c.id)
    row = db.execute(found.limit(1)).first()
    return None if row is None else Away(row.id, row.deputy_id, row.name, row.email, row.first, row.last)


def leave(db: Connection, *, rep_id: int, deputy_id: int, first: date, last: date, today: date, now: datetime) -> None:
    """Write down that a rep is away and who stands in; it replaces what was said before of days to come.

    Raises `BadInput` for a period that is over or ends before it begins, and for a deputy who cannot be one.
    """
    if last < first:
        raise BadInput("{last} is before {first}.", last=last, first=first)
    if last < today:
        raise BadInput("{day} is over already.", day=last)
    if deputy_id == rep_id:
        raise BadInput("You cannot stand in for yourself.")
    if not db.scalar(select(reps.c.active).where(reps.c.id == deputy_id)):
        raise BadInput("This person does not work here any more.")
    come_back(db, rep_id, today)
    values = {"rep_id": rep_id, "deputy_id": deputy_id, "first": first, "last": last, "made_at": now}
    db.execute(insert(absences).values(values))


def come_back(db: Connection, rep_id: int, today: date) -> bool:
    """Take back that a rep is away, for today and all days to come; returns whether that changed anything."""
    gone = db.execute(delete(absences).where(absences.c.rep_id == rep_id, absences.c.last >= today))
    return gone.rowcount > 0
