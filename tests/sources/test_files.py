"""Files are understood as people have them, and refused plainly where they are no tables."""

import gzip
from datetime import UTC, date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.tables import customers, orders
from sources.faults import Wrong
from sources.reading import separated
from sources.reading.encodings import likeliest
from sources.reading.files import open_table
from words.errors import BadInput

PEOPLE = "客户编号,客户名称,城市\nK1,北京华贸商贸有限公司,北京\nK2,苏州梧桐咖啡馆,苏州\n"


def refused(imports, *files, **options):
    with pytest.raises(BadInput) as wrong:
        imports(*files, **options)
    return str(wrong.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_chinese_is_read_in_every_encoding_that_people_export(imports_here, encoding):
    assert imports_here(imports_here.file(PEOPLE.encode(encoding))).exit_code == 0
    assert imports_here.rows(customers.c.name, order=customers.c.key)[0] == ("北京华贸商贸有限公司",)


def test_traditional_characters_in_big5_are_told_from_gb18030(imports_here):
    text = "customer id,name,city\n1,臺灣積體電路製造股份有限公司,臺北\n2,統一企業股份有限公司,臺南\n"
    assert imports_here(imports_here.file(text.encode("big5"))).files[0].encoding == "big5"


def test_german_and_french_in_cp1252_are_not_taken_for_chinese(imports_here):
    text = "id;name;city\n1;Königlich Essen;Köln\n2;Mère Paillarde;Münster\n3;Größe & Söhne;Zürich\n"
    assert imports_here(imports_here.file(text.encode("cp1252"))).files[0].encoding == "cp1252"
    assert imports_here.rows(customers.c.name)[0] == ("Größe & Söhne",)


def test_a_single_chinese_name_far_behind_english_ones_is_found():
    english = "".join(f"{n},Company {n}\n" for n in range(30_000)).encode()
    assert likeliest([english, "9,上海贸易公司\n".encode("gb18030")])[0] == "gb18030"


def test_what_the_operator_says_about_the_encoding_counts(imports_here):
    file = imports_here.file("id,name\n1,Käse\n".encode("cp1252"))
    assert imports_here(file, encoding="latin-1").files[0].encoding == "latin-1"
    assert "near line" in refused(imports_here, file, encoding="utf-8")
    assert "no encoding called klingon" in refused(imports_here, file, encoding="klingon")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_every_separator_is_found_whatever_stands_in_quotes(imports_here, separator):
    lines = [["id", "name", "city"], ["1", '"A, B; C | D"', "Rome"], ["2", '"two\nlines, ""quoted"""', "Oslo"]]
    outcome = imports_here("\n".join(separator.join(line) for line in lines))
    assert outcome.files[0].separator == separator
    assert imports_here.rows(customers.c.name, order=customers.c.key) == [("A, B; C | D",), ('two\nlines, "quoted"',)]


def test_a_fault_behind_a_cell_of_several_lines_is_named_at_its_physical_line(imports_here):
    outcome = imports_here('id,name,kind\n1,"three\nlines\nhere",company\n\n2,Acme,banana\n')
    assert [(fault.line, fault.column, fault.value) for fault in outcome.faults] == [(6, "kind", "banana")]
    assert (outcome.files[0].read, outcome.files[0].accepted, outcome.files[0].rejected) == (2, 1, 1)


def test_blank_rows_are_passed_over_and_counted(imports_here):
    outcome = imports_here('id,name\n1,Acme\n,\n" ", \n\n2,Beta\n,\n')
    report = outcome.files[0]
    assert (report.read, report.accepted, report.rejected, report.blank) == (2, 2, 0, 3)
    assert (
        "2 rows: 2 accepted (2 new, 0 updated, 0 unchanged), 0 rejected; 3 blank rows passed over" in outcome.summary()
    )


def test_lines_with_and_without_quotes_follow_each_other_in_a_long_file():
    lines = ["id,name\n"]
    for nr in range(3_000):
        lines += [f'{nr},"Company\n', f'{nr}"\n'] if nr % 700 == 5 else [f"{nr},Company {nr}\n"]
    found = list(separated.rows(lines, ","))
    starts = [at for at, line in enumerate(lines, 1) if "," in line]
    assert [line for line, _ in found] == starts
    assert found[6][1] == ["5", "Company\n5"]
    assert found[-1][1] == ["2999", "Company 2999"]


def test_a_row_with_more_or_fewer_cells_than_the_header_is_a_fault(imports_here):
    outcome = imports_here("id,name\n1,Acme\n2\n3,Beta,more\n")
    assert [(fault.line, fault.reason) for fault in outcome.faults] == [
        (3, "has 1 cells, but the header has 2"),
        (4, "has 3 cells, but the header has 2"),
    ]
    assert outcome.exit_code == 1


def test_a_quote_that_never_closes_spoils_one_line_and_is_named_there(imports_here):
    text = 'id,name\n1,Acme\n2,"Beta\n3,Gamma\n4,Delta\n'
    outcome = imports_here(text, skip_bad=True)
    assert [(fault.line, "quote" in fault.reason) for fault in outcome.faults] == [(3, True)]
    assert imports_here.rows(customers.c.name) == [("Acme",), ("Delta",), ("Gamma",)]


def test_an_open_quote_in_a_long_file_costs_no_more_than_its_line():
    lines = ["id,name\n", '1,"Acme\n', *(f"{n},Company {n}\n" for n in range(2, 40_000))]
    found = list(separated.rows(lines, ","))
    assert [line for line, cells in found if isinstance(cells, Wrong)] == [2]
    assert len(found) == 40_000


def test_a_packed_file_is_read_like_an_open_one(imports_here):
    assert imports_here(imports_here.file(gzip.compress(PEOPLE.encode()), "people.csv.gz")).files[0].added == 2


def test_a_workbook_keeps_days_as_days_and_text_as_text(imports_here):
    book = openpyxl.Workbook()
    book.active.title = "Empty"
    sheet = book.create_sheet("Orders")
    sheet.append([])
    sheet.append(["Order ID", "Customer", "Date", "Amount"])
    sheet.append(["00123", "Acme", date(2026, 3, 5), 1234.5])
    sheet.append([10248, "Acme", datetime(2026, 3, 6, 9, 30, tzinfo=UTC).replace(tzinfo=None), 17])
    sheet.append([10249, "Acme", 46088, "1.234,50 €"])
    sheet.append([10250, "Acme", "yesterday", 5])
    path = imports_here.folder / "book.xlsx"
    book.save(path)
    outcome = imports_here("name\nAcme\n", path, skip_bad=True)
    assert outcome.files[1].sheet == "Orders"
    assert [(fault.line, fault.value) for fault in outcome.faults] == [(6, "yesterday")]
    assert imports_here.rows(orders.c.key, orders.c.day, orders.c.amount, orders.c.currency) == [
        ("00123", date(2026, 3, 5), 1234.5, "USD"),
        ("10248", date(2026, 3, 6), 17, "USD"),
        ("10249", date(2026, 3, 7), 1234.5, "EUR"),
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b" \n\n  \n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (bytes(range(256)) * 40, "not a table of text"),
        (gzip.compress(PEOPLE.encode() * 500)[:-20], "breaks off or is damaged"),
        (gzip.compress(b"", mtime=0), "is empty"),
        (b"PK\x03\x04 no workbook", "not an Excel workbook"),
        (b"\xd0\xcf\x11\xe0 old", "old Excel file"),
        (b"id,name\n", "no rows"),
        (b"this,has\nno,sense\n", "fit no kind"),
    ],
)
def test_what_is_no_table_is_refused_by_name_with_what_to_do(imports_here, content, words):
    path = imports_here.file(content, "given.csv")
    problem = refused(imports_here, path)
    assert words in problem
    assert str(path) in problem


