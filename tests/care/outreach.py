"""A small tenant that writes to its customers: who may approve, and customers who allow it or not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from care import approving, drafting, editing, examining
from care.drafting import Proposed, Wanted
from care.outreach_policy import Policy
from customers import reps as people
from customers.outreach_tables import batches, drafts
from customers.reps import Person
from customers.tables import consents, customers, reps
from database.engine import Database
from delivery.tables import outbox
from tests.ledger import TODAY, Ledger, ago, noon

NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
POLICY = Policy(
    company="Tea House",
    channels=frozenset({"email", "sms"}),
    mail_from="Tea House <care@tea.example>",
    public_url="https://care.tea.example",
)
PRICE = Wanted("win_back/price", "email", {"offer": "Ten per cent off until Friday"})


class Outreach(Ledger):
    """Mia leads Ada, Max leads Mia, Zoe leads others; Acme belongs to Ada and allows e-mail."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.max = self.person("Max", "manager")
        self.mia = self.person("Mia", "rep,manager", self.max)
        self.ada = self.person("Ada", "rep", self.mia)
        self.zoe = self.person("Zoe", "manager")
        self.acme = self.buyer("Acme")
        self.refresh()

    def person(self, name: str, roles: str, manager: int | None = None) -> int:
        rep = self.rep(name)
        self.change(update(reps).where(reps.c.id == rep).values(roles=roles, manager_id=manager))
        return rep

    def buyer(self, name: str, *, allows: bool | None = True, **more: Any) -> int:
        """A customer of Ada's who bought some months ago; `refresh` comes afterwards."""
        customer = self.customer(name)
        known = {"owner_id": self.ada, "email": f"{name.lower().replace(' ', '')}@example.com", "language": "en"}
        self.change(update(customers).where(customers.c.id == customer).values(known | more))
        self.bought(customer, 200, 170, 140)
        if allows is not None:
            for purpose in ("service", "marketing"):
                entry = {"channel": "email", "purpose": purpose, "given": allows, "at": noon(ago(300)), "how": "form"}
                self._add(consents, {"customer_id": customer, **entry})
        return customer

    def propose(self, *ids: int, wanted: Wanted = PRICE, by: int | None = None, policy: Policy = POLICY) -> Proposed:
        with self.database.transaction() as db:
            return drafting.propose(
                db, policy, wanted, ids or (self.acme,), by=by or self.ada, at=NOW, today=TODAY, zone=UTC
            )

    def ask(self, batch_id: int, *, at: datetime = NOW, policy: Policy = POLICY) -> int:
        with self.database.transaction() as db:
            return approving.ask(db, policy, batch_id, by=self.ada, at=at, day=TODAY, zone=UTC)

    def seen(self, batch_id: int) -> str:
        """The seal of the words that whoever looks at a batch now reads."""
        with self.database.reading() as db:
            return examining.seal(examining.proposed(db, batch_id))

    def approve(
        self,
        batch_id: int,
        by: int | None = None,
        *,
        at: datetime = NOW,
        policy: Policy = POLICY,
        seen: str | None = None,
    ) -> approving.Approved:
        who, looked = self.who(by or self.mia), self.seen(batch_id) if seen is None else seen
        with self.database.transaction() as db:
            return approving.approve(db, policy, batch_id, seen=looked, by=who, at=at, zone=UTC)

    def edit(self, draft_id: int, more: str, *, by: int | None = None) -> None:
        """Begin a draft with more words."""
        words = self.draft(draft_id)
        with self.database.transaction() as db:
            editing.edit(
                db, POLICY, draft_id, words.subject or "A word", f"{more}\n\n{words.text}", by=by or self.ada, at=NOW
            )

    def undo(self, batch_id: int, *, at: datetime = NOW) -> int:
        with self.database.transaction() as db:
            return approving.undo(db, batch_id, by=self.ada, at=at)

    def held(self, *ids: int, policy: Policy = POLICY) -> Proposed:
        """Drafts that were written, asked for and approved."""
        made = self.propose(*ids, policy=policy)
        self.ask(made.batch_id, policy=policy)
        self.approve(made.batch_id, policy=policy)
        return made

    def who(self, rep_id: int) -> Person:
        with self.database.reading() as db:
            found = people.load(db, db.scalar(select(reps.c.email).where(reps.c.id == rep_id)) or "", TODAY)
        assert found is not None
        return found

    def draft(self, draft_id: int) -> Any:
        with self.database.reading() as db:
            return db.execute(select(drafts).where(drafts.c.id == draft_id)).one()

    def batch(self, batch_id: int) -> Any:
        with self.database.reading() as db:
            return db.execute(select(batches).where(batches.c.id == batch_id)).one()

    def message(self, draft_id: int) -> Any:
        with self.database.reading() as db:
            return db.execute(select(outbox).where(outbox.c.id == self.draft(draft_id).outbox_id)).one()


def later(**span: float) -> datetime:
    return NOW + timedelta(**span)
