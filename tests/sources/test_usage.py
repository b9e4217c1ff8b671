"""A command written in the wrong way is told apart from a file that cannot be used."""

import pytest

from words.errors import WrongUsage

PEOPLE = "id,name\n1,Acme\n"


def refused(imports, text=PEOPLE, **options):
    with pytest.raises(WrongUsage) as wrong:
        imports(text, **options)
    return str(wrong.value)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"mapping": {"name": "zzz"}}, "--map name=zzz: customers have no such field"),
        ({"mapping": {"name": "zzz", "id": "yyy"}}, "there is no such field. Say --kind"),
        ({"mapping": {"Nom": "name"}}, "no file has such a header"),
        ({"encoding": "nope"}, "There is no encoding called nope"),
        ({"encoding": "base64"}, "There is no encoding called base64"),
        ({"date_order": "ymd"}, "not ymd"),
        ({"decimal": "dot"}, "not dot"),
        ({"kind": "clients"}, "There is no kind clients"),
    ],
)
def test_an_option_that_cannot_be_meant_is_wrong_usage(imports_here, options, said):
    assert said in refused(imports_here, **options)


def test_a_file_of_rejects_that_cannot_be_written_is_wrong_usage(imports_here):
    file = imports_here.file(PEOPLE)
    assert "would overwrite" in refused(imports_here, file, rejects=file)
    assert "folder that does not exist" in refused(imports_here, file, rejects=imports_here.folder / "none" / "r.csv")
    assert "cannot be written" in refused(imports_here, file, rejects=imports_here.folder)


def test_without_a_file_there_is_nothing_to_do(imports_here):
    with pytest.raises(WrongUsage, match="at least one file"):
        imports_here()


@pytest.mark.parametrize("field", ["role", "roles", "Role", "角色"])
def test_a_field_may_be_named_as_any_header_that_is_understood(imports_here, field):
    text = "email,name,what they do,boss of them\nann@example.com,Ann,operator,\n"
    outcome = imports_here(text, mapping={"what they do": field, "boss of them": "manager email"})
    assert outcome.files[0].kind == "reps"
    assert outcome.files[0].mapping[2:] == [("what they do", "roles"), ("boss of them", "manager")]