def test_a_directory_and_a_file_that_is_not_there_are_refused(imports_here):
    assert "is a directory" in refused(imports_here, imports_here.folder)
    assert "No such file" in refused(imports_here, imports_here.folder / "missing.csv")


def test_wrong_options_are_refused_with_the_right_ones(imports_here):
    file = imports_here.file("id,name\n1,Acme\n")
    assert "customers" in refused(imports_here, file, kind="clients")
    assert "dmy" in refused(imports_here, file, date_order="ymd")
    assert "no file has such a header" in refused(imports_here, file, mapping={"Nom": "name"})
    assert "The fields are: id, name" in refused(imports_here, file, mapping={"name": "nonsense"})
    assert "no column for customer, date" in refused(imports_here, file, kind="orders")
    assert "would overwrite" in refused(imports_here, file, rejects=file)
    assert "cannot be written" in refused(imports_here, file, rejects=imports_here.folder)


def test_headers_are_understood_loosely_named_in_the_outcome_and_can_be_overridden(imports_here):
    text = " Company Name * ;客户编号（必填）;E_MAIL;Cty;Notes\nAcme;K1;a@example.com;Rome;x\n"
    outcome = imports_here(text)
    assert outcome.files[0].mapping == [("Company Name *", "name"), ("客户编号（必填）", "id"), ("E_MAIL", "email")]
    assert outcome.files[0].unmapped == [("Cty", "city"), ("Notes", None)]
    assert "Cty (perhaps city?)" in outcome.summary()
    imports_here(text, mapping={"cty": "city", "E_MAIL": ""})
    assert imports_here.rows(customers.c.city) == [("Rome",)]


def test_an_id_column_is_preferred_to_a_name_column_for_the_same_field(imports_here, tmp_path):
    imports_here("id,name\nK1,Acme\nK2,Acme\n")
    outcome = imports_here("订单号,客户名称,客户编号,日期,金额\n1,Acme,K2,2026-03-05,5\n")
    assert outcome.exit_code == 0
    assert ("客户编号", "customer") in outcome.files[0].mapping
    assert outcome.files[0].unmapped[0][0] == "客户名称"


@given(st.binary(max_size=300))
def test_no_bytes_do_anything_but_become_a_table_or_a_refusal(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("bytes") / "file.csv"
    path.write_bytes(content)
    try:
        rows = list(open_table(path, None).rows())
    except BadInput as wrong:
        assert str(path) in str(wrong)  # noqa: PT017 - either way is fine
    else:
        assert all(line > 0 for line, _ in rows)


cells = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=12).map(str.strip)


@given(st.lists(st.lists(cells, min_size=3, max_size=3).filter(any), min_size=1, max_size=8))
def test_every_table_comes_back_from_quoted_text(table):
    lines = "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in table)
    found = list(separated.rows(_physical(lines), ","))
    assert [cells for _, cells in found] == table
    assert found[0][0] == 1


def _physical(text):
    return [line + "\n" for line in text.split("\n")[:-1]]
