"""Who was erased on request does not come back by an old export, and nothing about them does."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, insert, select

from care import erasing, forgetting
from customers.rules import Rules
from customers.tables import contacts, customers, interactions, orders, reps

NOW = datetime(2026, 3, 14, 9, tzinfo=UTC)
GONE = "was erased on request on 2026-03-14: take it out of the source"


@pytest.fixture
def erased(imports):
    """Imports a file and erases the customer of that name."""

    def erase(file, name):
        imports(file)
        with imports.database.transaction() as db:
            if db.scalar(select(reps.c.id)) is None:
                db.execute(insert(reps).values(email="o@example.com", name="Olga", roles="privacy"))
            officer, who = (
                db.scalar(select(reps.c.id)),
                db.scalar(select(customers.c.id).where(customers.c.name == name)),
            )
            found = forgetting.look(db, who)
            erasing.erase(
                db, who, found, by=officer, at=NOW, today=date(2026, 3, 14), rules=Rules(), region="US"
            )  # fmt: skip

    return erase


def faults(outcome):
    return [(fault.line, fault.column, fault.value, fault.reason) for fault in outcome.faults]


def names(imports):
    return [row[0] for row in imports.rows(customers.c.name)]


KEYED = "id,name,city\nA1,Acme,Bonn\nA2,Bold,Bremen\n"


def test_the_same_export_leaves_the_erased_customer_out_and_says_so(imports, erased):
    erased(KEYED, "Acme")
    outcome = imports(KEYED)
    assert faults(outcome) == [(2, "id", "A1", GONE)]
    assert not outcome.written
    outcome = imports(KEYED, skip_bad=True)
    assert (outcome.written, outcome.files[0].unchanged, outcome.rejected) == (True, 1, 1)
    assert names(imports) == ["Bold", "Erased customer #1"]


def test_what_refers_to_an_erased_customer_stays_out_by_id_and_by_name(imports, erased):
    erased(KEYED, "Acme")
    files = (
        "id,customer,date,amount\nO1,A1,2026-01-05,10\nO2,Acme,2026-01-05,10\nO3,A2,2026-01-05,10\n",
        "customer,contact name\nacme,Ann\nBold,Bob\n",
        "customer,kind,date,text\nA1,call,2026-01-05,Hello\nA2,call,2026-01-05,Hello\n",
    )
    outcome = imports(*files, skip_bad=True)
    assert [(line, value, why) for line, _, value, why in faults(outcome)] == [
        (2, "acme", GONE), (2, "A1", GONE), (3, "Acme", GONE), (2, "A1", GONE),
    ]  # fmt: skip
    counts = [imports.rows(func.count(table.c.id))[0][0] for table in (orders, contacts, interactions)]
    assert counts == [1, 1, 1]


def test_a_file_that_brings_the_customer_and_its_orders_says_it_of_both(imports, erased):
    erased(KEYED, "Acme")
    orders_file = "id,customer,date,amount\nO1,A1,2026-01-05,10\n"
    assert [why for *_, why in faults(imports(KEYED, orders_file))] == [GONE, GONE]


def test_orders_that_were_kept_are_not_changed_by_an_old_export_and_lines_may_still_come(imports, erased):
    orders_file = "id,customer,date,amount\nO1,A1,2026-01-05,10\n"
    imports(KEYED, orders_file)
    erased(KEYED, "Acme")
    outcome = imports(orders_file.replace(",10", ",99"), skip_bad=True)
    assert [why for *_, why in faults(outcome)] == [GONE]
    lines = "order,product,quantity,price\nO1,P1,1,10\n"
    assert imports("product id,product name\nP1,Box\n", lines).written


def test_somebody_else_of_the_same_name_comes_with_an_id_and_without_one_where_already_known(imports, erased):
    erased(KEYED, "Acme")
    assert imports("id,name\nA9,Acme\n").written
    assert imports("name,city\nAcme,Berlin\n").written
    assert imports("id,customer,date,amount\nO1,Acme,2026-01-05,10\n").written
    assert imports.rows(customers.c.city, order=customers.c.id) == [(None,), ("Bremen",), ("Berlin",)]


def test_a_customer_without_an_id_is_known_by_name_whatever_id_an_export_gives(imports, erased):
    erased("name,city\nAcme,Bonn\nBold,Bremen\n", "Acme")
    for file in ("name,city\nACME,Bonn\n", "id,name\nX7,acme\n"):
        assert [why for *_, why in faults(imports(file))] == [GONE]
    assert names(imports) == ["Bold", "Erased customer #1"]


def test_a_row_without_an_id_does_not_bring_a_keyed_customer_back(imports, erased):
    erased(KEYED, "Acme")
    assert faults(imports("name,city\nAcme,Bonn\n")) == [(2, "name", "Acme", GONE)]


def test_a_child_of_an_erased_parent_is_told_which_parent(imports, erased):
    erased(KEYED, "Acme")
    assert [why for *_, why in faults(imports("id,name,parent\nC1,Child,A1\n"))] == [GONE]


def test_the_name_of_what_is_left_means_nobody(imports, erased):
    erased(KEYED, "Acme")
    assert imports("name,city\nErased customer #1,Bonn\nERASED CUSTOMER #1,Bonn\n", skip_bad=True).rejected == 1
    assert imports.rows(customers.c.kind, order=customers.c.id) == [("erased",), ("company",), ("company",)]
