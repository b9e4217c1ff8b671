"""`rekindle privacy` in the terminal: export, who looked, erase, always in the name of a privacy officer."""

from __future__ import annotations

import json
import re
import shutil
import stat
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from bot.__main__ import cli
from bot.settings import Settings
from customers import reps
from customers.tables import access_log, contacts, customers
from database.upgrade import opened
from words.errors import BadInput, WrongUsage

OLGA = ("--by", "olga@example.com")


@pytest.fixture
def run(tenant: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    url = f"sqlite:///{tmp_path / 'office.db'}"
    shutil.copy(tenant, tmp_path / "office.db")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", url)
    with opened(url) as database, database.transaction() as db:
        reps.grant(db, "olga@example.com", "privacy")

    def program(*words: str) -> Result:
        result = CliRunner().invoke(cli, ["privacy", *words])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return program


def test_a_language_that_is_not_spoken_is_refused(run, tmp_path):
    (tmp_path / "out").mkdir()
    result = run("export", "acme gmbh", *OLGA, "--out", "out", "--language", "fr")
    assert result.exit_code == 2
    assert not list((tmp_path / "out").iterdir())


def looks(tmp_path):
    return read(tmp_path, select(access_log.c.what).order_by(access_log.c.id))


def read(tmp_path, statement):
    settings = Settings.model_construct(database_url=f"sqlite:///{tmp_path / 'office.db'}")
    with opened(settings.database_url) as database, database.reading() as db:
        return list(db.scalars(statement))


def test_an_export_is_two_files_that_only_their_owner_reads(run, tmp_path):
    (tmp_path / "out").mkdir()
    result = run("export", "acme gmbh", *OLGA, "--out", "out", "--language", "zh_CN")
    written = [Path(line) for line in result.output.splitlines()]
    assert [path.suffix for path in written] == [".json", ".html"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o600}
    assert json.loads(written[0].read_text(encoding="utf-8"))["tables"]["contacts"][0]["name"] == "Anna Apfel"
    assert "关于 Acme GmbH 保存的全部信息" in written[1].read_text(encoding="utf-8")
    assert looks(tmp_path) == ["privacy export"]


def test_who_looked_is_listed(run):
    run("looks", "A1", *OLGA)
    lines = run("looks", "#1", *OLGA).output.splitlines()
    assert lines[0] == "Acme GmbH"
    assert [line.partition(": ")[2] for line in lines[1:]] == ["olga asked who looked", "olga asked who looked"]


def test_erasing_needs_yes_and_names_what_is_kept(run, tmp_path):
    assert "--yes" in run("erase", "A1", *OLGA).output
    assert looks(tmp_path) == []
    words = run("erase", "A1", *OLGA, "--yes").output
    for part in ("Erased customer #1", "Erased.", "Orders: the law on book-keeping", "docs/privacy.md"):
        assert part in words
    assert looks(tmp_path) == ["privacy erase", "erased"]
    assert read(tmp_path, select(customers.c.name).where(customers.c.id == 1)) == ["Erased customer #1"]
    assert "Erased customer #1" in run("looks", "#1", *OLGA).output
    with pytest.raises(BadInput, match="already"):
        run("erase", "#1", *OLGA, "--yes")


@pytest.mark.parametrize("who", ["rita@example.com", "nobody@example.com"])
def test_only_in_the_name_of_an_officer(run, who):
    with pytest.raises(BadInput, match="is no privacy officer"):
        run("looks", "A1", "--by", who)


def test_what_cannot_be_meant_is_answered_with_what_to_do(run):
    with pytest.raises(BadInput, match=r"Take the number of one of these: #\d Acme"):
        run("looks", "ac", *OLGA)
    with pytest.raises(BadInput, match="not here any more"):
        run("looks", "#4711", *OLGA)
    with pytest.raises(WrongUsage, match="no folder"):
        run("export", "A1", *OLGA, "--out", "nowhere")


def test_one_contact_is_exported_and_erased_alone(run, tmp_path):
    (tmp_path / "out").mkdir()
    result = run("export", "A1", "--contact", "anna apfel", *OLGA, "--out", "out")
    told = json.loads(Path(result.output.splitlines()[0]).read_text(encoding="utf-8"))
    assert [person["name"] for person in told["tables"]["contacts"]] == ["Anna Apfel"]
    with pytest.raises(BadInput, match=r"is not one contact of this customer.*#\d+ Anna Apfel") as refused:
        run("erase", "A1", "--contact", "Nobody", *OLGA, "--yes")
    number = re.search(r"#\d+", str(refused.value))[0]
    assert "--yes" in run("erase", "A1", "--contact", number, *OLGA).output
    words = run("erase", "A1", "--contact", number, *OLGA, "--yes").output
    for part in ("Acme GmbH", "The contact was erased.", "orders, consent and history stay", "docs/privacy.md"):
        assert part in words
    assert read(tmp_path, select(contacts.c.name).where(contacts.c.name == "Anna Apfel")) == []
    assert read(tmp_path, select(customers.c.name).where(customers.c.id == 1)) == ["Acme GmbH"]
    assert looks(tmp_path) == [
        "privacy contact export",
        "privacy contact erase",
        "privacy contact erase",
        "contact_erased",
    ]
