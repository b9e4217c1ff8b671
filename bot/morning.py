"""What a morning job works with: whose morning it is, who receives for whom, and the post that it makes for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from sqlalchemy import Connection, select

from bot.desk import Desk, Reply
from bot.waking import Someone
from customers import reps as people
from customers.deputies import StandIns, stand_ins
from customers.morning_tables import slack_users
from customers.sight import Sight
from customers.tables import reps


@dataclass(frozen=True)
class Post:
    """What one job tells one person in the morning; a person gets one of each job.

    `make` draws it, in the transaction in which it is written down; None where there is nothing to say after all.
    `brief` says in one line what was held back, where the person's daily cap is reached. `customers` are those whom it
    shows. `kept` is called in the same transaction with the message's id in the outbox. `cost` is how many ordinary
    posts take as long to write down: what takes long shares its transaction with fewer others.
    """

    to: Someone
    make: Callable[[Connection], Reply | None]
    brief: str
    customers: Sequence[int] = ()
    kept: Callable[[Connection, int], None] | None = None
    cost: int = 1


@dataclass(frozen=True)
class Morning:
    """What a morning job works with: the people whose morning it is by id, and who receives for whom.

    `db` reads only, and only until the handler has yielded its last post; `now` is the present moment.
    """

    db: Connection
    desk: Desk
    now: datetime
    people: Mapping[int, Someone]
    _receivers: Mapping[date, Receivers]

    def receiver(self, rep_id: int | None) -> Someone | None:
        """Who of those whose morning it is receives what belongs to a rep (None: to nobody's customers), if any."""
        for day, receivers in self._receivers.items():
            found = self.people.get(receivers.of(rep_id) or 0)
            if found is not None and found.day == day:
                return found
        return None

    @cached_property
    def duties(self) -> Mapping[int, Someone]:
        """All reps whose work is received by somebody whose morning it is, with that person."""
        everybody = next(iter(self._receivers.values())).everybody if self._receivers else ()
        found = ((rep_id, self.receiver(rep_id)) for rep_id in everybody)
        return {rep_id: someone for rep_id, someone in found if someone is not None}

    @cached_property
    def _received(self) -> Mapping[int, frozenset[int]]:
        """Whose work each of those whose morning it is receives; found once, since each of them asks."""
        found: dict[int, set[int]] = {}
        for rep_id, to in self.duties.items():
            found.setdefault(to.rep_id, set()).add(rep_id)
        return {to: frozenset(of) for to, of in found.items()}

    def sight(self, db: Connection, someone: Someone, owners: Iterable[int | None]) -> Sight:
        """Whose customers somebody sees in full: the own, and where these owners take it (which costs reads) all."""
        own = Sight(self._received.get(someone.rep_id, frozenset()))
        if all(own.full(owner) for owner in owners):
            return own
        person = people.load(db, someone.email, someone.day)
        return own if person is None else Sight(person.sight.owners | own.owners, person.sight.unowned)


@dataclass(frozen=True)
class Receivers:
    """Who receives on one day what belongs to each rep.

    A deputy for whoever is away; for whoever has left, or cannot be reached in Slack, the first manager above who can
    be; after all managers the head. What belongs to nobody is the head's: the first manager who reports to nobody.
    """

    others: Mapping[int, int | None]
    managers: Mapping[int, int | None]
    reachable: frozenset[int]
    head: int | None

    @property
    def everybody(self) -> Iterable[int]:
        """All reps that there ever were."""
        return self.managers.keys()

    def of(self, rep_id: int | None) -> int | None:
        """The receiver's id; None where nobody can be reached."""
        at = self.others.get(rep_id, rep_id) if rep_id is not None else None
        seen: set[int] = set()
        while at is not None and at not in self.reachable and at not in seen:
            seen.add(at)
            at = self.managers.get(at)
        return at if at is not None and at in self.reachable else self.head


def receivers(db: Connection, day: date, *, everybody: bool = False) -> Receivers:
    """Read who receives for whom on a day; with `everybody` all count as reachable of whom no trouble is known."""
    found: StandIns = stand_ins(db, day)
    if everybody:
        reachable = found.active - set(
            db.scalars(select(slack_users.c.rep_id).where(slack_users.c.trouble.is_not(None)))
        )
    else:
        known = select(slack_users.c.rep_id).where(slack_users.c.user_id.is_not(None), slack_users.c.trouble.is_(None))
        reachable = frozenset(db.scalars(known)) & found.active
    leads = [
        row.id
        for row in db.execute(select(reps.c.id, reps.c.roles).order_by(reps.c.id))
        if row.id in reachable and "manager" in row.roles.split(",")
    ]
    # Without anybody above first, then whoever leads.
    head = min(leads, key=lambda id: (found.managers.get(id) is not None, id), default=None)
    return Receivers(found.of_all(), found.managers, reachable, head)
