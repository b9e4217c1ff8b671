"""A promise to a customer waits until it is done or dropped, and every step can be taken back."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import insert, select, update

from care import follow_ups, handing_over, promise_steps
from customers import reps
from customers.computed_tables import customer_facts
from customers.tables import customers, interactions
from customers.tables import reps as people
from customers.work_tables import follow_ups as stored
from words.errors import BadInput, NotAllowed

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SOON = TODAY + timedelta(days=7)


class Desk:
    """Two reps, a manager, and customers who bring 100, 200, 300 a year."""

    def __init__(self, db):
        self.db, self.id = db, {}
        for name in ("mona", "rita", "li"):
            values = {"email": f"{name}@example.com", "name": name.title(), "active": True}
            values |= {"roles": "manager" if name == "mona" else "rep", "manager_id": self.id.get("mona")}
            self.id[name] = db.execute(insert(people).values(values).returning(people.c.id)).scalar_one()
        for stake, name in enumerate(("acme", "blau", "cafe"), 1):
            values = {"name": name, "folded_name": name, "owner_id": self.id["rita"], "created_at": NOW}
            self.id[name] = db.execute(insert(customers).values(values).returning(customers.c.id)).scalar_one()
            facts = {"customer_id": self.id[name], "computed_on": TODAY, "at_stake": Decimal(100 * stake)}
            db.execute(insert(customer_facts).values(facts | dict.fromkeys(MONEY, Decimal(0))))

    def promise(self, name, day=TODAY, who="rita", **more):
        given = {"rep_id": self.id[who], "by": self.id[who], "today": TODAY, "what": "call", "now": NOW} | more
        return follow_ups.make(self.db, customer_id=self.id[name], day=day, **given)

    def owed(self, who="rita", **more):
        return [line.customer_name for line in follow_ups.waiting(self.db, [self.id[who]], TODAY, **more).lines]

    def next_of(self, name):
        of = select(customer_facts.c.next_follow_up).where(customer_facts.c.customer_id == self.id[name])
        return self.db.scalar(of)


MONEY = ("spend", "spend_year", "profit_year", "profit_year_before", "spend_half", "spend_half_before", "own_spend",
         "own_spend_year")  # fmt: skip


@pytest.fixture
def desk(database):
    with database.transaction() as db:
        yield Desk(db)


def test_what_is_due_comes_first_with_most_at_stake_and_then_the_coming_by_day(desk):
    desk.promise("acme", TODAY)
    desk.promise("cafe", TODAY + timedelta(days=9))
    desk.promise("blau", TODAY)
    desk.promise("acme", SOON)
    assert desk.owed() == ["blau", "acme", "acme", "cafe"]
    assert desk.owed(until=TODAY) == ["blau", "acme"]
    assert desk.owed(page=1, size=3) == ["cafe"]
    assert desk.owed("li") == []


def test_the_next_promise_stands_in_the_facts(desk):
    step = desk.promise("acme", SOON)
    desk.promise("acme", SOON + timedelta(days=1))
    assert desk.next_of("acme") == SOON
    promise_steps.drop(desk.db, step.line.id, "moved away", by=desk.id["rita"], now=NOW)
    assert desk.next_of("acme") == SOON + timedelta(days=1)


def test_a_promise_for_a_day_that_is_over_is_refused(desk):
    with pytest.raises(BadInput, match="over"):
        desk.promise("acme", TODAY - timedelta(days=1))


def test_what_was_put_off_comes_back_by_itself_on_its_day(desk):
    made = desk.promise("acme")
    promise_steps.put_off(desk.db, made.line.id, SOON, by=desk.id["rita"], today=TODAY, now=NOW)
    assert desk.owed(until=TODAY) == []
    later = follow_ups.waiting(desk.db, [desk.id["rita"]], SOON, until=SOON)
    assert [(line.state, line.promised, line.due) for line in later.lines] == [("snoozed", TODAY, SOON)]
    assert later.due == 1
    with pytest.raises(BadInput, match="still to come"):
        promise_steps.put_off(desk.db, made.line.id, TODAY, by=desk.id["rita"], today=TODAY, now=NOW)


def test_what_came_of_it_is_kept_as_an_interaction_and_undo_takes_both_back(desk):
    made = desk.promise("acme", what="ask about the price")
    step = promise_steps.done(desk.db, made.line.id, by=desk.id["rita"], now=NOW)
    assert desk.owed() == []
    answered = {"by": desk.id["rita"], "day": TODAY, "today": TODAY, "zone": UTC}
    assert promise_steps.came_of(desk.db, step.id, "will_order", **answered).line.outcome == "will_order"
    row = desk.db.execute(select(interactions)).one()
    assert (row.kind, row.text, row.outcome) == ("call", "ask about the price", "will_order")
    with pytest.raises(BadInput, match="changed"):
        promise_steps.came_of(desk.db, step.id, "lost", **answered)
    promise_steps.undo(desk.db, step.id, by=desk.id["rita"], now=NOW)
    assert desk.owed() == ["acme"]
    assert desk.db.execute(select(interactions)).first() is None
    again = desk.db.execute(select(stored)).one()
    assert (again.state, again.settled_at, again.outcome) == ("open", None, None)


def test_each_step_is_taken_back_to_what_was_before(desk):
    made = desk.promise("acme")
    rita, now = desk.id["rita"], {"now": NOW}
    steps = [
        lambda: promise_steps.done(desk.db, made.line.id, by=rita, **now),
        lambda: promise_steps.drop(desk.db, made.line.id, "no need", by=rita, **now),
        lambda: promise_steps.put_off(desk.db, made.line.id, SOON, by=rita, today=TODAY, **now),
    ]
    before = desk.db.execute(select(stored)).one()
    for act in steps:
        step = act()
        assert desk.db.execute(select(stored)).one() != before
        promise_steps.undo(desk.db, step.id, by=rita, now=NOW)
        assert desk.db.execute(select(stored)).one() == before
        with pytest.raises(BadInput, match="already"):
            promise_steps.undo(desk.db, step.id, by=rita, now=NOW)
    promise_steps.undo(desk.db, made.id, by=rita, now=NOW)
    assert desk.db.execute(select(stored)).first() is None
    assert desk.next_of("acme") is None


def test_a_step_is_not_taken_back_over_what_somebody_did_since(desk):
    made = desk.promise("acme")
    rita = desk.id["rita"]
    snoozed = promise_steps.put_off(desk.db, made.line.id, SOON, by=rita, today=TODAY, now=NOW)
    promise_steps.done(desk.db, made.line.id, by=rita, now=NOW)
    for step in (made, snoozed):
        with pytest.raises(BadInput, match="changed"):
            promise_steps.undo(desk.db, step.id, by=rita, now=NOW)


def test_only_who_took_a_step_takes_it_back(desk):
    made = desk.promise("acme")
    with pytest.raises(NotAllowed):
        promise_steps.undo(desk.db, made.id, by=desk.id["li"], now=NOW)


def test_what_is_settled_cannot_be_settled_again(desk):
    made = desk.promise("acme")
    promise_steps.done(desk.db, made.line.id, by=desk.id["rita"], now=NOW)
    for act in (
        lambda: promise_steps.done(desk.db, made.line.id, by=desk.id["rita"], now=NOW),
        lambda: promise_steps.drop(desk.db, made.line.id, "x", by=desk.id["rita"], now=NOW),
        lambda: promise_steps.put_off(desk.db, made.line.id, SOON, by=desk.id["rita"], today=TODAY, now=NOW),
    ):
        with pytest.raises(BadInput, match="not open"):
            act()


def test_a_reason_is_needed_to_drop(desk):
    with pytest.raises(BadInput, match="why"):
        promise_steps.drop(desk.db, desk.promise("acme").line.id, "  ", by=desk.id["rita"], now=NOW)


def test_a_follow_up_is_handed_only_to_somebody_who_sees_the_customer(desk):
    made = desk.promise("acme")
    given = {"by": desk.id["rita"], "today": TODAY, "now": NOW}
    with pytest.raises(BadInput, match="does not see"):
        promise_steps.hand_over(desk.db, made.line.id, desk.id["li"], **given)
    with pytest.raises(BadInput, match="already"):
        promise_steps.hand_over(desk.db, made.line.id, desk.id["rita"], **given)
    promise_steps.hand_over(desk.db, made.line.id, desk.id["mona"], **given)
    assert desk.owed("mona") == ["acme"]


def test_a_person_acts_on_the_own_and_a_manager_on_the_teams(desk):
    made = desk.promise("acme")
    rita, li, mona = (reps.load(desk.db, f"{name}@example.com", TODAY) for name in ("rita", "li", "mona"))
    assert follow_ups.theirs(desk.db, rita, made.line.id) == follow_ups.theirs(desk.db, mona, made.line.id)
    with pytest.raises(NotAllowed, match="Rita"):
        follow_ups.theirs(desk.db, li, made.line.id)


def test_a_rule_makes_one_at_a_time(desk):
    given = {"rep_id": desk.id["rita"], "day": TODAY, "today": TODAY, "now": NOW}
    first = follow_ups.by_rule(desk.db, rule="visit", customer_id=desk.id["acme"], **given)
    assert follow_ups.by_rule(desk.db, rule="visit", customer_id=desk.id["acme"], **given) is None
    assert follow_ups.by_rule(desk.db, rule="complaint", customer_id=desk.id["acme"], **given)
    promise_steps.done(desk.db, first, by=desk.id["rita"], now=NOW)
    assert follow_ups.by_rule(desk.db, rule="visit", customer_id=desk.id["acme"], **given)


def test_what_is_due_of_everybody_is_read_at_once_each_by_their_own_day(desk):
    desk.promise("acme", TODAY)
    desk.promise("blau", TODAY + timedelta(days=1))
    desk.promise("cafe", TODAY + timedelta(days=1), who="li")
    days = {desk.id["rita"]: TODAY, desk.id["li"]: TODAY + timedelta(days=1), desk.id["mona"]: TODAY}
    found = follow_ups.due_of_all(desk.db, days)
    named = {rep: [line.customer_name for line in lines] for rep, lines in found.items()}
    assert named == {desk.id["rita"]: ["acme"], desk.id["li"]: ["cafe"]}


def test_everything_of_a_rep_is_handed_over_in_one_step_and_taken_back(desk):
    made = desk.promise("acme")
    desk.promise("acme", who="li")
    rita, li, mona = desk.id["rita"], desk.id["li"], desk.id["mona"]
    assert handing_over.holdings(desk.db, rita) == (3, 1)
    given = handing_over.hand_over_all(desk.db, rita, li, by=mona, now=NOW)
    assert (given.customers, given.follow_ups) == (3, 1)
    assert handing_over.holdings(desk.db, li) == (3, 2)
    # What has changed hands again since stays where it is.
    desk.db.execute(update(customers).where(customers.c.id == desk.id["cafe"]).values(owner_id=mona))
    with pytest.raises(NotAllowed):
        handing_over.take_back(desk.db, given.id, by=li, now=NOW)
    back = handing_over.take_back(desk.db, given.id, by=mona, now=NOW)
    assert (back.customers, back.follow_ups) == (2, 1)
    assert follow_ups.line(desk.db, made.line.id).rep_id == rita
    with pytest.raises(BadInput, match="already"):
        handing_over.take_back(desk.db, given.id, by=mona, now=NOW)


def test_nothing_is_handed_over_to_the_same_person_or_from_one_with_nothing(desk):
    with pytest.raises(BadInput, match="who has them"):
        handing_over.hand_over_all(desk.db, desk.id["rita"], desk.id["rita"], by=desk.id["mona"], now=NOW)
    with pytest.raises(BadInput, match="no customers"):
        handing_over.hand_over_all(desk.db, desk.id["li"], desk.id["rita"], by=desk.id["mona"], now=NOW)
