"""A contact who was erased does not come back by an old export, and the company is imported as before."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select

from care import erasing_contact
from customers.tables import contacts, customers, interactions, reps
from tests.sources.test_erased import GONE, faults

NOW = datetime(2026, 3, 14, 9, tzinfo=UTC)
COMPANIES = "id,name,city\nA1,Acme,Bonn\nA2,Bold,Bremen\n"
KEYED = "id,customer,contact name\nP1,A1,Anna Apfel\nP2,A2,Anna Apfel\n"
NAMED = "customer,contact name\nA1,Anna Apfel\nA2,Anna Apfel\n"


@pytest.fixture
def erased(imports):
    """Imports companies and contacts, and erases the one at the first company."""

    def erase(file):
        imports(COMPANIES, file)
        with imports.database.transaction() as db:
            db.execute(insert(reps).values(email="o@example.com", name="Olga", roles="privacy"))
            chosen = select(contacts.c.customer_id, contacts.c.id).join(customers)
            customer, who = db.execute(chosen.where(customers.c.key == "A1")).one()
            found = erasing_contact.look(db, customer, who, region="US")
            erasing_contact.erase(db, customer, who, found, everywhere=False, by=1, at=NOW, region="US")

    return erase


def people(imports):
    chosen = select(customers.c.key, contacts.c.name).join(customers, customers.c.id == contacts.c.customer_id)
    with imports.database.reading() as db:
        return [tuple(row) for row in db.execute(chosen.order_by(contacts.c.id))]


@pytest.mark.parametrize(("file", "column", "value"), [(KEYED, "id", "P1"), (NAMED, "contact name", "Anna Apfel")])
def test_the_same_export_leaves_the_contact_out_and_keeps_the_namesake(imports, erased, file, column, value):
    erased(file)
    outcome = imports(COMPANIES, file)
    assert [(line, said, why) for line, _, said, why in faults(outcome)] == [(2, value, GONE)]
    assert imports(COMPANIES, file, skip_bad=True).written
    assert people(imports) == [("A2", "Anna Apfel")]


def test_a_row_without_an_id_and_the_row_of_the_company_do_not_bring_the_contact_back(imports, erased):
    erased(KEYED)
    assert [why for *_, why in faults(imports(NAMED))] == [GONE]
    outcome = imports("id,name,city,contact name\nA1,Acme,Berlin,anna apfel\n")
    assert outcome.written
    assert [(each.line, each.value, each.reason) for each in outcome.warnings] == [(2, "anna apfel", GONE)]
    assert imports.rows(customers.c.city) == [("Berlin",), ("Bremen",)]
    assert people(imports) == [("A2", "Anna Apfel")]


def test_somebody_else_of_the_same_name_comes_with_an_id(imports, erased):
    erased(KEYED)
    assert imports("id,customer,contact name\nP9,A1,Anna Apfel\n").written
    assert people(imports) == [("A2", "Anna Apfel"), ("A1", "Anna Apfel")]


@pytest.mark.parametrize("said", ["P1", "anna apfel"])
def test_what_refers_to_the_contact_stays_out(imports, erased, said):
    erased(KEYED)
    log = f"customer,contact,kind,date,text\nA1,{said},call,2026-01-05,Hello\nA1,,call,2026-01-06,Hello\n"
    outcome = imports(log, skip_bad=True)
    assert [why for *_, why in faults(outcome)] == [GONE]
    assert len(imports.rows(interactions.c.id)) == 1
