"""The benches run, at a size at which their figures say nothing, and print each figure beside its limit."""

import pytest

from benchmarks.__main__ import main

TINY = ["--customers", "60", "--orders", "600", "--asks", "4", "--crowd", "2"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("bench")


def printed(capsys, *arguments: str) -> dict[str, list[str]]:
    """Name of each figure to what stands beside it."""
    main([*arguments, *TINY])
    lines = [line.split("  ") for line in capsys.readouterr().out.splitlines()]
    return {line[0].strip(): [part.strip() for part in line[1:] if part.strip()] for line in lines if len(line) > 1}


def test_the_import_is_measured_and_a_bad_last_line_refuses_a_large_file(capsys, folder, monkeypatch):
    monkeypatch.setattr("benchmarks.__main__.LARGE", 1)
    figures = printed(capsys, "import", "--folder", str(folder))
    assert figures["orders: rate"][1].startswith(">= 25,000")
    assert figures["orders: peak memory"][1:] == ["<= 400 MiB", "ok"]
    assert any(name.startswith("1 MiB") and name.endswith("last line bad: refused after") for name in figures)
    assert any(name.startswith("1 MiB") and name.endswith("orders: rate") for name in figures)
    assert (folder / "imported").exists()
    assert not list(folder.glob("large*"))
    assert not list(folder.glob("copy*"))


def test_look_ups_are_measured_beside_a_bare_hello(capsys, folder):
    figures = printed(capsys, "lookup", "--folder", str(folder))
    assert figures["/customer, exact name: p50"][1].startswith("<= ")
    assert figures["/customer, exact name: p99"][1] == "<= 100 ms"
    assert figures["typing error, Latin: p99"][1] == figures["typing error, Chinese: p99"][1] == "<= 100 ms"
    assert figures["/customer: rate"][1].startswith(">= ")
    assert figures["memory after the start"][1:] == ["<= 200 MiB", "ok"]
    assert figures["most memory under load"][1:] == ["<= 300 MiB", "ok"]
    assert figures["back after its connection was reset"][1] == "<= 5.00 s"
    assert "/hello: rate" in figures


def test_segments_are_measured_as_the_head_of_sales_and_as_a_rep(capsys, folder):
    figures = printed(capsys, "segment", "--folder", str(folder))
    assert figures["/segment, everybody's: p99"][1] == "<= 300 ms"
    assert figures["/segment lost, a team's: p99"][1] == "<= 300 ms"
    assert figures["turning a page, everybody's: p99"][1] == "<= 300 ms"


def test_facts_are_measured_for_a_new_day_and_anew(capsys, folder):
    figures = printed(capsys, "facts", "--folder", str(folder))
    assert figures["a new day: time"]
    assert figures["everything anew: peak memory"][1:] == ["<= 400 MiB", "ok"]


def test_the_program_is_measured_without_a_tenant(capsys, tmp_path):
    figures = printed(capsys, "program", "--folder", str(tmp_path))
    assert figures["rekindle --help, median of five"][1] == "<= 0.50 s"
    assert list(tmp_path.iterdir()) == []


def test_occasions_are_found_and_drafted(capsys):
    main(["occasions", "--reps", "3", "--customers", "900"])
    told = capsys.readouterr().out
    assert "birthdays that a morning tells of, found in" in told
    assert "<= 5.00 s" in told
    assert "messages planned" in told


def test_digests_are_measured_as_the_head_of_all_and_as_a_manager(capsys):
    main(["digest", "--reps", "60", "--customers", "600"])
    lines = {line.split("  ")[0]: line for line in capsys.readouterr().out.splitlines()}
    assert "<= 5.00 s" in lines["/digest week, everybody's"]
    assert " 2.00 managers" in lines["managers told"]
    assert "whom to visit, found in" in lines
