"""Reps keep the roles they were granted, nobody leads themselves, and phones are read by the customer's country."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from customers import reps
from customers.tables import contacts, customers, orders
from customers.tables import reps as reps_table

r = reps_table.c
HEAD = "email,name,role,manager\n"


def test_an_import_adds_roles_and_takes_none_away(imports):
    with imports.database.transaction() as db:
        reps.grant(db, "ann@example.com", "operator")
    file = imports.file("email,name,role\nann@example.com,Ann,rep\n")
    assert imports(file).files[0].updated == 1
    assert imports.rows(r.roles) == [("rep,operator",)]
    assert imports(file).files[0].unchanged == 1
    imports("email,name,role\nann@example.com,Ann,manager\n")
    assert imports.rows(r.roles) == [("rep,manager,operator",)]


def test_managers_in_a_circle_are_a_fault_of_each_row_in_it(imports):
    outcome = imports(
        f"{HEAD}a@example.com,A,rep,b@example.com\nb@example.com,B,rep,c@example.com\n"
        "c@example.com,C,rep,a@example.com\nd@example.com,D,rep,a@example.com\n"
    )
    assert [(fault.line, fault.column, fault.value) for fault in outcome.faults] == [
        (2, "manager", "b@example.com"),
        (3, "manager", "c@example.com"),
        (4, "manager", "a@example.com"),
    ]
    assert "report to themselves" in outcome.faults[0].reason
    assert imports.rows(r.email) == []


def test_a_circle_that_a_stored_manager_closes_is_a_fault(imports):
    imports(f"{HEAD}a@example.com,A,rep,b@example.com\nb@example.com,B,rep,\n")
    outcome = imports(f"{HEAD}b@example.com,B,rep,a@example.com\nc@example.com,C,rep,a@example.com\n", skip_bad=True)
    assert [fault.line for fault in outcome.faults] == [2]
    ids = dict(imports.rows(r.email, r.id))
    assert imports.rows(r.email, r.manager_id) == [
        ("a@example.com", ids["b@example.com"]),
        ("b@example.com", None),
        ("c@example.com", ids["a@example.com"]),
    ]


def test_a_phone_without_a_country_is_read_by_the_stored_one_of_the_customer(imports):
    imports("id,name,country,phone\nC1,Acme,Germany,030-0074321\nC2,Bolt,,(415) 555-2671\nC3,Cord,,\n")
    stored = [("C1", "+49300074321"), ("C2", "+14155552671"), ("C3", None)]
    assert imports.rows(customers.c.key, customers.c.phone) == stored
    again = imports("id,name,phone\nC1,Acme,030-0074321\nC2,Bolt,(415) 555-2671\nC3,Cord,\n")
    assert (again.files[0].unchanged, again.warning_count) == (3, 0)
    assert imports("id,name,country,phone\nC1,Acme,,030-0074321\n").files[0].unchanged == 1
    assert imports.rows(customers.c.key, customers.c.phone) == stored


def test_the_phone_of_a_contact_is_read_by_the_country_of_its_customer(imports):
    people = "customer,name,phone\nC1,Ann,030-0074321\nC2,Bob,138 0000 0101\nC2,Cy,call me\n"
    first = imports("id,name,country\nC1,Acme,DE\nC2,Bolt,中国\n", imports.file(people, "contacts.csv"))
    assert [(fault.line, fault.value) for fault in first.warnings] == [(4, "call me")]
    assert imports.rows(contacts.c.name, contacts.c.phone) == [
        ("Ann", "+49300074321"),
        ("Bob", "+8613800000101"),
        ("Cy", "call me"),
    ]
    assert imports(imports.file(people, "contacts.csv")).files[0].unchanged == 3


def test_rows_merged_a_second_time_are_warned_about_once(imports):
    outcome = imports("id,name,parent,phone\nC1,Acme,nobody,call me\nC2,Bolt,,call me too\n", skip_bad=True)
    assert outcome.rejected == 1
    assert [(fault.line, fault.value) for fault in outcome.warnings] == [(2, "call me"), (3, "call me too")]


@pytest.mark.postgres
def test_the_same_files_imported_by_three_at_once_are_stored_once(imports_there):
    files = (
        "id,name,phone\nC1,Acme,(415) 555-2671\nC2,Bolt,\n",
        "id,customer,date,amount\n1,C1,2026-03-05,10\n2,C2,2026-03-06,20\n",
        f"{HEAD}a@example.com,A,rep,b@example.com\nb@example.com,B,manager,\n",
    )
    paths = [imports_there.file(text) for text in files]
    with ThreadPoolExecutor(3) as together:
        outcomes = [one.result() for one in [together.submit(imports_there, *paths) for _ in range(3)]]
    assert [outcome.exit_code for outcome in outcomes] == [0, 0, 0]
    assert sorted(sum(file.added for file in outcome.files) for outcome in outcomes) == [0, 0, 6]
    assert sorted(sum(file.unchanged for file in outcome.files) for outcome in outcomes) == [0, 6, 6]
    assert imports_there.rows(orders.c.key) == [("1",), ("2",)]
